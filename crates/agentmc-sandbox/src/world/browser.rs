//! The browser's side of realtime sessions.

use agentmc_types::{
    AgentId, AgentRealtimeSession, AgentRealtimeSignal, Object, RealtimeSessionStatus, SessionId,
    SignalId, SignalSender, Timestamp, UserId,
};

use super::joined::MESSAGE;
use super::{BrowserMessage, World};

/// How long a session lasts, in seconds: ten years. Clients compare its end with the clock on their wall, which the
/// world's clock knows nothing of.
const LIFE: i64 = 3_650 * 24 * 60 * 60;

/// The kind of the signal that ends a session.
pub(crate) const CLOSE: &str = "close";

impl World {
    /// The owner of the agent's team asks for a realtime session with it; `None` if there is no such agent.
    ///
    /// The clock advances by one second. The oldest sessions are forgotten when there are more than 1,000.
    pub fn request_session(&mut self, agent: AgentId) -> Option<SessionId> {
        let team = self.agents.get(&agent)?.team_id;
        let user = self.teams.get(&team)?.members.first()?.id;
        self.request_session_for(agent, Some(user))
    }

    /// A person asks for a realtime session with an agent, or the service itself does; `None` if there is no such
    /// agent, or no such person in its team. Otherwise as [`request_session`](Self::request_session).
    pub fn request_session_for(
        &mut self,
        agent: AgentId,
        user: Option<UserId>,
    ) -> Option<SessionId> {
        let team = self.agents.get(&agent)?.team_id;
        if let Some(user) = user {
            self.member(team, user)?;
        }
        self.pass();
        let (now, end) = (self.now(), self.after(LIFE));
        let session = self.sessions.add(|id| {
            let mut session =
                AgentRealtimeSession::new(id, team, agent, RealtimeSessionStatus::Requested)
                    .expires_at(end)
                    .last_browser_heartbeat_at(now)
                    .meta(Object::new())
                    .created_at(now)
                    .updated_at(now);
            session.requested_by_user_id = user;
            session
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
        let now = self.browser_lives(session)?;
        let session = self.sessions.get_mut(&session)?;
        if kind == CLOSE {
            session.status = RealtimeSessionStatus::Closed;
            session.closed_at = Some(now);
        }
        let session = session.id;
        let signal = self.signal(session, SignalSender::Browser, kind, Some(payload));
        self.forget_oldest();
        signal
    }

    /// A browser sends a message in a session; `None` if there is no such session or it has ended. The ids are those
    /// of the signals that carry it, in order.
    ///
    /// The clock advances by one second with each.
    pub fn browser_sends(
        &mut self,
        session: SessionId,
        message: &BrowserMessage,
    ) -> Option<Vec<SignalId>> {
        let payloads = message.payloads(&self.chunk_id(session)?);
        payloads.into_iter().map(|payload| self.browser_says(session, MESSAGE, payload)).collect()
    }

    /// A browser is still there; `false` if the session is not, or has ended. The clock advances by one second.
    pub fn browser_heartbeat(&mut self, session: SessionId) -> bool {
        self.browser_lives(session).is_some()
    }

    /// A browser ends a session, with a `close` signal; `None` if there is no such session or it has ended. The clock
    /// advances by one second.
    pub fn browser_closes(&mut self, session: SessionId, reason: &str) -> Option<SignalId> {
        self.browser_says(session, CLOSE, Object::from_iter([("reason", reason)]))
    }

    /// The service itself sends a message in every session that an agent has claimed.
    pub(super) fn tell_agent(&mut self, agent: AgentId, message: &BrowserMessage) {
        let open = |session: &&AgentRealtimeSession| {
            use RealtimeSessionStatus::{Active, Claimed};
            session.agent_id == agent && matches!(session.status, Active | Claimed)
        };
        let sessions: Vec<_> = self.sessions.values().filter(open).map(|it| it.id).collect();
        for session in sessions {
            let Some(chunk_id) = self.chunk_id(session) else { continue };
            for payload in message.payloads(&chunk_id) {
                self.signal(session, SignalSender::System, MESSAGE, Some(payload));
            }
        }
    }

    /// An id for the pieces of a message, other than that of any message before.
    fn chunk_id(&self, session: SessionId) -> Option<String> {
        self.sessions.contains_key(&session).then(|| {
            let last = self.signals.keys().next_back().map_or(0, |last| last.get());
            format!("chunk_{session}_{}", last + 1)
        })
    }

    /// Lets a second pass and the browser of a session be heard from, unless the session has ended; tells the time.
    fn browser_lives(&mut self, session: SessionId) -> Option<Timestamp> {
        self.sessions.get(&session).filter(|session| !has_ended(session))?;
        self.pass();
        let now = self.now();
        let session = self.sessions.get_mut(&session)?;
        session.last_browser_heartbeat_at = Some(now);
        session.updated_at = Some(now);
        Some(now)
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
