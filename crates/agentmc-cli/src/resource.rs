//! Commands by subject and deed, such as `agentmc tasks list`: made from the registry, none by hand.

use agentmc_core::Endpoint;
use clap::ArgMatches;

use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;
use crate::perform::{self, Request};
use crate::target::Target;
use crate::view::View;

pub(crate) mod flags;
pub(crate) mod naming;
mod read;
pub(crate) mod sending;
pub(crate) mod tree;

use naming::Name;
use sending::Sending;

/// The operation that the command line asks for, if it is one of the commands here.
pub(crate) fn asked(matches: &ArgMatches) -> Option<(Name, &ArgMatches)> {
    let (mut path, mut matches) = (Vec::new(), matches);
    while let Some((word, inner)) = matches.subcommand() {
        path.push(word);
        matches = inner;
    }
    naming::names().find(|name| name.words().eq(path.iter().copied())).map(|name| (name, matches))
}

/// Runs the command of an operation.
pub(crate) fn run(
    common: &Common,
    name: &Name,
    matches: &ArgMatches,
    out: &mut Output,
) -> Result<(), Failure> {
    let endpoint = name.endpoint;
    let sending = Sending::of(matches)?;
    let view = View::of(matches)?;
    let target = Target::new(common)?;
    // Where something is planned in a time zone of its own, its dates are meant in that.
    let own = matches.try_get_one::<String>("param:timezone").ok().flatten();
    let dates = target.dates(common)?.or_in(own.map(String::as_str));
    let params = read::params(endpoint, matches, &sending, &dates)?;
    let missing = read::missing(endpoint, &params, target.api.spoken_revision());
    let request = Request { endpoint, params, sending, view };
    request.refuse_repetition()?;
    let done = match transferred(endpoint, &request) {
        true => crate::transfer::download(&target, common, &request, matches, out),
        false => perform::run(target, common, request, out),
    };
    done.map_err(|failure| failure.of_command(name, &missing))
}

/// Whether the content of a file is wanted, not where it is.
fn transferred(endpoint: &Endpoint, request: &Request) -> bool {
    endpoint.id == crate::transfer::DOWNLOAD && !request.sending.only_shown()
}
