//! Realtime without I/O: sessions, their signals, and the websocket they travel on.
//!
//! Tell [`Realtime::handle`] what happened and when, then do everything [`Realtime::poll`] says until it
//! says nothing. Come back with [`Input::Timeout`] at [`Realtime::deadline`] if nothing happens before.
//! Nothing here waits, reads a clock or opens a socket, and `handle` may be called any number of times
//! before `poll`.
//!
//! Time is a [`Duration`](std::time::Duration) since any moment of the driver's choice; it must not go
//! back. Calls are made with the same driver as all others and answered in any order. A websocket has one
//! id from [`Output::Open`] on until it is closed, by either side.
//!
//! ```
//! use std::time::Duration;
//!
//! use agentmc_core::realtime::message::Body;
//! use agentmc_core::realtime::{Config, Event, Input, Output, Realtime, SessionOptions};
//! use agentmc_core::{Api, Credential};
//!
//! // What a service would answer, by operation.
//! let session = r#"{"id": 42, "team_id": 1, "agent_id": 7, "status": "claimed", "socket": {
//!     "connection": {"key": "app", "host": "ws.example.com"}, "channel": "private-agent-realtime.7.42"}}"#;
//! let answer = |operation: &str| match operation {
//!     "claimAgentRealtimeSession" => format!(r#"{{"data": {session}}}"#),
//!     "authenticateAgentRealtimeSocket" => r#"{"auth": "app:5ca1ab1e"}"#.to_owned(),
//!     "listAgentRealtimeSignals" => format!(r#"{{"data": [], "session": {session}}}"#),
//!     other => panic!("{other} is not called"),
//! };
//!
//! let api = Api::new(Credential::api_key("cc_key")?).acting_as(7);
//! let mut realtime = Realtime::new(Config::new(api, 1, "2026-02-22T17:21:00Z".parse()?));
//! let now = Duration::ZERO;
//! let subscription =
//!     realtime.subscribe_session(now, SessionOptions::session(42, "agent-claim:16f4a0c2d9"));
//!
//! let mut heard = Vec::new();
//! while let Some(output) = realtime.poll() {
//!     match output {
//!         Output::Call(id, call) => {
//!             let reply = http::Response::new(answer(call.endpoint().id).into());
//!             realtime.handle(now, Input::Replied(id, Ok(reply)));
//!         }
//!         Output::Open { socket, url, origin } => {
//!             assert!(url.starts_with("wss://ws.example.com:443/app/app?protocol=7&"));
//!             assert_eq!(origin, "https://agentmc.ai");
//!             let hello = r#"{"event": "pusher:connection_established",
//!                             "data": "{\"socket_id\": \"1.2\", \"activity_timeout\": 30}"}"#;
//!             realtime.handle(now, Input::Opened(socket));
//!             realtime.handle(now, Input::Received(socket, hello));
//!         }
//!         Output::Send(socket, text) => {
//!             assert!(text.contains("pusher:subscribe") && text.contains("5ca1ab1e"));
//!             let subscribed = r#"{"event": "pusher_internal:subscription_succeeded",
//!                                  "channel": "private-agent-realtime.7.42", "data": "{}"}"#;
//!             let question = r#"{"event": "agent.realtime.signal",
//!                 "channel": "private-agent-realtime.7.42",
//!                 "data": {"id": 9, "session_id": 42, "sender": "browser", "type": "message", "payload":
//!                     {"type": "chat.user", "payload": {"content": "Ready?", "request_id": "r1"}}}}"#;
//!             realtime.handle(now, Input::Received(socket, subscribed));
//!             realtime.handle(now, Input::Received(socket, question));
//!         }
//!         Output::Event(_, Event::Message(message)) => {
//!             let Body::ChatUser(chat) = message.body() else { panic!("it is a chat message") };
//!             heard.push(chat.text.into_owned());
//!         }
//!         Output::Event(..) | Output::CloseSocket(..) | _ => {}
//!     }
//! }
//! assert_eq!(heard, ["Ready?"]);
//! assert_eq!(realtime.last_id(subscription), Some(9.into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//!
//! * [`Realtime`]: everything joined, which is what frontends drive.
//! * [`connection`]: one websocket and its channels. [`inbox`]: each signal once, in order.
//! * [`message`]: what signals say. [`chunk`]: messages too large for one signal.
//! * [`mailbox`]: what a subscriber has been told and not yet taken. [`Subscriber`]: that, and how the subscriber
//!   stands to its session.
//! * [`claim`]: choosing and claiming a session. [`publish`]: sending a message.
//! * [`address`]: where a websocket goes.

pub mod address;
pub mod chunk;
pub mod claim;
pub mod connection;
mod end;
mod frame;
mod host;
pub mod inbox;
mod jitter;
mod json;
mod machine;
pub mod mailbox;
pub mod message;
mod options;
pub mod publish;
mod retry;
mod session;
mod signal;
mod subscriber;
mod timers;

pub use address::Address;
pub use connection::{Connection, Patience, SocketId, State};
pub use end::{End, Loss};
pub use host::Announcement;
pub use inbox::{Gaps, Inbox, Start};
pub use json::Json;
pub use machine::{Input, Output, Realtime, SubscriptionId};
pub use mailbox::{Mailbox, MailboxLimits};
pub use message::{Body, ChannelType, Message, Outgoing};
pub use options::{Config, Event, HostOptions, SessionOptions, Tuning};
pub use publish::{Publish, PublishStep};
pub use signal::{Signal, SignalKind};
pub use subscriber::Subscriber;

/// A call made by a machine, until it is told what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);
