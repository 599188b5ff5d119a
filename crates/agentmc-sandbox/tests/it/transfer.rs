//! Files over real sockets: the API on one origin, storage on another.

use std::io::{Read, Write};
use std::net::TcpStream;

use agentmc_sandbox::Sandbox;
use serde_json::{Value, json};

/// Sends one request on a connection of its own, and reads the head and the body of the reply.
fn call(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> (String, Vec<u8>) {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut head =
        format!("{method} /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let body = reply.split_off(end);
    (String::from_utf8(reply).unwrap().to_ascii_lowercase(), body)
}

fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Value {
    let url = format!("{}{path}", sandbox.url());
    let key = &sandbox.keys().host_key;
    let (head, reply) = call("POST", &url, &[("X-Api-Key", key)], body.to_string().as_bytes());
    assert!(head.starts_with("http/1.1 201 "), "{head}");
    serde_json::from_slice::<Value>(&reply).unwrap()["data"].clone()
}

/// Where the bytes of a file are. The address has no upper case.
fn download(sandbox: &Sandbox, file: &Value) -> String {
    let url = format!("{}/files/{file}/download", sandbox.url());
    let (head, body) = call("GET", &url, &[("X-Api-Key", &sandbox.keys().host_key)], b"");
    assert!(head.starts_with("http/1.1 302 ") && body.is_empty(), "{head}");
    let location = head.lines().find_map(|line| line.strip_prefix("location: "));
    location.unwrap().to_owned()
}

#[test]
fn a_file_travels_to_storage_and_back() {
    let sandbox = Sandbox::start().unwrap();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let ask =
        json!({"filename": "big.bin", "byte_size": bytes.len(), "mime_type": "application/x-big"});
    let ticket = post(&sandbox, "/files/uploads", &ask);
    let upload_url = ticket["upload_url"].as_str().unwrap();
    assert_ne!(sandbox.url().strip_suffix("/api/v1"), Some(sandbox.storage_url()));
    assert!(upload_url.starts_with(&format!("{}/", sandbox.storage_url())));

    let (head, _) = call("PUT", upload_url, &[("Content-Type", "application/x-big")], &bytes);
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    let file = post(&sandbox, "/files", &json!({"upload_id": ticket["upload_id"]}));

    let url = download(&sandbox, &file["id"]);
    let (head, whole) = call("GET", &url, &[], b"");
    assert!(head.contains("content-length: 3000000\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-big\r\n"), "{head}");
    assert!(whole == bytes);
    let (head, part) = call("GET", &url, &[("Range", "bytes=2999990-")], b"");
    assert!(head.starts_with("http/1.1 206 "), "{head}");
    assert_eq!(part, bytes[2_999_990..]);
}

#[test]
fn a_credential_that_reaches_storage_is_refused_and_seen() {
    let sandbox = Sandbox::start().unwrap();
    let url = download(&sandbox, &json!(1));
    let (head, _) = call("GET", &url, &[("X-Api-Key", &sandbox.keys().host_key)], b"");
    assert!(head.starts_with("http/1.1 400 "), "{head}");
    let seen = sandbox.seen().pop().unwrap();
    assert!(seen.target.starts_with("/teams/1/files/1?"));
    assert_eq!((seen.status.as_u16(), seen.operation), (400, None));
    assert_eq!(seen.headers["x-api-key"], sandbox.keys().host_key.as_str());
}

#[test]
fn more_bytes_than_any_file_has_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let ask = json!({"filename": "a", "byte_size": 16 << 20, "mime_type": "text/plain"});
    let ticket = post(&sandbox, "/files/uploads", &ask);
    let url = ticket["upload_url"].as_str().unwrap();
    let (head, _) = call("PUT", url, &[("Content-Type", "text/plain")], &vec![0; 20 << 20]);
    assert!(head.starts_with("http/1.1 400 "), "{head}");
    let (head, _) = call("PUT", url, &[("Content-Type", "text/plain")], &vec![0; 16 << 20]);
    assert!(head.starts_with("http/1.1 200 "), "{head}");
}

#[test]
fn storage_does_not_have_the_api() {
    let sandbox = Sandbox::start().unwrap();
    let (head, _) = call("GET", &format!("{}/api/v1/boards", sandbox.storage_url()), &[], b"");
    assert!(head.starts_with("http/1.1 403 "), "{head}");
}
