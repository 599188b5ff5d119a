//! Events as data, and in words.

use std::fmt;

use agentmc_blocking::realtime::{Body, End, Event, Json, Message, Signal, State};
use agentmc_core::types::{
    AgentId, RealtimeSessionStatus, SessionId, SignalId, SignalSender, Timestamp, UserId,
};
use serde::Serialize;

use super::end;
use crate::secrets::known;

/// An event as data. Programs know it by these names; they stay as they are.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Line<'a> {
    State {
        state: &'static str,
        pause_ms: Option<u64>,
        reason: Option<String>,
    },
    /// The session without its socket and its claim, which are secret.
    Ready {
        session_id: SessionId,
        agent_id: AgentId,
        status: &'a RealtimeSessionStatus,
        requested_by_user_id: Option<UserId>,
        expires_at: Option<Timestamp>,
    },
    Listening,
    Signal {
        id: SignalId,
        session_id: SessionId,
        sender: &'a SignalSender,
        r#type: &'a str,
        payload: Option<&'a Json>,
        created_at: Option<Timestamp>,
    },
    Message(Said<'a>),
    Notification(Said<'a>),
    Paused,
    Resumed {
        missed: u32,
    },
    Dropped {
        chunk_id: &'a str,
        r#type: &'a str,
        sender: &'a SignalSender,
        request_id: Option<&'a str>,
        received: usize,
        total: u32,
        first_signal: SignalId,
        reason: String,
    },
    Unreadable {
        id: Option<SignalId>,
    },
    Late {
        seconds: f64,
    },
    SessionRequested {
        session_id: SessionId,
        agent_id: Option<AgentId>,
    },
    Sent {
        request_id: &'a str,
        ids: &'a [SignalId],
    },
    Ended {
        reason: &'static str,
        message: String,
        last_id: Option<SignalId>,
    },
}

/// A message as data.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    id: SignalId,
    session_id: SessionId,
    sender: &'a SignalSender,
    r#type: &'a str,
    request_id: Option<&'a str>,
    payload: &'a Json,
    created_at: Option<Timestamp>,
}

impl<'a> Line<'a> {
    /// An event but the last; nothing for one that this version has no name for.
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::State(state) => Self::state(state)?,
            Event::Ready(session) => Self::Ready {
                session_id: session.id,
                agent_id: session.agent_id,
                status: &session.status,
                requested_by_user_id: session.requested_by_user_id,
                expires_at: session.expires_at,
            },
            Event::Listening => Self::Listening,
            Event::Signal(signal) => Self::Signal {
                id: signal.id,
                session_id: signal.session_id,
                sender: &signal.sender,
                r#type: signal.kind.as_str(),
                payload: signal.payload.as_ref(),
                created_at: signal.created_at,
            },
            Event::Message(message) => Self::Message(Said::new(message)),
            Event::Notification(message) => Self::Notification(Said::new(message)),
            Event::Paused => Self::Paused,
            Event::Resumed { missed } => Self::Resumed { missed: *missed },
            Event::Dropped(dropped) => Self::Dropped {
                chunk_id: &dropped.chunk_id,
                r#type: dropped.channel_type.as_str(),
                sender: &dropped.sender,
                request_id: dropped.request_id.as_deref(),
                received: dropped.received,
                total: dropped.total,
                first_signal: dropped.first_signal,
                reason: dropped.reason.to_string(),
            },
            Event::Unreadable(id) => Self::Unreadable { id: *id },
            Event::Late(time) => Self::Late { seconds: time.as_secs_f64() },
            Event::SessionRequested { session_id, agent_id, .. } => {
                Self::SessionRequested { session_id: *session_id, agent_id: *agent_id }
            }
            _ => return None,
        })
    }

    /// The last event.
    pub(super) fn ended(end: &End, last_id: Option<SignalId>) -> Self {
        Self::Ended { reason: reason(end), message: end::words(end), last_id }
    }

    fn state(state: &State) -> Option<Self> {
        let plain = |state| Self::State { state, pause_ms: None, reason: None };
        Some(match state {
            State::Connecting => plain("connecting"),
            State::Connected => plain("connected"),
            State::Waiting { pause, loss } => Self::State {
                state: "waiting",
                pause_ms: u64::try_from(pause.as_millis()).ok(),
                reason: Some(known::hidden(&loss.to_string())),
            },
            State::Closed => plain("closed"),
            _ => return None,
        })
    }

    /// Whether it is news of the connection, not of the session.
    pub(super) const fn is_of_connection(&self) -> bool {
        matches!(self, Self::State { .. } | Self::Listening | Self::Late { .. })
    }

    /// The event as one line of JSON.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        // What a payload came with between its tokens is all that line breaks can be in JSON.
        Ok(serde_json::to_string(self)?.replace(['\n', '\r'], " "))
    }
}

impl<'a> Said<'a> {
    fn new(message: &'a Message) -> Self {
        Self {
            id: message.signal_id,
            session_id: message.session_id,
            sender: &message.sender,
            r#type: message.channel_type.as_str(),
            request_id: message.request_id(),
            payload: &message.payload,
            created_at: message.created_at,
        }
    }
}

/// The name of an end.
const fn reason(end: &End) -> &'static str {
    match end {
        End::Closed { .. } => "closed",
        End::Over(_) => "over",
        End::Expired => "expired",
        End::Gone(_) => "gone",
        End::Taken(_) => "taken",
        End::Refused(_) => "refused",
        End::Rejected(_) => "rejected",
        End::Timeout => "timeout",
        End::NoneRequested => "none_requested",
        End::Duplicate => "duplicate",
        End::NoSocket => "no_socket",
        End::Address(_) => "address",
        End::Unsubscribed => "unsubscribed",
        End::ClosedHere => "closed_here",
        _ => "other",
    }
}

/// An event in words.
pub(super) struct Words<'a>(pub(super) &'a Event);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Event::State(State::Connecting) => f.write_str("connecting"),
            Event::State(State::Connected) => f.write_str("connected"),
            Event::State(State::Waiting { pause, loss }) => {
                let loss = known::hidden(&loss.to_string());
                write!(f, "{loss}; connecting again in {:.1} s", pause.as_secs_f64())
            }
            Event::State(_) => f.write_str("disconnected"),
            Event::Ready(session) => {
                write!(f, "listening to session {} of agent {}", session.id, session.agent_id)
            }
            Event::Listening => f.write_str("listening to the host's channel"),
            Event::Signal(signal) => match signal.message() {
                Some(message) => said(f, &message),
                None => whole(f, signal),
            },
            Event::Message(message) | Event::Notification(message) => said(f, message),
            Event::Paused => f.write_str("more than can be kept is said; it is told afterwards"),
            Event::Resumed { missed } => write!(f, "listening again; {missed} signals were missed"),
            Event::Dropped(dropped) => dropped.fmt(f),
            Event::Unreadable(Some(id)) => write!(f, "{id}  cannot be read"),
            Event::Unreadable(None) => f.write_str("a signal cannot be read"),
            Event::Late(time) => {
                write!(f, "not listening for {} s now; trying on", time.as_secs())
            }
            Event::SessionRequested { session_id, agent_id: Some(agent), .. } => {
                write!(f, "session {session_id} of agent {agent} is requested")
            }
            Event::SessionRequested { session_id, .. } => {
                write!(f, "session {session_id} is requested")
            }
            other => write!(f, "{other:?}"),
        }
    }
}

fn said(f: &mut fmt::Formatter<'_>, message: &Message) -> fmt::Result {
    write!(f, "{}  {}  {}", message.signal_id, message.sender, message.channel_type)?;
    if let Some(request) = message.request_id() {
        write!(f, " [{request}]")?;
    }
    match message.body() {
        Body::ChatUser(chat) => write!(f, "  {}", chat.text),
        Body::ChatDelta(delta) => write!(f, "  {}", delta.delta),
        Body::ChatDone(done) => write!(f, "  {}", done.content),
        _ => write!(f, "  {}", message.payload),
    }
}

fn whole(f: &mut fmt::Formatter<'_>, signal: &Signal) -> fmt::Result {
    write!(f, "{}  {}  {}", signal.id, signal.sender, signal.kind.as_str())?;
    signal.payload.as_ref().map_or(Ok(()), |payload| write!(f, "  {payload}"))
}

#[cfg(test)]
mod tests {
    use agentmc_blocking::realtime::{Event, Signal};
    use agentmc_core::types::SessionId;

    use super::Line;

    #[test]
    fn a_payload_is_written_as_it_came_but_on_one_line() {
        let json = "{\"id\": \"7\", \"sender\": \"browser\", \"type\": \"note\",\n\
                    \"payload\": {\"z\": 1.50,\n\"a\": 12345678901234567890123}}";
        let signal = Signal::read(json, SessionId(3)).expect("it is a signal");
        let event = Event::Signal(signal);
        let line = Line::of(&event).and_then(|line| line.json().ok()).unwrap_or_default();
        assert_eq!(
            line,
            "{\"event\":\"signal\",\"id\":7,\"session_id\":3,\"sender\":\"browser\",\"type\":\"note\",\
             \"payload\":{\"z\": 1.50, \"a\": 12345678901234567890123},\"created_at\":null}"
        );
    }
}
