//! The published states of the API.

use std::fmt;
use std::str::FromStr;

/// A published state of the API, named after the SDK release that documents it; ordered by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Revision {
    /// 0.1.1: every agent operation names its agent in the path.
    V0_1_1,
    /// 0.3.64: the credential implies the agent.
    V0_3_64,
    /// 0.3.169: a host acts for its agents.
    V0_3_169,
}

impl Revision {
    /// The newest revision, and the default.
    pub const LATEST: Self = Self::V0_3_169;

    /// Every revision, oldest first.
    pub const ALL: &'static [Self] = &[Self::V0_1_1, Self::V0_3_64, Self::V0_3_169];

    /// The revision as it is written, such as `0.3.169`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V0_1_1 => "0.1.1",
            Self::V0_3_64 => "0.3.64",
            Self::V0_3_169 => "0.3.169",
        }
    }
}

impl Default for Revision {
    fn default() -> Self {
        Self::LATEST
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRevision(String);

impl FromStr for Revision {
    type Err = UnknownRevision;

    fn from_str(text: &str) -> Result<Self, UnknownRevision> {
        let wanted = text.trim();
        let found = Self::ALL.iter().find(|revision| revision.as_str() == wanted);
        found.copied().ok_or_else(|| UnknownRevision(wanted.to_owned()))
    }
}

impl fmt::Display for UnknownRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no revision `{}`; choose one of", self.0)?;
        for (i, revision) in Revision::ALL.iter().enumerate() {
            write!(f, "{} {revision}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownRevision {}
