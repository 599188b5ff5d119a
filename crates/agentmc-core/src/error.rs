//! What can go wrong, by who is to act.

use std::error::Error as StdError;
use std::fmt;

use serde_json::{Value, json};

mod api;
mod build;
mod transfer;

pub use api::ApiError;
pub use build::{BuildError, Problem, Violation};
pub use transfer::TransferError;

/// Why an operation failed. One type for every frontend.
///
/// The message describes this level only; the cause is [`source`](StdError::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server said no, or something other than what the operation asks for.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The request could not be built; nothing was sent.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The reply could not be understood.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// The bytes of a file could not be read or kept, or are not those they should be.
    #[error(transparent)]
    Transfer(Box<TransferError>),
    /// The request or its reply was lost on the way.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// What an error is about, for callers that decide by it. Stable names, for other languages too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be built: the caller's input is wrong. Nothing was sent.
    Build,
    /// The reply could not be understood.
    Decode,
    /// No connection could be made, so nothing was sent.
    Connect,
    /// The connection broke; the server may have seen the request.
    Lost,
    /// No reply came in time; the server may have seen the request.
    Timeout,
    /// The reply is larger than the client accepts.
    TooLarge,
    /// The content of a file could not be read or written on this side.
    Local,
    /// The content of a file is not what it should be: its size or its checksum differs, or it changed meanwhile.
    Integrity,
    /// 401: the credential is missing, wrong or expired.
    Unauthorized,
    /// 402: the plan's limit is reached.
    PaymentRequired,
    /// 403: the credential may not do this.
    Forbidden,
    /// 404: there is no such thing, or not in this team.
    NotFound,
    /// 409: the state does not allow it, for instance a session that another owner holds.
    Conflict,
    /// 422: a field is not valid.
    Validation,
    /// 429: too many requests.
    RateLimited,
    /// A redirect where none is expected. It was not followed.
    Redirect,
    /// 500 to 599: the service or a proxy before it failed.
    Server,
    /// Any other refusal.
    Other,
}

/// A reply that does not have the expected shape.
#[derive(Debug)]
#[non_exhaustive]
pub struct DecodeError {
    /// The operation.
    pub operation: &'static str,
    /// The status of the reply, a success: what was asked for has probably been done. None if something
    /// else than a reply to a call is at fault, or its status is not known.
    pub status: Option<http::StatusCode>,
    /// Where in the reply, such as `data.created_at`; `.` is the whole of it.
    pub path: String,
    /// The line, counting from 1; 0 if the body is not at fault.
    pub line: usize,
    /// The column, counting from 1; 0 if the body is not at fault.
    pub column: usize,
    source: Box<dyn StdError + Send + Sync>,
}

/// A request or a reply that was lost on the way.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {}", .kind.as_str())]
#[non_exhaustive]
pub struct TransportError {
    /// The operation.
    pub operation: &'static str,
    /// What failed.
    pub kind: TransportKind,
    source: Box<dyn StdError + Send + Sync>,
}

/// The ways a transport fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// No connection could be made, so nothing was sent.
    Connect,
    /// The connection broke; the server may have seen the request.
    Lost,
    /// No reply came in time; the server may have seen the request.
    Timeout,
    /// The reply is larger than the client accepts; the rest of it was not read.
    TooLarge,
}

impl Error {
    /// What the error is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Api(error) => error.kind(),
            Self::Build(_) => ErrorKind::Build,
            Self::Decode(_) => ErrorKind::Decode,
            Self::Transfer(error) => error.kind(),
            Self::Transport(error) => match error.kind {
                TransportKind::Connect => ErrorKind::Connect,
                TransportKind::Lost => ErrorKind::Lost,
                TransportKind::Timeout => ErrorKind::Timeout,
                TransportKind::TooLarge => ErrorKind::TooLarge,
            },
        }
    }

    /// The HTTP status, if the server answered with an error.
    #[must_use]
    pub fn status(&self) -> Option<http::StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            _ => None,
        }
    }

    /// The message of the error and of its causes, one after the other.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let message = error.to_string();
            if !text.ends_with(&message) {
                text.push_str(": ");
                text.push_str(&message);
            }
            cause = error.source();
        }
        text
    }

    /// The error as JSON, for other languages: `kind`, `message`, `operation`, and what its kind has besides. `storage` is
    /// there, and true, where storage refused, which gets no credential.
    ///
    /// `excerpt`, of a refusal without the error envelope, is part of a body, and may hold what must
    /// not be logged.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = json!({"kind": self.kind().as_str(), "message": self.explain()});
        let more = match self {
            Self::Api(error) => error.to_json(),
            Self::Build(error) => {
                json!({"operation": error.operation(), "parameter": error.parameter()})
            }
            Self::Decode(error) => json!({
                "operation": error.operation, "status": error.status.map(|status| status.as_u16()),
                "path": error.path, "line": error.line, "column": error.column,
            }),
            Self::Transfer(error) => json!({"operation": error.operation()}),
            Self::Transport(error) => json!({"operation": error.operation}),
        };
        if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
            json.extend(more);
        }
        json
    }
}

/// A parser's message without what it quotes, which is part of the body and may be secret.
fn without_values(message: &str) -> String {
    let (mut text, mut quoted, mut escaped) = (String::new(), false, false);
    for char in message.chars() {
        match (quoted, char) {
            (_, '"') if !escaped => {
                quoted = !quoted;
                text.push_str(if quoted { "\"…" } else { "\"" });
            }
            (false, char) => text.push(char),
            (true, _) => {}
        }
        escaped = quoted && char == '\\' && !escaped;
    }
    text
}

impl ErrorKind {
    /// The kind as it is written, such as `rate_limited`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Decode => "decode",
            Self::Connect => "connect",
            Self::Lost => "lost",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::Local => "local",
            Self::Integrity => "integrity",
            Self::Unauthorized => "unauthorized",
            Self::PaymentRequired => "payment_required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Validation => "validation",
            Self::RateLimited => "rate_limited",
            Self::Redirect => "redirect",
            Self::Server => "server",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl TransportKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "could not connect",
            Self::Lost => "the connection broke before the whole reply arrived",
            Self::Timeout => "no reply in time",
            Self::TooLarge => "the reply is larger than the client accepts",
        }
    }
}

/// What happened, in words.
impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl TransportError {
    /// A failure of the given kind. The call it belongs to fills in the operation.
    pub fn new(kind: TransportKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { operation: "", kind, source: source.into() }
    }

    /// A reply of more than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(TransportKind::TooLarge, format!("the limit is {limit} bytes"))
    }

    pub(crate) fn of(mut self, operation: &'static str) -> Self {
        self.operation = operation;
        self
    }
}

impl DecodeError {
    pub(crate) fn new(
        operation: &'static str,
        path: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let (status, path, source) = (None, path.into(), source.into());
        Self { operation, status, path, line: 0, column: 0, source }
    }

    /// An error in the body, at a position of its own.
    pub(crate) fn in_body(
        operation: &'static str,
        path: String,
        source: &serde_json::Error,
    ) -> Self {
        let (status, line, column) = (None, source.line(), source.column());
        let source = without_values(&source.to_string()).into();
        Self { operation, status, path, line, column, source }
    }

    /// The same of a reply with this status.
    pub(crate) const fn in_reply(mut self, status: http::StatusCode) -> Self {
        self.status = Some(status);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        if let Some(status) = self.status {
            write!(f, "{status}, but ")?;
        }
        write!(f, "the reply does not have the expected shape at `{}`", self.path)
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(Box::new(error))
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}
