//! The sandbox's own page and what it asks for.

use std::io::{Read, Write};
use std::net::TcpStream;

use agentmc_sandbox::Sandbox;
use agentmc_types::{HostId, HostRuntimeCommandPayload};
use serde_json::{Value, json};

use crate::client::{Client, authority};

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The code of a refusal.
    fn code(&self) -> (u16, String) {
        (self.status, self.json()["error"]["code"].as_str().unwrap().to_owned())
    }
}

/// Sends a request with these headers.
fn send(sandbox: &Sandbox, method: &str, path: &str, headers: &str, body: &str) -> Reply {
    let mut stream = TcpStream::connect(authority(sandbox)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

fn get(sandbox: &Sandbox, path: &str) -> Reply {
    send(sandbox, "GET", path, &format!("Host: {}\r\n", authority(sandbox)), "")
}

fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Reply {
    let host = authority(sandbox);
    let headers = format!("Host: {host}\r\nOrigin: http://{host}\r\n");
    send(sandbox, "POST", path, &headers, &body.to_string())
}

#[test]
fn the_page_stands_alone() {
    let sandbox = Sandbox::start().unwrap();
    for path in ["/sandbox", "/sandbox/"] {
        let page = get(&sandbox, path);
        assert_eq!(page.status, 200);
        assert!(page.head.contains("content-type: text/html; charset=utf-8"));
        assert!(page.head.contains("content-security-policy: default-src 'none';"));
        assert!(page.body.starts_with("<!doctype html>"));
        for foreign in
            ["http:", "https:", "//cdn", "src=", "innerHTML", "outerHTML", "document.write"]
        {
            assert!(!page.body.contains(foreign), "{foreign}");
        }
    }
    assert_eq!(post(&sandbox, "/sandbox/", &json!({})).status, 405);
}

#[test]
fn a_browser_lives_through_a_session() {
    let sandbox = Sandbox::start().unwrap();
    let asked = post(&sandbox, "/sandbox/sessions", &json!({"agent_id": 1}));
    assert_eq!(asked.status, 201);
    assert_eq!(asked.json()["data"]["requested_by_user_id"], 1);
    let session = format!("/sandbox/sessions/{}", asked.json()["data"]["id"]);

    let message =
        json!({"type": "chat.user", "payload": {"content": "x".repeat(500), "request_id": "r"}});
    let sent = post(&sandbox, &format!("{session}/messages"), &message);
    assert_eq!((sent.status, sent.json()["ids"].as_array().unwrap().len()), (201, 1));
    let mut pieces = message;
    pieces["envelope"] = json!(400);
    let sent = post(&sandbox, &format!("{session}/messages"), &pieces);
    let ids = sent.json()["ids"].as_array().unwrap().clone();
    assert!(ids.len() > 2);
    let after = format!("{session}/messages?after_id={}", ids[0]);
    let messages = get(&sandbox, &after).json()["data"].clone();
    assert_eq!(messages.as_array().unwrap().len(), 1);
    assert_eq!(messages[0]["body"]["content"].as_str().unwrap().len(), 500);
    assert_eq!(
        (&messages[0]["sender"], &messages[0]["type"]),
        (&json!("browser"), &json!("chat.user"))
    );

    let signal = json!({"type": "typing", "payload": {"a": 1}});
    let signal = post(&sandbox, &format!("{session}/signals"), &signal).json()["data"].clone();
    assert_eq!((&signal["type"], &signal["payload"]), (&json!("typing"), &json!({"a": 1})));
    let last = ids.last().unwrap();
    let later = get(&sandbox, &format!("{session}/signals?after_id={last}")).json()["data"].clone();
    assert_eq!(later, json!([signal]));

    assert_eq!(post(&sandbox, &format!("{session}/heartbeat"), &json!({})).status, 200);
    let closed = post(&sandbox, &format!("{session}/close"), &json!({"reason": "enough"}));
    assert_eq!(closed.json()["data"]["status"], "closed");
    for what in ["heartbeat", "close"] {
        let again = post(&sandbox, &format!("{session}/{what}"), &json!({}));
        assert_eq!(again.code(), (409, "conflict".into()));
    }
}

#[test]
fn the_state_is_what_is_there_now() {
    let sandbox = Sandbox::start().unwrap();
    post(&sandbox, "/sandbox/sessions", &json!({"agent_id": 2, "user_id": null}));
    let mut client = Client::new(&sandbox);
    client.subscribe(&sandbox, "private-agent-realtime-host.1");
    let state = get(&sandbox, "/sandbox/state").json();
    assert_eq!(state["agents"].as_array().unwrap().len(), 3);
    assert_eq!(state["sessions"][0]["agent_id"], 2);
    assert_eq!(state["sessions"][0]["requested_by_user_id"], Value::Null);
    assert_eq!(state["sockets"][0]["id"], client.id.as_str());
    assert_eq!(state["sockets"][0]["channels"][0], "private-agent-realtime-host.1");
    let boards = state["boards"].as_array().unwrap();
    let tasks = boards.iter().flat_map(|board| board["columns"].as_array().unwrap());
    let shown: usize = tasks.map(|column| column["tasks"].as_array().unwrap().len()).sum();
    assert_eq!((boards.len(), shown), (3, 60));

    let now = state["now"].clone();
    assert_eq!(get(&sandbox, "/sandbox/state").json()["now"], now, "looking takes no time");
}

#[test]
fn what_is_wrong_is_refused_in_the_envelope() {
    let sandbox = Sandbox::start().unwrap();
    post(&sandbox, "/sandbox/sessions", &json!({"agent_id": 1}));
    let not_found = (404, "resource.not_found".to_owned());
    for path in [
        "/sandbox/x",
        "/sandbox/sessions/1/x",
        "/sandbox/sessions/9/signals",
        "/sandbox/sessions/x/signals",
    ] {
        assert_eq!(get(&sandbox, path).code(), not_found, "{path}");
    }
    let no_method = (405, "method.not_allowed".to_owned());
    for path in ["/sandbox/sessions", "/sandbox/sessions/1/close"] {
        assert_eq!(get(&sandbox, path).code(), no_method, "{path}");
    }
    assert_eq!(post(&sandbox, "/sandbox/state", &json!({})).code(), no_method);
    let malformed = (400, "request.malformed".to_owned());
    assert_eq!(post(&sandbox, "/sandbox/sessions", &json!({})).code(), malformed);
    assert_eq!(post(&sandbox, "/sandbox/sessions/1/messages", &json!([])).code(), malformed);
    let invalid = (422, "validation.failed".to_owned());
    for body in [json!({"agent_id": 99}), json!({"agent_id": 1, "user_id": 99})] {
        assert_eq!(post(&sandbox, "/sandbox/sessions", &body).code(), invalid);
    }
    assert_eq!(get(&sandbox, "/sandbox/sessions/1/signals?after_id=x").code(), invalid);
    let kind = json!({"type": "a b"});
    assert_eq!(post(&sandbox, "/sandbox/sessions/1/signals", &kind).code(), invalid);
    let large = json!({"type": "m", "payload": {"x": "x".repeat(2 << 20)}});
    assert_eq!(post(&sandbox, "/sandbox/sessions/1/signals", &large).status, 413);
}

#[test]
fn pages_from_elsewhere_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let host = authority(&sandbox);
    let port = host.split_once(':').unwrap().1;
    let status = |headers: &str| {
        let reply = send(&sandbox, "POST", "/sandbox/sessions", headers, r#"{"agent_id":1}"#);
        reply.status
    };
    for foreign in [
        format!("Host: {host}\r\nOrigin: http://example.com\r\n"),
        format!("Host: {host}\r\nOrigin: http://127.0.0.1:1\r\n"),
        format!("Host: {host}\r\nOrigin: null\r\n"),
        format!("Host: example.com:{port}\r\n"),
        format!("Host: example.com:{port}\r\nOrigin: http://example.com:{port}\r\n"),
        "Host: 127.0.0.1.example.com\r\n".to_owned(),
        String::new(),
    ] {
        assert_eq!(status(&foreign), 403, "{foreign}");
    }
    assert!(sandbox.world(|world| world.sessions.is_empty()));
    assert_eq!(send(&sandbox, "GET", "/sandbox/", "Host: example.com\r\n", "").status, 403);
    for own in [
        format!("Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"),
        format!("Host: [::1]:{port}\r\n"),
        "Host: LOCALHOST\r\n".to_owned(),
    ] {
        assert_eq!(status(&own), 201, "{own}");
    }
}

#[test]
fn what_the_page_asks_is_no_call_of_the_api() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(agentmc_sandbox::Rule::new(agentmc_sandbox::Fault::CloseBeforeHead));
    assert_eq!(get(&sandbox, "/sandbox/state").status, 200);
    assert_eq!((sandbox.seen_count(), sandbox.faults().len()), (0, 1));
    let world = sandbox.world(|world| world.handle(&http::Request::new(bytes::Bytes::new())));
    assert_eq!(world.status(), 404);
}

#[test]
fn a_runtime_is_told_what_to_do() {
    let sandbox = Sandbox::start().unwrap();
    let payload = json!({"agent_name": "Owl", "runtime_key": "owl-1", "agent_emoji": "🦉"});
    let asked = json!({"type": "agent.create", "payload": payload});
    let queued = post(&sandbox, "/sandbox/hosts/1/commands", &asked);
    assert_eq!(queued.status, 201);
    assert_eq!(queued.json()["data"]["command"]["payload"], payload);
    let listed = get(&sandbox, "/sandbox/hosts/1/commands").json();
    assert_eq!(listed["data"], json!([queued.json()["data"]]));
    let by_hand = HostRuntimeCommandPayload::new("Owl", "owl-1");
    assert!(sandbox.queue_command(HostId(1), "agent.update", by_hand.clone()).is_some());
    assert_eq!(sandbox.queue_command(HostId(9), "agent.update", by_hand), None);
    assert_eq!(get(&sandbox, "/sandbox/hosts/1/commands").json()["data"][1]["status"], json!(null));
    let missing = (404, "resource.not_found".to_owned());
    assert_eq!(post(&sandbox, "/sandbox/hosts/9/commands", &asked).code(), missing);
    let malformed = (400, "request.malformed".to_owned());
    assert_eq!(
        post(&sandbox, "/sandbox/hosts/1/commands", &json!({"type": "x"})).code(),
        malformed
    );
    let no_method = (405, "method.not_allowed".to_owned());
    let host = format!("Host: {}\r\n", authority(&sandbox));
    let other = send(&sandbox, "PUT", "/sandbox/hosts/1/commands", &host, "{}");
    assert_eq!(other.code(), no_method);
}
