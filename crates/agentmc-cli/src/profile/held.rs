//! The credentials of a profile: in its file, or in the keyring.

use agentmc_core::endpoint::Auth;
use agentmc_core::types::Secret;

use super::Profile;
use crate::args::Common;
use crate::failure::Failure;
use crate::keyring;

/// Where a profile keeps a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// In the file of profiles.
    File,
    /// In the keyring of the operating system.
    Keyring,
}

impl Store {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Keyring => "keyring",
        }
    }
}

/// The credentials of the profile that a command is meant with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    profile: String,
    in_file: Vec<(Auth, Secret)>,
    in_keyring: Vec<Auth>,
}

impl Held {
    pub(super) fn of(name: &str, profile: &Profile) -> Self {
        let in_file = |auth: &Auth| Some((*auth, profile.in_file(*auth)?.clone()));
        Self {
            profile: name.to_owned(),
            in_file: Auth::ALL.iter().filter_map(in_file).collect(),
            in_keyring: profile.keyring.clone(),
        }
    }

    /// The credential of a kind. What the file says counts before the keyring, which is asked only if it must be.
    pub(crate) fn secret(&self, auth: Auth, common: &Common) -> Result<Option<String>, Failure> {
        if let Some((_, secret)) = self.in_file.iter().find(|(kind, _)| *kind == auth) {
            return Ok(Some(secret.expose().to_owned()));
        }
        if !self.in_keyring.contains(&auth) {
            return Ok(None);
        }
        let secret = keyring::read(&self.profile, auth, common)?;
        Ok(Some(secret.expose().to_owned()))
    }
}
