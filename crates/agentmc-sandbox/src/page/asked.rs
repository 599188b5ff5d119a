//! What the page, and whoever else drives a browser's side, asks for.

use agentmc_types::{HostRuntimeCommandPayload, Object};
use serde::{Deserialize, Deserializer};

#[derive(Debug, Deserialize)]
pub(super) struct NewSession {
    pub(super) agent_id: u64,
    /// Left out, it is the owner of the team; null is nobody.
    #[serde(default, deserialize_with = "given")]
    pub(super) user_id: Option<Option<u64>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewSignal {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) payload: Object,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewMessage {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) payload: Object,
    #[serde(default)]
    pub(super) envelope: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewCommand {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) payload: HostRuntimeCommandPayload,
}

#[derive(Debug, Deserialize)]
pub(super) struct Farewell {
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// Tells null from what is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
