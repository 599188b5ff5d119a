//! `agentmc completions`, and the completing itself.

use std::ffi::OsString;

use clap_complete::env::{CompleteEnv, Shells};

use crate::args::Completions;
use crate::complete;
use crate::failure::Failure;
use crate::output::Output;
use crate::resource::tree::{self, Scope};

/// The variable by which a shell asks for completions.
const VARIABLE: &str = "AGENTMC_COMPLETE";

/// Answers a shell that asks for completions; false if none asks.
pub(crate) fn answer(arguments: &[OsString]) -> bool {
    if std::env::var_os(VARIABLE).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    let complete =
        CompleteEnv::with_factory(|| complete::add(tree::root(&Scope::ALL))).var(VARIABLE);
    // What cannot be completed is completed by nothing, and without a word.
    complete.try_complete(arguments.to_vec(), None).unwrap_or(true)
}

/// Prints the script that a shell reads at its start.
pub(crate) fn run(args: &Completions, out: &mut Output) -> Result<(), Failure> {
    let shells = Shells::builtins();
    let shell = shells.completer(&args.shell);
    let shell = shell.ok_or_else(|| Failure::input("there are no completions for this shell"))?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "agentmc", "agentmc", "agentmc", &mut script)?;
    Ok(out.painted(&String::from_utf8_lossy(&script))?)
}
