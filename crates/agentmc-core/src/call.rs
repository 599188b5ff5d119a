//! One call of one operation, from the first attempt to its outcome, without doing any I/O.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::endpoint::Endpoint;
use crate::error::{ApiError, Error, TransportError};
use crate::retry::{Failure, RetryPolicy, retry_after};

/// A call in progress.
///
/// A driver sends [`request`](Self::request), reports what came of it to [`resolve`](Self::resolve),
/// and does as it is told:
///
/// ```
/// use agentmc_core::call::Step;
/// use agentmc_core::ops::boards::ShowBoard;
/// use agentmc_core::{Api, Credential};
/// use bytes::Bytes;
///
/// let api = Api::new(Credential::api_key("cc_key")?);
/// let mut call = api.call(&ShowBoard::new(3))?;
///
/// // A driver would send `call.request()` here; this one makes up the answer.
/// let busy = http::Response::builder().status(503).body(Bytes::new())?;
/// let Step::Again(delay) = call.resolve(Ok(busy), 0.0) else { panic!("GET is repeated") };
/// assert_eq!(delay.as_millis(), 350);
///
/// let gone = http::Response::builder().status(404).body(Bytes::new())?;
/// let Step::Done(Err(error)) = call.resolve(Ok(gone), 0.0) else { panic!("404 is final") };
/// assert_eq!(error.to_string(), "showBoard: 404 Not Found");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Call {
    endpoint: &'static Endpoint,
    policy: RetryPolicy,
    request: http::Request<Bytes>,
    timeout: Duration,
    max_reply_bytes: usize,
    attempt: u32,
}

/// What a driver does after an attempt.
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// Wait, then send the request again.
    Again(Duration),
    /// Return this to the caller.
    Done(Result<http::Response<Bytes>, Error>),
}

impl Call {
    pub(crate) const fn new(
        endpoint: &'static Endpoint,
        policy: RetryPolicy,
        request: http::Request<Bytes>,
        timeout: Duration,
        max_reply_bytes: usize,
    ) -> Self {
        Self { endpoint, policy, request, timeout, max_reply_bytes, attempt: 1 }
    }

    /// The request to send, the same for every attempt.
    #[must_use]
    pub const fn request(&self) -> &http::Request<Bytes> {
        &self.request
    }

    /// The operation called.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// How long one whole attempt may take.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The largest reply a driver may read, in bytes.
    #[must_use]
    pub const fn max_reply_bytes(&self) -> usize {
        self.max_reply_bytes
    }

    /// The number of the attempt in progress, counting from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Decides what follows from the outcome of an attempt. `jitter` is a random number in 0 to 1.
    pub fn resolve(
        &mut self,
        outcome: Result<http::Response<Bytes>, TransportError>,
        jitter: f64,
    ) -> Step {
        let failure = match &outcome {
            Ok(response) if self.endpoint.is_success(response.status()) => None,
            Ok(response) => Some(Failure::Status {
                status: response.status(),
                retry_after: retry_after(response),
            }),
            Err(error) => Some(Failure::Transport(error.kind)),
        };
        let delay = failure
            .and_then(|failure| self.policy.delay(self.endpoint, self.attempt, failure, jitter));
        if let Some(delay) = delay {
            self.attempt += 1;
            return Step::Again(delay);
        }
        Step::Done(match outcome {
            Ok(response) if failure.is_none() => Ok(response),
            Ok(response) => Err(ApiError::read(self.endpoint.id, &response).into()),
            Err(error) => Err(error.of(self.endpoint.id).into()),
        })
    }
}

/// Leaves out the body, which may hold what must not be logged. Credentials are marked sensitive.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.endpoint.id)
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .field("headers", self.request.headers())
            .field("body", &format_args!("{} bytes", self.request.body().len()))
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
