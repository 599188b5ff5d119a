//! What a subscriber has been told and not yet taken, in bounded memory.

use std::collections::VecDeque;
use std::mem::discriminant;

use agentmc_types::SignalId;

use super::options::Event;

/// How much waits for a subscriber. When it is reached, the driver pauses the subscription, and what is
/// missed is listed when the subscriber has taken half of it: a slow subscriber loses nothing, and does
/// not stop others. What the machine tells in one go, at most a page and what was held, comes on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MailboxLimits {
    /// The most events; 1,024 by default.
    pub events: usize,
    /// The most bytes of content; 16 MiB by default.
    pub bytes: usize,
}

impl Default for MailboxLimits {
    fn default() -> Self {
        Self { events: 1_024, bytes: 16 << 20 }
    }
}

impl MailboxLimits {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many events, and at least one.
    #[must_use]
    pub const fn events(mut self, events: usize) -> Self {
        self.events = events;
        self
    }

    /// At most so many bytes of content.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }
}

/// The events that wait for a subscriber, and how far it has got.
///
/// ```
/// use agentmc_core::realtime::{Event, Mailbox, MailboxLimits};
///
/// let mut mailbox = Mailbox::new(MailboxLimits::new().events(1));
/// mailbox.push(Event::Unreadable(Some(9.into())));
/// mailbox.handled(9.into());
/// assert!(mailbox.pause(), "it is full");
/// assert_eq!(mailbox.last_id(), None, "nothing was taken");
///
/// assert!(mailbox.take().is_some());
/// assert_eq!(mailbox.last_id(), Some(9.into()));
/// assert!(mailbox.resume(), "there is room again");
/// ```
#[derive(Debug)]
pub struct Mailbox {
    limits: MailboxLimits,
    mail: VecDeque<Mail>,
    bytes: usize,
    last: Option<SignalId>,
    newest: Option<SignalId>,
    has_caught_up: bool,
    is_paused: bool,
    is_over: bool,
    is_session_over: bool,
}

#[derive(Debug)]
struct Mail {
    event: Event,
    bytes: usize,
    /// Where to start once this is taken.
    handled: Option<SignalId>,
}

impl Mailbox {
    /// An empty one.
    #[must_use]
    pub const fn new(limits: MailboxLimits) -> Self {
        Self {
            limits,
            mail: VecDeque::new(),
            bytes: 0,
            last: None,
            newest: None,
            has_caught_up: false,
            is_paused: false,
            is_over: false,
            is_session_over: false,
        }
    }

    /// Takes in an event. How things stand is not told twice to who is slow: the latest counts.
    pub fn push(&mut self, event: Event) {
        if self.is_over {
            return;
        }
        if let Event::Ended(end) = &event {
            (self.is_over, self.is_session_over) = (true, end.is_of_session());
        }
        if self.is_full() && is_passing(&event) {
            let passing = self.mail.iter().rev().take_while(|mail| is_passing(&mail.event));
            let kind = discriminant(&event);
            let back = passing.take(8).position(|mail| discriminant(&mail.event) == kind);
            if let Some(old) = back.and_then(|back| self.mail.remove(self.mail.len() - 1 - back)) {
                self.bytes -= old.bytes;
                self.mark(old.handled);
            }
        }
        let bytes = bytes(&event);
        self.bytes += bytes;
        self.mail.push_back(Mail { event, bytes, handled: None });
    }

    /// What [`Output::CaughtUp`](super::Output::CaughtUp) says.
    pub fn caught_up(&mut self, id: SignalId) {
        self.newest = self.newest.max(Some(id));
        self.has_caught_up = true;
    }

    /// What [`Output::Handled`](super::Output::Handled) says. It holds for the subscriber once it has taken what came before.
    pub fn handled(&mut self, id: SignalId) {
        self.newest = self.newest.max(Some(id));
        self.mark(Some(id));
    }

    fn mark(&mut self, id: Option<SignalId>) {
        let handled = match self.mail.back_mut() {
            Some(mail) => &mut mail.handled,
            None => &mut self.last,
        };
        *handled = (*handled).max(id);
    }

    /// Says that nothing will come any more, though no [`Event::Ended`] has: nobody is left to push.
    pub const fn abandon(&mut self) {
        self.is_over = true;
    }

    /// The next event.
    pub fn take(&mut self) -> Option<Event> {
        let mail = self.mail.pop_front()?;
        self.bytes -= mail.bytes;
        self.last = self.last.max(mail.handled);
        Some(mail.event)
    }

    /// Whether the subscription is to be paused now; asked after events were taken in. If it is, the
    /// subscriber hears of it after what waits.
    pub fn pause(&mut self) -> bool {
        let pauses = !self.is_paused && !self.is_over && self.is_full();
        if pauses {
            self.is_paused = true;
            self.push(Event::Paused);
        }
        pauses
    }

    /// Whether the subscription is to be resumed now; asked after an event was taken.
    pub fn resume(&mut self) -> bool {
        // That it is paused is among what waits.
        let waiting = self.mail.len().saturating_sub(1);
        let has_room = waiting <= self.limits.events / 2 && self.bytes <= self.limits.bytes / 2;
        self.is_paused && has_room && std::mem::take(&mut self.is_paused)
    }

    /// Where to start to lose nothing that was not taken: the signal of the event that was taken last, or
    /// one before it while a message that began earlier is unfinished.
    #[must_use]
    pub const fn last_id(&self) -> Option<SignalId> {
        self.last
    }

    /// The last signal that is known to be stored, whether it was taken or not.
    #[must_use]
    pub const fn newest_id(&self) -> Option<SignalId> {
        self.newest
    }

    /// Whether all that was stored before the subscription is at or before [`newest_id`](Self::newest_id).
    #[must_use]
    pub const fn has_caught_up(&self) -> bool {
        self.has_caught_up
    }

    /// Whether the subscription is paused: a [resumption](Self::resume) that was asked for before is void.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Whether nothing will come any more. What has come may still be taken.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether nothing will come since the session itself is over.
    #[must_use]
    pub const fn is_session_over(&self) -> bool {
        self.is_session_over
    }

    /// How many events wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.mail.len()
    }

    /// Whether no event waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mail.is_empty()
    }

    fn is_full(&self) -> bool {
        self.mail.len() >= self.limits.events.max(1) || self.bytes >= self.limits.bytes
    }
}

/// Whether the next event of the kind makes this one worthless.
const fn is_passing(event: &Event) -> bool {
    matches!(event, Event::State(_) | Event::Late(_) | Event::Listening)
}

fn bytes(event: &Event) -> usize {
    match event {
        Event::Signal(signal) => signal.bytes(),
        Event::Message(message) | Event::Notification(message) => {
            size_of::<Event>() + message.payload.as_str().len()
        }
        _ => size_of::<Event>(),
    }
}
