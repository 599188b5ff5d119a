//! `agentmc realtime`, with the browser's side in the sandbox.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use agentmc_core::types::{AgentId, Object, SessionId, SignalId};
use agentmc_sandbox::{BrowserMessage, Sandbox, SocketFault};
use serde_json::{Value, json};

use crate::process::{against, command, environment, run};

/// How long a line may take. Nothing waits for it where all is well.
const DEADLINE: Duration = Duration::from_secs(30);

/// A command that goes on, line by line.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut child = command(&[&["realtime"], args].concat())
            .envs(environment(sandbox))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        Self { input: child.stdin.take(), child, lines }
    }

    /// The next line.
    #[track_caller]
    fn line(&self) -> String {
        self.lines.recv_timeout(DEADLINE).expect("there is another line in time")
    }

    /// The next event of this name; what the connection does besides is passed over.
    #[track_caller]
    fn event(&self, name: &str) -> Value {
        loop {
            let event: Value = serde_json::from_str(&self.line()).unwrap();
            if event["event"] == name {
                return event;
            }
            let is_passing = event["event"] == "state" || event["event"] == "resumed";
            assert!(is_passing, "instead of {name}: {event}");
        }
    }

    /// The next line that is not about the connection.
    #[track_caller]
    fn words(&self) -> String {
        loop {
            let line = self.line();
            if !["connecting", "connected"].contains(&line.as_str()) {
                return line;
            }
        }
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    #[cfg(unix)]
    fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// The exit code and standard error, once it has ended.
    #[track_caller]
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        while self.lines.recv_timeout(DEADLINE).is_ok() {}
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (self.child.wait().unwrap().code(), error)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent(sandbox: &Sandbox) -> AgentId {
    sandbox.world(|world| world.agents.values().next().unwrap().id)
}

/// A sandbox in which a session is requested.
pub(crate) fn requested() -> (Sandbox, AgentId, SessionId) {
    let sandbox = Sandbox::start().unwrap();
    let agent = agent(&sandbox);
    let session = sandbox.request_session(agent).unwrap();
    (sandbox, agent, session)
}

fn says(sandbox: &Sandbox, session: SessionId, request: &str, text: &str) -> SignalId {
    let ids = sandbox.browser_sends(session, &BrowserMessage::chat(request, text)).unwrap();
    *ids.last().unwrap()
}

#[test]
#[cfg(unix)]
fn events_come_as_lines_of_json_until_ctrl_c_and_the_last_id_goes_on_after_them() {
    let (sandbox, agent, session) = requested();
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    let (id, token) = (session.to_string(), token.to_str().unwrap());
    let agent_id = agent.to_string();
    let args = [
        "listen",
        "--agent",
        &agent_id,
        "--session",
        &id,
        "--owner-token-file",
        token,
        "-o",
        "jsonl",
    ];
    let listening = Running::start(&sandbox, &args);
    let ready = listening.event("ready");
    assert_eq!(ready["session_id"], json!(session));
    assert_eq!(ready["agent_id"], json!(agent));
    let first = says(&sandbox, session, "req-1", "Are you there?");
    let message = listening.event("message");
    assert_eq!(message["id"], json!(first));
    assert_eq!(message["sender"], "browser");
    assert_eq!(message["type"], "chat.user");
    assert_eq!(message["request_id"], "req-1");
    assert_eq!(message["payload"]["content"], "Are you there?");
    listening.interrupt();
    let ended = listening.event("ended");
    assert_eq!((&ended["reason"], &ended["last_id"]), (&json!("interrupted"), &json!(first)));
    let (code, error) = listening.end();
    assert_eq!(code, Some(0));
    assert_eq!(
        error,
        format!("agentmc: the last signal is {first} (--from {first} goes on after it)\n")
    );

    let missed = says(&sandbox, session, "req-2", "Still there?");
    let from = first.to_string();
    let again = Running::start(&sandbox, &[&args[..], &["--from", &from]].concat());
    again.event("ready");
    assert_eq!(again.event("message")["id"], json!(missed));
}

#[test]
fn from_the_start_means_all_that_was_said_and_from_now_nothing_of_it() {
    let (sandbox, _, session) = requested();
    let said = says(&sandbox, session, "req-1", "Early bird");
    let id = session.to_string();
    let all = Running::start(&sandbox, &["listen", "--session", &id, "--from", "start"]);
    all.event("ready");
    assert_eq!(all.event("message")["id"], json!(said));
    drop(all);

    let session = sandbox.request_session(agent(&sandbox)).unwrap();
    says(&sandbox, session, "req-1", "Early bird");
    let id = session.to_string();
    let new = Running::start(&sandbox, &["listen", "--session", &id]);
    new.event("ready");
    let said = says(&sandbox, session, "req-2", "Late bird");
    assert_eq!(new.event("message")["id"], json!(said));
}

#[test]
fn people_read_one_line_each_and_the_other_side_ends_it_with_exit_code_0() {
    let (sandbox, agent, session) = requested();
    let listening = Running::start(&sandbox, &["listen", "-o", "table"]);
    assert_eq!(listening.words(), format!("listening to session {session} of agent {agent}"));
    let id = says(&sandbox, session, "req-1", "Two\nlines \u{1b}[31m");
    assert_eq!(listening.words(), format!("{id}  browser  chat.user [req-1]  Two lines  [31m"));
    let close = sandbox.browser_closes(session, "bye").unwrap();
    let line = listening.words();
    let last = match line.starts_with("ended") {
        true => line,
        false => {
            assert_eq!(line, format!("{close}  browser  close  {{\"reason\":\"bye\"}}"));
            listening.words()
        }
    };
    assert_eq!(last, "ended: closed by the browser: bye");
    let (code, error) = listening.end();
    assert_eq!(code, Some(0), "{error}");
    assert!(error.starts_with("agentmc: the last signal is "), "{error}");
}

#[test]
fn a_lost_socket_loses_nothing() {
    let (sandbox, _, session) = requested();
    let listening = Running::start(&sandbox, &["listen"]);
    listening.event("ready");
    sandbox.socket_fault(SocketFault::Drop);
    let first = says(&sandbox, session, "req-1", "One");
    let second = says(&sandbox, session, "req-2", "Two");
    assert_eq!(listening.event("message")["id"], json!(first));
    assert_eq!(listening.event("message")["id"], json!(second));
}

#[test]
fn a_websocket_that_is_closed_with_a_secret_is_told_without_it() {
    let (sandbox, _, session) = requested();
    let folder = tempfile::tempdir().unwrap();
    let (id, token) = (session.to_string(), folder.path().join("token"));
    let secret = "owner-token-0123456789";
    std::fs::write(&token, secret).unwrap();
    let token = token.to_str().unwrap();
    let args = ["listen", "--session", &id, "--owner-token-file", token, "-o", "jsonl", "-v"];
    let listening = Running::start(&sandbox, &args);
    listening.event("ready");
    let key = &sandbox.keys().host_key;
    sandbox.socket_fault(SocketFault::Close(4200, format!("away, {key} with {secret}")));
    let reason =
        std::iter::repeat_with(|| -> Value { serde_json::from_str(&listening.line()).unwrap() })
            .find(|event| event["state"] == "waiting")
            .unwrap();
    assert_eq!(reason["reason"], "4200: away, <secret> with <secret>");
    sandbox.browser_closes(session, "bye").unwrap();
    let (_, error) = listening.end();
    assert!(error.contains(" closed 4200: away, <secret> with <secret>\n"), "{error}");
    assert!(!error.contains(secret) && !error.contains(key), "{error}");
}

#[test]
fn nothing_to_listen_to_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.world(|world| world.sessions.clear());
    let ran = against(&sandbox, &["realtime", "listen", "-o", "table"]);
    assert_eq!((ran.code, ran.error()), (1, "agentmc: no session is requested"));
    let ran = against(&sandbox, &["realtime", "listen", "--session", "999999", "-o", "table"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.error().contains("404 Not Found"), "{}", ran.error());
}

#[test]
fn a_session_that_somebody_else_holds_is_refused_with_what_to_do() {
    let (sandbox, _, session) = requested();
    let first = Running::start(&sandbox, &["listen"]);
    first.event("ready");
    let id = session.to_string();
    let ran = against(&sandbox, &["realtime", "listen", "--session", &id, "-o", "jsonl"]);
    assert_eq!(ran.code, 1);
    let ended: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&ended["event"], &ended["reason"]), (&json!("ended"), &json!("taken")));
    let error: Value = serde_json::from_str(ran.error()).unwrap();
    assert_eq!(error["kind"], "conflict");
    assert!(error["advice"].as_str().unwrap().contains("--owner-token-file"), "{error}");
}

#[test]
fn a_message_that_fits_is_one_signal() {
    let (sandbox, _, session) = requested();
    let id = session.to_string();
    let ran = against(
        &sandbox,
        &["realtime", "send", "--session", &id, "chat.agent.done", r#"{"content": "Hello"}"#],
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.json()["ids"].as_array().unwrap().len(), 1);
    let said = sandbox.messages(session, SignalId(0)).pop().unwrap();
    assert_eq!(said.body["content"], "Hello");
}

#[test]
fn a_large_message_goes_in_pieces_while_another_command_listens_with_the_same_token() {
    let (sandbox, _, session) = requested();
    let folder = tempfile::tempdir().unwrap();
    let (id, token) = (session.to_string(), folder.path().join("token"));
    let share = ["--session", &id, "--owner-token-file", token.to_str().unwrap()];
    let listening = Running::start(&sandbox, &[&["listen"], &share[..]].concat());
    listening.event("ready");
    is_private(&token);

    let file = folder.path().join("content.json");
    std::fs::write(&file, json!({"content": "x".repeat(20_000)}).to_string()).unwrap();
    let content = format!("@{}", file.display());
    let send = ["realtime", "send", "chat.agent.done", &content, "-o", "table"];
    let ran = against(&sandbox, &[&send[..], &share].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout.split(", ").count(), 4, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("Stored as "), "{}", ran.stdout);
    let said = sandbox.messages(session, SignalId(0)).pop().unwrap();
    assert_eq!(said.body["content"].as_str().unwrap().len(), 20_000);
}

fn is_private(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
    assert!(file.exists());
}

#[test]
fn what_cannot_be_sent_is_said_before_anything_is() {
    let sandbox = Sandbox::start().unwrap();
    let seen = sandbox.seen_count();
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "short").unwrap();
    let token = token.to_str().unwrap();
    for (args, problem) in [
        (&["send", "--session", "1", "chat.agent.done", "[]"][..], "must be a JSON object"),
        (&["send", "--session", "1", "chat.agent.done", "{"], "the content is not JSON"),
        (&["send", "--session", "1", "chat.agent.done", "@/nowhere"], "cannot be read"),
        (&["send", "--session", "1", " "], "TYPE must be a channel type"),
        (&["send", "chat.agent.done"], "--session <ID>"),
        (&["listen", "--from", "yesterday"], "it must be the id of a signal, `start` or `now`"),
        (&["listen", "-o", "csv"], "events have no columns in common"),
        (&["listen", "--owner-token-file", token], "holds no token"),
        (&["host", "--json", "[]"], "--json takes a JSON object"),
    ] {
        let ran = against(&sandbox, &[&["realtime"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.error().contains(problem), "{args:?}: {}", ran.error());
    }
    assert_eq!(sandbox.seen_count(), seen);
}

#[test]
fn a_session_that_is_over_takes_no_message() {
    let (sandbox, _, session) = requested();
    sandbox.browser_closes(session, "bye").unwrap();
    let ran = against(&sandbox, &["realtime", "send", "--session", &session.to_string(), "note"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
}

#[test]
fn a_person_is_answered_by_hand() {
    let (sandbox, agent, session) = requested();
    let agent_id = agent.to_string();
    let mut chat = Running::start(&sandbox, &["chat", "--agent", &agent_id, "-o", "table"]);
    assert_eq!(chat.line(), format!("listening to session {session} of agent {agent}"));
    let asked = says(&sandbox, session, "req-1", "Ready?");
    assert_eq!(chat.line(), "browser: Ready?");
    chat.type_line("Ready.");
    chat.type_line("  ");
    assert_eq!(chat.line(), "agent: Ready.");
    let said = sandbox.messages(session, asked);
    assert_eq!(said.len(), 1);
    let body = &said[0].body;
    assert_eq!((&body["request_id"], &body["content"]), (&json!("req-1"), &json!("Ready.")));
    assert_eq!(body["meta"]["status"], "ok");

    sandbox.browser_sends(session, &BrowserMessage::snapshot("req-2", "opened")).unwrap();
    assert_eq!(chat.line(), "(snapshot.request is not answered)");
    let (code, error) = chat.end();
    assert_eq!(code, Some(0), "the end of input ends it: {error}");
    let status = sandbox.world(|world| world.sessions.get(&session).unwrap().status.clone());
    assert_eq!(status.as_str(), "active", "the session stays");
}

#[test]
fn a_line_typed_early_answers_the_last_question_of_before() {
    let (sandbox, _, session) = requested();
    says(&sandbox, session, "req-1", "One?");
    let last = says(&sandbox, session, "req-2", "Two?");
    let id = session.to_string();
    let mut chat = Running::start(&sandbox, &["chat", "--session", &id, "-o", "jsonl"]);
    chat.type_line("Two.");
    drop(chat.input.take());
    chat.event("ready");
    for request in ["req-1", "req-2"] {
        assert_eq!(chat.event("message")["request_id"], request);
    }
    let sent = chat.event("sent");
    assert_eq!(sent["request_id"], "req-2");
    let said = sandbox.messages(session, last);
    assert_eq!(said[0].body["content"], "Two.");
    assert_eq!(chat.end().0, Some(0));
}

#[test]
fn a_chat_that_the_person_ends_is_done() {
    let (sandbox, _, session) = requested();
    let chat = Running::start(&sandbox, &["chat"]);
    chat.event("ready");
    sandbox.browser_closes(session, "bye").unwrap();
    let mut event = json!(null);
    while event["event"] != "ended" {
        event = serde_json::from_str(&chat.line()).unwrap();
    }
    assert_eq!(event["message"], "closed by the browser: bye");
    assert_eq!(chat.end().0, Some(0));
}

#[test]
fn sessions_of_a_host_are_listed_where_no_channel_pushes_them() {
    let (sandbox, agent, session) = requested();
    let host = Running::start(&sandbox, &["host", "-o", "table"]);
    assert_eq!(host.line(), format!("session {session} of agent {agent} is requested"));
}

#[test]
#[cfg(unix)]
fn a_heartbeat_says_where_sessions_of_a_host_are_pushed() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.world(|world| world.sessions.clear());
    let agent = agent(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("heartbeat.json");
    std::fs::write(&file, crate::help::heartbeat().to_string()).unwrap();
    let heartbeat = format!("@{}", file.display());
    let host = Running::start(&sandbox, &["host", "--json", &heartbeat]);
    host.event("listening");
    // A session is pushed to the host that its agent runs on.
    sandbox.world(|world| {
        let newest = world.hosts.values().next_back().unwrap().id;
        world.agents.get_mut(&agent).unwrap().host_id = Some(newest);
    });
    let session = sandbox.request_session(agent).unwrap();
    let event = host.event("session_requested");
    assert_eq!((&event["session_id"], &event["agent_id"]), (&json!(session), &json!(agent)));
    host.interrupt();
    assert_eq!(host.event("ended")["reason"], "interrupted");
    assert_eq!(host.end(), (Some(0), String::new()));
}

#[test]
fn a_key_that_is_refused_ends_every_command() {
    let sandbox = Sandbox::start().unwrap();
    for args in [
        &["realtime", "listen", "-o", "table"][..],
        &["realtime", "send", "--session", "1", "note", "-o", "table"],
        &["realtime", "chat", "-o", "table"],
        &["realtime", "host", "-o", "table"],
    ] {
        let variables = [("AGENTMC_BASE_URL", sandbox.url()), ("AGENTMC_API_KEY", "cc_wrong")];
        let ran = crate::process::run_in(&variables, args);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{args:?}");
        assert!(ran.error().contains("401 Unauthorized"), "{args:?}: {}", ran.error());
    }
}

#[test]
fn a_server_of_its_own_is_refused_with_what_to_do_instead() {
    for name in ["listen", "chat", "host"] {
        let ran = run(&["realtime", name, "--sandbox"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.error().contains("`agentmc sandbox` starts one"), "{}", ran.error());
    }
}

#[test]
fn what_is_no_event_of_the_session_is_left_out_quietly() {
    let (sandbox, _, session) = requested();
    let listening = Running::start(&sandbox, &["listen", "-q", "-o", "jsonl"]);
    let first: Value = serde_json::from_str(&listening.line()).unwrap();
    assert_eq!(first["event"], "ready");
    sandbox.browser_says(session, "note", Object::from_iter([("a", "b")])).unwrap();
    let signal: Value = serde_json::from_str(&listening.line()).unwrap();
    assert_eq!((&signal["event"], &signal["type"]), (&json!("signal"), &json!("note")));
    sandbox.browser_closes(session, "bye").unwrap();
    assert_eq!(listening.end(), (Some(0), String::new()));
}

#[test]
fn in_yaml_every_event_is_a_document() {
    let (sandbox, _, session) = requested();
    let listening = Running::start(&sandbox, &["listen", "-q", "-o", "yaml"]);
    assert_eq!(listening.line(), "---");
    let mut ready = vec![listening.line()];
    sandbox.browser_closes(session, "bye").unwrap();
    ready.extend(std::iter::repeat_with(|| listening.line()).take_while(|line| line != "---"));
    ready.sort_unstable();
    assert!(ready.contains(&"event: ready".to_owned()), "{ready:?}");
    assert!(ready.contains(&format!("session_id: {session}")), "{ready:?}");
}
