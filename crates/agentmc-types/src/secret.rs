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
const NAMES: [&str; 4] = ["auth", "authorization", "uploadheaders", "uploadurl"];

/// How the names of secrets end. Other keys, such as `external_key` and `runtime_key`, name things and open nothing.
const ENDS: [&str; 12] = [
    "token",
    "secret",
    "password",
    "passphrase",
    "credential",
    "credentials",
    "cookie",
    "apikey",
    "authkey",
    "secretkey",
    "privatekey",
    "accesskey",
];

impl Secret {
    /// Whether the value of a JSON member of that name is a secret, as far as names tell: `agent_token`, `upload_url`,
    /// `X-Api-Key`.
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
        // However it is spelt: `api_key`, `apiKey`, `X-Api-Key`.
        let letters = name.bytes().rev().filter(|byte| !matches!(byte, b'_' | b'-'));
        let letters = letters.map(|byte| byte.to_ascii_lowercase());
        let ends = |end: &&str| end.bytes().rev().eq(letters.clone().take(end.len()));
        let is = |name: &&str| name.bytes().rev().eq(letters.clone());
        NAMES.iter().any(is) || ENDS.iter().any(ends)
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
