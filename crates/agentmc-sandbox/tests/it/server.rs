//! The sandbox behind its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use agentmc_core::ops::boards::ListBoards;
use agentmc_sandbox::{Options, Sandbox};
use agentmc_types::{AgentId, Object};

/// A connection that stays open.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(sandbox: &Sandbox) -> Self {
        Self(BufReader::new(TcpStream::connect(address(sandbox)).unwrap()))
    }

    /// Sends a request and reads the status and the body of the reply.
    fn send(&mut self, method: &str, path: &str, key: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let length = body.len();
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: sandbox.test\r\nX-Api-Key: {key}\r\nContent-Length: {length}\r\n\r\n"
        );
        let stream = self.0.get_mut();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();

        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, body)
    }
}

fn address(sandbox: &Sandbox) -> String {
    let rest = sandbox.url().strip_prefix("http://").unwrap();
    rest.split_once('/').unwrap().0.to_owned()
}

#[test]
fn a_connection_serves_many_requests() {
    let sandbox = Sandbox::start().unwrap();
    let key = sandbox.keys().host_key.clone();
    let mut connection = Connection::open(&sandbox);
    let (status, body) = connection.send("GET", "/boards?per_page=1", &key, b"");
    assert_eq!(status, 200);
    let page: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(page["links"]["next"], "http://sandbox.test/api/v1/boards?per_page=1&page=2");
    assert_eq!(connection.send("DELETE", "/boards/1", &key, b"").0, 204);
    assert_eq!(connection.send("GET", "/boards/1", &key, b"").0, 404);
    assert_eq!(connection.send("GET", "/boards", "wrong", b"").0, 401);
}

#[test]
fn what_arrived_is_remembered_in_order() {
    let sandbox = Sandbox::start().unwrap();
    let key = sandbox.keys().host_key.clone();
    let mut connection = Connection::open(&sandbox);
    connection.send("POST", "/boards", &key, br#"{"name": "Garden"}"#);
    connection.send("GET", "/nowhere?x=1", &key, b"");
    let seen = sandbox.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].operation, seen[0].status.as_u16()), (Some("createBoard"), 201));
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("POST", "/api/v1/boards"));
    assert_eq!(seen[0].body, br#"{"name": "Garden"}"#.as_ref());
    assert_eq!(seen[0].headers["x-api-key"], key.as_str());
    assert_eq!((seen[1].operation, seen[1].status.as_u16()), (None, 404));
    assert_eq!(seen[1].target, "/api/v1/nowhere?x=1");
}

#[test]
fn what_arrived_since_a_count_is_what_arrived_meanwhile() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::open(&sandbox);
    connection.send("GET", "/boards", "", b"");
    let count = sandbox.seen_count();
    assert_eq!(count, 1);
    assert!(sandbox.seen_since(count).is_empty());
    connection.send("GET", "/tasks", "", b"");
    let since = sandbox.seen_since(count);
    assert_eq!((since.len(), since[0].target.as_str()), (1, "/api/v1/tasks"));
    assert_eq!(sandbox.seen_since(0).len(), 2);
}

#[test]
fn a_body_that_is_too_large_is_refused_and_the_connection_stays() {
    let sandbox = Sandbox::start().unwrap();
    let key = sandbox.keys().host_key.clone();
    let mut connection = Connection::open(&sandbox);
    let (status, body) = connection.send("POST", "/boards", &key, &vec![b' '; 5 << 20]);
    assert_eq!(status, 413);
    assert!(String::from_utf8(body).unwrap().contains("request.too_large"));
    assert_eq!(connection.send("GET", "/boards", &key, b"").0, 200);
    assert_eq!(sandbox.seen()[0].body.len(), (1 << 20) + 1);
}

#[test]
fn dropping_it_closes_idle_connections_and_frees_the_port() {
    let sandbox = Sandbox::start().unwrap();
    let key = sandbox.keys().host_key.clone();
    let address = address(&sandbox);
    let mut idle = Connection::open(&sandbox);
    assert_eq!(idle.send("GET", "/boards", &key, b"").0, 200);
    drop(sandbox);
    let mut rest = Vec::new();
    // The end of the stream, or its reset.
    assert!(idle.0.read_to_end(&mut rest).is_err() || rest.is_empty());
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn two_sandboxes_live_side_by_side() {
    let (first, second) = (Sandbox::start().unwrap(), Sandbox::start().unwrap());
    assert_ne!(first.url(), second.url());
    let port = address(&first).split_once(':').unwrap().1.parse().unwrap();
    assert!(Sandbox::with(Options::default().port(port)).is_err());
}

#[test]
fn keys_come_from_the_seed() {
    let same = |seed| Sandbox::with(Options::default().seed(seed)).unwrap().keys().clone();
    assert_eq!(same(3), same(3));
    assert_ne!(same(3), same(4));
    let keys = same(3);
    assert!(
        keys.host_key.starts_with("cc_")
            && keys.team_key.starts_with("cc_")
            && keys.agent_key.starts_with("mca_")
    );
}

#[test]
fn its_api_is_configured_to_call_it() {
    let sandbox = Sandbox::start().unwrap();
    let call = sandbox.api().call(&ListBoards::new()).unwrap();
    assert_eq!(call.request().uri().to_string(), format!("{}/boards", sandbox.url()));
    let reply = sandbox.world(|world| world.handle(call.request()));
    assert_eq!(reply.status(), 200);
}

#[test]
fn a_person_in_a_browser_starts_a_conversation() {
    let sandbox = Sandbox::start().unwrap();
    let session = sandbox.request_session(AgentId(1)).unwrap();
    let signal = sandbox.browser_says(session, "message", Object::new()).unwrap();
    assert_eq!(sandbox.world(|world| world.signals[&signal].session_id), session);
    assert_eq!(sandbox.request_session(AgentId(99)), None);
}

#[test]
fn a_look_that_panics_does_not_end_the_world() {
    let sandbox = Sandbox::start().unwrap();
    let look = std::panic::AssertUnwindSafe(|| sandbox.world(|_| panic!("on purpose")));
    assert!(std::panic::catch_unwind(look).is_err());
    let key = sandbox.keys().host_key.clone();
    assert_eq!(Connection::open(&sandbox).send("GET", "/boards", &key, b"").0, 200);
}
