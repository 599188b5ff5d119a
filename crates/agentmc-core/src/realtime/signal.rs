//! Signals: what travels in a session.

use agentmc_types::{AgentRealtimeSession, SessionId, SignalId, SignalSender, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Json, Loose, object};
use super::message::{Carried, Message};

/// The type of a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignalKind {
    /// `message`: application traffic; the payload is an envelope.
    Message,
    /// `close`: the session ends.
    Close,
    /// A type this version does not know.
    Other(Box<str>),
}

/// One signal, whether pushed or listed. What it says is kept as text until it is read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Signal {
    /// The signal's id. Ids grow, with gaps.
    pub id: SignalId,
    /// The session it travels in.
    pub session_id: SessionId,
    /// Who sent it.
    pub sender: SignalSender,
    /// What it is.
    pub kind: SignalKind,
    /// What it says.
    pub payload: Option<Json>,
    /// When it was sent; nothing if the service does not say, or says it in a way that is no time.
    pub created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    id: SignalId,
    #[serde(default)]
    session_id: Option<SessionId>,
    #[serde(borrow, default)]
    sender: Loose<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Loose<'a>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    created_at: Loose<'a>,
}

/// The answer to a listing of signals.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) signals: Vec<Signal>,
    /// The ids of signals that could not be read, where those could.
    pub(crate) unreadable: Vec<Option<SignalId>>,
    pub(crate) rows: usize,
    pub(crate) session: Option<AgentRealtimeSession>,
}

impl SignalKind {
    /// The type as it travels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Message => "message",
            Self::Close => "close",
            Self::Other(kind) => kind,
        }
    }
}

impl From<&str> for SignalKind {
    fn from(kind: &str) -> Self {
        match kind {
            "message" => Self::Message,
            "close" => Self::Close,
            other => Self::Other(other.into()),
        }
    }
}

impl Signal {
    /// Reads a signal from its JSON. Numbers may be strings of digits; `session` is its session if it
    /// does not name one.
    ///
    /// # Errors
    ///
    /// When it is no object, or has no id.
    pub fn read(json: &str, session: SessionId) -> serde_json::Result<Self> {
        let wire: Wire<'_> = object(json)?;
        Ok(Self {
            id: wire.id,
            session_id: wire.session_id.unwrap_or(session),
            sender: wire.sender.as_str().into(),
            kind: wire.kind.as_str().into(),
            payload: wire.payload.map(Json::of),
            created_at: wire.created_at.0.and_then(|text| text.parse().ok()),
        })
    }

    /// The message this signal carries, whoever sent it; nothing if it carries none, or a piece of one.
    #[must_use]
    pub fn message(&self) -> Option<Message> {
        match Message::carried(self) {
            Carried::Whole(shape) => Some(Message::new(self.clone(), shape)),
            Carried::Piece(_) | Carried::Nothing => None,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.payload.as_ref().map_or(0, |payload| payload.as_str().len())
    }
}

impl Listed {
    pub(crate) fn read(body: &[u8], session: SessionId) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            data: Vec<&'a RawValue>,
            #[serde(borrow, default)]
            session: Option<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Id {
            id: SignalId,
        }
        let answer: Answer<'_> = serde_json::from_slice(body)?;
        let mut unreadable = Vec::new();
        let read = |raw: &&RawValue| match Signal::read(raw.get(), session) {
            Ok(signal) => Some(signal),
            Err(_) => {
                unreadable.push(object::<Id>(raw.get()).ok().map(|row| row.id));
                None
            }
        };
        Ok(Self {
            signals: answer.data.iter().filter_map(read).collect(),
            unreadable,
            rows: answer.data.len(),
            session: answer.session.and_then(|raw| serde_json::from_str(raw.get()).ok()),
        })
    }
}
