//! `agentmc realtime`: sessions as they happen, at the command line.

#![allow(clippy::doc_markdown, reason = "these comments are the help, printed as they stand")]

use std::io::{self, Write};
use std::path::PathBuf;

use agentmc_blocking::Client;
use agentmc_blocking::realtime::{Realtime, SessionOptions, Start};
use agentmc_core::types::SignalId;
use clap::Subcommand;

use crate::args::Common;
use crate::config;
use crate::failure::Failure;
use crate::output::Output;
use crate::text::one_line;

mod chat;
mod end;
mod host;
mod line;
mod listen;
mod news;
mod printer;
mod send;
mod token;

#[derive(Debug, clap::Args)]
pub(crate) struct RealtimeArgs {
    #[command(subcommand)]
    pub(crate) command: RealtimeCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RealtimeCommand {
    /// Print what happens in a session as it happens, until Ctrl-C or its end
    ///
    /// The session is claimed first. Where the output is no table, every event is one JSON object on a line of its
    /// own; its `event` is state, ready, signal, message, notification, paused, resumed, dropped, unreadable,
    /// late or ended.
    /// The last id is printed on standard error at the end: --from goes on after it.
    Listen(Listen),
    /// Send one message to the browser of a session, and print the ids it is stored under
    ///
    /// The session is claimed first. A message too large for one signal goes in pieces.
    Send(Send),
    /// Answer a person by hand: each line typed answers the last question; the end of input ends it
    ///
    /// Lines typed before anybody asked wait for the first question. The session stays as it is.
    Chat(Chat),
    /// Print the sessions that are requested of a host's agents as they come, until Ctrl-C
    ///
    /// With a heartbeat they are pushed, else listed every two seconds.
    Host(Host),
}

/// Which session, and as whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Claiming {
    /// The session [default: the best of those that are requested]
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<u64>,
    #[command(flatten)]
    pub(crate) owner: Owner,
}

/// What proves a claim.
#[derive(Debug, clap::Args)]
pub(crate) struct Owner {
    /// The file with the token that proves the claim, made if it is not there: who has it shares the session
    #[arg(long, value_name = "FILE")]
    pub(crate) owner_token_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Listen {
    #[command(flatten)]
    pub(crate) claiming: Claiming,
    /// Where to start: after the signal with this id, at the `start` of the session, or `now` [default: now]
    #[arg(long, value_name = "ID|start|now", value_parser = start)]
    pub(crate) from: Option<Start>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// The session
    #[arg(long, value_name = "ID")]
    pub(crate) session: u64,
    #[command(flatten)]
    pub(crate) owner: Owner,
    /// The channel type, such as chat.agent.done
    #[arg(value_name = "TYPE")]
    pub(crate) channel_type: String,
    /// The content, a JSON object, from a file after @, or from standard input for - [default: {}]
    #[arg(value_name = "JSON|@FILE|-")]
    pub(crate) content: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Chat {
    #[command(flatten)]
    pub(crate) claiming: Claiming,
    /// Where to start: after the signal with this id, at the `start` of the session, or `now` [default: start]
    #[arg(long, value_name = "ID|start|now", value_parser = start)]
    pub(crate) from: Option<Start>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Host {
    /// A heartbeat to send once, whose answer says where sessions are pushed: the parameters of `agentmc call
    /// agentHeartbeat` as one JSON object, from a file after @, or from standard input for -
    #[arg(long, value_name = "OBJECT|@FILE|-")]
    pub(crate) json: Option<String>,
}

pub(crate) fn run(common: &Common, args: &RealtimeArgs, out: &mut Output) -> Result<(), Failure> {
    if common.is_elsewhere() {
        return Err(Failure::input(
            "--sandbox means nothing to `agentmc realtime`: nobody could talk in a server that this command has for \
             itself (`agentmc sandbox` starts one for all, with a page to talk from)",
        ));
    }
    match &args.command {
        RealtimeCommand::Listen(listen) => listen::run(common, listen, out),
        RealtimeCommand::Send(send) => send::run(common, send, out),
        RealtimeCommand::Chat(chat) => chat::run(common, chat, out),
        RealtimeCommand::Host(host) => host::run(common, host, out),
    }
}

/// The server that flags and environment name.
fn client(common: &Common) -> Result<Client, Failure> {
    Ok(Client::new(config::api(common)?))
}

impl Claiming {
    fn options(&self, realtime: &Realtime, start: Start) -> Result<SessionOptions, Failure> {
        let token = token::of(&self.owner, realtime)?;
        let options = match self.session {
            Some(session) => SessionOptions::session(session, token),
            None => SessionOptions::best(token),
        };
        Ok(options.start(start))
    }
}

fn start(text: &str) -> Result<Start, String> {
    match text {
        "now" => Ok(Start::Now),
        "start" => Ok(Start::Beginning),
        id => match id.parse() {
            Ok(id) => Ok(Start::After(SignalId(id))),
            Err(_) => Err("it must be the id of a signal, `start` or `now`".to_owned()),
        },
    }
}

/// Tells something that is no result, unless only results are wanted.
fn note(common: &Common, text: &str) {
    if !common.quiet {
        // If standard error is closed there is nobody left to tell.
        let _ = io::stderr().write_all(format!("agentmc: {}\n", one_line(text)).as_bytes());
    }
}
