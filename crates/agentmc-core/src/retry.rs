//! When to try again: a pure function.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{DATE, HeaderName, RETRY_AFTER};

use crate::endpoint::Endpoint;
use crate::error::TransportKind;

/// How often, and after how long, a failed attempt is repeated.
///
/// Repeated are: attempts that never reached the server, and 429, always; broken connections,
/// timeouts, 500, 502, 503 and 504 if the operation is idempotent; 503 otherwise only if the server
/// invites it with `Retry-After`. The delay doubles from `first` to `longest`, less a random part of
/// up to half; a `Retry-After` is kept to exactly, and one beyond `longest` ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many attempts a call has, the first included; 3 by default.
    pub attempts: u32,
    /// The delay after the first attempt; 350 ms by default.
    pub first: Duration,
    /// The longest delay; 20 s by default.
    pub longest: Duration,
}

/// What came of an attempt, as far as repeating it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The server answered with an error status.
    Status {
        /// The status.
        status: StatusCode,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// No reply arrived, or not the whole of it.
    Transport(TransportKind),
}

impl RetryPolicy {
    /// One attempt, no repetition.
    pub const NEVER: Self = Self { attempts: 1, first: Duration::ZERO, longest: Duration::ZERO };

    /// A policy of `attempts` in all, with delays from `first` to `longest`.
    #[must_use]
    pub const fn new(attempts: u32, first: Duration, longest: Duration) -> Self {
        Self { attempts, first, longest }
    }

    /// How long to wait before the next attempt; `None` gives up.
    ///
    /// `attempt` counts from 1 and has just failed; `jitter` is in 0 to 1.
    #[must_use]
    pub fn delay(
        &self,
        endpoint: &Endpoint,
        attempt: u32,
        failure: Failure,
        jitter: f64,
    ) -> Option<Duration> {
        self.delay_if(endpoint.idempotent, attempt, failure, jitter)
    }

    /// The same for a request that is idempotent, or is not.
    pub(crate) fn delay_if(
        &self,
        idempotent: bool,
        attempt: u32,
        failure: Failure,
        jitter: f64,
    ) -> Option<Duration> {
        if attempt >= self.attempts || !failure.is_transient(idempotent) {
            return None;
        }
        if let Failure::Status { retry_after: Some(asked), .. } = failure {
            return (asked <= self.longest).then_some(asked);
        }
        let doubled =
            self.first.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(self.longest);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        Some(doubled - doubled.mul_f64(jitter / 2.0))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new(3, Duration::from_millis(350), Duration::from_secs(20))
    }
}

impl Failure {
    /// Whether another attempt may succeed and cannot do harm.
    const fn is_transient(self, idempotent: bool) -> bool {
        match self {
            Self::Transport(TransportKind::Connect) => true,
            Self::Transport(TransportKind::Lost | TransportKind::Timeout) => idempotent,
            Self::Transport(TransportKind::TooLarge) => false,
            Self::Status { status, retry_after } => match status.as_u16() {
                429 => true,
                503 if retry_after.is_some() => true,
                500 | 502..=504 => idempotent,
                _ => false,
            },
        }
    }
}

/// How long the server asks to wait. A date is read against the response's own `Date`, so no clock is needed.
pub(crate) fn retry_after(response: &http::Response<Bytes>) -> Option<Duration> {
    let header = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(str::trim);
    let asked = header(RETRY_AFTER)?;
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are as good as for ever.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let now = httpdate::parse_http_date(header(DATE)?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}
