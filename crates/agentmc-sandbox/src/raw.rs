//! Requests as they stand on the wire.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::page;
use crate::world::World;

/// Answers a request as it stands on the wire, in a new world with seed 0; `None` if it cannot be read as one.
///
/// What follows the head is the body, whatever the headers say. The value `key` of `X-Api-Key` stands for the
/// host's key. The same request is sent to storage, too, and one to `/sandbox/` to the page. It is for tests that try many requests.
///
/// # Panics
///
/// When a reply breaks what the server promises: no status from 500, and refusals in the error envelope.
#[doc(hidden)]
#[must_use]
pub fn try_raw(bytes: &[u8]) -> Option<Response<Bytes>> {
    static NEW: LazyLock<World> = LazyLock::new(|| World::new(0));
    let mut world = NEW.clone();
    let request = read(bytes, &world.keys().host_key)?;
    let stored = world.store(&request);
    assert!(stored.status().as_u16() < 500, "storage answers with {}", stored.status());
    if page::is_meant(&request) {
        let shown = page::answer(&mut world, &[], &request);
        assert!(shown.status().as_u16() < 500, "the page answers with {}", shown.status());
    }
    let reply = world.handle(&request);
    let status = reply.status();
    assert!(status.as_u16() < 500, "the API answers with {status}");
    if status.is_client_error() {
        let envelope: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
        let error = &envelope["error"];
        let whole = error["code"].is_string() && error["message"].is_string();
        assert!(whole, "a refusal without its envelope: {envelope}");
    } else if !reply.body().is_empty() {
        let json = serde_json::from_slice::<Value>(reply.body());
        assert!(json.is_ok_and(|json| json.is_object()), "a reply that is no object");
    }
    Some(reply)
}

fn read(bytes: &[u8], key: &str) -> Option<Request<Bytes>> {
    const END: &[u8] = b"\r\n\r\n";
    let end = bytes.windows(END.len()).position(|window| window == END)?;
    let (head, body) = (&bytes[..end], &bytes[end + END.len()..]);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let mut words = lines.next()?.split(|byte| *byte == b' ');
    let mut request = Request::builder().method(words.next()?).uri(words.next()?);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let own = name.eq_ignore_ascii_case(b"x-api-key") && value == b"key";
        request = request.header(name, if own { key.as_bytes() } else { value });
    }
    request.body(Bytes::copy_from_slice(body)).ok()
}
