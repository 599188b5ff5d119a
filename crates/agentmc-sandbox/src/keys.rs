//! The credentials a sandbox accepts.

use std::fmt::Write;

use fastrand::Rng;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The block of SHA-256, in bytes: what a key of an HMAC fills.
const BLOCK: usize = 64;

/// The credentials a sandbox accepts, made from its seed.
///
/// They are no secrets: they open this sandbox and nothing else, and `Debug` shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Keys {
    /// The API key of the team's host (`cc_…`). It acts for the agents on the hosts it has reported.
    pub host_key: String,
    /// The API key of the team (`cc_…`). It acts for every agent of the team.
    pub team_key: String,
    /// The API key of the team's first agent (`mca_…`).
    pub agent_key: String,
    /// The bearer token of the team's first agent.
    pub agent_token: String,
    /// A bearer token of the team.
    pub bearer_token: String,
    /// The token new agents connect with, in revision 0.1.1. It serves any number of them.
    pub connect_token: String,
    /// The cookie `laravel_session` of the person who owns the team.
    pub session_cookie: String,
    /// The key of the application that websockets connect to; public, a part of their URL.
    pub socket_key: String,
    /// The secret that subscriptions to channels are signed with.
    pub socket_secret: String,
}

impl Keys {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        Self {
            host_key: token(rng, "cc_", 40),
            team_key: token(rng, "cc_", 40),
            agent_key: token(rng, "mca_", 40),
            agent_token: token(rng, "", 48),
            bearer_token: token(rng, "", 48),
            connect_token: token(rng, "", 32),
            session_cookie: token(rng, "", 40),
            socket_key: token(rng, "", 20),
            socket_secret: token(rng, "", 32),
        }
    }

    /// The signature with which a socket may subscribe to a channel, as the socket-auth operations answer it:
    /// `{socket_key}:{hex}`, where `hex` is the HMAC-SHA256 of `{socket_id}:{channel}` under `socket_secret`.
    #[must_use]
    pub fn sign(&self, socket_id: &str, channel: &str) -> String {
        let text = format!("{socket_id}:{channel}");
        format!("{}:{}", self.socket_key, hmac(self.socket_secret.as_bytes(), &text))
    }

    /// The signature of a URL of storage: which method may be used on which key, and until when.
    pub(crate) fn sign_storage(&self, method: &str, key: &str, expires: i64) -> String {
        let secret = hmac(self.socket_secret.as_bytes(), "storage");
        hmac(secret.as_bytes(), &format!("{method}\n{key}\n{expires}"))
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The HMAC-SHA256 of a text, in hexadecimal.
fn hmac(secret: &[u8], text: &str) -> String {
    let hash;
    let secret = if secret.len() > BLOCK {
        hash = Sha256::digest(secret);
        hash.as_slice()
    } else {
        secret
    };
    // A key shorter than a block is filled up with zeros.
    let mut key = [0; BLOCK];
    key.iter_mut().zip(secret).for_each(|(place, byte)| *place = *byte);
    let mut mac = Hmac::<Sha256>::new(&key.into());
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// So many letters and digits after a prefix.
pub(crate) fn token(rng: &mut Rng, prefix: &str, length: usize) -> String {
    let characters = std::iter::repeat_with(|| rng.alphanumeric()).take(length);
    prefix.chars().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::{Keys, Rng, hmac};

    /// The signature that another implementation of HMAC-SHA256 made.
    #[test]
    fn a_signature_is_over_the_socket_and_then_the_channel() {
        let keys = Keys {
            socket_key: "ferry-key".to_owned(),
            socket_secret: "ferry-secret-0123456789abcdefghi".to_owned(),
            ..Keys::new(&mut Rng::with_seed(0))
        };
        assert_eq!(
            keys.sign("1234.567890", "private-agent-realtime.1.42"),
            "ferry-key:d78e08585ac9c05b00848c0a35e8ad6cd884352fdf3e6120325bde805d74f71d"
        );
    }

    #[test]
    fn a_secret_longer_than_a_block_is_hashed_first() {
        assert_eq!(
            hmac("x".repeat(100).as_bytes(), "1234.567890:private-agent-realtime.1.42"),
            "8719e8b7d923fce08cb0ceb47dc96edce8b8e546c626b0456c676ea7d361d658"
        );
    }

    #[test]
    fn an_hmac_is_that_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hmac(b"Jefe", "what do ya want for nothing?"), expected);
    }
}
