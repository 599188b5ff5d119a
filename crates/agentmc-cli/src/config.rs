//! Where the API is and who is calling: flags over environment over profile.

use std::env::VarError;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use agentmc_core::endpoint::Auth;
use agentmc_core::{Api, BaseUrl, BuildError, Credential};

use crate::args::Common;
use crate::failure::Failure;
use crate::secrets::known;
use crate::verbose;

/// The environment variable that holds a credential of a kind.
pub(crate) const fn variable(auth: Auth) -> &'static str {
    match auth {
        Auth::ApiKey => "AGENTMC_API_KEY",
        Auth::AgentBearer => "AGENTMC_AGENT_TOKEN",
        Auth::Bearer => "AGENTMC_BEARER_TOKEN",
        Auth::ConnectToken => "AGENTMC_CONNECT_TOKEN",
        Auth::SessionCookie => "AGENTMC_SESSION_COOKIE",
        // A kind that is new gets no other kind's secret.
        _ => "AGENTMC_CREDENTIAL",
    }
}

/// What a credential of a kind is called in a profile.
pub(crate) const fn kind(auth: Auth) -> &'static str {
    match auth {
        Auth::ApiKey => "api_key",
        Auth::AgentBearer => "agent_token",
        Auth::Bearer => "bearer_token",
        Auth::ConnectToken => "connect_token",
        Auth::SessionCookie => "session_cookie",
        _ => "credential",
    }
}

/// The kind of credential that is called so in a profile.
pub(crate) fn of_kind(name: &str) -> Option<Auth> {
    Auth::ALL.iter().copied().find(|auth| kind(*auth) == name)
}

/// The API as flags and environment describe it.
pub(crate) fn api(common: &Common) -> Result<Api, Failure> {
    let url = base_url(common)?;
    let mut api = placed(tuned(Api::anonymous(), common), url.as_deref(), common)?;
    for auth in Auth::ALL {
        if let Some(secret) = secret(common, *auth)? {
            api = api.credential(Credential::new(*auth, secret.trim())?);
        }
    }
    Ok(api)
}

/// The credential of a kind, if there is one. Nothing that is shown repeats it from then on.
pub(crate) fn secret(common: &Common, auth: Auth) -> Result<Option<String>, Failure> {
    let secret = match &common.api_key_file {
        Some(file) if auth == Auth::ApiKey => Some(read_key(file)?),
        _ => match environment(variable(auth))? {
            Some(secret) => Some(secret),
            None => common.held.secret(auth, common)?,
        },
    };
    secret.iter().for_each(|secret| known::load(secret));
    Ok(secret)
}

/// The base URL that flags or environment name.
pub(crate) fn base_url(common: &Common) -> Result<Option<String>, Failure> {
    match &common.base_url {
        Some(url) => Ok(Some(url.clone())),
        None => environment("AGENTMC_BASE_URL"),
    }
}

/// The same at a base URL, if one is named.
pub(crate) fn placed(api: Api, url: Option<&str>, common: &Common) -> Result<Api, Failure> {
    let Some(url) = url else { return Ok(api) };
    let parse = if common.allow_plain_http { BaseUrl::allowing_plain_http } else { BaseUrl::new };
    Ok(api.at(parse(url).map_err(BuildError::from)?))
}

/// The same with what the flags say about every call, told of if they say so.
pub(crate) fn tuned(mut api: Api, common: &Common) -> Api {
    if let Some(agent) = common.agent {
        api = api.acting_as(agent);
    }
    if let Some(revision) = common.revision {
        api = api.revision(revision);
    }
    if let Some(timeout) = common.timeout {
        api = api.timeout(timeout).connect_timeout(timeout.min(std::time::Duration::from_secs(10)));
    }
    verbose::observed(api.check_limits(!common.no_limits), common.verbose)
}

/// The variable called `name`, if it is set. One that is no text must not be taken for one that is not set.
pub(crate) fn environment(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::input(format!("{name} is not text"))),
    }
}

/// The longest key file that is read, in bytes.
const LONGEST_KEY: u64 = 64 << 10;

pub(crate) fn read_key(file: &Path) -> Result<String, Failure> {
    let shown = file.display();
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(LONGEST_KEY).read_to_string(&mut text));
    let length = read.map_err(|error| {
        Failure::input(format!("the API key file {shown} cannot be read: {error}"))
    })?;
    if text.trim().is_empty() {
        return Err(Failure::input(format!("the API key file {shown} is empty")));
    }
    if length as u64 == LONGEST_KEY {
        return Err(Failure::input(format!("the API key file {shown} is too long for a key")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Auth, kind, of_kind, variable};

    #[test]
    fn every_kind_of_credential_has_a_variable_and_a_name_of_its_own() {
        assert!(Auth::ALL.iter().all(|auth| of_kind(kind(*auth)) == Some(*auth)));
        assert_eq!(of_kind("credential"), None);
        let variables: BTreeSet<&str> = Auth::ALL.iter().map(|auth| variable(*auth)).collect();
        assert_eq!(variables.len(), Auth::ALL.len());
        assert!(!variables.contains("AGENTMC_CREDENTIAL"), "{variables:?}");
    }
}
