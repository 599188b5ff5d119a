//! What goes over the wire, told on standard error without what is secret.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use agentmc_core::{Api, Endpoint};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::failure::Failure;
use crate::secrets::masked;
use crate::text::{escaped, lines};

/// How much is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verbose(u8);

impl Verbose {
    /// Nothing for 0; requests and what came of each attempt for 1; bodies, too, for more.
    pub(crate) fn new(level: u8) -> Self {
        if level > 0 {
            // Another one is set in no other place.
            let _ = tracing::subscriber::set_global_default(Attempts);
        }
        Self(level)
    }

    /// Tells of a request that is about to be sent.
    pub(crate) fn request(
        self,
        api: &Api,
        endpoint: &Endpoint,
        params: &Map<String, Value>,
    ) -> Result<(), Failure> {
        if self.0 == 0 {
            return Ok(());
        }
        let call = api.call_by_name(endpoint.id, params.clone())?;
        let request = call.request();
        let mut text = format!("> {} {}\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            let shown = match value.is_sensitive() {
                true => "********".to_owned(),
                false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            let _ = writeln!(text, "> {name}: {shown}");
        }
        if self.0 > 1 && !request.body().is_empty() {
            let body = serde_json::from_slice(request.body()).unwrap_or_default();
            let _ = writeln!(text, "> {}", escaped(&masked(&body).to_string()));
        }
        tell(&text);
        Ok(())
    }

    /// Tells of a reply.
    pub(crate) fn reply(self, reply: &Value) {
        if self.0 > 1 {
            tell(&format!("< {}\n", escaped(&masked(reply).to_string())));
        }
    }
}

fn tell(text: &str) {
    // If standard error is closed there is nobody left to tell.
    let _ = std::io::stderr().write_all(lines(text).as_bytes());
}

/// Tells of every attempt, as the core does.
struct Attempts;

/// What the core says of an attempt.
#[derive(Default)]
struct Attempt {
    operation: String,
    status: Option<u64>,
    failure: Option<String>,
    duration_us: u64,
    received_bytes: Option<u64>,
    again_in_us: Option<u64>,
}

impl Subscriber for Attempts {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "agentmc" && !metadata.is_span()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut attempt = Attempt::default();
        event.record(&mut attempt);
        tell(&attempt.to_string());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Attempt {
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "operation" => value.clone_into(&mut self.operation),
            "failure" => self.failure = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = Some(value),
            "duration_us" => self.duration_us = value,
            "received_bytes" => self.received_bytes = Some(value),
            "again_in_us" => self.again_in_us = Some(value),
            _ => {}
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.duration_us / 1000;
        write!(f, "< {} ", self.operation)?;
        match (self.status, &self.failure) {
            (Some(status), _) => write!(f, "{status}")?,
            (None, failure) => f.write_str(failure.as_deref().unwrap_or("no reply"))?,
        }
        write!(f, " after {milliseconds} ms")?;
        if let Some(bytes) = self.received_bytes {
            write!(f, ", {bytes} bytes")?;
        }
        if let Some(again) = self.again_in_us {
            write!(f, "; again in {} ms", again / 1000)?;
        }
        writeln!(f)
    }
}
