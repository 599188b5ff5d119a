//! `agentmc config show`: every setting, and where it comes from.

use agentmc_core::endpoint::Auth;
use agentmc_core::{BaseUrl, Revision};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::Common;
use crate::config::{environment, kind, variable};
use crate::failure::Failure;
use crate::output::Output;
use crate::profile::{Chosen, OUTPUT, Profile, file, output, same};
use crate::table;
use crate::text::one_line;

#[derive(Debug, clap::Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting and where it comes from: a flag, the environment, the profile or the default
    Show,
}

/// One setting. The value of a secret is that it is set.
#[derive(Debug, Serialize)]
struct Setting {
    name: &'static str,
    value: Value,
    from: String,
}

/// Shows what counts for a command with these flags, before the profile fills them in.
pub(crate) fn run(
    given: &Common,
    args: &Config,
    chosen: &Chosen,
    out: &mut Output,
) -> Result<(), Failure> {
    let ConfigCommand::Show = args.command;
    let settings = settings(given, chosen)?;
    let path = file::path().map(|path| path.display().to_string());
    if out.is_json() {
        return Ok(out.json(&json!({"file": path, "data": settings}))?);
    }
    let row = |setting: &Setting| {
        let value = match &setting.value {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        vec![setting.name.to_owned(), value, setting.from.clone()]
    };
    let rows: Vec<Vec<String>> = settings.iter().map(row).collect();
    let text = table::every_column(&["SETTING", "VALUE", "FROM"], &rows, out.look());
    let file =
        path.map_or_else(String::new, |path| format!("\nProfiles are kept in {}", one_line(&path)));
    Ok(out.painted(&format!("{}{file}", text.trim_end().to_owned() + "\n"))?)
}

fn settings(given: &Common, chosen: &Chosen) -> Result<Vec<Setting>, Failure> {
    let none = Profile::default();
    let profile = chosen.profile.as_ref().unwrap_or(&none);
    let from_profile = format!("profile {}", chosen.name);
    let choose = |name, flag: Option<Value>, held: Option<Value>, default: Value| {
        let (value, from) = match (flag, held) {
            (Some(value), _) => (value, format!("--{}", str::replace(name, "_", "-"))),
            (None, Some(value)) => (value, from_profile.clone()),
            (None, None) => (default, "default".to_owned()),
        };
        Setting { name, value, from }
    };
    let revision = |revision: Revision| Value::from(revision.as_str());
    let seconds = |time: std::time::Duration| Value::from(time.as_secs_f64());
    let form = |form: crate::args::Form| {
        form.to_possible_value().map_or(Value::Null, |form| form.get_name().into())
    };

    let mut settings = vec![Setting {
        name: "profile",
        value: chosen.name.clone().into(),
        from: chosen.from.to_owned(),
    }];
    let url = match environment("AGENTMC_BASE_URL")?.filter(|_| given.base_url.is_none()) {
        Some(url) => {
            Setting { name: "base_url", value: url.into(), from: "AGENTMC_BASE_URL".to_owned() }
        }
        None => choose(
            "base_url",
            given.base_url.clone().map(Value::from),
            profile.base_url.clone().map(Value::from),
            BaseUrl::DEFAULT.into(),
        ),
    };
    let own = profile.base_url.as_deref().unwrap_or(BaseUrl::DEFAULT);
    let is_own = url.value.as_str().is_some_and(|url| same(url, own));
    let shown = url.value.as_str().map(without_secrets).unwrap_or_default();
    settings.extend([
        Setting { value: shown.into(), ..url },
        choose(
            "revision",
            given.revision.map(revision),
            profile.revision.map(revision),
            Revision::LATEST.as_str().into(),
        ),
        choose("agent", given.agent.map(Value::from), profile.agent.map(Value::from), Value::Null),
        choose("timeout", given.timeout.map(seconds), profile.timeout.map(seconds), 30.into()),
        match output()?.filter(|_| given.output.is_none()) {
            Some(told) => Setting { name: "output", value: form(told), from: OUTPUT.to_owned() },
            None => choose("output", given.output.map(form), profile.output.map(form), Value::Null),
        },
    ]);
    for auth in Auth::ALL {
        settings.extend(secret(*auth, given, profile, &from_profile, is_own)?);
    }
    Ok(settings)
}

/// A base URL without what it should not hold: a user with a password, and a query.
fn without_secrets(url: &str) -> String {
    let (place, more) = match url.find(['?', '#']) {
        Some(at) => (&url[..at], format!("{}<secret>", &url[at..=at])),
        None => (url, String::new()),
    };
    let (scheme, rest) = place.split_at(place.find("://").map_or(0, |at| at + 3));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // What stands in a password need not be encoded as it should be.
    match (host.rsplit_once('@'), rest.rsplit_once('@')) {
        (Some((_, host)), _) => format!("{scheme}<secret>@{host}{path}{more}"),
        (None, Some((_, rest))) => format!("{scheme}<secret>@{rest}{more}"),
        (None, None) => format!("{place}{more}"),
    }
}

/// Whether a credential is set, and where; nothing of one that is not, but of the API key.
fn secret(
    auth: Auth,
    given: &Common,
    profile: &Profile,
    from_profile: &str,
    is_own: bool,
) -> Result<Option<Setting>, Failure> {
    let is_key = auth == Auth::ApiKey;
    let name = kind(auth);
    let set = |from: String| Some(Setting { name, value: "set".into(), from });
    if is_key && given.api_key_file.is_some() {
        return Ok(set("--api-key-file".to_owned()));
    }
    if environment(variable(auth))?.is_some() {
        return Ok(set(variable(auth).to_owned()));
    }
    let not = |from: String| Some(Setting { name, value: Value::Null, from });
    Ok(match (profile.store(auth), is_own) {
        (Some(store), true) => set(format!("{from_profile} ({})", store.as_str())),
        (Some(_), false) => not(format!("{from_profile} has one for another base_url")),
        (None, _) if is_key => not("default".to_owned()),
        (None, _) => None,
    })
}
