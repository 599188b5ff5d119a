//! What goes wrong on websockets on demand.

use std::collections::VecDeque;

use crate::world::Push;

/// How many pushes are held back.
const HELD: usize = 10_000;

/// Something that goes wrong on the websockets of a sandbox. [`Sandbox::socket_fault`](crate::Sandbox::socket_fault)
/// has it happen.
///
/// Those with a count strike as many times from now on, further ones of the same kind after them. Chance plays no
/// part. A push that is lost, held back or delayed is stored all the same, and listing finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketFault {
    /// Every connection ends without a close code, and without what waits to be sent.
    Drop,
    /// Every connection is closed with this code and reason, after what waits to be sent. A reason of more than 123
    /// bytes is cut.
    Close(u16, String),
    /// So many of the next subscriptions are answered with `pusher:subscription_error` and this status, whatever
    /// their signature.
    RefuseSubscriptions(u32, u16),
    /// Pushes wait until [`ReleasePushes`](Self::ReleasePushes). Of more than 10,000 the first are lost.
    HoldPushes,
    /// What was held back, or waited for others to overtake it, is sent, and further pushes are no longer held.
    ReleasePushes,
    /// Each of the next pushes is sent twice.
    DuplicatePushes(u32),
    /// The next pushes, of all channels together, wait for the last of them and are sent in reverse.
    ReorderPushes(u32),
    /// The next pushes are not sent.
    LosePushes(u32),
    /// Whether `pusher:ping` stays without an answer.
    ForgetPongs(bool),
    /// Every connection is sent a text frame of this.
    Garbage(String),
    /// Every connection is sent a binary frame of this.
    Binary(Vec<u8>),
    /// Every connection is sent these bytes, which need not be a frame.
    Raw(Vec<u8>),
    /// Every connection is sent one event in a text frame of so many bytes; 35 at least.
    TooLarge(usize),
}

/// The faults that last or count.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) refuse: u32,
    pub(super) refusal: u16,
    pub(super) forget_pongs: bool,
    hold: bool,
    held: VecDeque<Push>,
    duplicate: u32,
    reorder: u32,
    reversed: Vec<Push>,
    lose: u32,
}

impl Faults {
    pub(super) const fn hold(&mut self) {
        self.hold = true;
    }

    /// What waits, in the order in which it would have been sent.
    pub(super) fn release(&mut self) -> Vec<Push> {
        self.hold = false;
        self.reorder = 0;
        let mut released: Vec<_> = std::mem::take(&mut self.held).into();
        released.extend(self.reversed.drain(..).rev());
        released
    }

    pub(super) const fn duplicate(&mut self, count: u32) {
        self.duplicate = self.duplicate.saturating_add(count);
    }

    pub(super) const fn reorder(&mut self, count: u32) {
        self.reorder = self.reorder.saturating_add(count);
    }

    pub(super) const fn lose(&mut self, count: u32) {
        self.lose = self.lose.saturating_add(count);
    }

    /// What is sent instead of a push.
    pub(super) fn strike(&mut self, push: Push) -> Vec<Push> {
        if take(&mut self.lose) {
            return Vec::new();
        }
        let twice = take(&mut self.duplicate).then(|| push.clone());
        let pushes = if take(&mut self.reorder) {
            self.reversed.extend(twice);
            self.reversed.push(push);
            // A group that would never be whole must not grow for ever.
            if self.reorder > 0 && self.reversed.len() < HELD {
                return Vec::new();
            }
            self.reversed.drain(..).rev().collect()
        } else {
            Vec::from_iter(twice.into_iter().chain([push]))
        };
        if !self.hold {
            return pushes;
        }
        for push in pushes {
            if self.held.len() >= HELD {
                self.held.pop_front();
            }
            self.held.push_back(push);
        }
        Vec::new()
    }
}

/// Uses up one of a count, if there is one.
pub(super) const fn take(count: &mut u32) -> bool {
    let there = *count > 0;
    *count = count.saturating_sub(1);
    there
}
