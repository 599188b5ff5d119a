//! Profiles: settings that have a name, kept in a file.

use std::time::Duration;

use agentmc_core::endpoint::Auth;
use agentmc_core::types::Secret;
use agentmc_core::{BaseUrl, Revision};
use clap::ValueEnum;
use serde::Deserialize;

use crate::args::{Common, Form, seconds};
use crate::config::{environment, kind, of_kind};
use crate::failure::Failure;

mod fields;
pub(crate) mod file;
mod held;

pub(crate) use held::{Held, Store};

/// The variable that names the profile.
pub(crate) const VARIABLE: &str = "AGENTMC_PROFILE";

/// The variable that says which form output has.
pub(crate) const OUTPUT: &str = "AGENTMC_OUTPUT";

/// The profile that counts when none is named.
const DEFAULT: &str = "default";

/// What a profile says; all of it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) base_url: Option<String>,
    #[serde(default, deserialize_with = "revision")]
    pub(crate) revision: Option<Revision>,
    pub(crate) agent: Option<u64>,
    #[serde(default, deserialize_with = "timeout")]
    pub(crate) timeout: Option<Duration>,
    #[serde(default, deserialize_with = "form")]
    pub(crate) output: Option<Form>,
    api_key: Option<Secret>,
    agent_token: Option<Secret>,
    bearer_token: Option<Secret>,
    connect_token: Option<Secret>,
    session_cookie: Option<Secret>,
    /// The kinds of credentials that are kept in the keyring.
    #[serde(default, deserialize_with = "kinds")]
    keyring: Vec<Auth>,
}

impl Profile {
    /// The credential of a kind that stands in the file.
    fn in_file(&self, auth: Auth) -> Option<&Secret> {
        let secret = match auth {
            Auth::ApiKey => &self.api_key,
            Auth::AgentBearer => &self.agent_token,
            Auth::Bearer => &self.bearer_token,
            Auth::ConnectToken => &self.connect_token,
            Auth::SessionCookie => &self.session_cookie,
            _ => &None,
        };
        secret.as_ref()
    }

    /// Whether one of that kind is in the keyring, be there another in the file or not.
    pub(crate) fn is_in_keyring(&self, auth: Auth) -> bool {
        self.keyring.contains(&auth)
    }

    /// Where the credential of a kind is kept, if there is one; what the file says counts before the keyring.
    pub(crate) fn store(&self, auth: Auth) -> Option<Store> {
        match self.in_file(auth) {
            Some(_) => Some(Store::File),
            None => self.keyring.contains(&auth).then_some(Store::Keyring),
        }
    }
}

/// The profile a command line is meant with.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    /// What named it.
    pub(crate) from: &'static str,
    /// What it says; none if there is no such profile.
    pub(crate) profile: Option<Profile>,
    /// The names of all.
    pub(crate) names: Vec<String>,
}

/// The profile that is named by flag or environment, or the default one.
pub(crate) fn chosen(flag: Option<&str>) -> Result<Chosen, Failure> {
    let (name, from) = named(flag)?;
    let mut profiles = file::read()?;
    let names = profiles.keys().cloned().collect();
    let profile = profiles.remove(&name);
    Ok(Chosen { name, from, profile, names })
}

/// The same as if there were no file, for commands that can do without one.
pub(crate) fn none(flag: Option<&str>) -> Result<Chosen, Failure> {
    let (name, from) = named(flag)?;
    Ok(Chosen { name, from, profile: None, names: Vec::new() })
}

/// The name of the profile, and what gives it.
fn named(flag: Option<&str>) -> Result<(String, &'static str), Failure> {
    Ok(match flag {
        Some(name) => (name.to_owned(), "--profile"),
        None => match environment(VARIABLE)? {
            Some(name) => (name, VARIABLE),
            None => (DEFAULT.to_owned(), DEFAULT),
        },
    })
}

impl Chosen {
    /// Refuses a profile that was named and is not there.
    pub(crate) fn required(&self) -> Result<(), Failure> {
        if self.profile.is_some() || self.from == DEFAULT {
            return Ok(());
        }
        let there = match &*self.names {
            [] => "there is none".to_owned(),
            names => format!("there is {}", names.join(", ")),
        };
        Err(Failure::input(format!("there is no profile `{}` ({}); {there}", self.name, self.from)))
    }

    /// Refuses to make the profile one for another server while it holds credentials of other kinds: they would go
    /// there, too.
    pub(crate) fn refuse_other_server(&self, url: Option<&str>, auth: Auth) -> Result<(), Failure> {
        let (Some(profile), Some(url)) = (&self.profile, url) else { return Ok(()) };
        let own = profile.base_url.as_deref().unwrap_or(BaseUrl::DEFAULT);
        let held =
            Auth::ALL.iter().filter(|kind| **kind != auth && profile.store(**kind).is_some());
        let held: Vec<&str> = held.map(|auth| kind(*auth)).collect();
        if held.is_empty() || same(url, own) {
            return Ok(());
        }
        let (name, held) = (&self.name, held.join(", "));
        Err(Failure::input(format!(
            "profile {name} is for another server and holds its {held}: log out first, or name another with --profile"
        )))
    }

    /// Fills in what neither flags nor environment say.
    pub(crate) fn fill(&self, common: &mut Common) -> Result<(), Failure> {
        let Some(profile) = &self.profile else { return Ok(()) };
        let given = match common.base_url.clone() {
            Some(url) => Some(url),
            None => environment("AGENTMC_BASE_URL")?,
        };
        let own = profile.base_url.as_deref().unwrap_or(BaseUrl::DEFAULT);
        // The credentials for one server are no other server's business.
        if given.as_deref().is_none_or(|given| same(given, own)) {
            common.held = Held::of(&self.name, profile);
        }
        if given.is_none() {
            common.base_url.clone_from(&profile.base_url);
        }
        common.revision = common.revision.or(profile.revision);
        common.agent = common.agent.or(profile.agent);
        common.timeout = common.timeout.or(profile.timeout);
        common.output = common.output.or(profile.output);
        Ok(())
    }

    /// Fills in how output looks, for commands that have a server of their own or none.
    pub(crate) fn fill_output(&self, common: &mut Common) {
        let output = self.profile.as_ref().and_then(|profile| profile.output);
        common.output = common.output.or(output);
    }
}

/// The form of output that environment or profile ask for, as far as they can be read: an error must be told, too.
pub(crate) fn form_of_output(flag: Option<&str>) -> Option<Form> {
    let of_profile = || chosen(flag).ok()?.profile?.output;
    output().ok().flatten().or_else(of_profile)
}

/// The form of output that the environment asks for.
pub(crate) fn output() -> Result<Option<Form>, Failure> {
    let Some(text) = environment(OUTPUT)? else { return Ok(None) };
    let wrong = |error| Failure::input(format!("{OUTPUT}: {error}"));
    form_called(&text).map(Some).map_err(wrong)
}

/// Whether two base URLs are the same.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.trim().trim_end_matches('/') == right.trim().trim_end_matches('/')
}

fn kinds<'de, D: serde::Deserializer<'de>>(read: D) -> Result<Vec<Auth>, D::Error> {
    let names = Vec::<String>::deserialize(read)?;
    let kind = |name: &String| {
        of_kind(name).ok_or_else(|| {
            serde::de::Error::custom(format!("there is no kind of credential `{name}`"))
        })
    };
    names.iter().map(kind).collect()
}

fn revision<'de, D: serde::Deserializer<'de>>(read: D) -> Result<Option<Revision>, D::Error> {
    let text = String::deserialize(read)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

fn timeout<'de, D: serde::Deserializer<'de>>(read: D) -> Result<Option<Duration>, D::Error> {
    let number = f64::deserialize(read)?;
    seconds(&number.to_string()).map(Some).map_err(serde::de::Error::custom)
}

fn form<'de, D: serde::Deserializer<'de>>(read: D) -> Result<Option<Form>, D::Error> {
    let text = String::deserialize(read)?;
    form_called(&text).map(Some).map_err(serde::de::Error::custom)
}

fn form_called(text: &str) -> Result<Form, String> {
    Form::from_str(text.trim(), true).map_err(|_| {
        let forms = Form::value_variants().iter().filter_map(Form::to_possible_value);
        let names: Vec<String> = forms.map(|form| form.get_name().to_owned()).collect();
        format!("there is no form `{text}`; choose one of {}", names.join(", "))
    })
}
