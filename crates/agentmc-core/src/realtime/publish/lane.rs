//! What one message leaves for the next to know.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use agentmc_types::{SessionId, SignalId};

use super::Publish;
use crate::realtime::mailbox::Mailbox;

/// The messages that are published to one session, one after the other: what is known of where the session
/// stands goes from each to the next, so that an equal message of before is never taken for a later one.
///
/// ```
/// use agentmc_core::realtime::message::Outgoing;
/// use agentmc_core::realtime::publish::{Lane, Publish, PublishStep};
/// use agentmc_core::{Api, Credential};
///
/// let api = Api::new(Credential::api_key("cc_key")?).acting_as(7);
/// let mut lane = Lane::default();
/// let publish = Publish::new(api, 42.into(), &Outgoing::chat_done("req-1", "Done."), 1)?;
/// let mut publish = lane.begin(publish, None);
/// let PublishStep::Call(call) = publish.next() else { panic!("there is something to find out") };
/// assert_eq!(call.endpoint().id, "listAgentRealtimeSignals");
/// # let PublishStep::Call(_) = publish.next() else { panic!("until it is answered") };
/// // ... and when the message is done, or is given up:
/// lane.end(&publish);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Lane {
    before: Option<Before>,
}

/// How the message before ended.
#[derive(Clone, Copy, Debug)]
enum Before {
    /// The session stood here at least, with nothing of ours after it.
    At(SignalId),
    /// It may be stored after all, or still be on its way.
    Unclear,
}

impl Lane {
    /// Begins with a message. `mailbox` is that of a subscription to the session, if there is one.
    pub fn begin(&mut self, publish: Publish, mailbox: Option<&Mailbox>) -> Publish {
        let newest = mailbox.and_then(Mailbox::newest_id);
        let has_caught_up = mailbox.is_some_and(Mailbox::has_caught_up);
        // A message that never ends is one that was given up.
        match (self.before.replace(Before::Unclear), newest) {
            (Some(Before::At(id)), Some(newest)) => publish.after(id.max(newest)),
            (Some(Before::At(id)), None) => publish.after(id),
            (None, Some(newest)) if has_caught_up => publish.after(newest),
            (_, Some(newest)) => publish.known(newest),
            (_, None) => publish,
        }
    }

    /// Ends with the message it began with, whatever came of it.
    pub fn end(&mut self, publish: &Publish) {
        if let Some(last) = publish.last_id() {
            self.before = Some(Before::At(last));
        }
    }
}

/// The lanes of the sessions that somebody publishes to: one for each session of a server, whoever publishes.
///
/// `L` is a [`Lane`] behind a lock that a publisher holds from the beginning of a message to its end. A lane
/// is forgotten once nobody holds it.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use agentmc_core::realtime::publish::{Lane, Lanes};
///
/// let mut lanes = Lanes::<Mutex<Lane>>::default();
/// let lane = lanes.of("https://agentmc.ai", 42.into());
/// assert!(Arc::ptr_eq(&lane, &lanes.of("https://agentmc.ai", 42.into())));
/// ```
#[derive(Debug, Default)]
pub struct Lanes<L>(BTreeMap<(Box<str>, SessionId), Weak<L>>);

impl<L: Default> Lanes<L> {
    /// The lane of a session of a server, which is named by its base URL.
    pub fn of(&mut self, server: &str, session: SessionId) -> Arc<L> {
        let key = (server.into(), session);
        if let Some(lane) = self.0.get(&key).and_then(Weak::upgrade) {
            return lane;
        }
        // Seldom enough to cost nothing, and often enough not to pile up.
        if self.0.len() >= 64 && self.0.len().is_power_of_two() {
            self.0.retain(|_, lane| lane.strong_count() > 0);
        }
        let lane = Arc::default();
        self.0.insert(key, Arc::downgrade(&lane));
        lane
    }
}
