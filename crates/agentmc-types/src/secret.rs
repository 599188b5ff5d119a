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

/// Members that are secret and do not end as secrets do: what signs, and signed addresses.
const NAMES: [&str; 4] = ["auth", "authorization", "upload_headers", "upload_url"];

/// How the names of secrets end.
const ENDS: [&str; 6] = ["token", "secret", "password", "cookie", "_key", "apikey"];

/// Keys that name things are no keys that open them.
const NOT_SECRET: [&str; 3] = ["external_key", "object_key", "app_key"];

impl Secret {
    /// Whether the value of a JSON member of that name is a secret, as far as names tell: `agent_token`, `upload_url`,
    /// `apiKey`.
    ///
    /// The service gives most secrets names of its own. Objects with members of somebody's choice are guessed at, so
    /// that what is shown to people or written to logs says rather too little.
    ///
    /// ```
    /// use agentmc_types::Secret;
    ///
    /// assert!(Secret::is_name("claim_owner_token"));
    /// assert!(!Secret::is_name("external_key"));
    /// ```
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        let ends = |end: &&str| {
            let start = name.len().checked_sub(end.len());
            start.and_then(|start| name.get(start..)).is_some_and(|it| it.eq_ignore_ascii_case(end))
        };
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        NAMES.iter().any(is) || (ENDS.iter().any(ends) && !NOT_SECRET.iter().any(is))
    }

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
