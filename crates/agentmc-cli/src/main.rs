//! The AgentMC API from the command line.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

mod args;
mod auth;
mod call;
mod columns;
mod complete;
mod completions;
mod config;
mod config_show;
mod curl;
mod dates;
mod decode;
#[cfg(feature = "sandbox")]
mod demo;
mod docs;
mod failure;
mod help;
mod input;
mod interrupt;
mod keyring;
mod look;
mod man;
mod note;
mod openapi;
mod operations;
mod output;
mod perform;
mod profile;
mod progress;
mod realtime;
mod request;
mod resource;
mod revisions;
#[cfg(feature = "sandbox")]
mod sandbox;
mod secrets;
mod table;
mod target;
mod text;
mod transfer;
mod usage;
mod value;
mod verbose;
mod view;
mod watch;
mod words;

use args::{Args, Command, Common, Form};
use failure::Failure;
use output::Output;
use profile::Chosen;
use resource::tree::{self, Scope, Taken};

fn main() -> ExitCode {
    let arguments = words::asked(std::env::args_os().collect());
    if completions::answer(&arguments) {
        return ExitCode::SUCCESS;
    }
    match understood(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(wants_json(&arguments)),
    }
}

/// Whether errors are wanted as JSON: as the output, which flag, environment or profile choose.
fn wants_json(arguments: &[OsString]) -> bool {
    let profile = words::value(arguments, &["--profile"]);
    let form = words::form(arguments).or_else(|| profile::form_of_output(profile));
    matches!(form, Some(Form::Json | Form::Jsonl))
}

/// Does what the command line says. Only the part of the command tree that it names is built.
fn understood(arguments: &[OsString]) -> Result<(), Failure> {
    let words = words::leading(arguments, &Args::command());
    let taken = Taken {
        limits: !words::has(arguments, "--no-limits"),
        json: words::has(arguments, "--json"),
    };
    let root = tree::root(&Scope::of(words.clone(), taken));
    match root.clone().try_get_matches_from(arguments) {
        Ok(matches) => run(&matches),
        Err(error) => usage::answer(error, &words, &root, words::color(arguments)),
    }
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let wrong = |error: clap::Error| Failure::input(error.to_string());
    let mut common = Common::from_arg_matches(matches).map_err(wrong)?;
    common.output = common.output.map_or_else(profile::output, |form| Ok(Some(form)))?;
    let command = matches.subcommand_name().unwrap_or_default();
    let chosen = chosen(&common, command)?;
    if common.is_elsewhere() || matches!(command, "demo" | "sandbox") {
        chosen.fill_output(&mut common);
    } else {
        chosen.fill(&mut common)?;
    }
    let mut out = Output::new(&common);
    if let Some((name, matches)) = resource::asked(matches) {
        resource::run(&common, &name, matches, &mut out)?;
    } else if let Some(("files", files)) = matches.subcommand() {
        // The one command of a resource that is several operations at once.
        let upload = files.subcommand_matches("upload");
        transfer::upload(&common, upload.unwrap_or(files), &mut out)?;
    } else {
        let args = Args::from_arg_matches(matches).map_err(wrong)?;
        tool(&args, &common, &chosen, &mut out)?;
    }
    Ok(out.finish()?)
}

/// The commands that say what this build knows, or have a server of their own.
const ON_THEIR_OWN: &[&str] =
    &["completions", "decode", "demo", "docs", "man", "openapi", "operations", "sandbox"];

/// The profile that counts. One that cannot be read stops no command that can do without.
fn chosen(common: &Common, command: &str) -> Result<Chosen, Failure> {
    let name = common.profile.as_deref();
    let chosen = profile::chosen(name).and_then(|chosen| {
        // Logging in may begin a profile.
        if command != "auth" {
            chosen.required()?;
        }
        Ok(chosen)
    });
    match chosen {
        Err(Failure::Input(problem))
            if common.is_elsewhere() || ON_THEIR_OWN.contains(&command) =>
        {
            note::say(common.quiet, &format!("no profile is used: {problem}"));
            profile::none(name)
        }
        chosen => chosen,
    }
}

/// Runs a command that is no resource's. The flags as they were given are in `args`, with the profile in `common`.
fn tool(args: &Args, common: &Common, chosen: &Chosen, out: &mut Output) -> Result<(), Failure> {
    match &args.command {
        Command::Call(call) => call::run(common, call, out),
        Command::Completions(completions) => completions::run(completions, out),
        Command::Auth(auth) => auth::run(common, auth, chosen, out),
        Command::Config(config) => config_show::run(&args.common, config, chosen, out),
        Command::Decode(decode) => decode::run(common, decode, out),
        Command::Docs(docs) => docs::run(common, docs, out),
        Command::Man(man) => man::run(man, out),
        Command::Openapi(openapi) => openapi::run(common, openapi, out),
        Command::Operations(operations) => operations::run(common, operations, out),
        Command::Realtime(args) => realtime::run(common, args, out),
        #[cfg(feature = "sandbox")]
        Command::Demo => demo::run(common, out),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(sandbox) => sandbox::run(common, sandbox, out),
    }
}
