//! Requests to storage: no credential, no redirect followed, what the URL and the ticket say.

use agentmc_types::Object;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::api::Api;
use crate::error::{ApiError, DecodeError, Error, TransportError, TransportKind};
use crate::retry::{Failure, retry_after};

/// What came of a request to storage.
pub(super) type Outcome = Result<http::Response<Bytes>, TransportError>;

/// The same for an observer: the cause of a failure may name the signed URL.
pub(super) fn told(outcome: &Outcome) -> Result<StatusCode, TransportKind> {
    outcome.as_ref().map(http::Response::status).map_err(|error| error.kind)
}

/// How many bytes of the explanation of a refusal came; none if it is none.
pub(super) fn explained(outcome: &Outcome) -> Option<u64> {
    let refusal = outcome.as_ref().ok().filter(|reply| !reply.status().is_success())?;
    Some(refusal.body().len() as u64)
}

/// What to do about a request to storage that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The URL may have expired: ask for another.
    Renew,
    /// It may pass.
    Repeat(Failure),
    /// Nothing helps.
    GiveUp,
}

/// Reads the URL of storage. The content must not travel in the clear if the credential does not.
pub(super) fn url(
    api: &Api,
    operation: &'static str,
    path: &'static str,
    text: &str,
) -> Result<Uri, DecodeError> {
    let wrong = |what: &'static str| DecodeError::new(operation, path, what);
    let uri: Uri = text.parse().map_err(|_| wrong("the address of storage is not a URL"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => Ok(uri),
        (Some("http"), Some(_)) if api.base().as_str().starts_with("http://") => Ok(uri),
        (Some("http"), Some(_)) => Err(wrong("the address of storage is not encrypted")),
        _ => Err(wrong("the address of storage is not an http URL")),
    }
}

/// The headers of a ticket: text, a number, or a list of them. What every HTTP client sets itself is left out where
/// it says the same.
pub(super) fn headers(
    operation: &'static str,
    ticket: &Object,
    uri: &Uri,
    byte_size: u64,
) -> Result<HeaderMap, DecodeError> {
    let wrong = |what: &'static str| DecodeError::new(operation, "data.upload_headers", what);
    let mut headers = HeaderMap::new();
    for (name, value) in ticket.iter() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let name = name.map_err(|_| wrong("a name is not that of a header"))?;
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return Err(wrong("a value is not that of a header")),
            };
            let own = match name {
                HOST => uri.authority().is_some_and(|host| host.as_str() == text),
                CONTENT_LENGTH => {
                    if text != byte_size.to_string() {
                        return Err(wrong("Content-Length is not the size asked for"));
                    }
                    true
                }
                _ => false,
            };
            if !own {
                let value = HeaderValue::from_str(&text);
                let mut value = value.map_err(|_| wrong("a value is not that of a header"))?;
                value.set_sensitive(true);
                headers.append(name.clone(), value);
            }
        }
    }
    Ok(headers)
}

pub(super) fn judge(outcome: &Outcome) -> Verdict {
    match outcome {
        Err(error) => Verdict::Repeat(Failure::Transport(error.kind)),
        Ok(response) => match response.status() {
            // Object stores answer an expired signature with any of these.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE => Verdict::Renew,
            StatusCode::BAD_REQUEST if says_expired(response.body()) => Verdict::Renew,
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Verdict::Repeat(Failure::Status { status, retry_after: retry_after(response) })
            }
            _ => Verdict::GiveUp,
        },
    }
}

fn says_expired(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).to_ascii_lowercase().contains("expired")
}

/// The error of a request to storage that came to nothing.
pub(super) fn error(operation: &'static str, outcome: Outcome) -> Error {
    match outcome {
        Ok(response) => ApiError::of_storage(operation, &response).into(),
        Err(error) => error.of(operation).into(),
    }
}
