//! What the driver and one subscriber share.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use agentmc_core::realtime::{Event, Subscriber, SubscriptionId};
use agentmc_core::types::{SessionId, SignalId};
use tokio::sync::Notify;

use super::publisher::{Lane, Lanes};

#[derive(Debug)]
pub(super) struct Slot {
    /// Set by the driver before it does anything else with the subscription.
    pub(super) id: OnceLock<SubscriptionId>,
    /// Set when the session is ready, so that what is published from then on is known.
    pub(super) lane: OnceLock<Arc<Lane>>,
    lanes: Arc<Lanes>,
    /// Whose sessions they are.
    server: Box<str>,
    subscriber: Mutex<Subscriber>,
    /// Wakes who waits for an event. It is left while the subscriber is locked, and taken after that.
    waker: Mutex<Option<Waker>>,
    /// Wakes who waits for the session, of whom there may be many.
    news: Notify,
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

impl Slot {
    pub(super) fn new(subscriber: Subscriber, (lanes, server): (Arc<Lanes>, Box<str>)) -> Self {
        Self {
            id: OnceLock::new(),
            lane: OnceLock::new(),
            lanes,
            server,
            subscriber: Mutex::new(subscriber),
            waker: Mutex::default(),
            news: Notify::new(),
        }
    }

    /// Nobody is woken by what is told to the subscriber here.
    pub(super) fn lock(&self) -> MutexGuard<'_, Subscriber> {
        self.subscriber.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waker(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        let waker = self.waker().take();
        if let Some(waker) = waker {
            waker.wake();
        }
        self.news.notify_waiters();
    }

    /// Takes in an event, and where to start once it is taken. Whether the subscription is to be paused.
    pub(super) fn push(&self, event: Event, handled: Option<SignalId>) -> bool {
        if let Event::Ready(session) = &event {
            let lanes = || self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            self.lane.get_or_init(|| lanes().of(&self.server, session.id));
        }
        let pauses = self.lock().push(event, handled);
        self.wake();
        pauses
    }

    /// Says that nobody fills the mailbox any more.
    fn abandon(&self) {
        self.lock().abandon();
        self.wake();
    }

    /// The next event, and whether the subscription is to be resumed now.
    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<(Option<Event>, bool)> {
        let mut subscriber = self.lock();
        let event = subscriber.take();
        if event.is_pending() {
            *self.waker() = Some(cx.waker().clone());
        }
        event.map(|event| (event, subscriber.resume()))
    }

    /// The session, once it is claimed and listened to; nothing if it never will be.
    pub(super) async fn claimed(&self) -> Option<SessionId> {
        loop {
            // It hears what is told from here on, before it is waited for.
            let news = self.news.notified();
            let known = self.lock().poll_session();
            match known {
                Poll::Ready(session) => return session,
                Poll::Pending => news.await,
            }
        }
    }
}
