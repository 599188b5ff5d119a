//! What goes over the wire, told on standard error without what is secret.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use agentmc_core::Api;
use agentmc_core::observe::{Attempt, Ended, Observer, StorageReply, StorageRequest};
use http::HeaderMap;
use http::header::LOCATION;

use crate::secrets::{masked_text, masked_with_secrets, without, without_queries, without_query};
use crate::text::{escaped, lines, one_line};

/// What stands for a secret.
const MASK: &str = "********";

/// How much is told of a body that is no JSON, in characters.
const LONGEST: usize = 1000;

/// The same API, whose requests and replies are told: nothing for level 0; what was sent and what came of it for 1;
/// bodies, too, for more.
pub(crate) fn observed(api: Api, level: u8) -> Api {
    match level {
        0 => api,
        level => api.observed_by(Teller { bodies: level > 1, asked_storage: Mutex::new(None) }),
    }
}

/// Tells of every request and of what came of it.
struct Teller {
    bodies: bool,
    /// When storage was asked last.
    asked_storage: Mutex<Option<Instant>>,
}

impl Observer for Teller {
    fn begins(&self, attempt: &Attempt<'_>) {
        let request = attempt.request;
        let mut text =
            head(request.method().as_str(), &request.uri().to_string(), request.headers());
        if self.bodies && !request.body().is_empty() {
            let _ = writeln!(text, "> {}", body(request.body(), &[]).0);
        }
        tell(&text);
    }

    fn ended(&self, ended: &Ended<'_>) {
        let (outcome, bytes) = match ended.outcome {
            Ok(reply) => (reply.status().as_str().to_owned(), Some(reply.body().len())),
            Err(error) => (error.kind.to_string(), None),
        };
        let operation = ended.attempt.endpoint.id;
        let bytes = bytes.map(|bytes| bytes as u64);
        let mut text = end(operation, &outcome, ended.duration, bytes, ended.again_in);
        if let (true, Ok(reply)) = (self.bodies, ended.outcome) {
            let shown = content(ended.attempt, reply);
            text.push_str(&shown.map_or_else(String::new, |shown| format!("< {shown}\n")));
        }
        tell(&text);
    }

    fn storage_begins(&self, request: &StorageRequest<'_>) {
        *self.asked_storage.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        tell(&head(request.method.as_str(), request.url, request.headers));
    }

    fn storage_ended(&self, reply: &StorageReply) {
        let began = self.asked_storage.lock().unwrap_or_else(PoisonError::into_inner).take();
        let duration = began.map_or(Duration::ZERO, |began| began.elapsed());
        let outcome = match reply.outcome {
            Ok(status) => status.as_str().to_owned(),
            Err(kind) => kind.to_string(),
        };
        tell(&end("storage", &outcome, duration, Some(reply.received), reply.again_in));
    }

    fn websocket_opens(&self, url: &str) {
        tell(&format!("> websocket {url}\n"));
    }

    fn websocket_opened(&self, url: &str) {
        tell(&format!("< websocket {url} open\n"));
    }

    fn websocket_closed(&self, url: &str, code: Option<u16>, reason: &str) {
        let code = code.map_or_else(String::new, |code| format!(" {code}"));
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        tell(&format!("< websocket {url} closed{code}{}\n", one_line(&reason)));
    }
}

/// The request line and the headers.
fn head(method: &str, url: &str, headers: &HeaderMap) -> String {
    let mut text = format!("> {method} {url}\n");
    for (name, value) in headers {
        let shown = match value.is_sensitive() {
            true => MASK.into(),
            false => String::from_utf8_lossy(value.as_bytes()),
        };
        // Writing into a `String` cannot fail.
        let _ = writeln!(text, "> {name}: {shown}");
    }
    text
}

/// What came of a request.
fn end(
    asked: &str,
    outcome: &str,
    duration: Duration,
    bytes: Option<u64>,
    again_in: Option<Duration>,
) -> String {
    let bytes = bytes.map_or_else(String::new, |bytes| format!(", {bytes} bytes"));
    let again = again_in.map(|delay| format!("; again in {} ms", delay.as_millis()));
    let duration = duration.as_millis();
    format!("< {asked} {outcome} after {duration} ms{bytes}{}\n", again.unwrap_or_default())
}

/// What a reply says, without what is secret and without what the request shows to be; nothing if it says nothing.
fn content(attempt: Attempt<'_>, reply: &http::Response<impl AsRef<[u8]>>) -> Option<String> {
    // A body that comes with it would repeat it.
    if let Some(location) = reply.headers().get(LOCATION) {
        let location = String::from_utf8_lossy(location.as_bytes());
        return Some(format!("location: {}", one_line(&without_query(&location))));
    }
    if reply.body().as_ref().is_empty() {
        return None;
    }
    let mut secrets = values(attempt.request.headers());
    secrets.extend(body(attempt.request.body(), &[]).1);
    Some(body(reply.body().as_ref(), &secrets).0)
}

/// A body on one line without what is secret or known to be, and its own secrets.
fn body(bytes: &[u8], known: &[String]) -> (String, Vec<String>) {
    if let Ok(value) = serde_json::from_slice(bytes) {
        let (masked, secrets) = masked_with_secrets(&value);
        let text = without(&without(&masked.to_string(), known), &secrets);
        return (escaped(&text), secrets);
    }
    let text = masked_text(&String::from_utf8_lossy(bytes));
    let text = without(&without_queries(&text), known);
    // Half a secret must not be left, so that it is cut at last.
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    (one_line(&shown), Vec::new())
}

/// What is secret in headers: whole values, and what stands in them after a scheme or a name.
fn values(headers: &HeaderMap) -> Vec<String> {
    let secret = headers.values().filter(|value| value.is_sensitive());
    let texts = secret.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split([' ', '=', ';']).chain([text])).map(str::to_owned).collect()
}

fn tell(text: &str) {
    // If standard error is closed there is nobody left to tell.
    let _ = std::io::stderr().write_all(lines(text).as_bytes());
}
