//! Revisions by their names.

use agentmc_core::Revision;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(
    revision: &Revision,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(revision)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Revision, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}
