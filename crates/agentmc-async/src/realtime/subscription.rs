//! One subscription, as its subscriber sees it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use agentmc_core::Error;
use agentmc_core::realtime::publish::PublishError;
use agentmc_core::realtime::{Event, Outgoing, Subscriber};
use agentmc_core::types::{HostRealtimeSocketPayload, SessionId, SignalId};
use futures_core::Stream;

use super::driver::Command;
use super::publisher::{Publisher, To};
use super::slot::Slot;
use super::{Realtime, Shared};

/// A subscription to a session or a host: a [`Stream`] of [`Event`]s, of which [`Event::Ended`] is the last.
///
/// Events wait in bounded memory. When too many do, the subscription pauses, which no other notices:
/// [`Event::Paused`] comes after them. Once half of them were taken, what was missed is listed and told, and
/// then [`Event::Resumed`].
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
        self.slot.lock().mailbox().last_id()
    }

    /// The session, once it is claimed and listened to.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.slot.lock().session()
    }

    /// Sends a message to the browser. Waits for the session to be claimed and listened to, and for what is
    /// being published to the same session: messages go one after the other.
    ///
    /// A message too large for one signal goes in pieces. What fails is tried again signal by signal, and
    /// only if it is not there. A future that is dropped may have sent some.
    ///
    /// # Errors
    ///
    /// When the message cannot be sent, or not all of it: the error says what is stored. When the
    /// subscription ended before there was a session.
    pub async fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        self.publisher().publish(message).await
    }

    /// What sends messages to the same session, from other tasks.
    #[must_use]
    pub fn publisher(&self) -> Publisher {
        self.shared.publisher(To::Subscribed(Arc::clone(&self.slot)))
    }

    /// Says where a host listens from now on, as a heartbeat tells. Subscriptions to sessions ignore it.
    pub fn listen_on(&self, socket: Option<HostRealtimeSocketPayload>) {
        self.shared.tell(Command::Listen(Arc::clone(&self.slot), socket.map(Box::new)));
    }

    /// Closes the session, for a reason of at most 500 characters, and waits until the service knows, even
    /// if the subscription has ended otherwise. Events that were not taken are dropped. One that is being
    /// claimed is closed once it is; one that cannot be claimed is left as it is.
    ///
    /// A future that is dropped leaves the session closed or not.
    ///
    /// # Errors
    ///
    /// When the service refuses, or cannot be reached.
    pub async fn close(mut self, reason: Option<&str>) -> Result<(), Error> {
        self.shared.tell(Command::Close(Arc::clone(&self.slot), reason.map(str::to_owned)));
        let mut end = None;
        while let Some(event) = self.next().await {
            if let Event::Ended(it) = event {
                end = Some(it);
                break;
            }
        }
        let close = self.slot.lock().close(self.shared.client.api(), end, reason)?;
        let Some(call) = close else { return Ok(()) };
        Subscriber::closed(self.shared.client.run(call).await)
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
