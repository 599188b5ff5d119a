//! Text that must not end up in logs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::{Describe, Schema};

/// A secret, such as a token.
///
/// Its `Debug` is redacted and it has no `Display`, so that it does not end up in logs by accident. It is
/// written as JSON in full, since that is how it travels. The memory it takes is not wiped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl Describe for Secret {
    const SCHEMA: Schema = Schema::text();
}
