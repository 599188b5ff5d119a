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
    /// The clock advances by one second. The oldest sessions are forgotten when there are more than 1,000.
    pub fn request_session(&mut self, agent: AgentId) -> Option<SessionId> {
        let team = self.agents.get(&agent)?.team_id;
        let user = self.teams.get(&team)?.members.first()?.id;
        self.tick(1);
        let (now, end) = (self.now(), self.after(LIFE));
        let session = self.sessions.add(|id| {
            AgentRealtimeSession::new(id, team, agent, RealtimeSessionStatus::Requested)
                .requested_by_user_id(user)
                .expires_at(end)
                .last_browser_heartbeat_at(now)
                .meta(Object::new())
                .created_at(now)
                .updated_at(now)
        });
        self.forget_oldest();
        if let Some(requested) = self.sessions.get(&session).cloned() {
            self.push_request(&requested);
        }
        Some(session)
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
        self.tick(1);
        let now = self.now();
        let session = self.sessions.get_mut(&session)?;
        session.last_browser_heartbeat_at = Some(now);
        session.updated_at = Some(now);
        if kind == CLOSE {
            session.status = RealtimeSessionStatus::Closed;
            session.closed_at = Some(now);
        }
        let session = session.id;
        let signal = self.signal(session, SignalSender::Browser, kind, Some(payload));
        self.forget_oldest();
        signal
    }

    /// Ends the sessions whose time is over.
    pub(crate) fn expire_sessions(&mut self) {
        let now = self.now();
        let over = |session: &&mut AgentRealtimeSession| {
            !has_ended(session) && session.expires_at.is_some_and(|end| end <= now)
        };
        for session in self.sessions.values_mut().filter(over) {
            session.status = RealtimeSessionStatus::Expired;
            session.updated_at = Some(now);
        }
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
        let opens = kind != CLOSE && sender != SignalSender::System;
        if session.status == RealtimeSessionStatus::Claimed && opens {
            session.status = RealtimeSessionStatus::Active;
            session.opened_at.get_or_insert(now);
        }
        session.updated_at = Some(now);
        let (id, team, agent) = (session.id, session.team_id, session.agent_id);
        let signal = self.signals.add(|signal| {
            let mut signal = AgentRealtimeSignal::new(signal, id, sender, kind)
                .team_id(team)
                .agent_id(agent)
                .created_at(now)
                .updated_at(now);
            signal.payload = payload;
            signal
        });
        if let Some(stored) = self.signals.get(&signal).cloned() {
            self.push_signal(&stored);
        }
        Some(signal)
    }
}

/// Whether nothing travels in a session any more.
pub(crate) fn has_ended(session: &AgentRealtimeSession) -> bool {
    use RealtimeSessionStatus::{Active, Claimed, Requested};

    !matches!(session.status, Requested | Claimed | Active)
}
