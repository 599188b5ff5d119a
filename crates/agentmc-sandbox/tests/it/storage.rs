//! The origin that keeps the bytes of files.

use agentmc_sandbox::World;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::visitor::Visitor;

/// A ticket for these bytes, with their checksum.
pub(crate) fn ticket(visitor: &mut Visitor, name: &str, mime_type: &str, bytes: &[u8]) -> Value {
    let checksum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02X}")).collect();
    let reply = visitor.post(
        "/files/uploads",
        json!({"filename": name, "byte_size": bytes.len(), "mime_type": mime_type, "checksum_sha256": checksum}),
    );
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.body["data"].clone()
}

/// Sends bytes as a ticket says.
pub(crate) fn send(world: &mut World, ticket: &Value, bytes: &[u8]) -> Response<Bytes> {
    world.store(&request(ticket, bytes))
}

/// Fetches from storage.
pub(crate) fn fetch(world: &mut World, url: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut request = Request::get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.store(&request.body(Bytes::new()).unwrap())
}

/// A new file with these bytes.
pub(crate) fn upload(visitor: &mut Visitor, name: &str, bytes: &[u8]) -> u64 {
    let ticket = ticket(visitor, name, "text/plain", bytes);
    assert_eq!(send(&mut visitor.world, &ticket, bytes).status(), 200);
    let made = visitor.post("/files", json!({"upload_id": ticket["upload_id"]}));
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["data"]["id"].as_u64().unwrap()
}

/// Lets so many seconds pass.
pub(crate) fn wait(visitor: &mut Visitor, seconds: u32) {
    let request = Request::new(Bytes::new());
    for _ in 0..seconds {
        assert_eq!(visitor.world.handle(&request).status(), 404);
    }
}

fn request(ticket: &Value, bytes: &[u8]) -> Request<Bytes> {
    let mut request = Request::put(ticket["upload_url"].as_str().unwrap());
    for (name, value) in ticket["upload_headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.body(Bytes::copy_from_slice(bytes)).unwrap()
}

/// The address of the file with these bytes, for a while.
fn location(visitor: &mut Visitor, bytes: &[u8]) -> String {
    let file = upload(visitor, "a.txt", bytes);
    let reply = visitor.get(&format!("/files/{file}/download"));
    reply.response.headers()["location"].to_str().unwrap().to_owned()
}

/// The code of a refusal with this status.
fn code(response: &Response<Bytes>, status: u16) -> String {
    let body = std::str::from_utf8(response.body()).unwrap();
    assert_eq!(response.status(), status, "{body}");
    assert_eq!(response.headers()["content-type"], "application/xml");
    let rest = body.strip_prefix("<Error><Code>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

#[test]
fn bytes_that_were_sent_can_be_fetched() {
    let mut visitor = Visitor::new();
    let url = location(&mut visitor, b"0123456789");
    let reply = fetch(&mut visitor.world, &url, &[]);
    assert_eq!((reply.status().as_u16(), reply.body().as_ref()), (200, b"0123456789".as_ref()));
    for (name, value) in
        [("content-type", "text/plain"), ("content-length", "10"), ("accept-ranges", "bytes")]
    {
        assert_eq!(reply.headers()[name], value);
    }
}

#[test]
fn a_range_gives_a_part() {
    let mut visitor = Visitor::new();
    let url = location(&mut visitor, b"0123456789");
    for (range, part, content_range) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=6-", "6789", "bytes 6-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-99", "89", "bytes 8-9/10"),
    ] {
        let reply = fetch(&mut visitor.world, &url, &[("Range", range)]);
        assert_eq!((reply.status().as_u16(), reply.body().as_ref()), (206, part.as_bytes()));
        assert_eq!(reply.headers()["content-range"], content_range);
        assert_eq!(reply.headers()["content-length"], part.len().to_string());
    }
    let beyond = fetch(&mut visitor.world, &url, &[("Range", "bytes=10-")]);
    assert_eq!((beyond.status().as_u16(), beyond.body().len()), (416, 0));
    assert_eq!(beyond.headers()["content-range"], "bytes */10");
    let several = fetch(&mut visitor.world, &url, &[("Range", "bytes=0-1,4-5")]);
    assert_eq!((several.status().as_u16(), several.body().len()), (200, 10));
}

#[test]
fn a_range_of_other_bytes_gives_all_of_these() {
    let mut visitor = Visitor::new();
    let url = location(&mut visitor, b"0123456789");
    let tag = fetch(&mut visitor.world, &url, &[]).headers()["etag"].to_str().unwrap().to_owned();
    let same = fetch(&mut visitor.world, &url, &[("Range", "bytes=6-"), ("If-Range", &tag)]);
    assert_eq!(same.status(), 206);
    let other = fetch(&mut visitor.world, &url, &[("Range", "bytes=6-"), ("If-Range", "\"x\"")]);
    assert_eq!((other.status().as_u16(), other.body().len()), (200, 10));
}

#[test]
fn a_credential_is_refused_even_with_a_good_signature() {
    let mut visitor = Visitor::new();
    let url = location(&mut visitor, b"a");
    for (name, value) in [
        ("X-Api-Key", "cc_1"),
        ("Authorization", "Bearer 1"),
        ("Cookie", "laravel_session=1"),
        ("Proxy-Authorization", "Basic 1"),
    ] {
        assert_eq!(
            code(&fetch(&mut visitor.world, &url, &[(name, value)]), 400),
            "InvalidArgument"
        );
        let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"a");
        let mut sent = request(&ticket, b"a");
        sent.headers_mut()
            .insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        assert_eq!(code(&visitor.world.store(&sent), 400), "InvalidArgument");
    }
}

#[test]
fn bytes_are_sent_with_the_headers_of_the_ticket_and_no_others() {
    let mut visitor = Visitor::new();
    let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"a");
    for (name, value) in [
        ("content-type", None),
        ("content-type", Some("text/html")),
        ("content-type", Some("text/plain; charset=utf-8")),
        ("x-checksum-sha256", None),
        ("x-checksum-sha256", Some("00")),
        ("x-agent-id", Some("1")),
        ("content-encoding", Some("gzip")),
    ] {
        let mut sent = request(&ticket, b"a");
        match value {
            Some(value) => drop(sent.headers_mut().insert(name, value.parse().unwrap())),
            None => drop(sent.headers_mut().remove(name)),
        }
        let reply = visitor.world.store(&sent);
        assert_eq!(code(&reply, 400), "InvalidRequest", "{name}: {value:?}");
    }
    let mut twice = request(&ticket, b"a");
    twice.headers_mut().append("content-type", "text/plain".parse().unwrap());
    assert_eq!(code(&visitor.world.store(&twice), 400), "InvalidRequest");

    let mut transport = request(&ticket, b"a");
    for (name, value) in [("content-length", "1"), ("user-agent", "x"), ("accept", "*/*")] {
        transport.headers_mut().insert(name, value.parse().unwrap());
    }
    assert_eq!(visitor.world.store(&transport).status(), 200);
}

#[test]
fn bytes_are_exactly_those_of_the_ticket() {
    let mut visitor = Visitor::new();
    let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"abc");
    for wrong in ["", "ab", "abcd"] {
        let reply = send(&mut visitor.world, &ticket, wrong.as_bytes());
        assert_eq!(code(&reply, 400), "IncompleteBody");
    }
    assert_eq!(code(&send(&mut visitor.world, &ticket, b"abd"), 400), "BadDigest");
    assert_eq!(send(&mut visitor.world, &ticket, b"abc").status(), 200);
    // The reply may have been lost, so it may be sent again.
    assert_eq!(send(&mut visitor.world, &ticket, b"abc").status(), 200);
    visitor.post("/files", json!({"upload_id": ticket["upload_id"]}));
    assert_eq!(code(&send(&mut visitor.world, &ticket, b"abc"), 409), "InvalidRequest");
}

#[test]
fn without_a_checksum_any_bytes_of_the_length_will_do() {
    let mut visitor = Visitor::new();
    let ask = json!({"filename": "a", "byte_size": 3, "mime_type": "text/plain"});
    let ticket = visitor.post("/files/uploads", ask).body["data"].clone();
    assert_eq!(ticket["upload_headers"], json!({"Content-Type": "text/plain"}));
    assert_eq!(send(&mut visitor.world, &ticket, b"xyz").status(), 200);
    let made = visitor.post("/files", json!({"upload_id": ticket["upload_id"]}));
    assert_eq!(made.body["data"]["checksum_sha256"], Value::Null);
}

#[test]
fn a_signature_is_for_one_method_key_and_time() {
    let mut visitor = Visitor::new();
    let url = location(&mut visitor, b"a");
    let (path, query) = url.split_once('?').unwrap();
    let (_, signature) = query.split_once('&').unwrap();
    let forged = [
        path.to_owned(),
        format!("{path}?{signature}"),
        format!("{path}?expires=99999999999&{signature}"),
        format!("{path}?expires=x&{signature}"),
        format!("http://storage.invalid/teams/2/files/5?{query}"),
        format!("{url}0"),
    ];
    for url in forged {
        let reply = fetch(&mut visitor.world, &url, &[]);
        assert_eq!(code(&reply, 403), "SignatureDoesNotMatch", "{url}");
    }
    let put = Request::put(&url).body(Bytes::from_static(b"b")).unwrap();
    assert_eq!(code(&visitor.world.store(&put), 403), "SignatureDoesNotMatch");
    let delete = Request::delete(&url).body(Bytes::new()).unwrap();
    let reply = visitor.world.store(&delete);
    assert_eq!(code(&reply, 405), "MethodNotAllowed");
    assert_eq!(reply.headers()["allow"], "GET, PUT");
}

#[test]
fn urls_work_for_15_minutes() {
    let mut visitor = Visitor::new();
    let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"a");
    let url = location(&mut visitor, b"b");
    let life = visitor.world.now().as_second() + 15 * 60;
    assert!(url.contains(&format!("expires={life}&")));
    wait(&mut visitor, 15 * 60 - 1);
    assert_eq!(fetch(&mut visitor.world, &url, &[]).status(), 200);
    wait(&mut visitor, 1);
    assert_eq!(code(&fetch(&mut visitor.world, &url, &[]), 403), "AccessDenied");
    assert_eq!(code(&send(&mut visitor.world, &ticket, b"a"), 403), "AccessDenied");
}
