//! What can be observed of a call: a span, and an event for each attempt.
//!
//! Names, numbers and statuses only: no path, query, header or body, which may hold what must not be
//! logged. Without a subscriber an attempt costs one comparison.

use std::time::Duration;

use bytes::Bytes;
use tracing::{Level, Span};

use crate::call::Call;
use crate::error::TransportError;

/// The target of every span and event.
pub(crate) const TARGET: &str = "agentmc";

pub(crate) fn span(call: &Call) -> Span {
    tracing::debug_span!(
        target: TARGET,
        "call",
        operation = call.endpoint().id,
        revision = call.revision().as_str(),
    )
}

/// Tells of an attempt that has ended, after `duration`, and is repeated after `delay`, if at all.
pub(crate) fn attempt(
    call: &Call,
    outcome: &Result<http::Response<Bytes>, TransportError>,
    duration: Duration,
    delay: Option<Duration>,
) {
    if !tracing::enabled!(target: TARGET, Level::DEBUG) {
        return;
    }
    let reply = outcome.as_ref().ok();
    tracing::debug!(
        target: TARGET,
        operation = call.endpoint().id,
        revision = call.revision().as_str(),
        attempt = call.attempt(),
        status = reply.map(|reply| reply.status().as_u16()),
        failure = outcome.as_ref().err().map(|error| error.kind.as_str()),
        duration_us = micros(duration),
        sent_bytes = call.request().body().len(),
        received_bytes = reply.map(|reply| reply.body().len()),
        again_in_us = delay.map(micros),
        "attempt",
    );
}

/// Tells of a request to storage that has ended, for the operation that gave its address. `bytes` of content passed, or
/// were to.
pub(crate) fn storage(
    operation: &'static str,
    attempt: u32,
    outcome: &Result<http::Response<Bytes>, TransportError>,
    bytes: u64,
) {
    tracing::debug!(
        target: TARGET,
        operation,
        attempt,
        status = outcome.as_ref().ok().map(|reply| reply.status().as_u16()),
        failure = outcome.as_ref().err().map(|error| error.kind.as_str()),
        bytes,
        "storage",
    );
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
