//! Requests and replies as they stand on the wire, good and bad.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use agentmc_sandbox::{Options, Sandbox};
use bytes::Bytes;
use fastrand::Rng;
use http::Request;
use serde_json::Value;

use crate::client::{Client, PATIENCE, authority};
use crate::generate;

/// A connection that stays open.
pub(crate) struct Wire(BufReader<TcpStream>);

/// A reply, as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The head, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    pub(crate) fn open(authority: &str) -> Self {
        let stream = TcpStream::connect(authority).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        // The server may have seen enough before the end.
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// Says that nothing more is sent.
    pub(crate) fn finish(&mut self) {
        let _ = self.0.get_mut().shutdown(Shutdown::Write);
    }

    /// The next reply; `None` if the connection has ended.
    pub(crate) fn answer(&mut self, has_body: bool) -> Option<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            match self.0.read_line(&mut head) {
                Ok(0) | Err(_) => {
                    assert_eq!(head, "", "the connection ends in a head");
                    return None;
                }
                Ok(_) => {}
            }
        }
        let head = head.to_ascii_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let lengths = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = lengths.map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; if has_body { length } else { 0 }];
        self.0.read_exact(&mut body).unwrap();
        Some(Answer { status, head, body })
    }

    /// Whether the connection has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).is_err() || rest.is_empty()
    }
}

impl Answer {
    /// The code of the error envelope.
    pub(crate) fn code(&self) -> String {
        let envelope: Value = serde_json::from_slice(&self.body).unwrap();
        assert!(self.head.contains("content-type: application/json"), "{}", self.head);
        assert!(envelope["error"]["message"].is_string(), "{envelope}");
        envelope["error"]["code"].as_str().unwrap().to_owned()
    }
}

fn request(request: &Request<Bytes>) -> Vec<u8> {
    let target = request.uri().path_and_query().unwrap();
    let mut bytes = format!("{} {target} HTTP/1.1\r\nHost: a\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        bytes.extend(format!("{name}: {}\r\n", value.to_str().unwrap()).bytes());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", request.body().len()).bytes());
    bytes.extend(request.body());
    bytes
}

fn list(sandbox: &Sandbox) -> Vec<u8> {
    let key = &sandbox.keys().host_key;
    format!("GET /api/v1/boards HTTP/1.1\r\nHost: a\r\nX-Api-Key: {key}\r\n\r\n").into_bytes()
}

/// Asks until `done`.
fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn no_request_on_one_connection_breaks_the_server() {
    let sandbox = Sandbox::start().unwrap();
    let mut rng = Rng::with_seed(23);
    let mut wire = Wire::open(authority(&sandbox));
    for _ in 0..1_000 {
        let sent = sandbox.world(|world| generate::request(&mut rng, world));
        wire.send(&request(&sent));
        let answer = wire.answer(true).unwrap_or_else(|| panic!("{sent:?} is not answered"));
        assert!((200..500).contains(&answer.status), "{sent:?}: {}", answer.status);
        if answer.status >= 400 {
            assert_ne!(answer.code(), "");
        }
    }
    assert_eq!(sandbox.seen_count(), 1_000);
}

#[test]
fn what_is_no_request_is_refused_in_the_envelope_and_ends_the_connection() {
    let sandbox = Sandbox::start().unwrap();
    let chunks = |chunks: &str| {
        let head = "POST /api/v1/boards HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{chunks}")
    };
    let many = "X: y\r\n".repeat(101);
    for (sent, status, code) in [
        ("hello\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400, "request.malformed"),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)), 414, "request.too_large"),
        (format!("GET / HTTP/1.1\r\n{many}\r\n"), 431, "request.too_large"),
        (chunks("xyz\r\n"), 400, "request.malformed"),
        (chunks("2\r\n{}\r\n"), 400, "request.malformed"),
        ("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab".to_owned(), 400, "request.malformed"),
        ("GET / HT".to_owned(), 400, "request.malformed"),
    ] {
        let mut wire = Wire::open(authority(&sandbox));
        wire.send(sent.as_bytes());
        wire.finish();
        let start = &sent[..sent.len().min(60)];
        let answer = wire.answer(true).unwrap_or_else(|| panic!("{start} is not answered"));
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{start}");
        assert!(answer.head.contains("connection: close"), "{}", answer.head);
        assert!(wire.has_ended());
    }
}

#[test]
fn a_bad_request_after_good_ones_is_refused_after_their_replies() {
    let sandbox = Sandbox::start().unwrap();
    let mut wire = Wire::open(authority(&sandbox));
    wire.send(&[list(&sandbox), list(&sandbox), b"hello\r\n\r\n".to_vec()].concat());
    assert_eq!(wire.answer(true).map(|answer| answer.status), Some(200));
    assert_eq!(wire.answer(true).map(|answer| answer.status), Some(200));
    let answer = wire.answer(true).unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (400, "request.malformed"));
    assert!(wire.has_ended());
}

#[test]
fn a_head_that_takes_too_long_is_refused_and_an_idle_connection_is_not() {
    let sandbox = Sandbox::with(Options::default().head_time(Duration::from_millis(30))).unwrap();
    let mut idle = Wire::open(authority(&sandbox));
    idle.send(&list(&sandbox));
    assert_eq!(idle.answer(true).map(|answer| answer.status), Some(200));
    for origin in [authority(&sandbox), sandbox.storage_url().strip_prefix("http://").unwrap()] {
        let mut slow = Wire::open(origin);
        slow.send(b"GET / HTTP/1.1\r\nHost: ");
        let answer = slow.answer(true).unwrap();
        assert_eq!(answer.status, 408);
        assert!(slow.has_ended());
    }
    idle.send(&list(&sandbox));
    assert_eq!(idle.answer(true).map(|answer| answer.status), Some(200));
}

#[test]
fn a_new_connection_takes_the_place_of_the_one_that_is_idle_for_longest() {
    let sandbox = Sandbox::with(Options::default().connections(2)).unwrap();
    let ask = |wire: &mut Wire| {
        wire.send(&list(&sandbox));
        wire.answer(true).map(|answer| answer.status)
    };
    let mut first = Wire::open(authority(&sandbox));
    let mut second = Wire::open(authority(&sandbox));
    assert_eq!(
        (ask(&mut first), ask(&mut second), ask(&mut first)),
        (Some(200), Some(200), Some(200))
    );
    let mut third = Wire::open(authority(&sandbox));
    assert_eq!(ask(&mut third), Some(200));
    assert!(second.has_ended());
    assert_eq!((ask(&mut first), ask(&mut third)), (Some(200), Some(200)));
}

#[test]
fn websockets_and_storage_take_no_place_of_the_api() {
    let sandbox = Sandbox::with(Options::default().connections(1)).unwrap();
    let sockets: Vec<_> = (0..3).map(|_| Client::new(&sandbox)).collect();
    wait("the sockets are there", || sandbox.sockets().len() == 3);
    let mut stored = Wire::open(sandbox.storage_url().strip_prefix("http://").unwrap());
    stored.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(stored.answer(true).map(|answer| answer.status), Some(403));
    let mut api = Wire::open(authority(&sandbox));
    for _ in 0..2 {
        api.send(&list(&sandbox));
        assert_eq!(api.answer(true).map(|answer| answer.status), Some(200));
    }
    stored.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(stored.answer(true).map(|answer| answer.status), Some(403));
    assert_eq!((sandbox.sockets().len(), sockets.len()), (3, 3));
}

#[test]
fn a_file_that_reads_like_a_refusal_arrives_as_it_is() {
    let text = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\
                 date: Sun, 22 Feb 2026 17:00:00 GMT\r\n\r\n";
    let sandbox = Sandbox::start().unwrap();
    let mut visitor = crate::visitor::Visitor::new();
    visitor.world.storage_origin = sandbox.storage_url().to_owned();
    let ticket = crate::storage::ticket(&mut visitor, "refusal.txt", "text/plain", text);
    let mut put = Request::put(ticket["upload_url"].as_str().unwrap());
    for (name, value) in ticket["upload_headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    let put = put.body(Bytes::from_static(text)).unwrap();
    assert_eq!(visitor.world.store(&put).status(), 200);
    let upload = serde_json::json!({"upload_id": ticket["upload_id"]});
    let file = visitor.post("/files", upload).body["data"]["id"].as_u64().unwrap();
    let reply = visitor.get(&format!("/files/{file}/download"));
    let location = reply.response.headers()["location"].to_str().unwrap().to_owned();
    sandbox.world(|world| *world = visitor.world.clone());
    let mut wire = Wire::open(sandbox.storage_url().strip_prefix("http://").unwrap());
    wire.send(&request(&Request::get(location).body(Bytes::new()).unwrap()));
    let answer = wire.answer(true).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, text.as_slice()));
}
