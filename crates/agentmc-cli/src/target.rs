//! The server a command talks to: the configured one, or a sandbox of its own.

use agentmc_core::Api;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::Common;
use crate::config;
use crate::dates::Dates;
use crate::failure::Failure;
use crate::note;

/// The variable that says which time it is, for output that is the same every day.
const NOW: &str = "AGENTMC_NOW";

/// The server a command talks to.
pub(crate) struct Target {
    pub(crate) api: Api,
    pub(crate) now: Timestamp,
    /// Kept running until the command is done.
    #[cfg(feature = "sandbox")]
    _sandbox: Option<agentmc_sandbox::Sandbox>,
}

impl Target {
    /// The server that flags and environment name. A sandbox has a clock of its own.
    pub(crate) fn new(common: &Common) -> Result<Self, Failure> {
        #[cfg(feature = "sandbox")]
        if common.sandbox {
            let sandbox = crate::sandbox::fresh()?;
            let api = config::tuned(crate::sandbox::api(&sandbox)?, common);
            let now = sandbox.world(|world| world.now());
            return Ok(Self { api, now, _sandbox: Some(sandbox) });
        }
        Ok(Self {
            api: config::api(common)?,
            now: now()?,
            #[cfg(feature = "sandbox")]
            _sandbox: None,
        })
    }

    /// How dates on the command line are read.
    pub(crate) fn dates(&self, common: &Common) -> Result<Dates, Failure> {
        let told = std::env::var_os("TZ").is_some_and(|zone| !zone.is_empty());
        if told && common.tz.is_none() && TimeZone::try_system().is_err() {
            note::say(
                common.quiet,
                "TZ names no time zone that is known here: dates are meant in UTC",
            );
        }
        Dates::new(common.tz.as_deref(), self.now).map_err(Failure::Input)
    }
}

/// What time it is.
fn now() -> Result<Timestamp, Failure> {
    match std::env::var(NOW) {
        Ok(text) if !text.is_empty() => text.parse().map_err(|_| {
            Failure::input(format!("{NOW} is no date and time such as 2026-02-22T17:21:00Z"))
        }),
        _ => Ok(Timestamp::now()),
    }
}
