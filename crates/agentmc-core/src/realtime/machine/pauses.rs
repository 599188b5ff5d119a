//! Subscribers that can take no more for now.

use std::time::Duration;

use super::{Realtime, SubscriptionId, Timer};

impl Realtime {
    /// Tells a subscriber nothing more that it can be told later.
    pub(super) fn pause(&mut self, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.is_paused = true;
            session.owes_resumed = true;
            session.inbox.lost();
        } else if let Some(host) = self.hosts.get_mut(&id) {
            // A session that is announced meanwhile is among those that are requested.
            host.is_paused = true;
        }
    }

    /// Tells a subscriber what it missed, and goes on.
    pub(super) fn resume(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            let is_over = session.is_closing;
            if std::mem::take(&mut session.is_paused) && session.is_listening && !is_over {
                session.inbox.confirmed();
                self.deliver(now, id);
            }
        } else if let Some(host) = self.hosts.get_mut(&id)
            && std::mem::take(&mut host.is_paused)
        {
            host.has_missed = true;
            self.timers.set((id, Timer::Poll), now);
        }
    }
}
