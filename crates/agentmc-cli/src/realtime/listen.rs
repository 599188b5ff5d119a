//! `agentmc realtime listen`.

use agentmc_blocking::realtime::Event;
use agentmc_core::types::SignalId;

use super::line::Line;
use super::news::{News, Source};
use super::printer::Printer;
use super::{Listen, end, note};
use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(common: &Common, args: &Listen, out: &mut Output) -> Result<(), Failure> {
    let mut printer = Printer::new(common, out)?;
    let realtime = super::client(common)?.realtime();
    let options = args.claiming.options(&realtime, args.from.unwrap_or_default())?;
    let source = Source::new(realtime.subscribe_session(options))?;
    let mut last = None;
    let result = follow(&source, &mut printer, &mut last);
    tell_last(common, last);
    result
}

/// Prints events until there are no more or Ctrl-C. `last` is where to go on after what was printed.
pub(super) fn follow(
    source: &Source,
    printer: &mut Printer<'_>,
    last: &mut Option<SignalId>,
) -> Result<(), Failure> {
    let mut was_ready = false;
    loop {
        match source.next() {
            News::Event(event, id) => match *event {
                Event::Ended(end) => return end::tell(end, id, was_ready, printer),
                event => {
                    printer.event(&event)?;
                    was_ready |= matches!(event, Event::Ready(_));
                    *last = id;
                }
            },
            News::Stop => return stopped(printer, *last),
            News::Line(_) | News::EndOfInput => {}
        }
    }
}

/// Ends a command that was interrupted.
pub(super) fn stopped(printer: &mut Printer<'_>, last_id: Option<SignalId>) -> Result<(), Failure> {
    let message = "interrupted".to_owned();
    Ok(printer.data(&Line::Ended { reason: "interrupted", message, last_id })?)
}

/// Tells where to go on.
pub(super) fn tell_last(common: &Common, last: Option<SignalId>) {
    if let Some(last) = last {
        note(common, &format!("the last signal is {last} (--from {last} goes on after it)"));
    }
}
