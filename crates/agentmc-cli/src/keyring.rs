//! The keyring of the operating system, which keeps credentials better than a file does.

use std::io;
use std::time::Duration;

use agentmc_core::endpoint::Auth;
use agentmc_core::types::Secret;

use crate::args::Common;
use crate::config::{environment, kind};
use crate::failure::Failure;
use crate::note;

#[cfg(feature = "keyring")]
mod system;
#[cfg(not(feature = "keyring"))]
#[path = "keyring/none.rs"]
mod system;

/// The variable that turns the keyring off.
pub(crate) const VARIABLE: &str = "AGENTMC_KEYRING";

/// How long the keyring may take. It may be asking somebody for its password.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why the keyring does not do what it is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is a keyring, and what is asked for is not in it.
    #[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "only a keyring can lack it"))]
    Missing,
    /// It was turned off.
    Off,
    /// There is no keyring, or it does not work.
    Unusable(String),
}

/// Reads a credential of a profile.
pub(crate) fn read(profile: &str, auth: Auth, common: &Common) -> Result<Secret, Failure> {
    let name = entry(profile, auth);
    match asked(common, move || system::read(&name)) {
        Ok(secret) => Ok(Secret::from(secret)),
        Err(Trouble::Missing) => Err(Failure::input(format!(
            "the {} of profile {profile} is no longer in the keyring: run `agentmc auth login`",
            kind(auth)
        ))),
        Err(trouble) => Err(trouble.failure(&format!(
            "the {} of profile {profile} cannot be read from the keyring",
            kind(auth)
        ))),
    }
}

/// Keeps a credential of a profile.
pub(crate) fn write(
    profile: &str,
    auth: Auth,
    secret: &str,
    common: &Common,
) -> Result<(), Trouble> {
    let (name, secret) = (entry(profile, auth), secret.to_owned());
    asked(common, move || system::write(&name, &secret))
}

/// Removes a credential of a profile, if it is there.
pub(crate) fn remove(profile: &str, auth: Auth, common: &Common) -> Result<(), Trouble> {
    let name = entry(profile, auth);
    match asked(common, move || system::remove(&name)) {
        Err(Trouble::Missing) => Ok(()),
        removed => removed,
    }
}

/// What a credential is called in the keyring.
fn entry(profile: &str, auth: Auth) -> String {
    format!("{profile}/{}", kind(auth))
}

/// Asks the keyring, unless it is turned off, and waits no longer than a call may take.
fn asked<T: Send + 'static>(
    common: &Common,
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let told = environment(VARIABLE).ok().flatten();
    if told.is_some_and(|told| told.eq_ignore_ascii_case("off")) {
        return Err(Trouble::Off);
    }
    let quiet = common.quiet;
    let waiting = move || {
        note::say(quiet, "waiting for the keyring, which may be asking for its password");
    };
    system::within(common.timeout.unwrap_or(PATIENCE), waiting, work)
}

impl Trouble {
    /// Why, in words.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Missing => "it is not there".to_owned(),
            Self::Off => format!("{VARIABLE} is off"),
            Self::Unusable(why) => why.clone(),
        }
    }

    /// The end of a command that needs the keyring.
    pub(crate) fn failure(&self, doing: &str) -> Failure {
        Failure::io(doing, io::Error::other(self.why()))
    }
}
