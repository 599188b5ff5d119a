//! `agentmc auth`: the key of a profile, checked against its server and kept in the file of profiles.

use std::io::{IsTerminal, Read};

use agentmc_blocking::Client;
use agentmc_core::endpoint::Auth;
use agentmc_core::{Api, BaseUrl, Credential, Error, ErrorKind};
use clap::Subcommand;
use serde_json::{Map, Value, json};

use crate::args::Common;
use crate::config;
use crate::failure::Failure;
use crate::output::Output;
use crate::profile::{Chosen, file};

#[derive(Debug, clap::Args)]
pub(crate) struct AuthArgs {
    #[command(subcommand)]
    pub(crate) command: AuthCommand,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Ask for an API key, check it against the server, and keep it in the profile
    ///
    /// The key is read from the terminal without showing it, from standard input where that is no terminal, or from
    /// the file that --api-key-file names. With --base-url the profile is for that server from then on.
    Login,
    /// Say whether the key that counts is accepted, and where it comes from
    Status,
    /// Take the key out of the profile
    Logout,
}

/// Whom the server takes the key for.
struct Whose {
    team: Option<u64>,
    agents: Option<u64>,
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
        AuthCommand::Login => login(common, chosen, out),
        AuthCommand::Status => {
            chosen.required()?;
            status(common, chosen, out)
        }
        AuthCommand::Logout => {
            chosen.required()?;
            logout(chosen, out)
        }
    }
}

fn login(common: &Common, chosen: &Chosen, out: &mut Output) -> Result<(), Failure> {
    let key = match &common.api_key_file {
        Some(file) => config::read_key(file)?,
        None => typed()?,
    };
    let key = key.trim();
    if key.is_empty() {
        return Err(Failure::input("no API key was given"));
    }
    let url = config::base_url(common)?;
    let api = Api::anonymous().credential(Credential::new(Auth::ApiKey, key)?);
    let whose = asked(config::placed(config::tuned(api, common), url.as_deref(), common)?)?;
    let path = file::store(&chosen.name, url.as_deref(), key)?;
    let shown = url.as_deref().unwrap_or(BaseUrl::DEFAULT);
    let text = format!(
        "The key is accepted at {shown}{}. It is kept in profile {}, in {}.",
        whose.words(),
        chosen.name,
        path.display()
    );
    let mut json = whose.json(chosen, shown);
    json["file"] = path.display().to_string().into();
    say(out, &json, &text)
}

fn status(common: &Common, chosen: &Chosen, out: &mut Output) -> Result<(), Failure> {
    let api = config::api(common)?;
    let url = config::base_url(common)?;
    let from = if common.api_key_file.is_some() {
        "--api-key-file".to_owned()
    } else if config::environment(config::variable(Auth::ApiKey))?.is_some() {
        config::variable(Auth::ApiKey).to_owned()
    } else {
        format!("profile {}", chosen.name)
    };
    let whose = asked(api)?;
    let shown = url.as_deref().unwrap_or(BaseUrl::DEFAULT);
    let text = format!("The key from {from} is accepted at {shown}{}.", whose.words());
    let mut json = whose.json(chosen, shown);
    json["from"] = from.into();
    say(out, &json, &text)
}

fn logout(chosen: &Chosen, out: &mut Output) -> Result<(), Failure> {
    let removed = file::remove_key(&chosen.name)?;
    let text = if removed {
        format!(
            "The key of profile {} is gone from this machine; the server still takes it.",
            chosen.name
        )
    } else {
        format!("Profile {} has no key.", chosen.name)
    };
    say(out, &json!({"profile": chosen.name, "removed": removed}), &text)
}

fn say(out: &mut Output, json: &Value, text: &str) -> Result<(), Failure> {
    Ok(if out.is_json() { out.json(json) } else { out.text(text) }?)
}

/// The longest key that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// The key, from the terminal without showing it, or from standard input.
fn typed() -> Result<String, Failure> {
    let unreadable = |error| Failure::io("the API key cannot be read", error);
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("API key: ").map_err(unreadable);
    }
    let mut text = String::new();
    std::io::stdin().take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// Asks the server. A key that may not list agents is a key all the same.
fn asked(api: Api) -> Result<Whose, Failure> {
    let params = Map::from_iter([("per_page".to_owned(), Value::from(1))]);
    match Client::new(api).call("listAgents", params) {
        Ok(page) => Ok(Whose {
            team: page.pointer("/data/0/team_id").and_then(Value::as_u64),
            agents: page.pointer("/meta/total").and_then(Value::as_u64),
        }),
        Err(error) if error.kind() == ErrorKind::Forbidden => {
            Ok(Whose { team: None, agents: None })
        }
        Err(Error::Api(error)) if error.kind() == ErrorKind::Unauthorized => Err(Failure::Said {
            message: Error::Api(error.clone()).explain(),
            error: Error::Api(error),
            advice: "nothing was stored; check the key, and that it is of this server".to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

impl Whose {
    fn words(&self) -> String {
        let team = self.team.map_or_else(String::new, |team| format!(", for team {team}"));
        let agents = match self.agents {
            None => String::new(),
            Some(1) => ", with 1 agent".to_owned(),
            Some(agents) => format!(", with {agents} agents"),
        };
        format!("{team}{agents}")
    }

    fn json(&self, chosen: &Chosen, url: &str) -> Value {
        json!({"profile": chosen.name, "base_url": url, "team_id": self.team, "agents": self.agents})
    }
}
