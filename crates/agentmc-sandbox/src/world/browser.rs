//! The browser's side of realtime sessions.

use agentmc_types::{
    AgentId, AgentRealtimeSession, AgentRealtimeSignal, Object, RealtimeSessionStatus, SessionId,
    SignalId, SignalSender,
};

use super::World;

/// How long a session lasts, in seconds.
const LIFE: i64 = 24 * 60 * 60;

/// The kind of the signal that ends a session.
pub(crate) const CLOSE: &str = "close";

impl World {
    /// The owner of the agent's team asks for a realtime session with it; `None` if there is no such agent.
    ///
    /// The clock advances by one second.
    pub fn request_session(&mut self, agent: AgentId) -> Option<SessionId> {
        let team = self.agents.get(&agent)?.team_id;
        let user = self.teams.get(&team)?.members.first()?.id;
        self.advance(1);
        let (now, end) = (self.now(), self.after(LIFE));
        Some(self.sessions.add(|id| {
            AgentRealtimeSession::new(id, team, agent, RealtimeSessionStatus::Requested)
                .requested_by_user_id(user)
                .expires_at(end)
                .last_browser_heartbeat_at(now)
                .meta(Object::new())
                .created_at(now)
                .updated_at(now)
        }))
    }

    /// A browser sends a signal in a session; `None` if there is no such session or it has ended.
    ///
    /// A signal of the kind `close` ends the session. The clock advances by one second.
    pub fn browser_says(
        &mut self,
        session: SessionId,
        kind: &str,
        payload: Object,
    ) -> Option<SignalId> {
        self.sessions.get(&session).filter(|session| !has_ended(session))?;
        self.advance(1);
        let now = self.now();
        let session = self.sessions.get_mut(&session)?;
        session.last_browser_heartbeat_at = Some(now);
        session.updated_at = Some(now);
        if kind == CLOSE {
            session.status = RealtimeSessionStatus::Closed;
            session.closed_at = Some(now);
        }
        let session = session.id;
        self.signal(session, SignalSender::Browser, kind, Some(payload))
    }

    /// Stores a signal. The first one in a claimed session opens it, unless it is the last.
    pub(crate) fn signal(
        &mut self,
        session: SessionId,
        sender: SignalSender,
        kind: &str,
        payload: Option<Object>,
    ) -> Option<SignalId> {
        let now = self.now();
        let session = self.sessions.get_mut(&session)?;
        if session.status == RealtimeSessionStatus::Claimed && kind != CLOSE {
            session.status = RealtimeSessionStatus::Active;
            session.opened_at.get_or_insert(now);
        }
        session.updated_at = Some(now);
        let (id, team, agent) = (session.id, session.team_id, session.agent_id);
        Some(self.signals.add(|signal| {
            let mut signal = AgentRealtimeSignal::new(signal, id, sender, kind)
                .team_id(team)
                .agent_id(agent)
                .created_at(now)
                .updated_at(now);
            signal.payload = payload;
            signal
        }))
    }
}

/// Whether nothing travels in a session any more.
pub(crate) fn has_ended(session: &AgentRealtimeSession) -> bool {
    use RealtimeSessionStatus::{Active, Claimed, Requested};

    !matches!(session.status, Requested | Claimed | Active)
}
