//! `agentmc realtime send`.

use agentmc_blocking::realtime::publish::PublishError;
use agentmc_blocking::realtime::{Event, Outgoing, SessionOptions, Subscription};
use agentmc_core::types::SignalId;
use serde_json::{Map, Value, json};

use super::{Send, end, token};
use crate::args::Common;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::output::Output;

pub(super) fn run(common: &Common, args: &Send, out: &mut Output) -> Result<(), Failure> {
    let channel_type = args.channel_type.trim();
    if channel_type.is_empty() {
        return Err(Failure::input("TYPE must be a channel type, such as chat.agent.done"));
    }
    let message = Outgoing::new(channel_type, content(args.content.as_deref())?);
    let realtime = super::client(common)?.realtime();
    let token = token::of(&args.owner, &realtime)?;
    let mut subscription = realtime.subscribe_session(SessionOptions::session(args.session, token));
    ready(&mut subscription)?;
    let ids = subscription.publish(&message).map_err(|error| unsent(error, args.session))?;
    if out.is_json() {
        Ok(out.json(&json!({"session_id": args.session, "ids": ids}))?)
    } else {
        Ok(out.text(&format!("Stored as {}.", list(&ids)))?)
    }
}

/// The object that the message says.
fn content(source: Option<&str>) -> Result<Map<String, Value>, Failure> {
    let Some(source) = source else { return Ok(Map::new()) };
    let text = Inputs::default().read("the content", source)?.unwrap_or_else(|| source.into());
    // Some editors put a byte order mark before a file.
    match serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text)) {
        Ok(Value::Object(content)) => Ok(content),
        Ok(_) => Err(Failure::input(
            "the content must be a JSON object, such as {\"content\": \"Hello\"}",
        )),
        Err(error) => Err(Failure::input(format!("the content is not JSON: {error}"))),
    }
}

/// Waits until the session is claimed and listened to.
fn ready(subscription: &mut Subscription) -> Result<(), Failure> {
    for event in subscription {
        match event {
            Event::Ready(_) => return Ok(()),
            Event::Ended(end) => {
                let words = end.to_string();
                return end::outcome(end, false).and(Err(Failure::Realtime(words)));
            }
            _ => {}
        }
    }
    Err(Failure::Realtime("the session cannot be listened to".to_owned()))
}

/// What a message that was not stored, or not all of it, is reported as.
pub(super) fn unsent(error: PublishError, session: u64) -> Failure {
    if error.stored.is_empty() {
        return error.error.into();
    }
    let stored = list(&error.stored);
    Failure::Said {
        message: format!("{error}, as {stored}; then: {}", error.error.explain()),
        error: error.error,
        advice: format!("`agentmc sessions signals list {session}` shows what is there"),
    }
}

fn list(ids: &[SignalId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
