//! Servers that are not ours: one that speaks HTTP, and one that says what it is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentmc_core::{Api, Credential, RetryPolicy};
use bytes::Bytes;
use httpmock::MockServer;
use serde_json::{Value, json};

/// The requests that arrived.
pub(crate) type Seen = Arc<Mutex<Vec<http::Request<Bytes>>>>;

/// The API at `base`, with three attempts that follow each other quickly.
pub(crate) fn api_at(base: &str) -> Api {
    let credential = Credential::api_key("cc_wire").unwrap();
    let quick = RetryPolicy::new(3, Duration::from_millis(1), Duration::from_millis(5));
    Api::new(credential).base_url(base).unwrap().acting_as(7).retry(quick)
}

pub(crate) fn api(server: &MockServer) -> Api {
    api_at(&server.url("/api/v1"))
}

/// A server that answers everything alike, and what it sees.
pub(crate) fn answering(status: u16, headers: &[(&str, &str)], body: &str) -> (MockServer, Seen) {
    let (server, seen) = (MockServer::start(), Seen::default());
    let log = Arc::clone(&seen);
    server.mock(|when, then| {
        when.is_true(move |request| {
            log.lock().unwrap().push(request.to_http_request());
            true
        });
        let mut then = then.status(status).body(body);
        for (name, value) in headers {
            then = then.header(*name, *value);
        }
        let _ = then;
    });
    (server, seen)
}

pub(crate) fn json_answer(status: u16, body: &Value) -> (MockServer, Seen) {
    answering(status, &[("content-type", "application/json")], &body.to_string())
}

/// The heads of the requests that arrived, as text.
pub(crate) type Heads = Arc<Mutex<Vec<String>>>;

/// Lets `talk` answer every connection, one after the other.
pub(crate) fn listening(talk: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().for_each(|stream| talk(stream.unwrap())));
    address
}

/// A server that says `reply` to every request without a body, byte for byte, and hangs up.
pub(crate) fn saying(reply: impl Into<Vec<u8>>) -> (SocketAddr, Heads) {
    let (reply, heads) = (reply.into(), Heads::default());
    let log = Arc::clone(&heads);
    (listening(move |stream| answer(stream, &reply, &log)), heads)
}

/// Reads the head of a request and answers it.
pub(crate) fn answer(mut stream: impl Read + Write, reply: &[u8], log: &Mutex<Vec<String>>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    log.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
    // A client that has seen enough may be gone.
    let _ = stream.write_all(reply).and_then(|()| stream.flush());
}

pub(crate) fn task() -> Value {
    json!({
        "id": 5, "team_id": 1, "board_id": 3, "column_id": 2, "title": "Ship", "description": null,
        "archived_at": null, "is_archived": false, "position": 1, "due_at": null, "created_by_user_id": null,
        "assigned_to_user_id": null, "assigned_to_agent_id": null, "attachments": [], "assignee_type": null,
        "created_at": null, "updated_at": null,
    })
}

pub(crate) fn board() -> Value {
    json!({"id": 3, "team_id": 1, "name": "B", "description": null, "visibility": "team", "created_at": null})
}

pub(crate) fn page_of(items: &[Value], current: u64, last: u64) -> Value {
    json!({
        "data": items,
        "links": {"first": null, "last": null, "prev": null, "next": null},
        "meta": {"current_page": current, "last_page": last, "path": "/", "per_page": 2, "total": items.len()},
    })
}

pub(crate) fn session() -> Value {
    json!({"id": 42, "team_id": 1, "agent_id": 7, "status": "claimed", "meta": null})
}

pub(crate) const JSON: &[(&str, &str)] = &[("content-type", "application/json; charset=utf-8")];
