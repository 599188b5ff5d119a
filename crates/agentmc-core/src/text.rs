//! Scalars as plain text, for paths, queries and headers.

use std::fmt::{self, Write};

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

/// The text as a header value; nothing for control characters, blanks around it, and what is beyond
/// ASCII, which libraries send as UTF-8 and servers read as something else.
pub(crate) fn header_value(text: &str) -> Option<HeaderValue> {
    let visible = text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && text.trim() == text;
    HeaderValue::from_str(text).ok().filter(|_| visible)
}

/// Text of a server or a caller in a message: control characters are escaped, so that it stays on its
/// line and no terminal obeys it.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| {
            if char.is_control() {
                write!(f, "{}", char.escape_default())
            } else {
                f.write_char(char)
            }
        })
    }
}
