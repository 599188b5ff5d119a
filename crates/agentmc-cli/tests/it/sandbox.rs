//! What `agentmc sandbox` keeps, and what it lets go wrong.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Ran, command, run, run_in};

/// A sandbox in a process of its own.
struct Server {
    child: Child,
    started: Value,
}

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut child = command(&[&["sandbox"], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while serde_json::from_str::<Value>(&text).is_err() {
            text.push_str(&lines.next().expect("the sandbox says where it is").unwrap());
        }
        Self { child, started: serde_json::from_str(&text).unwrap() }
    }

    fn call(&self, args: &[&str]) -> Ran {
        let text = |name: &str| self.started[name].as_str().unwrap();
        let variables = [("AGENTMC_BASE_URL", text("url")), ("AGENTMC_API_KEY", text("host_key"))];
        run_in(&variables, &[&["call"], args].concat())
    }

    /// Sends a signal and waits for the end.
    #[cfg(unix)]
    fn end(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_the_world_saved() {
    let folder = std::env::temp_dir().join(format!("agentmc-sandbox-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("world.json");
    let data = file.to_str().unwrap();
    for (signal, name) in [("-INT", "Garden"), ("-TERM", "Shed")] {
        let server = Server::start(&["--data", data]);
        let made = server.call(&["createBoard", &format!("name={name}")]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert_eq!(server.end(signal), Some(0));
    }
    let server = Server::start(&["--data", data, "--seed", "9"]);
    let boards = server.call(&["listBoards"]).stdout;
    assert!(boards.contains("Garden") && boards.contains("Shed"), "{boards}");
    drop(server);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_that_is_no_world_is_left_alone() {
    let file = std::env::temp_dir().join(format!("agentmc-no-world-{}", std::process::id()));
    std::fs::write(&file, "{}").unwrap();
    let ran = run(&["sandbox", "--data", file.to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    assert!(ran.error().contains("the sandbox cannot start: "), "{}", ran.error());
    assert!(ran.error().contains("line 1: not a saved world"), "{}", ran.error());
    assert_eq!(std::fs::read(&file).unwrap(), b"{}");
    std::fs::remove_file(&file).unwrap();
    let lock = format!(".agentmc-no-world-{}.lock", std::process::id());
    std::fs::remove_file(file.with_file_name(lock)).unwrap();
}

#[test]
fn a_second_one_on_the_same_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let data = file.to_str().unwrap();
    let first = Server::start(&["--data", data]);
    let second = run(&["sandbox", "--data", data]);
    assert_eq!((second.code, second.stdout.as_str()), (3, ""));
    let expected = format!("agentmc: the sandbox cannot start: {data}: another sandbox has it");
    assert_eq!(second.error(), expected);
    drop(first);
    Server::start(&["--data", data]);
}

#[test]
fn saving_that_fails_and_works_again_is_told_in_one_line_each() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let mut server = Server::start(&["--data", file.to_str().unwrap()]);
    let mut lines = BufReader::new(server.child.stderr.take().unwrap()).lines();
    let started = Instant::now();
    while !file.exists() {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing is saved");
        std::thread::yield_now();
    }
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert_eq!(server.call(&["createBoard", "name=Garden"]).code, 0);
    let line = lines.next().unwrap().unwrap();
    assert!(line.starts_with("agentmc: the world cannot be saved: "), "{line}");
    assert!(line.ends_with(" (trying again)"), "{line}");
    std::fs::remove_dir(&file).unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "agentmc: the world is saved again");
}

#[test]
fn it_speaks_the_revision_it_is_told() {
    for (args, code) in [(&["--revision", "0.3.64"][..], 1), (&[], 0)] {
        let server = Server::start(args);
        let made = server.call(&["createFileFolder", "name=Outer"]).json();
        let outer = &made["data"]["id"];
        let inner = ["createFileFolder", "name=Inner", &format!("parent_id={outer}")];
        assert_eq!(server.call(&inner).code, 0);
        // In this revision, a folder that is not empty stays.
        let gone = server.call(&["deleteFileFolder", &format!("id={outer}")]);
        assert_eq!(gone.code, code, "{}", gone.stderr);
        assert_eq!(gone.stderr.contains("409 Conflict"), code == 1);
    }
}

#[test]
fn it_says_where_its_page_is() {
    let server = Server::start(&[]);
    let (page, url) = (&server.started["page_url"], server.started["url"].as_str().unwrap());
    assert_eq!(*page, url.replace("/api/v1", "/sandbox/"));
}

#[test]
fn its_clock_is_that_on_the_wall() {
    let server = Server::start(&[]);
    let board = server.call(&["createBoard", "name=Garden"]).json();
    let made: jiff::Timestamp = board["data"]["created_at"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!(now.abs_diff(made.as_second() as u64) < 60, "{made}");
}

#[test]
fn faults_strike_as_they_are_written() {
    let server = Server::start(&[
        "--fault",
        "status=404,operation=listTasks,next=1",
        "--fault",
        "no-message,operation=listBoards",
    ]);
    let ran = server.call(&["listTasks"]);
    assert_eq!(ran.code, 1);
    assert!(ran.error().contains("404 Not Found"), "{}", ran.error());
    assert_eq!(server.call(&["listTasks"]).code, 0);
    assert!(server.call(&["listBoards"]).error().contains("400 Bad Request"));
}

#[test]
fn a_fault_that_is_none_is_refused_with_what_is_known() {
    let ran = run(&["sandbox", "--fault", "close-in-bod"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.error().contains("there is no fault `close-in-bod`"), "{}", ran.error());
    assert!(ran.error().contains("close-in-body") && ran.error().contains("raw=TEXT"));
    let ran = run(&["sandbox", "--fault", "gzip,operation=listTask"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("listTasks"), "{}", ran.error());
}

#[test]
fn requests_are_limited_and_wait_as_told() {
    let server = Server::start(&["--rate-limit", "1", "--latency", "150"]);
    let started = Instant::now();
    assert_eq!(server.call(&["listTasks"]).code, 0);
    assert!(started.elapsed() >= Duration::from_millis(150));
    let ran = server.call(&["createBoard", "name=Garden"]);
    assert_eq!(ran.code, 1);
    assert!(ran.error().contains("429 Too Many Requests"), "{}", ran.error());
}
