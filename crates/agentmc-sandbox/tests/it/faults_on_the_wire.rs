//! The faults as a client on a socket meets them.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use agentmc_core::ops::files::DownloadFile;
use agentmc_core::ops::tasks::ListTasks;
use agentmc_sandbox::{Fault, Rule, Sandbox};
use bytes::Bytes;
use http::StatusCode;

/// How a connection ended.
#[derive(Debug, PartialEq)]
enum End {
    Closed,
    Reset,
}

/// What arrived on a connection until it ended.
struct Arrived {
    head: String,
    body: Vec<u8>,
    end: End,
}

impl Arrived {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn length(&self) -> usize {
        self.header("content-length").unwrap().parse().unwrap()
    }
}

fn authority(url: &str) -> &str {
    let rest = url.strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap()
}

fn get(origin: &str, target: &str, key: &str) -> Arrived {
    let key = if key.is_empty() { String::new() } else { format!("X-Api-Key: {key}\r\n") };
    let mut stream = TcpStream::connect(authority(origin)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head =
        format!("GET {target} HTTP/1.1\r\nHost: sandbox.test\r\n{key}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let end = match stream.read_to_end(&mut bytes) {
        Ok(_) => End::Closed,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
            End::Reset
        }
    };
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = match split {
        Some(place) => (&bytes[..place], bytes[place + 4..].to_vec()),
        None => (&bytes[..], Vec::new()),
    };
    Arrived { head: String::from_utf8(head.to_vec()).unwrap(), body, end }
}

fn tasks(sandbox: &Sandbox) -> Arrived {
    get(sandbox.url(), "/api/v1/tasks", &sandbox.keys().host_key)
}

fn with(fault: Fault) -> Arrived {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(fault));
    tasks(&sandbox)
}

/// What a perfect transport makes of the same request.
fn reference(fault: Fault) -> Bytes {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(fault));
    let call = sandbox.api().call(&ListTasks::new()).unwrap();
    sandbox.exchange(&call).unwrap().into_body()
}

/// The body without addresses, which differ from sandbox to sandbox.
fn data(body: &[u8]) -> serde_json::Value {
    serde_json::from_slice::<serde_json::Value>(body).unwrap()["data"].clone()
}

#[test]
fn connections_end_where_the_faults_say() {
    let before = with(Fault::CloseBeforeHead);
    assert_eq!((before.head.as_str(), before.end), ("", End::Closed));
    let before = with(Fault::ResetBeforeHead);
    assert_eq!((before.head.as_str(), before.end), ("", End::Reset));

    let in_head = with(Fault::CloseInHead);
    assert!(in_head.head.starts_with("HTTP/1.1 200 OK\r\n") && in_head.header("date").is_none());
    assert_eq!((in_head.body.len(), in_head.end), (0, End::Closed));

    for (fault, end) in [(Fault::CloseInBody, End::Closed), (Fault::ResetInBody, End::Reset)] {
        let in_body = with(fault);
        assert_eq!(in_body.body.len(), in_body.length() / 2);
        assert!(in_body.header("date").is_some() && in_body.body.starts_with(b"{\"data\":"));
        assert_eq!(in_body.end, end);
    }
}

#[test]
fn lengths_lie_as_the_faults_say() {
    let (long, short) = (with(Fault::LongLength), with(Fault::ShortLength));
    assert!(long.length() > long.body.len());
    assert!(short.length() < short.body.len());
    assert_eq!(data(&long.body), data(&short.body));
    assert_eq!((long.end, short.end), (End::Closed, End::Closed));
}

#[test]
fn bytes_on_demand_are_sent_as_they_are() {
    let raw = with(Fault::Raw(Bytes::from_static(b"HTTP/1.1 299 Fine\r\nX: y\r\n\r\nrest")));
    assert_eq!(
        (raw.head.as_str(), raw.body.as_slice()),
        ("HTTP/1.1 299 Fine\r\nX: y", &b"rest"[..])
    );
}

#[test]
fn heads_wait_and_bodies_drip() {
    let pause = Duration::from_millis(5);
    let started = Instant::now();
    let delayed = with(Fault::DelayHead(pause * 10));
    assert!(started.elapsed() >= pause * 10);
    let started = Instant::now();
    let dripped = with(Fault::DripBody(pause));
    assert!(started.elapsed() >= pause * 60);
    assert_eq!(data(&delayed.body), data(&dripped.body));
    assert_eq!(dripped.length(), dripped.body.len());
}

#[test]
fn refusals_on_demand_are_answers_like_others() {
    let refused = with(Fault::RetryAfter(StatusCode::TOO_MANY_REQUESTS, "7".into()));
    assert!(refused.head.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
    assert_eq!(refused.header("retry-after"), Some("7"));
    assert!(refused.header("date").is_some());
    assert!(with(Fault::Status(StatusCode::PROCESSING)).head.starts_with("HTTP/1.1 102 "));
    let empty = with(Fault::Empty(StatusCode::BAD_GATEWAY));
    assert_eq!((empty.length(), empty.body.len()), (0, 0));
}

#[test]
fn bodies_of_any_size_are_streamed() {
    let large = with(Fault::BodyOf(5_000_001));
    assert_eq!((large.length(), large.body.len()), (5_000_001, 5_000_001));
    assert_eq!(data(&large.body), data(&reference(Fault::BodyOf(5_000_001))));
    let small = with(Fault::BodyOf(10));
    assert_eq!(small.body.len(), 10);
}

#[test]
fn compressed_bodies_are_what_their_headers_say() {
    let plain = data(&reference(Fault::Charset));
    let gzip = with(Fault::Gzip);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut body).unwrap();
    assert_eq!(data(&body), plain);

    let brotli = with(Fault::Brotli);
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let mut body = Vec::new();
    brotli::Decompressor::new(&brotli.body[..], 4096).read_to_end(&mut body).unwrap();
    assert_eq!(data(&body), plain);
}

#[test]
fn storage_has_faults_of_its_own() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(Fault::Status(StatusCode::SERVICE_UNAVAILABLE)).storage());
    let refused = get(sandbox.storage_url(), "/somewhere", "");
    assert!(refused.head.starts_with("HTTP/1.1 503 "), "{}", refused.head);
    assert!(refused.body.starts_with(b"<Error><Code>"));
    assert!(tasks(&sandbox).head.starts_with("HTTP/1.1 200 OK"));

    sandbox.clear_faults();
    sandbox.fault(Rule::new(Fault::TruncatedJson).storage());
    let call = sandbox.api().call(&DownloadFile::new(1)).unwrap();
    let reply = sandbox.exchange(&call).unwrap();
    let location = reply.headers()["location"].to_str().unwrap();
    let target = location.strip_prefix(sandbox.storage_url()).unwrap();
    let half = get(sandbox.storage_url(), target, "");
    let whole = sandbox.world(|world| world.files[&1.into()].size_bytes);
    assert_eq!((half.length(), half.body.len() as u64), (half.body.len(), whole / 2));
}

#[test]
fn going_down_ends_idle_connections_and_refuses_new_ones() {
    let sandbox = Sandbox::start().unwrap();
    let connect = |url: &str| TcpStream::connect(authority(url));
    let mut idle = connect(sandbox.url()).unwrap();
    tasks(&sandbox);
    for _ in 0..3 {
        sandbox.go_down();
        for url in [sandbox.url(), sandbox.storage_url()] {
            assert_eq!(connect(url).unwrap_err().kind(), ErrorKind::ConnectionRefused);
        }
        sandbox.come_back().unwrap();
        assert!(tasks(&sandbox).head.starts_with("HTTP/1.1 200 OK"));
        assert!(connect(sandbox.storage_url()).is_ok());
    }
    let mut rest = Vec::new();
    assert!(idle.read_to_end(&mut rest).is_err() || rest.is_empty());
    sandbox.come_back().unwrap();
}

#[test]
fn a_sandbox_that_is_down_for_a_while_comes_back_by_itself() {
    let sandbox = Sandbox::start().unwrap();
    let time = Duration::from_millis(300);
    sandbox.fault(Rule::new(Fault::Down(time)).next(1));
    let started = Instant::now();
    assert_eq!(tasks(&sandbox).head, "");
    let refused = TcpStream::connect(authority(sandbox.url())).map_err(|error| error.kind());
    assert!(started.elapsed() >= time || refused.unwrap_err() == ErrorKind::ConnectionRefused);
    while TcpStream::connect(authority(sandbox.url())).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not come back");
        std::thread::yield_now();
    }
    assert!(started.elapsed() >= time);
    assert!(tasks(&sandbox).head.starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn a_sandbox_that_is_down_can_be_dropped() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.go_down();
    drop(sandbox);
}
