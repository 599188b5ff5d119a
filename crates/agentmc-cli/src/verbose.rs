//! What goes over the wire: what of it is secret is remembered, and the rest told on standard error if that is wanted.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use agentmc_core::Api;
use agentmc_core::observe::{Attempt, Ended, Observer, StorageReply, StorageRequest};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, LOCATION};
use serde_json::Value;

use crate::secrets::{
    known, masked_text, masked_with_secrets, signatures, without_queries, without_query,
};
use crate::text::{escaped, lines, one_line};

/// What stands for a secret.
const MASK: &str = "********";

/// How much is told of a body that is no JSON, in characters.
const LONGEST: usize = 1000;

/// The same API, whose requests and replies are told: nothing for level 0; what was sent and what came of it for 1;
/// bodies, too, for more. What is sent in secret is remembered in any case: an error may repeat it.
pub(crate) fn observed(api: Api, level: u8) -> Api {
    api.observed_by(Teller { level, asked_storage: Mutex::new(None) })
}

/// Tells of every request and of what came of it.
struct Teller {
    level: u8,
    /// When storage was asked last.
    asked_storage: Mutex<Option<Instant>>,
}

impl Observer for Teller {
    fn begins(&self, attempt: &Attempt<'_>) {
        let request = attempt.request;
        see(request.headers());
        let json = json(request.body());
        if self.level == 0 {
            return;
        }
        let mut text =
            head(request.method().as_str(), &request.uri().to_string(), request.headers());
        if self.level > 1 && !request.body().is_empty() {
            let _ = writeln!(text, "> {}", shown(json, request.body()));
        }
        self.tell(&text);
    }

    fn ended(&self, ended: &Ended<'_>) {
        if self.level == 0 {
            return;
        }
        let (outcome, bytes) = match ended.outcome {
            Ok(reply) => (reply.status().as_str().to_owned(), Some(reply.body().len())),
            Err(error) => (error.kind.to_string(), None),
        };
        let operation = ended.attempt.endpoint.id;
        let bytes = bytes.map(|bytes| bytes as u64);
        let mut text = end(operation, &outcome, ended.duration, bytes, ended.again_in);
        if let Some(shown) = ended.outcome.ok().and_then(content)
            && self.level > 1
        {
            let _ = writeln!(text, "< {shown}");
        }
        self.tell(&text);
    }

    fn storage_begins(&self, request: &StorageRequest<'_>) {
        *self.asked_storage.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        see(request.headers);
        self.tell(&head(request.method.as_str(), request.url, request.headers));
    }

    fn storage_ended(&self, reply: &StorageReply) {
        let began = self.asked_storage.lock().unwrap_or_else(PoisonError::into_inner).take();
        let duration = began.map_or(Duration::ZERO, |began| began.elapsed());
        let outcome = match reply.outcome {
            Ok(status) => status.as_str().to_owned(),
            Err(kind) => kind.to_string(),
        };
        self.tell(&end("storage", &outcome, duration, reply.received, reply.again_in));
    }

    fn websocket_opens(&self, url: &str) {
        self.tell(&format!("> websocket {url}\n"));
    }

    fn websocket_opened(&self, url: &str) {
        self.tell(&format!("< websocket {url} open\n"));
    }

    fn websocket_closed(&self, url: &str, code: Option<u16>, reason: &str) {
        let code = code.map_or_else(String::new, |code| format!(" {code}"));
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        self.tell(&format!("< websocket {url} closed{code}{}\n", one_line(&reason)));
    }
}

impl Teller {
    /// Tells it, if anything is told, without what is known to be secret.
    fn tell(&self, text: &str) {
        if self.level > 0 {
            // If standard error is closed there is nobody left to tell.
            let _ = std::io::stderr().write_all(lines(&known::hidden(text)).as_bytes());
        }
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

/// What a reply says, without what is secret; nothing if it says nothing.
fn content(reply: &http::Response<impl AsRef<[u8]>>) -> Option<String> {
    // A body that comes with it would repeat it.
    if let Some(location) = reply.headers().get(LOCATION) {
        let location = String::from_utf8_lossy(location.as_bytes());
        known::see(signatures(&location));
        return Some(format!("location: {}", one_line(&without_query(&location))));
    }
    let bytes = reply.body().as_ref();
    (!bytes.is_empty()).then(|| shown(json(bytes), bytes))
}

/// A body that is JSON, without the members that are secret, which are remembered.
fn json(body: &[u8]) -> Option<Value> {
    let value = serde_json::from_slice(body).ok()?;
    let (masked, secrets) = masked_with_secrets(&value);
    known::see(secrets);
    Some(masked)
}

/// A body on one line without what is known to be secret: its JSON, or else its beginning.
fn shown(json: Option<Value>, bytes: &[u8]) -> String {
    if let Some(json) = json {
        return escaped(&known::hidden_in(json).to_string());
    }
    let text = masked_text(&String::from_utf8_lossy(bytes));
    let text = known::hidden(&without_queries(&text));
    // Half a secret must not be left, so that it is cut at last.
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    one_line(&shown)
}

/// Remembers what is secret in headers: whole values, and what stands in them behind a scheme or a name.
fn see(headers: &HeaderMap) {
    for (name, value) in headers {
        if !value.is_sensitive() || is_of_content(name.as_str()) {
            continue;
        }
        let Ok(text) = value.to_str() else { continue };
        let mark = if name == COOKIE { '=' } else { ' ' };
        let behind = [AUTHORIZATION, COOKIE].contains(name).then(|| text.split_once(mark));
        known::see([text].into_iter().chain(behind.flatten().map(|(_, secret)| secret)));
    }
}

/// Whether a header of a ticket says what the content is, as the record of the file does.
fn is_of_content(name: &str) -> bool {
    ["checksum", "content-", "md5", "sha256"].iter().any(|part| name.contains(part))
}
