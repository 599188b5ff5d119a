//! Scalars as plain text, for paths, queries and headers.

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
