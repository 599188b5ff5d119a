//! The AgentMC API from the command line.

use std::process::ExitCode;

use clap::Parser;

mod args;
mod call;
mod config;
mod curl;
mod decode;
#[cfg(feature = "sandbox")]
mod demo;
mod failure;
mod operations;
mod output;
mod request;
#[cfg(feature = "sandbox")]
mod sandbox;
mod table;
mod text;
mod usage;
mod value;

use args::{Args, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let result = match Args::try_parse() {
        Ok(args) => {
            let mut out = Output::new(args.common.output);
            run(&args, &mut out).and_then(|()| Ok(out.finish()?))
        }
        Err(error) => usage::answer(&error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(args: &Args, out: &mut Output) -> Result<(), Failure> {
    match &args.command {
        Command::Call(call) => call::run(&args.common, call, out),
        Command::Decode(decode) => decode::run(&args.common, decode, out),
        Command::Operations(operations) => operations::run(&args.common, operations, out),
        #[cfg(feature = "sandbox")]
        Command::Demo => demo::run(&args.common, out),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(sandbox) => sandbox::run(&args.common, sandbox, out),
    }
}
