//! The keyring of a build without one.

use std::time::Duration;

use super::Trouble;

fn none<T>() -> Result<T, Trouble> {
    Err(Trouble::Unusable("this build of agentmc has none".to_owned()))
}

pub(super) fn read(_: &str) -> Result<String, Trouble> {
    none()
}

pub(super) fn write(_: &str, _: &str) -> Result<(), Trouble> {
    none()
}

pub(super) fn remove(_: &str) -> Result<(), Trouble> {
    none()
}

pub(super) fn within<T>(
    _: Duration,
    _: impl FnOnce(),
    work: impl FnOnce() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    work()
}
