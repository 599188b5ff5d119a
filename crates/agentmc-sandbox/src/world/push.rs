//! What a world has its websockets say.

use agentmc_types::{AgentRealtimeSession, AgentRealtimeSignal, HostId};
use serde_json::json;

use super::World;

/// The event that carries a signal.
pub(crate) const SIGNAL: &str = "agent.realtime.signal";

/// The event that tells a host of a session somebody asks for.
pub(crate) const REQUESTED: &str = "agent.realtime.host.session.requested";

/// The largest data of a push, in bytes of JSON.
const MAX_DATA: usize = 10_000;

/// How many pushes wait to be taken.
const WAITING: usize = 10_000;

/// An event for everybody who has subscribed to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Push {
    /// The channel.
    pub channel: String,
    /// The event's name.
    pub event: String,
    /// What it says: the JSON of an object.
    pub data: String,
}

impl World {
    /// Takes what has been pushed since the last time, in order. What nobody takes is forgotten: no more than the
    /// last 10,000 wait.
    ///
    /// A signal of more than 10,000 bytes is stored and never pushed.
    pub fn take_pushes(&mut self) -> Vec<Push> {
        std::mem::take(&mut self.pushes).into()
    }

    /// Tells whoever listens to a session of a signal in it.
    pub(super) fn push_signal(&mut self, signal: &AgentRealtimeSignal) {
        let Some(session) = self.sessions.get(&signal.session_id) else { return };
        let channel = session_channel(session);
        let data = json!({
            "id": signal.id,
            "session_id": signal.session_id,
            "sender": signal.sender,
            "type": signal.kind,
            "payload": signal.payload,
            "created_at": signal.created_at,
        });
        self.push(Push { channel, event: SIGNAL.to_owned(), data: data.to_string() });
    }

    /// Tells the host of an agent that somebody asks for it.
    pub(super) fn push_request(&mut self, session: &AgentRealtimeSession) {
        let host = self.agents.get(&session.agent_id).and_then(|agent| agent.host_id);
        let Some(host) = host else { return };
        let data = json!({
            "session_id": session.id,
            "agent_id": session.agent_id,
            "requested_by_user_id": session.requested_by_user_id,
        });
        let event = REQUESTED.to_owned();
        self.push(Push { channel: host_channel(host), event, data: data.to_string() });
    }

    fn push(&mut self, push: Push) {
        if push.data.len() > MAX_DATA {
            return;
        }
        if self.pushes.len() >= WAITING {
            self.pushes.pop_front();
        }
        self.pushes.push_back(push);
    }
}

/// The channel of a session.
pub(crate) fn session_channel(session: &AgentRealtimeSession) -> String {
    format!("private-agent-realtime.{}.{}", session.agent_id, session.id)
}

/// The channel of a host.
pub(crate) fn host_channel(host: HostId) -> String {
    format!("private-agent-realtime-host.{host}")
}
