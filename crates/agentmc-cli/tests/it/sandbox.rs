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
        let mut child =
            command(&[&["sandbox"], args].concat()).stdout(Stdio::piped()).spawn().unwrap();
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
