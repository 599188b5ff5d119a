//! `agentmc auth`: the credentials of a profile, checked against its server and kept in the keyring or in the file of
//! profiles.

use agentmc_core::endpoint::Auth;
use agentmc_core::{Api, BaseUrl, Credential};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::args::Common;
use crate::config::{self, kind, of_kind};
use crate::failure::Failure;
use crate::keyring;
use crate::output::Output;
use crate::profile::{Chosen, Store, file};
use crate::table;

mod login;
mod whose;

#[derive(Debug, clap::Args)]
pub(crate) struct AuthArgs {
    #[command(subcommand)]
    pub(crate) command: AuthCommand,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Ask for an API key, check it against the server, and keep it for the profile
    ///
    /// The key is read from the terminal without showing it, from standard input where that is no terminal, or from
    /// the file that --api-key-file names. It is kept in the keyring of the operating system where there is one, else
    /// in the file of profiles. With --base-url the profile is for that server from then on.
    Login(Login),
    /// Say whether the key that counts is accepted, and where it comes from
    Status(Status),
    /// Remove the credentials of the profile from this machine
    Logout(Logout),
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Login {
    /// The kind of credential to keep
    #[arg(long, value_name = "KIND", default_value = "api_key", value_parser = kinds())]
    credential: Auth,
    /// Where to keep it [default: the keyring where there is one, else the file]
    #[arg(long, value_name = "STORE")]
    store: Option<Where>,
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Status {
    /// The kind of credential to ask about
    #[arg(long, value_name = "KIND", default_value = "api_key", value_parser = kinds())]
    credential: Auth,
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Logout {
    /// The kind of credential to remove [default: all of them]
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    credential: Option<Auth>,
}

/// Where credentials are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Where {
    /// The keyring of the operating system
    Keyring,
    /// The file of profiles, which only its owner can read
    File,
}

/// Reads a kind of credential.
fn kinds() -> impl TypedValueParser<Value = Auth> {
    let names = Auth::ALL.iter().map(|auth| kind(*auth));
    PossibleValuesParser::new(names)
        .try_map(|name| of_kind(&name).ok_or("there is no such kind of credential"))
}

pub(crate) fn run(
    common: &Common,
    args: &AuthArgs,
    chosen: &Chosen,
    out: &mut Output,
) -> Result<(), Failure> {
    if common.is_elsewhere() {
        return Err(Failure::input("--sandbox means nothing to `agentmc auth`"));
    }
    match args.command {
        AuthCommand::Login(login) => login::run(common, login, chosen, out),
        AuthCommand::Status(status) => {
            chosen.required()?;
            run_status(common, status.credential, chosen, out)
        }
        AuthCommand::Logout(logout) => {
            chosen.required()?;
            run_logout(common, logout.credential, chosen, out)
        }
    }
}

fn run_status(
    common: &Common,
    auth: Auth,
    chosen: &Chosen,
    out: &mut Output,
) -> Result<(), Failure> {
    let url = config::base_url(common)?;
    let shown = url.as_deref().unwrap_or(BaseUrl::DEFAULT);
    let held = chosen.profile.as_ref().and_then(|profile| profile.store(auth));
    let (from, store) = if auth == Auth::ApiKey && common.api_key_file.is_some() {
        ("--api-key-file".to_owned(), None)
    } else if config::environment(config::variable(auth))?.is_some() {
        (config::variable(auth).to_owned(), None)
    } else {
        (format!("profile {}", chosen.name), held)
    };
    let secret = config::secret(common, auth)?.ok_or_else(|| {
        let (what, variable) = (called(auth), config::variable(auth));
        let elsewhere = if held.is_some() { " for this server" } else { "" };
        let login = match auth {
            Auth::ApiKey => String::new(),
            auth => format!(" --credential {}", kind(auth)),
        };
        Failure::input(format!(
            "profile {} has no {what}{elsewhere}, and {variable} is not set (run `agentmc auth login{login}`)",
            chosen.name
        ))
    })?;
    let advice = format!("it came from {from}; `agentmc auth login` keeps another");
    // No other kind may answer for this one.
    let api =
        config::tuned(Api::anonymous(), common).credential(Credential::new(auth, secret.trim())?);
    let whose = whose::asked(config::placed(api, url.as_deref(), common)?, auth, &advice)?;
    let place = store.map_or_else(String::new, |store| format!(" ({})", store.as_str()));
    let text = match &whose {
        Some(whose) => {
            format!("The {} from {from}{place} is accepted at {shown}{whose}.", called(auth))
        }
        None => format!("The {} from {from}{place} is set; {UNCHECKED}.", called(auth)),
    };
    let mut json = described(auth, chosen, shown, whose.as_ref());
    json["from"] = from.into();
    json["store"] = store.map(Store::as_str).into();
    say(out, &json, &text)
}

fn run_logout(
    common: &Common,
    kind: Option<Auth>,
    chosen: &Chosen,
    out: &mut Output,
) -> Result<(), Failure> {
    let all = Auth::ALL.iter().copied().filter(|auth| kind.is_none_or(|kind| kind == *auth));
    let mut removed = Vec::new();
    for auth in all {
        let Some(profile) = chosen.profile.as_ref() else { continue };
        let Some(store) = profile.store(auth) else { continue };
        if profile.is_in_keyring(auth) {
            keyring::remove(&chosen.name, auth, common).map_err(|trouble| {
                let what = config::kind(auth);
                trouble.failure(&format!("the {what} cannot be removed from the keyring"))
            })?;
        }
        file::remove(&chosen.name, auth)?;
        removed.push((auth, store));
        if store == Store::File && profile.is_in_keyring(auth) {
            removed.push((auth, Store::Keyring));
        }
    }
    let profile = &chosen.name;
    let mut words: Vec<&str> = removed.iter().map(|(auth, _)| called(*auth)).collect();
    words.dedup();
    let text = match &*words {
        [] => format!("Profile {profile} has no {}.", kind.map_or("credential", called)),
        [one] => format!(
            "The {one} of profile {profile} is gone from this machine; the server still takes it."
        ),
        words => format!(
            "Gone from this machine, of profile {profile}: {}. The server still takes them.",
            words.join(", ")
        ),
    };
    let of = |(auth, store): &(Auth, Store)| json!({"credential": config::kind(*auth), "store": store.as_str()});
    let json = json!({
        "profile": profile,
        "removed": !removed.is_empty(),
        "credentials": removed.iter().map(of).collect::<Vec<_>>(),
    });
    say(out, &json, &text)
}

/// What is said where a credential cannot be checked.
const UNCHECKED: &str = "nothing lists with it in this revision, so it was not checked";

/// What people call a credential.
const fn called(auth: Auth) -> &'static str {
    match auth {
        Auth::ApiKey => "key",
        Auth::AgentBearer => "agent token",
        Auth::Bearer => "bearer token",
        Auth::ConnectToken => "connect token",
        Auth::SessionCookie => "session cookie",
        _ => "credential",
    }
}

fn described(auth: Auth, chosen: &Chosen, url: &str, whose: Option<&whose::Whose>) -> Value {
    json!({
        "profile": chosen.name,
        "credential": kind(auth),
        "base_url": url,
        "checked": whose.is_some(),
        "team_id": whose.and_then(|whose| whose.team),
        "agents": whose.and_then(|whose| whose.agents),
    })
}

fn say(out: &mut Output, json: &Value, text: &str) -> Result<(), Failure> {
    let text = table::wrap(text, out.look().width, 0, 0);
    Ok(if out.is_json() { out.json(json) } else { out.text(&text) }?)
}
