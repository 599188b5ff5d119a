//! What travels on a websocket: JSON with an event, data, and often a channel.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::world::Push;

/// A frame that a client sends.
#[derive(Debug, Deserialize)]
pub(super) struct Frame {
    pub(super) event: String,
    #[serde(default, deserialize_with = "data")]
    pub(super) data: Subscription,
}

/// What a client says of a subscription.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Subscription {
    #[serde(default)]
    pub(super) channel: Option<String>,
    #[serde(default)]
    pub(super) auth: Option<String>,
}

/// Data that is no object, as that of a ping may be, says nothing of a subscription. An object may stand in a string.
fn data<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Subscription, D::Error> {
    let data = match Value::deserialize(deserializer)? {
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        other => other,
    };
    Ok(serde_json::from_value(data).unwrap_or_default())
}

/// The greeting. Like every object in a frame of the server, its data is a string.
pub(super) fn established(socket_id: &str, activity_timeout: u64) -> String {
    let data = json!({"socket_id": socket_id, "activity_timeout": activity_timeout});
    json!({"event": "pusher:connection_established", "data": data.to_string()}).to_string()
}

pub(super) fn error(code: u16, message: &str) -> String {
    let data = json!({"code": code, "message": message});
    json!({"event": "pusher:error", "data": data.to_string()}).to_string()
}

pub(super) fn subscribed(channel: &str) -> String {
    let event = "pusher_internal:subscription_succeeded";
    json!({"event": event, "channel": channel, "data": "{}"}).to_string()
}

pub(super) fn refused(channel: &str, error: &str, status: u16) -> String {
    let data = json!({"type": "AuthError", "error": error, "status": status});
    let event = "pusher:subscription_error";
    json!({"event": event, "channel": channel, "data": data.to_string()}).to_string()
}

pub(super) fn pushed(push: &Push) -> String {
    json!({"event": push.event, "channel": push.channel, "data": push.data}).to_string()
}

pub(super) const PING: &str = r#"{"event":"pusher:ping","data":"{}"}"#;
pub(super) const PONG: &str = r#"{"event":"pusher:pong","data":"{}"}"#;

/// An event of exactly so many bytes, as far as that is possible.
pub(super) fn sized(size: usize) -> String {
    const HEAD: &str = r#"{"event":"sandbox.large","data":""#;
    const TAIL: &str = r#""}"#;
    format!("{HEAD}{}{TAIL}", "x".repeat(size.saturating_sub(HEAD.len() + TAIL.len())))
}
