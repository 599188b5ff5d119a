//! What the end of a subscription means for the command.

use std::io;

use agentmc_blocking::realtime::End;
use agentmc_core::types::SignalId;

use super::line::Line;
use super::printer::Printer;
use crate::failure::Failure;
use crate::secrets::{known, masked_text, masked_with_secrets};
use crate::text::one_line;

/// Tells of the end: people as a result or as an error, programs in any case.
pub(super) fn tell(
    end: End,
    last: Option<SignalId>,
    was_ready: bool,
    printer: &mut Printer<'_>,
) -> Result<(), Failure> {
    printer.data(&Line::ended(&end, last))?;
    let words = format!("ended: {}", words(&end));
    outcome(end, was_ready)?;
    Ok(printer.words(one_line(&words))?)
}

/// The end in words, without what is secret.
pub(super) fn words(end: &End) -> String {
    if let Some(error) = end.error() {
        known::see(masked_with_secrets(&error.to_json()).1);
    }
    known::hidden(&masked_text(&end.to_string()))
}

/// Nothing, if the other side ended what was going on; else why it did not come to that.
pub(super) fn outcome(end: End, was_ready: bool) -> Result<(), Failure> {
    match end {
        End::Closed { .. } | End::ClosedHere | End::Unsubscribed => Ok(()),
        End::Over(_) | End::Expired | End::Gone(_) if was_ready => Ok(()),
        End::Taken(error) => Err(Failure::Said {
            message: error.explain(),
            error,
            advice: "if it is yours, name its token with --owner-token-file; who holds it and is silent for 90 \
                     seconds loses it"
                .to_owned(),
        }),
        End::Gone(error) | End::Refused(error) => Err(error.into()),
        End::Timeout => {
            let error = io::Error::new(io::ErrorKind::TimedOut, End::Timeout.to_string());
            Err(Failure::io("the session cannot be listened to", error))
        }
        end => Err(Failure::Realtime(end.to_string())),
    }
}
