//! The text of a published document.

use serde_json::Value;

use crate::yaml;

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
/// tags of other schemas are refused, as are members that are there twice.
///
/// # Errors
///
/// [`ReadError::Text`] when it is neither; what stands in it is [`diff`](crate::diff)'s to judge.
pub fn parse(text: &str) -> Result<Value, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        // What begins like JSON was meant to be; YAML's complaint about it would mislead.
        Err(error) if text.trim_start().starts_with('{') => Err(ReadError::Text(error.to_string())),
        Err(_) => yaml::parse(text).map_err(ReadError::Text),
    }
}
