//! What the driver and one subscriber share.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Instant;

use agentmc_core::realtime::{Event, Subscriber, SubscriptionId};
use agentmc_core::types::{SessionId, SignalId};

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

impl Slot {
    pub(super) fn new(subscriber: Subscriber, (lanes, server): (Arc<Lanes>, Box<str>)) -> Self {
        Self {
            id: OnceLock::new(),
            lane: OnceLock::new(),
            lanes,
            server,
            subscriber: Mutex::new(subscriber),
            news: Condvar::new(),
        }
    }

    /// Nobody is woken by what is told to the subscriber here.
    pub(super) fn lock(&self) -> MutexGuard<'_, Subscriber> {
        self.subscriber.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in an event, and where to start once it is taken. Whether the subscription is to be paused.
    pub(super) fn push(&self, event: Event, handled: Option<SignalId>) -> bool {
        if let Event::Ready(session) = &event {
            let lanes = || self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            self.lane.get_or_init(|| lanes().of(&self.server, session.id));
        }
        let pauses = self.lock().push(event, handled);
        self.news.notify_all();
        pauses
    }

    /// Says that nobody fills the mailbox any more.
    fn abandon(&self) {
        self.lock().abandon();
        self.news.notify_all();
    }

    /// The next event, waiting for it until `deadline`, and whether the subscription is to be resumed now.
    pub(super) fn next(&self, deadline: Option<Instant>) -> (Option<Event>, bool) {
        let mut subscriber = self.lock();
        loop {
            if let Poll::Ready(event) = subscriber.take() {
                return (event, subscriber.resume());
            }
            subscriber = match deadline {
                None => self.news.wait(subscriber).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return (None, false);
                    }
                    let waited = self.news.wait_timeout(subscriber, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// The session, once it is claimed and listened to; nothing if it never will be.
    pub(super) fn claimed(&self) -> Option<SessionId> {
        let unknown = |subscriber: &mut Subscriber| subscriber.poll_session().is_pending();
        let subscriber = self.news.wait_while(self.lock(), unknown);
        subscriber.unwrap_or_else(PoisonError::into_inner).session()
    }
}
