//! Refusals by the server.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ErrorKind;
use crate::retry::retry_after;
use crate::text::Printable;

/// How much of a body that is no error envelope is kept.
const EXCERPT: usize = 1024;

/// A refusal by the server.
///
/// `Display` shows the status, the server's message and what is wrong with which field; never the body.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct ApiError {
    /// The operation refused.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The machine-readable code, such as `validation.failed`; empty if the server gave none.
    pub code: String,
    /// The explanation for people; empty if the server gave none.
    pub message: String,
    /// What is wrong with which field, for 422.
    pub fields: BTreeMap<String, Vec<String>>,
    /// All details the server gave, `fields` among them.
    pub details: Option<Value>,
    /// How long the server asks to wait before another attempt.
    pub retry_after: Option<Duration>,
    /// The id the service gave the request, for questions to its support.
    pub request_id: Option<String>,
    /// The type of the body.
    pub content_type: Option<String>,
    /// The first 1,024 bytes of a body that is no error envelope, such as a proxy's HTML page.
    pub excerpt: Bytes,
    /// Whether storage refused, which is on another origin and gets no credential. Nothing of its body is kept, since
    /// it may repeat the signed request.
    pub from_storage: bool,
}

impl ApiError {
    /// Reads the refusal of a call of `operation`. A body that is no error envelope is kept as an excerpt.
    #[must_use]
    pub fn read(operation: &'static str, response: &http::Response<Bytes>) -> Self {
        #[derive(Deserialize)]
        struct Envelope {
            error: Body,
        }
        #[derive(Default, Deserialize)]
        struct Body {
            #[serde(default)]
            code: Value,
            #[serde(default)]
            message: Value,
            #[serde(default)]
            details: Option<Value>,
        }
        let envelope = serde_json::from_slice::<Envelope>(response.body()).ok();
        let excerpt = match envelope {
            Some(_) => Bytes::new(),
            None => Bytes::copy_from_slice(&response.body()[..response.body().len().min(EXCERPT)]),
        };
        let body = envelope.map(|envelope| envelope.error).unwrap_or_default();
        Self {
            code: words(body.code),
            message: words(body.message),
            fields: body.details.as_ref().map(fields).unwrap_or_default(),
            details: body.details,
            excerpt,
            ..Self::of_head(operation, response)
        }
    }

    /// The refusal of storage, whose address a call of `operation` gave.
    pub(crate) fn of_storage(operation: &'static str, response: &http::Response<Bytes>) -> Self {
        Self { from_storage: true, ..Self::of_head(operation, response) }
    }

    /// What the head of a reply says.
    fn of_head(operation: &'static str, response: &http::Response<Bytes>) -> Self {
        let header = |name| {
            let value: &http::HeaderValue = response.headers().get::<HeaderName>(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            operation,
            status: response.status(),
            code: String::new(),
            message: String::new(),
            fields: BTreeMap::new(),
            details: None,
            retry_after: retry_after(response),
            request_id: header(HeaderName::from_static("x-request-id")),
            content_type: header(CONTENT_TYPE),
            excerpt: Bytes::new(),
            from_storage: false,
        }
    }

    /// What the refusal is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self.status.as_u16() {
            300..=399 => ErrorKind::Redirect,
            401 => ErrorKind::Unauthorized,
            402 => ErrorKind::PaymentRequired,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            422 => ErrorKind::Validation,
            429 => ErrorKind::RateLimited,
            500..=599 => ErrorKind::Server,
            _ => ErrorKind::Other,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({
            "operation": self.operation,
            "status": self.status.as_u16(),
            "code": self.code,
            "details": self.details,
            "fields": self.fields,
            "request_id": self.request_id,
            "content_type": self.content_type,
            "excerpt": String::from_utf8_lossy(&self.excerpt),
            "retry_after": self.retry_after.map(|wait| wait.as_secs()),
        });
        if self.from_storage {
            json["storage"] = true.into();
        }
        json
    }
}

/// A code or a message, which is a string, but need not be.
fn words(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        value => value.to_string(),
    }
}

/// The messages by field; a single message may come without its list.
fn fields(details: &Value) -> BTreeMap<String, Vec<String>> {
    let messages = |value: &Value| match value {
        Value::Array(messages) => {
            messages.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Value::String(message) => vec![message.clone()],
        _ => Vec::new(),
    };
    let fields = details.get("fields").and_then(Value::as_object);
    fields.into_iter().flatten().map(|(name, value)| (name.clone(), messages(value))).collect()
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.from_storage { "storage: " } else { "" };
        write!(f, "{}: {who}{}", self.operation, self.status)?;
        if !self.message.is_empty() {
            write!(f, ": {}", Printable(&self.message))?;
        }
        for (name, messages) in &self.fields {
            write!(f, " {}: {}", Printable(name), Printable(&messages.join(" ")))?;
        }
        Ok(())
    }
}

/// Leaves out the excerpt, which may hold what must not be logged.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("fields", &self.fields)
            .field("retry_after", &self.retry_after)
            .field("request_id", &self.request_id)
            .field("content_type", &self.content_type)
            .field("excerpt", &format_args!("{} bytes", self.excerpt.len()))
            .field("from_storage", &self.from_storage)
            .finish_non_exhaustive()
    }
}
