//! A value in a cell.

use agentmc_core::schema::is_date_time;
use jiff::Timestamp;
use serde_json::Value;

use super::{age, fit};
use crate::look::{Look, Paint};
use crate::text::one_line;

/// Words that say how something stands.
const WORDS: &[(&str, Paint)] = &[
    ("cancelled", Paint::Dim),
    ("completed", Paint::Good),
    ("done", Paint::Good),
    ("failed", Paint::Bad),
    ("high", Paint::Warn),
    ("offline", Paint::Dim),
    ("online", Paint::Good),
    ("urgent", Paint::Bad),
];

/// What stands in a cell: text on one line, without control characters.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) paint: Paint,
}

impl Cell {
    /// A member of a record in a table.
    pub(super) fn of(name: &str, value: Option<&Value>, look: &Look) -> Self {
        let plain = |text: String| Self { text, paint: Paint::Plain };
        match value {
            None => plain(String::new()),
            Some(Value::String(text)) => match moment(text) {
                Some(moment) => Self { text: age::relative(moment, look.now), paint: Paint::Dim },
                None => Self { text: one_line(text), paint: paint(name, text) },
            },
            // A list is too much for a cell, unless it is one of words.
            Some(Value::Array(items)) if items.iter().any(Value::is_object) => {
                plain(items.len().to_string())
            }
            Some(value) => plain(text(value)),
        }
    }

    pub(super) fn width(&self) -> usize {
        fit::width(&self.text)
    }
}

/// A value on one line, without control characters.
pub(super) fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    };
    one_line(&text)
}

/// How a word stands out.
pub(super) fn paint(name: &str, text: &str) -> Paint {
    let says = ["status", "priority", "presence"].iter().any(|end| name.ends_with(end));
    let word = WORDS.iter().find(|(word, _)| says && *word == text);
    word.map_or(Paint::Plain, |(_, paint)| *paint)
}

/// The moment a text names, if it names one.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    is_date_time(text).then(|| text.parse().ok()).flatten()
}
