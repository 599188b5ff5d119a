//! Scalars as plain text, for paths, queries and headers.

use http::HeaderValue;
use serde::Serialize;
use serde_json::Value;

/// The plain text of a scalar; nothing for `null`, lists and objects.
pub(crate) fn text_of<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    match serde_json::to_value(value).ok()? {
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text as a header value; nothing for control characters, and for what is beyond ASCII, which
/// libraries send as UTF-8 and servers read as something else.
pub(crate) fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok().filter(|_| text.is_ascii())
}
