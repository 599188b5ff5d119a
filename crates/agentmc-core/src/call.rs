//! One call of one operation, from the first attempt to its outcome, without doing any I/O.

use std::fmt;
use std::time::Duration;

use agentmc_types::Revision;
use bytes::Bytes;

use crate::endpoint::Endpoint;
use crate::error::{ApiError, Error, TransportError};
use crate::observe::{Attempt, Ended, Watch};
use crate::retry::{Failure, RetryPolicy, retry_after};
use crate::trace;

/// A call in progress.
///
/// A driver says that an attempt [begins](Self::begin), sends [`request`](Self::request), reports what came of it to
/// [`resolve`](Self::resolve), and does as it is told:
///
/// ```
/// use std::time::Duration;
///
/// use agentmc_core::call::Step;
/// use agentmc_core::ops::boards::ShowBoard;
/// use agentmc_core::{Api, Credential};
/// use bytes::Bytes;
///
/// let api = Api::new(Credential::api_key("cc_key")?);
/// let mut call = api.call(&ShowBoard::new(3))?;
///
/// // A driver would send `call.request()` here; this one makes up the answer.
/// call.begin();
/// let busy = http::Response::builder().status(503).body(Bytes::new())?;
/// let Step::Again(delay) = call.resolve(Ok(busy), Duration::from_millis(40), 0.0) else { panic!("GET is repeated") };
/// assert_eq!(delay.as_millis(), 350);
///
/// call.begin();
/// let gone = http::Response::builder().status(404).body(Bytes::new())?;
/// let Step::Done(Err(error)) = call.resolve(Ok(gone), Duration::from_millis(430), 0.0) else { panic!("404 is final") };
/// assert_eq!(error.to_string(), "showBoard: 404 Not Found");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Call {
    endpoint: &'static Endpoint,
    revision: Revision,
    request: http::Request<Bytes>,
    patience: Patience,
    attempt: u32,
    /// When the attempt in progress began, since the start of the call.
    began: Duration,
    watch: Watch,
    /// Whether the observer has been told of the attempt in progress.
    is_told: bool,
}

/// How long a caller waits, how often and for how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_reply_bytes: usize,
}

/// What a driver does after an attempt.
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
        revision: Revision,
        request: http::Request<Bytes>,
        patience: Patience,
        watch: Watch,
    ) -> Self {
        let (attempt, began) = (1, Duration::ZERO);
        Self { endpoint, revision, request, patience, attempt, began, watch, is_told: false }
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

    /// The revision of the API the request is written in.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// How long the attempt in progress may take as a whole: never longer than the call has left.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        let left = self.patience.deadline.map(|deadline| deadline.saturating_sub(self.began));
        left.map_or(self.patience.timeout, |left| left.min(self.patience.timeout))
    }

    /// The largest reply a driver may read, in bytes.
    #[must_use]
    pub const fn max_reply_bytes(&self) -> usize {
        self.patience.max_reply_bytes
    }

    /// The number of the attempt in progress, counting from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// A `tracing` span for a driver to send the request in: `call`, with the operation and the revision.
    #[must_use]
    pub fn span(&self) -> tracing::Span {
        trace::span(self)
    }

    /// Says that the attempt in progress is sent now, of which the [`Observer`](crate::Observer) is told, if there is one.
    ///
    /// It is told once, however often this is said; a clone goes on with the same attempt. If nobody says it, [`resolve`](Self::resolve) does.
    pub fn begin(&mut self) {
        if self.watch.is_watched() && !self.is_told {
            self.watch.tell(|observer| observer.begins(&self.told()));
            self.is_told = true;
        }
    }

    /// The attempt in progress, for the observer.
    const fn told(&self) -> Attempt<'_> {
        let Self { endpoint, revision, attempt: number, request, .. } = self;
        Attempt { endpoint, revision: *revision, number: *number, request }
    }

    /// Decides what follows from the outcome of an attempt.
    ///
    /// `elapsed` is the time since the start of the call, waiting included, and `jitter` a random
    /// number in 0 to 1. Another attempt is made only if it can begin before the call's deadline.
    pub fn resolve(
        &mut self,
        outcome: Result<http::Response<Bytes>, TransportError>,
        elapsed: Duration,
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
            .and_then(|failure| {
                self.patience.retry.delay(self.endpoint, self.attempt, failure, jitter)
            })
            .filter(|delay| {
                self.patience.deadline.is_none_or(|end| elapsed.saturating_add(*delay) < end)
            });
        let duration = elapsed.saturating_sub(self.began);
        trace::attempt(self, &outcome, duration, delay);
        self.begin();
        self.watch.tell(|observer| {
            let (attempt, outcome) = (self.told(), outcome.as_ref());
            observer.ended(&Ended { attempt, outcome, duration, again_in: delay });
        });
        if let Some(delay) = delay {
            self.attempt += 1;
            self.is_told = false;
            self.began = elapsed.saturating_add(delay);
            return Step::Again(delay);
        }
        Step::Done(match outcome {
            Ok(response) if failure.is_none() => Ok(response),
            Ok(response) => Err(ApiError::read(self.endpoint.id, &response).into()),
            Err(error) => Err(error.of(self.endpoint.id).into()),
        })
    }
}

/// Leaves out the reply, which may hold what must not be logged.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Again(delay) => f.debug_tuple("Again").field(delay).finish(),
            Self::Done(Ok(reply)) => f.debug_tuple("Done").field(&reply.status()).finish(),
            Self::Done(Err(error)) => f.debug_tuple("Done").field(error).finish(),
        }
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
