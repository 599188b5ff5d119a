//! One difference between a published document and what this version knows.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// One difference between what this version knows and what a document says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The operation, by its newest id; `METHOD /path` where a document gives none.
    pub operation: String,
    /// What of the operation: `query per_page`, `body.title`, `reply 200.data.id`; empty for all of it.
    pub place: String,
    /// What about it: `maxLength`, `type`, `enum`, `path`; none when it is there or not as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<&'static str>,
    /// What this version knows, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<Value>,
    /// What the document says, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Value>,
}

/// What happened between what is known and what was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChangeKind {
    /// The document has it, and this version does not know it.
    Added,
    /// This version knows it, and the document does not have it.
    Gone,
    /// Both have it, and say different things.
    Changed,
}

/// One line, which begins with `+`, `-` or `~`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Gone => '-',
            ChangeKind::Changed => '~',
        };
        write!(f, "{sign} {}", self.operation)?;
        if !self.place.is_empty() {
            write!(f, " {}", self.place)?;
        }
        match (self.aspect, &self.known, &self.published) {
            (Some(aspect), Some(known), Some(published)) => {
                write!(f, " {aspect}: {} is now {}", Shown(known), Shown(published))
            }
            (Some(aspect), known, published) => {
                let values = [known, published];
                write!(f, " {aspect}")?;
                values.into_iter().flatten().try_for_each(|value| write!(f, " {}", Shown(value)))
            }
            (None, known, published) => {
                let what = known.as_ref().or(published.as_ref());
                what.map_or(Ok(()), |what| write!(f, " ({})", Shown(what)))
            }
        }
    }
}

/// A value as a person reads it: text without quotes, items apart.
struct Shown<'a>(&'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) => f.write_str(text),
            Value::Array(items) => items.iter().enumerate().try_for_each(|(i, item)| {
                write!(f, "{}{}", if i == 0 { "" } else { ", " }, Shown(item))
            }),
            value => write!(f, "{value}"),
        }
    }
}
