//! One subscription, as its subscriber sees it.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use agentmc_core::realtime::publish::{Publish, PublishError, PublishStep};
use agentmc_core::realtime::{End, Event, Outgoing};
use agentmc_core::types::{HostRealtimeSocketPayload, SessionId, SignalId};
use agentmc_core::{BuildError, Error};
use futures_core::Stream;

use super::driver::Command;
use super::slot::Slot;
use super::{Realtime, Shared};
use crate::client::Client;

/// A subscription to a session or a host: a [`Stream`] of [`Event`]s, of which [`Event::Ended`] is the last.
///
/// Events wait in bounded memory. While too many do, the subscription pauses, which no other notices;
/// once half of them were taken, what was missed is listed and told, and then [`Event::Resumed`].
///
/// Dropping it unsubscribes, and leaves the session as it is. What was not taken is not lost either: a
/// subscription that starts after [`last_id`](Self::last_id) tells it.
#[derive(Debug)]
#[must_use = "a subscription that is dropped is over"]
pub struct Subscription {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
}

impl Subscription {
    pub(super) fn new(realtime: &Realtime, slot: Arc<Slot>) -> Self {
        Self { shared: Arc::clone(&realtime.shared), slot }
    }

    /// The next event; nothing after [`Event::Ended`], or if the runtime the realtime task ran on is gone.
    ///
    /// Dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// The signal to store, and to start after next time: all before it was taken, and nothing after it
    /// was, except what came between the pieces of a message that is not yet whole. Who starts there
    /// misses nothing, and is told that little again.
    ///
    /// Nothing for hosts, and until it is known where "now" is.
    #[must_use]
    pub fn last_id(&self) -> Option<SignalId> {
        self.slot.last_id()
    }

    /// The session, once it is claimed and listened to.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.slot.session().map(|(session, _)| session)
    }

    /// Sends a message to the browser. Waits for the session to be claimed and listened to.
    ///
    /// A message too large for one signal goes in pieces. What fails is tried again piece by piece, and
    /// only if it is not there. A future that is dropped may have sent some.
    ///
    /// # Errors
    ///
    /// When the message cannot be sent, or not all of it: the error says what is stored. When the
    /// subscription ended before there was a session.
    pub async fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        publish(&self.shared.client, &self.slot, message).await
    }

    /// What sends messages to the same session, from other tasks.
    #[must_use]
    pub fn publisher(&self) -> Publisher {
        Publisher { client: self.shared.client.clone(), slot: Arc::clone(&self.slot) }
    }

    /// Says where a host listens from now on, as a heartbeat tells. Subscriptions to sessions ignore it.
    pub fn listen_on(&self, socket: Option<HostRealtimeSocketPayload>) {
        self.shared.tell(Command::Listen(Arc::clone(&self.slot), socket.map(Box::new)));
    }

    /// Closes the session, for a reason of at most 500 characters, and waits until the service knows.
    /// Events that were not taken are dropped. A session that is not claimed yet is left as it is.
    ///
    /// A future that is dropped leaves the session closed or not.
    ///
    /// # Errors
    ///
    /// When the service refuses, or cannot be reached.
    pub async fn close(mut self, reason: Option<&str>) -> Result<(), Error> {
        let reason = reason.map(str::to_owned);
        self.shared.tell(Command::Close(Arc::clone(&self.slot), reason));
        while let Some(event) = self.next().await {
            match event {
                Event::Ended(End::Refused(error) | End::Taken(error)) => return Err(error),
                Event::Ended(_) => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// Unsubscribes, and leaves the session as it is. Gives [`last_id`](Self::last_id).
    #[expect(clippy::must_use_candidate, reason = "the id need not be stored")]
    pub fn unsubscribe(self) -> Option<SignalId> {
        self.last_id()
    }

    fn poll_event(&self, cx: &Context<'_>) -> Poll<Option<Event>> {
        self.slot.poll(cx).map(|(event, resumes)| {
            if resumes {
                self.shared.tell(Command::Resume(Arc::clone(&self.slot)));
            }
            event
        })
    }
}

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll_event(cx)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.tell(Command::Unsubscribe(Arc::clone(&self.slot)));
    }
}

/// What sends messages to the session of a [`Subscription`]. Cheap to clone; outlives the subscription.
#[derive(Clone)]
pub struct Publisher {
    client: Client,
    slot: Arc<Slot>,
}

impl Publisher {
    /// Sends a message, as [`Subscription::publish`] does.
    ///
    /// # Errors
    ///
    /// As [`Subscription::publish`].
    pub async fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        publish(&self.client, &self.slot, message).await
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").field("session", &self.slot.session()).finish_non_exhaustive()
    }
}

async fn publish(
    client: &Client,
    slot: &Slot,
    message: &Outgoing,
) -> Result<Vec<SignalId>, PublishError> {
    let Some((session, agent)) = slot.claimed().await else {
        let operation = "createAgentRealtimeSignal";
        let missing = BuildError::Missing { operation, name: "session".into() };
        return Err(PublishError::unsent(missing.into()));
    };
    let api = client.api().clone();
    let api = match slot.agent.or_else(|| api.agent().is_none().then_some(agent)) {
        Some(agent) => api.acting_as(agent),
        None => api,
    };
    let publish = Publish::new(api, session, message, fastrand::u64(..));
    let mut publish = publish.map_err(|error| PublishError::unsent(error.into()))?;
    if let Some(last) = slot.newest_id() {
        publish = publish.after(last);
    }
    loop {
        match publish.next() {
            PublishStep::Call(call) => publish.replied(client.run(*call).await),
            PublishStep::Wait(pause) => tokio::time::sleep(pause).await,
            PublishStep::Done(result) => return result,
        }
    }
}
