//! Sending messages to a session.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use agentmc_core::realtime::publish::{self, Publish, PublishError, PublishStep};
use agentmc_core::realtime::{Outgoing, Tuning};
use agentmc_core::types::{SessionId, SignalId};

use super::slot::Slot;
use crate::client::Client;

/// Messages to one session go one after the other.
pub(super) type Lane = Mutex<publish::Lane>;

/// The lanes of the sessions that somebody publishes to.
pub(crate) type Lanes = Mutex<publish::Lanes<Lane>>;

/// Whom to publish to.
#[derive(Clone, Debug)]
pub(super) enum To {
    /// The session of a subscription.
    Subscribed(Arc<Slot>),
    Session(SessionId, Arc<Lane>),
}

/// What sends messages to a session. Cheap to clone; outlives the subscription it is from.
#[derive(Clone)]
pub struct Publisher {
    pub(super) client: Client,
    pub(super) tuning: Tuning,
    pub(super) to: To,
}

impl Publisher {
    /// Sends a message, as [`Subscription::publish`](super::Subscription::publish) does.
    ///
    /// # Errors
    ///
    /// As [`Subscription::publish`](super::Subscription::publish).
    pub fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        let client = &self.client;
        let (session, api, lane, slot) = match &self.to {
            To::Session(session, lane) => (*session, client.api().clone(), lane, None),
            To::Subscribed(slot) => {
                let session = slot.claimed().ok_or_else(PublishError::unclaimed)?;
                let lane = slot.lane.get().ok_or_else(PublishError::unclaimed)?;
                (session, slot.lock().api(client.api()), lane, Some(slot))
            }
        };
        let mut lane = lane.lock().unwrap_or_else(PoisonError::into_inner);
        let (seed, limits) = (fastrand::u64(..), self.tuning.split);
        let publish = Publish::with_limits(api, session, message, seed, limits);
        let publish = publish.map_err(|error| PublishError::unsent(error.into()))?;
        let publish = publish.attempts(self.tuning.attempts);
        let mut publish = match slot {
            Some(slot) => lane.begin(publish, Some(slot.lock().mailbox())),
            None => lane.begin(publish, None),
        };
        let result = loop {
            match publish.next() {
                PublishStep::Call(call) => publish.replied(client.run(*call)),
                PublishStep::Wait(pause) => std::thread::sleep(pause),
                PublishStep::Done(result) => break result,
            }
        };
        lane.end(&publish);
        result
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = match &self.to {
            To::Session(session, _) => Some(*session),
            To::Subscribed(slot) => slot.lock().session(),
        };
        f.debug_struct("Publisher").field("session", &session).finish_non_exhaustive()
    }
}
