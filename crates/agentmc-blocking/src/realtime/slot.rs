//! What the driver and one subscriber share.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use agentmc_core::Api;
use agentmc_core::realtime::publish::{Lane, Publish};
use agentmc_core::realtime::{Event, Mailbox, MailboxLimits, SubscriptionId};
use agentmc_core::types::{AgentId, SessionId, SignalId};

use super::publisher::{self, Lanes};

#[derive(Debug)]
pub(super) struct Slot {
    /// Set by the driver before it does anything else with the subscription.
    pub(super) id: OnceLock<SubscriptionId>,
    /// The agent to act as, if not the configured one.
    pub(super) agent: Option<AgentId>,
    /// Set when the session is ready, so that what is published from then on is known.
    pub(super) lane: OnceLock<Arc<publisher::Lane>>,
    lanes: Arc<Lanes>,
    /// Whose sessions they are.
    server: Box<str>,
    /// The session as soon as it is claimed.
    claim: OnceLock<(SessionId, AgentId)>,
    inner: Mutex<Inner>,
    news: Condvar,
}

/// A slot, for who fills its mailbox: the subscriber learns when nobody does any more.
#[derive(Debug)]
pub(super) struct Seat(pub(super) Arc<Slot>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl std::ops::Deref for Seat {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        &self.0
    }
}

#[derive(Debug)]
struct Inner {
    mailbox: Mailbox,
    /// Whether nobody fills the mailbox any more.
    is_abandoned: bool,
    session: Known,
}

/// What is known of the session a subscription is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    NotYet,
    Session(SessionId, AgentId),
    Never,
}

impl Slot {
    pub(super) fn new(
        limits: MailboxLimits,
        agent: Option<AgentId>,
        session: Known,
        (lanes, server): (Arc<Lanes>, Box<str>),
    ) -> Self {
        let inner = Inner { mailbox: Mailbox::new(limits), is_abandoned: false, session };
        Self {
            id: OnceLock::new(),
            agent,
            lane: OnceLock::new(),
            lanes,
            server,
            claim: OnceLock::new(),
            inner: Mutex::new(inner),
            news: Condvar::new(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in an event, and where to start once it is taken.
    pub(super) fn push(&self, event: Event, handled: Option<SignalId>) {
        if let Event::Ready(session) = &event {
            self.lane.get_or_init(|| self.lanes.of(&self.server, session.id));
        }
        let mut inner = self.inner();
        match &event {
            Event::Ready(session) => inner.know(Known::Session(session.id, session.agent_id)),
            Event::Ended(_) => inner.know(Known::Never),
            _ => {}
        }
        inner.mailbox.push(event);
        if let Some(handled) = handled {
            inner.mailbox.handled(handled);
        }
        drop(inner);
        self.news.notify_all();
    }

    pub(super) fn handled(&self, id: SignalId) {
        self.inner().mailbox.handled(id);
    }

    /// Whether the subscription is to be paused.
    pub(super) fn pause(&self) -> bool {
        self.inner().mailbox.pause()
    }

    /// Whether it was paused again since it was to be resumed.
    pub(super) fn is_paused(&self) -> bool {
        self.inner().mailbox.is_paused()
    }

    /// Says that nobody fills the mailbox any more.
    fn abandon(&self) {
        let mut inner = self.inner();
        inner.know(Known::Never);
        inner.is_abandoned = true;
        drop(inner);
        self.news.notify_all();
    }

    /// The next event, waiting for it until `deadline`, and whether the subscription is to be resumed now.
    pub(super) fn next(&self, deadline: Option<Instant>) -> (Option<Event>, bool) {
        let mut inner = self.inner();
        loop {
            if let Some(event) = inner.mailbox.take() {
                return (Some(event), inner.mailbox.resume());
            }
            if inner.is_over() {
                return (None, false);
            }
            inner = match deadline {
                None => self.news.wait(inner).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return (None, false);
                    }
                    let waited = self.news.wait_timeout(inner, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Whether nothing waits and nothing will come.
    pub(super) fn is_over(&self) -> bool {
        let inner = self.inner();
        inner.mailbox.is_empty() && inner.is_over()
    }

    pub(super) fn last_id(&self) -> Option<SignalId> {
        self.inner().mailbox.last_id()
    }

    /// The session is claimed, though nobody may be told yet.
    pub(super) fn claimed_as(&self, session: SessionId, agent: AgentId) {
        let _ = self.claim.set((session, agent));
    }

    /// The session, once it is claimed, and the agent it is claimed for.
    pub(super) fn claim(&self) -> Option<(SessionId, AgentId)> {
        self.claim.get().copied()
    }

    pub(super) fn caught_up(&self, id: SignalId) {
        self.inner().mailbox.caught_up(id);
    }

    /// Begins with a message to the session.
    pub(super) fn begin(&self, lane: &mut Lane, publish: Publish) -> Publish {
        lane.begin(publish, Some(&self.inner().mailbox))
    }

    /// The API, acting as the agent the session is with.
    pub(super) fn api(&self, api: &Api, agent: AgentId) -> Api {
        let api = api.clone();
        match self.agent.or_else(|| api.agent().is_none().then_some(agent)) {
            Some(agent) => api.acting_as(agent),
            None => api,
        }
    }

    /// Whether the session itself is over.
    pub(super) fn is_session_over(&self) -> bool {
        self.inner().mailbox.is_session_over()
    }

    pub(super) fn session(&self) -> Option<(SessionId, AgentId)> {
        match self.inner().session {
            Known::Session(session, agent) => Some((session, agent)),
            Known::NotYet | Known::Never => None,
        }
    }

    /// The session, once it is claimed and listened to; nothing if it never will be.
    pub(super) fn claimed(&self) -> Option<(SessionId, AgentId)> {
        let unknown = |inner: &mut Inner| inner.session == Known::NotYet;
        let inner = self.news.wait_while(self.inner(), unknown);
        drop(inner.unwrap_or_else(PoisonError::into_inner));
        self.session()
    }
}

impl Inner {
    const fn is_over(&self) -> bool {
        self.mailbox.is_over() || self.is_abandoned
    }

    /// A session that is known stays so.
    fn know(&mut self, known: Known) {
        if self.session == Known::NotYet {
            self.session = known;
        }
    }
}
