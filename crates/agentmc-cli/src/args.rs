//! The command line.

#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "these comments are the help, printed as they stand"
)]

use std::path::PathBuf;

use agentmc_core::Revision;
use clap::{Parser, Subcommand, ValueEnum};

use crate::auth::AuthArgs;
use crate::config_show::Config;
#[cfg(feature = "sandbox")]
use crate::failure::Failure;
use crate::openapi::Openapi;
use crate::profile::Held;
use crate::realtime::RealtimeArgs;
use crate::resource::sending::Sending;
use crate::view::View;

/// The AgentMC API from the command line.
#[derive(Debug, Parser)]
#[command(name = "agentmc", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The heading of what every command takes.
pub(crate) const EVERYWHERE: &str = "Options of every command";

/// What every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = EVERYWHERE)]
pub(crate) struct Common {
    /// The profile to use [env: AGENTMC_PROFILE] [default: the one called default, if it is there]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Where the API is [env: AGENTMC_BASE_URL] [default: https://agentmc.ai/api/v1]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The file that holds the API key, instead of AGENTMC_API_KEY
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// The agent to act as
    #[arg(long, global = true, value_name = "ID", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) agent: Option<u64>,
    /// The revision of the API to speak: 0.1.1, 0.3.64 or 0.3.169 [default: 0.3.169]
    #[arg(long, global = true)]
    pub(crate) revision: Option<Revision>,
    /// How long one attempt may take, in seconds [default: 30]
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds)]
    pub(crate) timeout: Option<std::time::Duration>,
    /// The form of the output [default: table on a terminal, json otherwise]
    #[arg(short, long, global = true, value_name = "FORM")]
    pub(crate) output: Option<Form>,
    /// When to use colours [default: auto, which is on a terminal, unless NO_COLOR is set]
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true)]
    pub(crate) color: Option<When>,
    /// The time zone that dates without one are meant in, such as Europe/Vienna [default: the local one]
    #[arg(long, global = true, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Say nothing but results and errors: no progress, no notes
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Tell of every request and every reply on standard error; -vv shows bodies, too. Secrets are left out
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Send values beyond the documented lengths, ranges and patterns, too
    #[arg(long, global = true)]
    pub(crate) no_limits: bool,
    /// Allow plain http to another machine; the key then travels unencrypted
    #[arg(long, global = true)]
    pub(crate) allow_plain_http: bool,
    /// The credentials of the profile; environment and key file overrule them.
    #[arg(skip)]
    pub(crate) held: Held,
    /// Run this one command against a fresh server of its own on this machine
    #[cfg(feature = "sandbox")]
    #[arg(long, global = true, conflicts_with_all = ["base_url", "api_key_file"])]
    pub(crate) sandbox: bool,
}

impl Common {
    /// Whether the command has a server of its own, which is none of the profile's business.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox;
        #[cfg(not(feature = "sandbox"))]
        false
    }

    /// Whether no progress is drawn: nobody wants to see it, or there are lines that it would stand between.
    pub(crate) const fn hides_progress(&self) -> bool {
        self.quiet || self.verbose > 0
    }

    /// Refuses flags that say which server to call, how and as whom, where they would have no effect.
    #[cfg(feature = "sandbox")]
    pub(crate) fn refuse_target(&self, command: &str) -> Result<(), Failure> {
        self.refuse_server(command)?;
        Self::refuse([("--revision", self.revision.is_some())], command)
    }

    /// Refuses flags that say which server to call and as whom, where they would have no effect.
    #[cfg(feature = "sandbox")]
    pub(crate) fn refuse_server(&self, command: &str) -> Result<(), Failure> {
        let flags = [
            ("--base-url", self.base_url.is_some()),
            ("--api-key-file", self.api_key_file.is_some()),
            ("--agent", self.agent.is_some()),
        ];
        Self::refuse(flags, command)
    }

    #[cfg(feature = "sandbox")]
    fn refuse<const N: usize>(flags: [(&str, bool); N], command: &str) -> Result<(), Failure> {
        match flags.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((flag, _)) => Err(Failure::input(format!("{flag} means nothing to {command}"))),
        }
    }
}

/// The forms of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// JSON, for programs; every character of a text as it came
    Json,
    /// JSON, one record on a line
    Jsonl,
    /// YAML; the same as the JSON
    Yaml,
    /// Comma-separated values, one record on a line
    Csv,
    /// Text in columns, for people; a space for every control character
    Table,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the operations of the API, or describe one
    Operations(Operations),
    /// Call an operation by its id
    Call(Call),
    /// Read a reply from standard input as the operation would
    Decode(Decode),
    /// Print the documentation of an operation
    Docs(Docs),
    /// Log in with an API key, see whether it counts, log out
    Auth(AuthArgs),
    /// Show the configuration
    Config(Config),
    /// Listen to sessions, send messages, answer people, hear of requested sessions
    Realtime(RealtimeArgs),
    /// Write the API as an OpenAPI 3.1 document, or compare a published one with it
    Openapi(Openapi),
    /// Print what makes a shell complete commands, values and ids
    Completions(Completions),
    /// Write the manual pages into a folder
    Man(Man),
    /// Run an AgentMC server on this machine, for development
    #[cfg(feature = "sandbox")]
    Sandbox(Sandbox),
    /// Show the clients at work: a session of an agent against a server of its own
    #[cfg(feature = "sandbox")]
    Demo,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Operations {
    /// The operation to describe, by any id it ever had
    pub(crate) id: Option<String>,
    /// Only the operations about this subject, such as Tasks
    #[arg(long)]
    pub(crate) tag: Option<String>,
    /// The same as --output json
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Call {
    /// The operation, by any id it ever had
    pub(crate) id: String,
    /// Parameters: name=value, or name:=JSON for a value spelled as JSON (position:=3, due_at:=null)
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) params: Vec<String>,
    #[command(flatten)]
    pub(crate) sending: Sending,
    #[command(flatten)]
    pub(crate) view: View,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Decode {
    /// The operation, by any id it ever had
    pub(crate) id: String,
    /// The status the reply came with [default: the operation's status of success]
    #[arg(long, value_parser = clap::value_parser!(u16).range(100..=999))]
    pub(crate) status: Option<u16>,
    /// The Location header the reply came with, for operations that answer with a redirect
    #[arg(long, value_name = "URL")]
    pub(crate) location: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Docs {
    /// The operation by any id it ever had, or by its command: createTask, or tasks create; or a subject: tasks [default: all]
    #[arg(num_args = 0..=3, value_name = "ID")]
    pub(crate) id: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = ["bash", "elvish", "fish", "powershell", "zsh"])]
    pub(crate) shell: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder; it is made if it is not there
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[cfg(feature = "sandbox")]
#[derive(Debug, clap::Args)]
pub(crate) struct Sandbox {
    /// The port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The seed of the world: the same seed makes the same boards, tasks and keys
    #[arg(long, default_value_t = agentmc_sandbox::Options::default().seed)]
    pub(crate) seed: u64,
    /// A file to keep the world in: go on with it if it is there, whatever the seed, else make it
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// How many requests a credential may make in a minute; any number by default
    #[arg(long, value_name = "N")]
    pub(crate) rate_limit: Option<u32>,
    /// How many milliseconds every reply waits
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,
    /// Something that goes wrong, such as `status=503,operation=listTasks,next=2`; may be repeated
    #[arg(long = "fault", value_name = "SPEC")]
    pub(crate) faults: Vec<agentmc_sandbox::Rule>,
}

pub(crate) fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || "it must be a number of seconds above 0, such as 2.5".to_owned();
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    match std::time::Duration::try_from_secs_f64(seconds) {
        Ok(timeout) if !timeout.is_zero() => Ok(timeout),
        _ => Err(wrong()),
    }
}
