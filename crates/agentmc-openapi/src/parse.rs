//! The text of a published document.

use serde_json::Value;

use crate::{json, yaml};

/// Why a document cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is neither JSON nor YAML.
    #[error("this is neither JSON nor YAML: {0}")]
    Text(String),
    /// The document is not of OpenAPI 3.
    #[error("this is no OpenAPI 3 document: {0}")]
    NotOpenApi(&'static str),
    /// A reference leads nowhere within the document.
    #[error("the reference `{0}` leads nowhere in this document")]
    Reference(String),
    /// Its references unfold to more than can be compared.
    #[error("this document unfolds to more than can be compared")]
    TooLarge,
}

/// Reads the text of a document, JSON or YAML. That of YAML 1.2 is meant, with its core schema: merges with `<<` and
/// tags of other schemas are refused. Members that are there twice are refused in both.
///
/// # Errors
///
/// [`ReadError::Text`] when it is neither; what stands in it is [`diff`](crate::diff)'s to judge.
pub fn parse(text: &str) -> Result<Value, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let error = match json::parse(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    // What begins like JSON was meant to be; YAML's complaint about it would mislead.
    let inner = text.trim_start().strip_prefix('{');
    let meant = inner.is_some_and(|inner| inner.trim_start().starts_with('"'));
    yaml::parse(text)
        .map_err(|problem| ReadError::Text(if meant { error.to_string() } else { problem }))
}
