//! The official client, `pusher-js`, against the sandbox's websocket.

use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use agentmc_core::ops::hosts::ClaimAgentRealtimeSession;
use agentmc_sandbox::{Sandbox, SocketFault};
use agentmc_types::{Secret, SessionId};
use serde_json::{Value, json};

use crate::client::{authority, not_run, say, session};

/// Names the folder of the npm package `pusher-js`. It is not a part of this project.
const LIBRARY: &str = "AGENTMC_TEST_PUSHER_JS";

/// A process that listens, which ends when it is dropped.
struct Listener {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Listener {
    fn start(library: &str, sandbox: &Sandbox, session: SessionId, channel: &str) -> Self {
        let (host, port) = authority(sandbox).split_once(':').unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/pusher_js.cjs");
        let auth = format!("{}/hosts/realtime/sessions/{session}/socket-auth", sandbox.url());
        let keys = sandbox.keys();
        let mut process = Command::new("node")
            .args([script, library, host, port, &keys.socket_key, &auth, &keys.host_key, channel])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// What is told next, other than how the connection stands.
    fn next(&mut self) -> (String, Value) {
        loop {
            let line = self.lines.next().unwrap().unwrap();
            let told: Value = serde_json::from_str(&line).unwrap();
            if told["event"] != "state" {
                return (told["event"].as_str().unwrap().to_owned(), told["data"].clone());
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_official_client_receives_the_same_signals() {
    let Some(library) = env::var(LIBRARY).ok().filter(|folder| !folder.is_empty()) else {
        not_run(&format!(
            "pusher-js against the sandbox. Name the folder of that npm package in {LIBRARY}."
        ));
        return;
    };
    let sandbox = Sandbox::start().unwrap();
    let (id, channel) = session(&sandbox);
    let owner = Secret::from("agent-claim:0123456789");
    let claim = ClaimAgentRealtimeSession::new(id).owner_token(owner);
    let call = sandbox.api().call(&claim).unwrap();
    assert_eq!(sandbox.exchange(&call).unwrap().status(), 200);

    let mut listener = Listener::start(&library, &sandbox, id, &channel);
    assert_eq!(listener.next(), ("subscribed".to_owned(), json!(channel)));
    for text in ["one", "two", "é\"\n"] {
        let sent = say(&sandbox, id, text);
        let (event, signal) = listener.next();
        assert_eq!((event.as_str(), &signal["id"]), ("signal", &json!(sent)));
        assert_eq!(signal["payload"], json!({"text": text}));
        let stored = sandbox.world(|world| json!(world.signals[&sent.into()]));
        for member in ["session_id", "sender", "type", "created_at"] {
            assert_eq!(signal[member], stored[member]);
        }
    }
    sandbox.socket_fault(SocketFault::Close(4200, "again".to_owned()));
    let mut events = std::iter::from_fn(|| Some(listener.next().0));
    assert!(events.any(|event| event == "subscribed"), "it connects and subscribes again");
    say(&sandbox, id, "three");
    assert_eq!(listener.next().1["payload"], json!({"text": "three"}));
}
