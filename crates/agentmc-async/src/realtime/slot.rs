//! What the driver and one subscriber share.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use agentmc_core::Api;
use agentmc_core::realtime::publish::{Lane, Publish};
use agentmc_core::realtime::{Event, Mailbox, MailboxLimits, SubscriptionId};
use agentmc_core::types::{AgentId, SessionId, SignalId};
use tokio::sync::watch;

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
    session: watch::Sender<Known>,
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
    waker: Option<Waker>,
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
        known: Known,
        (lanes, server): (Arc<Lanes>, Box<str>),
    ) -> Self {
        let inner = Inner { mailbox: Mailbox::new(limits), is_abandoned: false, waker: None };
        let (session, _) = watch::channel(known);
        Self {
            id: OnceLock::new(),
            agent,
            lane: OnceLock::new(),
            lanes,
            server,
            claim: OnceLock::new(),
            inner: Mutex::new(inner),
            session,
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
        match &event {
            Event::Ready(session) => self.know(Known::Session(session.id, session.agent_id)),
            Event::Ended(_) => self.know(Known::Never),
            _ => {}
        }
        let mut inner = self.inner();
        inner.mailbox.push(event);
        if let Some(handled) = handled {
            inner.mailbox.handled(handled);
        }
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
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
        self.know(Known::Never);
        let mut inner = self.inner();
        inner.is_abandoned = true;
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The next event, and whether the subscription is to be resumed now.
    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<(Option<Event>, bool)> {
        let mut inner = self.inner();
        if let Some(event) = inner.mailbox.take() {
            let resumes = inner.mailbox.resume();
            return Poll::Ready((Some(event), resumes));
        }
        if inner.mailbox.is_over() || inner.is_abandoned {
            return Poll::Ready((None, false));
        }
        inner.waker = Some(cx.waker().clone());
        Poll::Pending
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
        match *self.session.borrow() {
            Known::Session(session, agent) => Some((session, agent)),
            Known::NotYet | Known::Never => None,
        }
    }

    /// The session, once it is claimed and listened to; nothing if it never will be.
    pub(super) async fn claimed(&self) -> Option<(SessionId, AgentId)> {
        let mut session = self.session.subscribe();
        // The sender is ours, so that there is always an answer.
        let _ = session.wait_for(|known| *known != Known::NotYet).await;
        self.session()
    }

    /// A session that is known stays so.
    fn know(&self, known: Known) {
        self.session.send_if_modified(|before| {
            let is_news = *before == Known::NotYet;
            if is_news {
                *before = known;
            }
            is_news
        });
    }
}
