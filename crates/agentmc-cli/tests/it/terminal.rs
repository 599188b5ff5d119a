//! What is drawn on a terminal: a listing that is watched, and how far long work has come.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use agentmc_sandbox::Sandbox;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::process::{command, environment};

/// A terminal: what is written to `inside` is drawn on the screen that `outside` shows.
struct Terminal {
    outside: File,
    inside: OwnedFd,
}

impl Terminal {
    fn new(columns: u16) -> Self {
        let outside = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&outside).unwrap();
        unlockpt(&outside).unwrap();
        let path = ptsname(&outside, Vec::new()).unwrap();
        let inside = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&inside, size).unwrap();
        Self { outside: File::from(outside), inside }
    }

    /// Something that draws on it.
    fn pen(&self) -> Stdio {
        self.inside.try_clone().unwrap().into()
    }

    /// Reads what is drawn until `enough` says so, or until nobody draws any more.
    fn read(self, mut enough: impl FnMut(&str) -> bool) -> (String, File) {
        // Otherwise this process is somebody who may still draw.
        drop(self.inside);
        let mut outside = self.outside;
        let (mut bytes, mut some) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = outside.read(&mut some) {
            bytes.extend_from_slice(&some[..read]);
            if enough(&String::from_utf8_lossy(&bytes)) {
                break;
            }
        }
        (String::from_utf8_lossy(&bytes).replace("\r\n", "\n"), outside)
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// What clears the screen before each drawing.
const CLEAR: &str = "\u{1b}[H\u{1b}[J";

#[test]
fn a_watched_listing_is_drawn_again_and_ends_well_at_an_interrupt() {
    let sandbox = Sandbox::start().unwrap();
    let terminal = Terminal::new(60);
    let args = ["boards", "list", "--watch", "0.05", "--color", "never"];
    let mut child = command(&args)
        .envs(environment(&sandbox))
        .env("TERM", "xterm")
        .stdout(terminal.pen())
        .stderr(terminal.pen())
        .spawn()
        .unwrap();
    // Renamed after the first drawing, so that what comes later was fetched later.
    let mut renamed = false;
    let (drawn, mut rest) = terminal.read(|drawn| {
        if !renamed && drawn.contains("Reading list") {
            renamed = true;
            let ran =
                crate::process::against(&sandbox, &["boards", "update", "3", "--name", "Anew"]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }
        drawn.matches(CLEAR).count() > 3 && drawn.contains("Anew")
    });
    signal(&child, "-INT");
    let mut ignored = Vec::new();
    // It ends with an error where a terminal is closed.
    let _ = rest.read_to_end(&mut ignored);
    assert_eq!(child.wait().unwrap().code(), Some(0), "{drawn}");
    let screens: Vec<&str> = drawn.split(CLEAR).collect();
    assert_eq!(screens[0], "", "it begins on an empty screen");
    assert!(
        screens[1].starts_with("id  name ") && screens[1].contains("3   Reading list"),
        "{drawn}"
    );
    assert!(screens[1].lines().all(|line| line.chars().count() <= 60), "{drawn}");
    let last = screens.iter().rev().nth(1).unwrap();
    assert!(last.contains("3   Anew") && !last.contains("Reading list"), "{drawn}");
}

#[test]
fn a_watched_listing_ends_with_the_error_that_it_meets() {
    let sandbox = Sandbox::start().unwrap();
    let terminal = Terminal::new(60);
    let mut child = command(&["tasks", "show", "999", "--watch", "60"])
        .envs(environment(&sandbox))
        .stdout(terminal.pen())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(stderr.contains("404 Not Found"), "{stderr}");
}

/// What is drawn on a terminal by a command that ends by itself, on standard output and standard error alike.
fn drawn(sandbox: &Sandbox, args: &[&str], mut meanwhile: impl FnMut(&str)) -> (String, i32) {
    let terminal = Terminal::new(80);
    let mut child = command(args)
        .envs(environment(sandbox))
        .stdout(terminal.pen())
        .stderr(terminal.pen())
        .spawn()
        .unwrap();
    let (drawn, _) = terminal.read(|drawn| {
        meanwhile(drawn);
        false
    });
    (drawn, child.wait().unwrap().code().unwrap())
}

#[test]
fn the_error_that_ends_a_watch_stands_below_what_was_drawn_last() {
    let sandbox = Sandbox::start().unwrap();
    let (first, code) = drawn(&sandbox, &["boards", "show", "999", "--watch", "60"], |_| {});
    assert_eq!(code, 1);
    assert!(first.contains("404 Not Found") && !first.contains(CLEAR), "{first:?}");

    let mut deleted = false;
    let args = ["tasks", "show", "5", "--watch", "0.05", "--color", "never"];
    let (later, code) = drawn(&sandbox, &args, |drawn| {
        if !deleted && drawn.contains("title") {
            deleted = true;
            assert_eq!(crate::process::against(&sandbox, &["tasks", "delete", "5"]).code, 0);
        }
    });
    let last = later.rsplit(CLEAR).next().unwrap();
    let (task, error) = last.split_once("agentmc: ").unwrap();
    assert!(task.contains("title") && task.ends_with('\n'), "{later:?}");
    assert!(code == 1 && error.contains("404 Not Found"), "{later:?}");
}

/// What is drawn on a terminal by a command that is interrupted once that is `enough`.
fn watched(args: &[&str], enough: impl Fn(&str) -> bool) -> String {
    let sandbox = Sandbox::start().unwrap();
    let terminal = Terminal::new(80);
    let mut child = command(args)
        .envs(environment(&sandbox))
        .stdout(terminal.pen())
        .stderr(terminal.pen())
        .spawn()
        .unwrap();
    let (drawn, mut rest) = terminal.read(enough);
    signal(&child, "-INT");
    // It ends with an error where a terminal is closed.
    let _ = rest.read_to_end(&mut Vec::new());
    assert_eq!(child.wait().unwrap().code(), Some(0), "{drawn}");
    drawn
}

#[test]
fn what_is_told_of_a_watch_on_the_same_terminal_is_not_cleared() {
    let args = ["tasks", "show", "5", "--watch", "0.05", "-v"];
    let drawn = watched(&args, |drawn| drawn.matches("< showTask 200").count() > 2);
    assert!(!drawn.contains(CLEAR), "{drawn:?}");
    let parts: Vec<&str> = drawn.split("> GET ").collect();
    assert!(parts.len() > 3 && parts[0].is_empty(), "{drawn:?}");
    for part in &parts[1..3] {
        let (told, shown) = part.split_once("< showTask 200").unwrap();
        assert!(told.contains("> x-api-key: ") && shown.contains("title"), "{drawn:?}");
    }
}

#[test]
fn a_watched_listing_is_no_taller_than_the_terminal() {
    let args =
        ["tasks", "list", "--per-page", "50", "--watch", "0.05", "--color", "never", "--wide"];
    let drawn = watched(&args, |drawn| drawn.matches(CLEAR).count() > 2);
    for screen in drawn.split(CLEAR).skip(1).take(2) {
        assert!(screen.starts_with("id ") && screen.ends_with(" more lines\n"), "{screen:?}");
        let rows = screen.lines().map(|line| line.chars().count().div_ceil(80).max(1));
        assert!(rows.sum::<usize>() < 24, "{screen:?}");
    }
}

#[test]
fn a_watched_listing_tells_of_every_look() {
    let sandbox = Sandbox::start().unwrap();
    let terminal = Terminal::new(60);
    let mut child = command(&["boards", "show", "1", "--watch", "0.1", "-v"])
        .envs(environment(&sandbox))
        .stdout(terminal.pen())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stderr.take().unwrap());
    let mut lines = told.lines().map(Result::unwrap);
    for _ in 0..3 {
        let request = lines.next().unwrap();
        assert!(request.starts_with("> GET ") && request.ends_with("/boards/1"), "{request}");
        let reply = lines.find(|line| line.starts_with('<')).unwrap();
        assert!(reply.starts_with("< showBoard 200 after "), "{reply}");
    }
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// How far an upload has come, as it was drawn on standard error.
fn uploaded(sandbox: &Sandbox, flags: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report-of-the-year.txt");
    std::fs::write(&path, "All is well.\n".repeat(300_000)).unwrap();
    let terminal = Terminal::new(40);
    let args = [&["files", "upload", path.to_str().unwrap()], flags].concat();
    let mut child = command(&args)
        .envs(environment(sandbox))
        .stdout(Stdio::null())
        .stderr(terminal.pen())
        .spawn()
        .unwrap();
    let (drawn, _) = terminal.read(|_| false);
    assert_eq!(child.wait().unwrap().code(), Some(0), "{drawn}");
    drawn
}

#[test]
fn an_upload_shows_how_far_it_is_on_a_terminal_alone() {
    let sandbox = Sandbox::start().unwrap();
    let drawn = uploaded(&sandbox, &[]);
    let lines: Vec<&str> = drawn.split("\r\u{1b}[K").collect();
    assert!(lines.len() > 2 && lines[0].is_empty(), "{drawn:?}");
    assert!(lines[1].contains(" % [") && lines[1].contains("/s of 3.9"), "{drawn:?}");
    assert!(lines.iter().all(|line| line.chars().count() < 40), "no line breaks: {drawn:?}");
    assert_eq!(*lines.last().unwrap(), "", "nothing is left of it");
    assert_eq!(uploaded(&sandbox, &["--quiet"]), "");
    let told = uploaded(&sandbox, &["-v"]);
    assert!(told.starts_with("> POST ") && !told.contains(" % ["), "{told:?}");
    // Elsewhere there is none: the other tests hold standard error against nothing at all.
}

#[test]
fn a_download_shows_how_far_it_is_on_a_terminal() {
    let sandbox = Sandbox::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("handbook.md");
    let terminal = Terminal::new(80);
    let mut child = command(&["files", "download", "1", path.to_str().unwrap()])
        .envs(environment(&sandbox))
        .stdout(Stdio::null())
        .stderr(terminal.pen())
        .spawn()
        .unwrap();
    let (drawn, _) = terminal.read(|_| false);
    assert_eq!(child.wait().unwrap().code(), Some(0), "{drawn}");
    assert!(drawn.contains(" % [") && drawn.contains(", handbook.md"), "{drawn:?}");
    assert!(drawn.ends_with("\r\u{1b}[K"), "{drawn:?}");
}

#[test]
fn a_listing_that_goes_to_a_file_is_counted_on_the_terminal() {
    let sandbox = Sandbox::start().unwrap();
    let run = |stdout: Option<Stdio>| {
        let terminal = Terminal::new(80);
        let args = ["tasks", "list", "--all", "--per-page", "5", "-o", "jsonl"];
        let mut child = command(&args)
            .envs(environment(&sandbox))
            .stdout(stdout.unwrap_or_else(|| terminal.pen()))
            .stderr(terminal.pen())
            .spawn()
            .unwrap();
        let (drawn, _) = terminal.read(|_| false);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{drawn}");
        drawn
    };
    let drawn = run(Some(Stdio::null()));
    assert!(drawn.contains(" % [") && drawn.contains("] 1 of 60 items"), "{drawn:?}");
    assert!(drawn.ends_with("\r\u{1b}[K"), "{drawn:?}");
    assert!(!run(None).contains(" items"), "where they can be seen to come they are not counted");
}

#[test]
fn what_a_query_waits_for_is_counted_on_the_terminal() {
    let sandbox = Sandbox::start().unwrap();
    let args = ["tasks", "list", "--all", "--per-page", "5", "--query", "data[0].id", "-o", "json"];
    let (drawn, code) = drawn(&sandbox, &args, |_| {});
    assert!(drawn.contains("] 1 of 60 items") && drawn.contains("\u{1b}[K1\n"), "{drawn:?}");
    assert_eq!(code, 0);
}

#[test]
fn a_page_is_written_before_the_next_is_waited_for() {
    for (form, flags) in [("table", &[][..]), ("csv", &["--columns", "id,name"]), ("csv", &[])] {
        let written = interrupted_at_the_second_page(&[&["-o", form], flags].concat());
        assert_eq!(written.lines().count(), 3, "{form}: {written}");
        assert!(
            written.starts_with(if form == "table" { "id  name\n" } else { "id," }),
            "{written}"
        );
    }
    let written = interrupted_at_the_second_page(&["-o", "csv", "--columns", "id,owner"]);
    assert_eq!(written, "", "whether there is such a column is not known yet");
}

/// What has come of a listing that is interrupted once it asks for its second page.
fn interrupted_at_the_second_page(args: &[&str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut child = command(&[&["boards", "list", "--all"], args].concat())
        .env("AGENTMC_BASE_URL", &url)
        .env("AGENTMC_API_KEY", "cc_x")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let body = r#"{"data":[{"id":1,"name":"A"},{"id":2,"name":"B"}],"links":{},
                   "meta":{"current_page":1,"last_page":2,"total":4}}"#;
    let (mut stream, _) = listener.accept().unwrap();
    assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let length = body.len();
    stream.write_all(format!("{head}content-length: {length}\r\n\r\n{body}").as_bytes()).unwrap();
    drop(stream);
    let (mut stream, _) = listener.accept().unwrap();
    assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
    signal(&child, "-INT");
    let mut written = String::new();
    child.stdout.take().unwrap().read_to_string(&mut written).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    written
}

#[test]
fn an_interrupt_leaves_no_half_line() {
    let lines = interrupted("jsonl");
    assert!(lines.ends_with('\n'), "{} bytes", lines.len());
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let list = interrupted("json") + "]";
    let items: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    assert!(!items.is_empty());
}

/// What has come of a long listing that was interrupted.
fn interrupted(form: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // The reply is longer than any pipe, and says that there is more to come.
    let long = "x".repeat(2_000_000);
    let item =
        |id: u64| format!(r#"{{"id":{id},"team_id":1,"name":"{long}","visibility":"team"}}"#);
    let body = format!(
        r#"{{"data":[{},{}],"links":{{}},"meta":{{"current_page":1,"last_page":9,"total":18}}}}"#,
        item(1),
        item(2)
    );
    let serve = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        (listener, stream)
    });
    let mut child = command(&["boards", "list", "--all", "-o", form])
        .env("AGENTMC_BASE_URL", &url)
        .env("AGENTMC_API_KEY", "cc_x")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let held = serve.join().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut begin = [0; 100];
    stdout.read_exact(&mut begin).unwrap();
    // Now it is in the middle of a line.
    signal(&child, "-INT");
    let mut written = String::from_utf8(begin.to_vec()).unwrap();
    stdout.read_to_string(&mut written).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(held);
    written
}

#[test]
fn every_table_is_painted_on_a_terminal() {
    for (args, first) in
        [(["config", "show"], "SETTING"), (["operations", "--tag=Tasks"], "OPERATION")]
    {
        let terminal = Terminal::new(80);
        let mut child = command(&args)
            .env("TERM", "xterm")
            .stdout(terminal.pen())
            .stderr(terminal.pen())
            .spawn()
            .unwrap();
        let (drawn, _) = terminal.read(|_| false);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{drawn}");
        assert!(drawn.starts_with(&format!("\u{1b}[1m{first}\u{1b}[0m")), "{drawn:?}");
        assert!(!drawn.contains(" [0m"), "{drawn:?}");
    }
}
