//! A world as a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use agentmc_core::ops::boards::{CreateBoard, ListBoards};
use agentmc_sandbox::{Options, Sandbox, World};
use agentmc_types::{AgentId, Object};
use bytes::Bytes;
use fastrand::Rng;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::generate;

/// Tells the process that the tests start of themselves where to save.
const FILE: &str = "SANDBOX_TEST_FILE";

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    (folder, path)
}

/// Lets so much happen, and tells the replies.
fn live(world: &mut World, rng: &mut Rng, requests: usize) -> Vec<(u16, Bytes)> {
    let mut replies = Vec::new();
    for _ in 0..requests {
        if rng.u8(..8) == 0 {
            let session = world.request_session(AgentId(rng.u64(1..4)));
            session.and_then(|session| world.browser_says(session, "message", Object::new()));
        }
        let reply = if rng.u8(..4) == 0 {
            world.store(&generate::transfer(rng, world))
        } else {
            world.handle(&generate::request(rng, world))
        };
        replies.push((reply.status().as_u16(), reply.into_body()));
    }
    replies
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_world_that_is_loaded_goes_on_as_the_saved_one(seed in any::<u64>(), before in 0_usize..300) {
        let (_folder, path) = place();
        let (mut world, mut rng) = (World::new(seed), Rng::with_seed(seed));
        live(&mut world, &mut rng, before);
        world.save(&path).unwrap();
        let mut loaded = World::load(&path).unwrap();
        let replies = live(&mut world, &mut rng.clone(), 150);
        prop_assert_eq!(live(&mut loaded, &mut rng, 150), replies);
        let again = path.with_extension("again");
        world.save(&path).unwrap();
        loaded.save(&again).unwrap();
        prop_assert!(fs::read(&path).unwrap() == fs::read(&again).unwrap());
    }
}

#[test]
fn nobody_else_may_read_the_file_and_no_other_is_left() {
    let (folder, path) = place();
    World::new(0).save(&path).unwrap();
    World::new(1).save(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(World::load(&path).unwrap().keys(), World::new(1).keys());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_damaged_file_says_where() {
    let (_folder, path) = place();
    World::new(0).save(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let error = |text: &str| {
        fs::write(&path, text).unwrap();
        let error = World::load(&path).unwrap_err().to_string();
        error.strip_prefix(&format!("{}, ", path.display())).unwrap().to_owned()
    };
    assert!(
        text.starts_with(r#"{"format":"agentmc-sandbox","version":1,"world":{"#),
        "{}",
        &text[..80]
    );
    assert!(error("").starts_with("line 1: not a saved world: "));
    assert!(error("[]").starts_with("line 1: not a saved world: "));
    let foreign = text.replace("agentmc-sandbox", r"a\u0007b");
    assert_eq!(error(&foreign), r"line 1: the format is `a\u{7}b`, not `agentmc-sandbox`");
    let newer = text.replacen(":1,", ":2,", 1);
    assert_eq!(error(&newer), "line 1: version 2 is not known, only 1 is");
    let wrong = text.replacen(r#""tasks":{"#, "\"tasks\":\n\n{", 1).replacen(
        "\"rows\":{\"1\":{\"id\":1,\"team_id\":1,\"board_id\"",
        "\"rows\":{\"1\":{\"id\":1,\"team_id\":1,\"board_id\":{},\"x\"",
        2,
    );
    let wrong = error(&wrong);
    assert!(wrong.contains("line ") && wrong.contains("board_id"), "{wrong}");
    let cut = error(&text[..text.len() / 2]);
    assert!(cut.starts_with("line 1: ") && cut.contains("EOF"), "{cut}");
}

#[test]
fn a_sandbox_goes_on_where_it_stopped() {
    let (_folder, path) = place();
    let options = || Options::default().data(path.clone());
    let sandbox = Sandbox::with(options().seed(5)).unwrap();
    let keys = sandbox.keys().clone();
    let call = sandbox.api().call(&CreateBoard::new("Garden")).unwrap();
    assert_eq!(sandbox.exchange(&call).unwrap().status(), 201);
    drop(sandbox);

    let sandbox = Sandbox::with(options().seed(6)).unwrap();
    assert_eq!(*sandbox.keys(), keys);
    let call = sandbox.api().call(&ListBoards::new()).unwrap();
    let reply = sandbox.exchange(&call).unwrap();
    assert!(std::str::from_utf8(reply.body()).unwrap().contains("Garden"));
    let origin = sandbox.world(|world| world.storage_origin.clone());
    assert_eq!(origin, sandbox.storage_url(), "storage is where it is now");
}

#[test]
fn changes_are_saved_while_it_runs() {
    let (_folder, path) = place();
    let sandbox = Sandbox::with(Options::default().data(path.clone())).unwrap();
    sandbox.world(|world| world.boards.clear());
    let started = Instant::now();
    while !World::load(&path).is_ok_and(|world| world.boards.is_empty()) {
        assert!(started.elapsed() < Duration::from_secs(20), "it is not saved");
        std::thread::yield_now();
    }
    sandbox.world(|world| world.tasks.clear());
    sandbox.save().unwrap();
    assert!(World::load(&path).unwrap().tasks.is_empty());
}

#[test]
fn a_place_that_cannot_be_written_is_refused_at_the_start() {
    let (folder, path) = place();
    let refused = |path: &Path| {
        let sandbox = Sandbox::with(Options::default().data(path.to_owned()));
        let error = sandbox.map(drop).unwrap_err().to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        error
    };
    refused(&folder.path().join("missing").join("world.json"));
    assert!(refused(folder.path()).ends_with("it is no file"));
    fs::write(&path, "{}").unwrap();
    refused(&path.join("world.json"));
    assert!(refused(&path).contains("not a saved world"));
    #[cfg(unix)]
    {
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(refused(&link).contains("it is a link"));
        assert_eq!(fs::read(&path).unwrap(), b"{}");
    }
}

#[test]
#[ignore = "the next test starts and kills it"]
fn saving_without_end() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let mut world = World::new(1);
    loop {
        let _ = world.handle(&http::Request::new(Bytes::new()));
        world.save(Path::new(&path)).unwrap();
    }
}

#[test]
fn whoever_is_killed_while_saving_leaves_a_world() {
    let (_folder, path) = place();
    let mut rng = Rng::with_seed(3);
    for _ in 0..12 {
        let _ = fs::remove_file(&path);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "saving::saving_without_end"])
            .env(FILE, &path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !path.exists() {
            assert!(started.elapsed() < Duration::from_secs(20), "nothing is saved");
            std::thread::yield_now();
        }
        let moment = Instant::now() + Duration::from_micros(rng.u64(..30_000));
        while Instant::now() < moment {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let world = World::load(&path).unwrap();
        assert_eq!(world.keys(), World::new(1).keys());
    }
}

#[test]
fn a_file_that_a_sandbox_has_is_refused_to_a_second_one() {
    let (_folder, path) = place();
    let options = || Options::default().data(path.clone());
    let first = Sandbox::with(options()).unwrap();
    let error = Sandbox::with(options()).map(drop).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: another sandbox has it", path.display()));
    drop(first);
    assert!(Sandbox::with(options()).is_ok());
}

#[test]
fn drafts_that_were_left_are_cleared_away() {
    let (folder, path) = place();
    let left = |name: &str| fs::write(folder.path().join(name), "{").unwrap();
    left(".world.json.7-1.saving");
    left(".world.json.notes");
    left(".world.json5.7-1.saving");
    drop(Sandbox::with(Options::default().data(path)).unwrap());
    let names = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let stay = [".world.json.lock", ".world.json.notes", ".world.json5.7-1.saving", "world.json"];
    assert_eq!(names, stay);
}

#[test]
fn saving_that_fails_is_known_until_it_works_again() {
    let (_folder, path) = place();
    let sandbox = Sandbox::with(Options::default().data(path.clone())).unwrap();
    sandbox.save().unwrap();
    assert!(sandbox.save_error().is_none());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    sandbox.world(|world| world.boards.clear());
    let started = Instant::now();
    while sandbox.save_error().is_none() {
        assert!(started.elapsed() < Duration::from_secs(20), "nobody is told");
        std::thread::yield_now();
    }
    let error = sandbox.save_error().unwrap().to_string();
    assert!(error.starts_with(&format!("{}: ", path.display())), "{error}");
    fs::remove_dir(&path).unwrap();
    while sandbox.save_error().is_some() {
        assert!(started.elapsed() < Duration::from_secs(20), "it is not tried again");
        std::thread::yield_now();
    }
    assert!(World::load(&path).unwrap().boards.is_empty());
}

#[test]
fn ids_that_nothing_can_follow_are_refused() {
    let (_folder, path) = place();
    World::new(0).save(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let boards = text.find("\"boards\":").unwrap();
    let last = boards + text[boards..].find("\"last\":").unwrap() + "\"last\":".len();
    let end = last + text[last..].find('}').unwrap();
    let damaged = format!("{}{}{}", &text[..last], u64::MAX, &text[end..]);
    fs::write(&path, damaged).unwrap();
    let error = World::load(&path).map(drop).unwrap_err().to_string();
    assert!(
        error.contains("world.boards") && error.contains("the largest there may be"),
        "{error}"
    );

    let row = text[boards..].find("\"1\":{\"id\":1").unwrap() + boards;
    let damaged = format!("{}\"{}\"{}", &text[..row], u64::MAX, &text[row + 3..]);
    fs::write(&path, damaged).unwrap();
    let error = World::load(&path).map(drop).unwrap_err().to_string();
    assert!(
        error.contains("world.boards") && error.contains("the largest there may be"),
        "{error}"
    );
    let assignment =
        text.replacen("\"last_assignment\":", "\"last_assignment\":999999999999999999", 1);
    fs::write(&path, assignment).unwrap();
    let error = World::load(&path).map(drop).unwrap_err().to_string();
    assert!(error.contains("world.last_assignment"), "{error}");
}
