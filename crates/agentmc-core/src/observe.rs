//! Who is told of every request and every reply, as they are.
//!
//! [`tracing`] hears of names, numbers and statuses, which may be logged as they are. An [`Observer`] sees the requests
//! and the replies themselves: for a verbose mode, a recorder, a test.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use agentmc_core::observe::{Ended, Observer};
//! use agentmc_core::ops::boards::ShowBoard;
//! use agentmc_core::{Api, Credential};
//!
//! /// Counts the bytes of all replies.
//! #[derive(Default)]
//! struct Bytes(AtomicU64);
//!
//! impl Observer for Bytes {
//!     fn ended(&self, ended: &Ended<'_>) {
//!         let bytes = ended.outcome.map_or(0, |reply| reply.body().len());
//!         self.0.fetch_add(bytes as u64, Ordering::Relaxed);
//!     }
//! }
//!
//! let bytes = Arc::new(Bytes::default());
//! let api = Api::new(Credential::api_key("cc_key")?).observed_by(Arc::clone(&bytes));
//!
//! // Any driver will do; this one makes up the answer.
//! let mut call = api.call(&ShowBoard::new(3))?;
//! call.begin();
//! let _ = call.resolve(Ok(http::Response::new("{}".into())), Duration::ZERO, 0.0);
//! assert_eq!(bytes.0.load(Ordering::Relaxed), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use agentmc_types::Revision;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::endpoint::Endpoint;
use crate::error::{TransportError, TransportKind};

mod watch;

pub(crate) use watch::Watch;
pub use watch::WebsocketWatch;

/// Who is told of every request before it is sent, and of what came of it: [`Api::observed_by`](crate::Api::observed_by)
/// sets one. Each method does nothing unless it is written.
///
/// It is told of every attempt of every call, whichever client makes it and on whose behalf: by itself, page by page, for
/// an upload, a download or realtime; of what storage is asked; and of websockets.
///
/// **What it sees is not fit to be logged.** Values of headers that are secret are
/// [marked](http::HeaderValue::is_sensitive) in requests, and URLs of storage and of websockets come without their query.
/// But bodies are told as they are, and may hold tokens, claims and signed URLs; so may the headers of a reply: a
/// `Location`, say.
///
/// It is called where the request is made, by several threads or tasks at once, and the request waits for it: it must
/// be quick, and must not call the API. Where panics unwind, one of its own is caught and changes nothing else. What the
/// connection adds of its own, such as `Host`, it does not see. A request that is given up before its outcome is known,
/// since its future is dropped or the content of a file is wrong or cannot be kept, has no end.
pub trait Observer: Send + Sync + 'static {
    /// An attempt is about to be sent.
    fn begins(&self, attempt: &Attempt<'_>) {
        let _ = attempt;
    }

    /// An attempt has ended.
    fn ended(&self, ended: &Ended<'_>) {
        let _ = ended;
    }

    /// Storage is about to be asked for the content of a file, or to be sent it.
    fn storage_begins(&self, request: &StorageRequest<'_>) {
        let _ = request;
    }

    /// A request to storage has ended.
    fn storage_ended(&self, reply: &StorageReply) {
        let _ = reply;
    }

    /// A websocket is about to be opened, at this URL, which has no query.
    fn websocket_opens(&self, url: &str) {
        let _ = url;
    }

    /// A websocket is open.
    fn websocket_opened(&self, url: &str) {
        let _ = url;
    }

    /// A websocket is closed, by either side, or was never open: the close code, if there was one, and the reason, if
    /// one is known.
    fn websocket_closed(&self, url: &str, code: Option<u16>, reason: &str) {
        let _ = (url, code, reason);
    }
}

/// One attempt of a call.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation.
    pub endpoint: &'static Endpoint,
    /// The revision of the API the request is written in.
    pub revision: Revision,
    /// Which attempt of the call it is, counting from 1.
    pub number: u32,
    /// The request, the same for every attempt.
    pub request: &'a http::Request<Bytes>,
}

/// What came of an attempt.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Ended<'a> {
    /// The attempt.
    pub attempt: Attempt<'a>,
    /// The reply, whatever its status, its body decompressed; or why there is none.
    pub outcome: Result<&'a http::Response<Bytes>, &'a TransportError>,
    /// How long it took.
    pub duration: Duration,
    /// How long it is until the next attempt, if there is one.
    pub again_in: Option<Duration>,
}

/// A request to storage.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StorageRequest<'a> {
    /// The operation that gave its address.
    pub operation: &'static str,
    /// Which attempt it is, counting from 1 since the address was given or something moved.
    pub attempt: u32,
    /// The method.
    pub method: &'a Method,
    /// The URL without its query, which is a signature.
    pub url: &'a str,
    /// The headers. Those of a ticket are marked sensitive.
    pub headers: &'a HeaderMap,
    /// How many bytes of content go with it: those of the file that is uploaded.
    pub content: u64,
}

/// What came of a request to storage.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StorageReply {
    /// The operation that gave its address.
    pub operation: &'static str,
    /// Which attempt it was.
    pub attempt: u32,
    /// The status of the reply, or why there is none.
    pub outcome: Result<StatusCode, TransportKind>,
    /// How many bytes of its body came: of the content of a download those that are new, of a refusal those that were
    /// read. None if there was none, or if it was not looked at.
    pub received: Option<u64>,
    /// How long it is until storage is asked again at the same address, if it is.
    pub again_in: Option<Duration>,
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn begins(&self, attempt: &Attempt<'_>) {
        (**self).begins(attempt);
    }

    fn ended(&self, ended: &Ended<'_>) {
        (**self).ended(ended);
    }

    fn storage_begins(&self, request: &StorageRequest<'_>) {
        (**self).storage_begins(request);
    }

    fn storage_ended(&self, reply: &StorageReply) {
        (**self).storage_ended(reply);
    }

    fn websocket_opens(&self, url: &str) {
        (**self).websocket_opens(url);
    }

    fn websocket_opened(&self, url: &str) {
        (**self).websocket_opened(url);
    }

    fn websocket_closed(&self, url: &str, code: Option<u16>, reason: &str) {
        (**self).websocket_closed(url, code, reason);
    }
}

/// Leaves out the body, which may hold what must not be logged. Credentials are marked sensitive.
impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("operation", &self.endpoint.id)
            .field("revision", &self.revision)
            .field("number", &self.number)
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .field("headers", self.request.headers())
            .field("body", &format_args!("{} bytes", self.request.body().len()))
            .finish()
    }
}

/// Leaves out headers and body of the reply, which may hold what must not be logged.
impl fmt::Debug for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended")
            .field("attempt", &self.attempt)
            .field("outcome", &self.outcome.map(http::Response::status))
            .field("duration", &self.duration)
            .field("again_in", &self.again_in)
            .finish()
    }
}
