//! Messages: what agents and browsers say to each other inside signals.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use agentmc_types::{SessionId, SignalId, SignalSender, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::chunk::Piece;
use super::json::{Json, Loose, object};
use super::signal::{Signal, SignalKind};

mod body;
mod outgoing;

pub use body::{
    Body, ChatDelta, ChatDone, ChatMeta, ChatUser, FileDelete, FileDeleted, FileFailure, FileSave,
    FileSaved, NotificationBody, Profile, ProfileFailure, ProfileUpdate, ProfileUpdated,
    SnapshotDoc, SnapshotRequest, SnapshotResponse,
};
pub(crate) use outgoing::hex;
pub use outgoing::{FileProblem, Outgoing, base_hash};

/// Declares the channel types this version knows.
macro_rules! channel_types {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal $(| $alias:literal)*,)+) => {
        /// What a message is about. Compared trimmed and in lower case.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ChannelType {
            $($(#[doc = $doc])+ $name,)+
            /// A type this version does not know, trimmed and in lower case.
            Other(Box<str>),
        }

        impl ChannelType {
            /// The type as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }

            fn known(text: &str) -> Option<Self> {
                match text {
                    $($text $(| $alias)* => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

channel_types! {
    /// Somebody talks to the agent.
    ChatUser = "chat.user" | "chat.request",
    /// The browser asks for the agent's files.
    SnapshotRequest = "snapshot.request",
    /// The browser saves a file of the agent.
    FileSave = "file.save",
    /// The browser deletes a file of the agent.
    FileDelete = "file.delete",
    /// The browser changes how the agent presents itself.
    ProfileUpdate = "agent.profile.update",
    /// A part of the agent's answer.
    ChatDelta = "chat.agent.delta",
    /// The agent's whole answer, or why there is none.
    ChatDone = "chat.agent.done",
    /// The agent's files.
    SnapshotResponse = "snapshot.response",
    /// A file was saved.
    FileSaved = "file.save.ok",
    /// A file was not saved.
    FileSaveFailed = "file.save.error",
    /// A file was deleted.
    FileDeleted = "file.delete.ok",
    /// A file was not deleted.
    FileDeleteFailed = "file.delete.error",
    /// The agent's profile was changed.
    ProfileUpdated = "agent.profile.updated",
    /// The agent's profile was not changed.
    ProfileFailed = "agent.profile.error",
}

/// A whole message, joined if it came in pieces.
///
/// Its content is kept as JSON; [`body`](Self::body) reads it, without copying where it can.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The signal it came in; of a message in pieces, the one that completed it.
    pub signal_id: SignalId,
    /// The session it travels in.
    pub session_id: SessionId,
    /// Who sent it.
    pub sender: SignalSender,
    /// What it is about.
    pub channel_type: ChannelType,
    /// When the signal was sent.
    pub created_at: Option<Timestamp>,
    /// The content, as it came.
    pub payload: Json,
    request_id: RequestId,
    notification: bool,
}

/// Where the id of a request stands.
#[derive(Clone, Debug, PartialEq)]
enum RequestId {
    Absent,
    /// In the text around the payload, as it is.
    Span(Range<usize>),
    Text(Box<str>),
}

/// What a payload that is a whole message turns out to be.
#[derive(Debug)]
pub(crate) struct Shape {
    channel_type: ChannelType,
    request_id: RequestId,
    body: Option<Range<usize>>,
    notification: bool,
}

/// What a `message` signal turns out to carry.
#[derive(Debug)]
pub(crate) enum Carried<'a> {
    Whole(Shape),
    Piece(Piece<'a>),
    /// Its payload is no envelope.
    Nothing,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Loose<'a>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request_id: Loose<'a>,
}

/// The members of a body that say how to treat it.
#[derive(Default, Deserialize)]
struct Probe<'a> {
    #[serde(borrow, default)]
    request_id: Loose<'a>,
    #[serde(borrow, default)]
    chunk_id: Loose<'a>,
    #[serde(borrow, default)]
    chunk_index: Loose<'a>,
    #[serde(borrow, default)]
    chunk_total: Loose<'a>,
    #[serde(borrow, default)]
    chunk_encoding: Loose<'a>,
    #[serde(borrow, default)]
    chunk_data: Loose<'a>,
    #[serde(default)]
    notification: Present,
    #[serde(default)]
    notification_type: Present,
    #[serde(default)]
    subject_type: Present,
    #[serde(default)]
    response_action: Present,
    #[serde(default)]
    is_read: Present,
}

/// Whether a member is there, and not null.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<serde::de::IgnoredAny>::deserialize(deserializer)?;
        Ok(Self(value.is_some()))
    }
}

impl Probe<'_> {
    const fn is_notification(&self) -> bool {
        self.notification.0
            || self.notification_type.0
            || self.subject_type.0
            || self.response_action.0
            || self.is_read.0
    }
}

impl From<&str> for ChannelType {
    fn from(text: &str) -> Self {
        let text = text.trim();
        if let Some(known) = Self::known(text) {
            return known;
        }
        let text = text.to_lowercase();
        Self::known(&text).unwrap_or_else(|| Self::Other(text.into()))
    }
}

impl fmt::Display for ChannelType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Message {
    /// The message a signal carries, which is of this shape.
    pub(crate) fn new(signal: Signal, shape: Shape) -> Self {
        let payload = match (signal.payload, shape.body) {
            (Some(payload), Some(body)) => payload.narrow(body),
            _ => Json::empty(),
        };
        Self {
            signal_id: signal.id,
            session_id: signal.session_id,
            sender: signal.sender,
            channel_type: shape.channel_type,
            created_at: signal.created_at,
            payload,
            request_id: shape.request_id,
            notification: shape.notification,
        }
    }

    pub(crate) fn carried(signal: &Signal) -> Carried<'_> {
        let payload = signal.payload.as_ref().filter(|_| signal.kind == SignalKind::Message);
        let Some(payload) = payload else { return Carried::Nothing };
        let Ok(envelope) = object::<Envelope<'_>>(payload.as_str()) else {
            return Carried::Nothing;
        };
        let channel_type = ChannelType::from(envelope.kind.as_str());
        let body = envelope.payload.map_or("{}", RawValue::get);
        let probe: Probe<'_> = object(body).unwrap_or_default();
        if envelope.kind.as_str().trim().is_empty() && !probe.is_notification() {
            return Carried::Nothing;
        }
        if let Some((index, total)) = probe.place() {
            return Carried::Piece(Piece {
                chunk_id: probe.chunk_id.0.unwrap_or_default(),
                index,
                total,
                data: probe.chunk_data.0.unwrap_or_default(),
                channel_type,
                request_id: first_text([probe.request_id, envelope.request_id]),
                signal_id: signal.id,
                session_id: signal.session_id,
                sender: signal.sender.clone(),
                created_at: signal.created_at,
            });
        }
        let notification =
            probe.is_notification() || channel_type.as_str().contains("notification");
        let request_id = match first_text([probe.request_id, envelope.request_id]) {
            None => RequestId::Absent,
            Some(id) => {
                payload.find(&id).map_or_else(|| RequestId::Text(id.into()), RequestId::Span)
            }
        };
        let body = envelope.payload.and_then(|body| payload.find(body.get()));
        Carried::Whole(Shape { channel_type, request_id, body, notification })
    }

    /// A message that was joined from pieces, `last` among them.
    pub(crate) fn joined(last: &Piece<'_>, payload: Json) -> Self {
        let probe: Probe<'_> = object(payload.as_str()).unwrap_or_default();
        let notification =
            probe.is_notification() || last.channel_type.as_str().contains("notification");
        let request_id = first_text([probe.request_id, Loose(last.request_id.clone())]);
        Self {
            signal_id: last.signal_id,
            session_id: last.session_id,
            sender: last.sender.clone(),
            channel_type: last.channel_type.clone(),
            request_id: request_id.map_or(RequestId::Absent, |id| RequestId::Text(id.into())),
            created_at: last.created_at,
            payload,
            notification,
        }
    }

    /// A signal that carries the message whole.
    pub(crate) fn into_signal(self) -> Signal {
        let envelope = serde_json::json!({
            "type": self.channel_type.as_str(), "payload": self.payload.value(),
        });
        Signal {
            id: self.signal_id,
            session_id: self.session_id,
            sender: self.sender,
            kind: SignalKind::Message,
            payload: Json::new(envelope.to_string()).ok(),
            created_at: self.created_at,
        }
    }

    /// What an answer must name, so that the browser knows what it answers.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match &self.request_id {
            RequestId::Absent => None,
            RequestId::Span(span) => self.payload.around(span),
            RequestId::Text(id) => Some(id),
        }
    }

    /// The content, by its channel type. Content that is not what its type says is [`Body::Other`].
    #[must_use]
    pub fn body(&self) -> Body<'_> {
        Body::read(self)
    }

    /// Whether it is a notification, which may come from anyone.
    #[must_use]
    pub const fn is_notification(&self) -> bool {
        self.notification
    }

    /// Whether it asks the agent for something: only browsers do.
    #[must_use]
    pub fn is_request(&self) -> bool {
        self.sender == SignalSender::Browser
    }
}

impl Shape {
    pub(crate) const fn is_notification(&self) -> bool {
        self.notification
    }
}

impl Probe<'_> {
    /// Which piece of how many a body is, if it is one.
    fn place(&self) -> Option<(u32, u32)> {
        if self.chunk_id.as_str().is_empty() || self.chunk_encoding.as_str() != "base64json" {
            return None;
        }
        let number = |text: &Loose<'_>| text.number().and_then(|n| u32::try_from(n).ok());
        let (index, total) = (number(&self.chunk_index)?, number(&self.chunk_total)?);
        (1 <= index && index <= total).then_some((index, total))
    }
}

/// The first text that is not empty.
fn first_text<const N: usize>(texts: [Loose<'_>; N]) -> Option<Cow<'_, str>> {
    texts.into_iter().filter_map(|text| text.0).find(|text| !text.is_empty())
}
