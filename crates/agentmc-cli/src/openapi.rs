//! `agentmc openapi` and `agentmc openapi diff`.

#![allow(clippy::doc_markdown, reason = "these comments are the help, printed as they stand")]

use std::io;
use std::path::{Path, PathBuf};

use agentmc_core::Revision;
use agentmc_openapi::{Change, ChangeKind, diff, document, parse};
use clap::Subcommand;

use crate::args::Common;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Openapi {
    #[command(subcommand)]
    pub(crate) command: Option<OpenapiCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OpenapiCommand {
    /// Say what a published document has, lacks or says differently; the exit code is 1 if anything
    Diff(Diff),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// The document, JSON or YAML, of OpenAPI 3.0 or 3.1; - reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

pub(crate) fn run(common: &Common, args: &Openapi, out: &mut Output) -> Result<(), Failure> {
    let revision = common.revision.unwrap_or_default();
    match &args.command {
        None => Ok(out.json(&document(revision))?),
        Some(OpenapiCommand::Diff(args)) => compared(common, revision, &args.file, out),
    }
}

fn compared(
    common: &Common,
    revision: Revision,
    file: &Path,
    out: &mut Output,
) -> Result<(), Failure> {
    let published = read(file)?;
    let wrong = |error| Failure::input(format!("{}: {error}", called(file)));
    let changes = parse(&published).and_then(|published| diff(&published, revision));
    let changes = changes.map_err(wrong)?;
    if out.is_json() {
        out.json(&changes)?;
    } else if !(common.quiet && changes.is_empty()) {
        out.text(&list(&changes, revision))?;
    }
    if changes.is_empty() {
        return Ok(());
    }
    out.finish()?;
    Err(Failure::Differs)
}

fn read(file: &Path) -> Result<String, Failure> {
    let read = if file == Path::new("-") {
        input::read_at_most(input::MOST, io::stdin().lock())
    } else {
        input::file(file)
    };
    let text = read.and_then(|read| String::from_utf8(read).map_err(io::Error::other));
    text.map_err(|error| Failure::input(format!("{} cannot be read: {error}", called(file))))
}

fn called(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// A line for each change, and how many there are.
fn list(changes: &[Change], revision: Revision) -> String {
    if changes.is_empty() {
        return format!("The document says the same as revision {revision}.");
    }
    let mut text: String = changes.iter().map(|change| format!("{change}\n")).collect();
    let count = |kind| changes.iter().filter(|change| change.kind == kind).count();
    text.push_str(&format!(
        "\nAgainst revision {revision}: {} added, {} gone, {} changed.",
        count(ChangeKind::Added),
        count(ChangeKind::Gone),
        count(ChangeKind::Changed),
    ));
    text
}
