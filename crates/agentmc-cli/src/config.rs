//! Where the API is and who is calling: flags over environment.

use std::path::Path;

use agentmc_core::endpoint::Auth;
use agentmc_core::{Api, BaseUrl, BuildError, Credential};

use crate::args::Common;
use crate::failure::Failure;

/// The environment variable that holds a credential of a kind.
pub(crate) const fn variable(auth: Auth) -> &'static str {
    match auth {
        Auth::AgentBearer => "AGENTMC_AGENT_TOKEN",
        Auth::Bearer => "AGENTMC_BEARER_TOKEN",
        Auth::ConnectToken => "AGENTMC_CONNECT_TOKEN",
        Auth::SessionCookie => "AGENTMC_SESSION_COOKIE",
        _ => "AGENTMC_API_KEY",
    }
}

/// A credential of a kind.
pub(crate) fn credential(auth: Auth, secret: &str) -> Result<Credential, BuildError> {
    match auth {
        Auth::AgentBearer => Credential::agent_token(secret),
        Auth::Bearer => Credential::bearer_token(secret),
        Auth::ConnectToken => Credential::connect_token(secret),
        Auth::SessionCookie => Credential::session_cookie(secret),
        _ => Credential::api_key(secret),
    }
}

/// Every kind of credential.
pub(crate) const KINDS: &[Auth] =
    &[Auth::ApiKey, Auth::AgentBearer, Auth::Bearer, Auth::ConnectToken, Auth::SessionCookie];

/// The API as flags and environment describe it.
pub(crate) fn api(common: &Common) -> Result<Api, Failure> {
    let mut api = tuned(Api::anonymous(), common);
    if let Some(url) = common.base_url.clone().or_else(|| environment("AGENTMC_BASE_URL")) {
        let parse =
            if common.allow_plain_http { BaseUrl::allowing_plain_http } else { BaseUrl::new };
        api = api.at(parse(&url).map_err(BuildError::from)?);
    }
    for auth in KINDS {
        let secret = match &common.api_key_file {
            Some(file) if *auth == Auth::ApiKey => Some(read_key(file)?),
            _ => environment(variable(*auth)),
        };
        if let Some(secret) = secret {
            api = api.credential(credential(*auth, secret.trim())?);
        }
    }
    Ok(api)
}

/// The same with what the flags say about every call.
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
    api.check_limits(!common.no_limits)
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn read_key(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::input(format!("the API key file {} cannot be read: {error}", file.display()))
    })?;
    if text.trim().is_empty() {
        return Err(Failure::input(format!("the API key file {} is empty", file.display())));
    }
    Ok(text)
}
