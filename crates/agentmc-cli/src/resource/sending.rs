//! How a request is put together, and whether it is sent.

#![allow(clippy::doc_markdown, reason = "these comments are the help, printed as they stand")]

use clap::{ArgMatches, FromArgMatches};

use crate::failure::Failure;

/// What every call takes.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct Sending {
    /// Parameters as one JSON object, from a file after @, or from standard input for -; others win over it
    #[arg(long, value_name = "OBJECT|@FILE|-")]
    pub(crate) json: Option<String>,
    /// Fetch every page of a listing
    #[arg(long)]
    pub(crate) all: bool,
    /// Print the request instead of sending it
    #[arg(long, conflicts_with = "all")]
    pub(crate) dry_run: bool,
    /// Print the request as a curl command instead of sending it
    #[arg(long, conflicts_with_all = ["all", "dry_run"])]
    pub(crate) curl: bool,
}

impl Sending {
    /// What the command line says.
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        Self::from_arg_matches(matches).map_err(|error| Failure::input(error.to_string()))
    }

    /// Whether the request is shown instead of sent.
    pub(crate) const fn only_shown(&self) -> bool {
        self.dry_run || self.curl
    }
}
