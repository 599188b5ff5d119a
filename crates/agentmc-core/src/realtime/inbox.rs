//! Each signal of a session once, in ascending order, none lost.

use std::collections::{BTreeMap, VecDeque};

use agentmc_types::{SignalId, SignalSender};

use super::signal::Signal;

/// The most signals in one answer to a listing.
const PAGE: u32 = 200;

/// Where a subscription starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With what comes after the subscription. What was there before is passed over.
    #[default]
    Now,
    /// With the first signal of the session.
    Beginning,
    /// After a signal that was handled earlier.
    After(SignalId),
}

/// What to do about gaps between the ids of signals that are pushed.
///
/// Gaps are normal, since ids are shared with other sessions. But a gap may also hide a signal that the
/// server stored and failed to push, or pushes late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gaps {
    /// Looks into each gap with one listing before delivering what follows it: nothing is lost or out
    /// of order, for the price of a request. Signals of the agent itself wait up to a second for others,
    /// so that its own chatter does not cost a request each. A subscription also lists now and then, for
    /// the signal that is not pushed and that none follows.
    #[default]
    Check,
    /// Delivers at once. What was not pushed is lost if something that follows it was; what is pushed
    /// late is dropped. Right for who listens to many busy sessions of a service that pushes in order.
    Trust,
}

/// How many signals may wait for a listing. When there are more, they are dropped and listed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HoldLimits {
    /// The most signals; 1,024 by default.
    pub signals: usize,
    /// The most bytes; 1 MiB by default.
    pub bytes: usize,
}

impl Default for HoldLimits {
    fn default() -> Self {
        Self { signals: 1_024, bytes: 1 << 20 }
    }
}

/// A listing the inbox wants: `listAgentRealtimeSignals` with these parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// To be given back with the answer.
    pub ticket: u64,
    /// Only signals after this one.
    pub after_id: SignalId,
    /// The most signals. An answer with fewer is the last page.
    pub limit: u32,
}

/// What comes out of an inbox.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// The next signal.
    Signal(Signal),
    /// The subscription has caught up after it was confirmed; so many signals were missed meanwhile.
    CaughtUp {
        /// The signals that were listed, and had not been handled before.
        missed: u32,
    },
}

/// Puts what is pushed and what is listed into one order.
///
/// Tell it when the subscription is confirmed or lost and what is pushed; ask the listings it
/// [wants](Self::wanted); take what it [delivers](Self::poll).
///
/// ```
/// use agentmc_core::realtime::inbox::{Delivery, Inbox, Start};
/// use agentmc_core::realtime::Signal;
///
/// let signal = |id| Signal::read(&format!(r#"{{"id": {id}, "type": "message"}}"#), 7.into()).unwrap();
/// let mut inbox = Inbox::new(Start::After(4.into()));
/// inbox.confirmed();
/// let query = inbox.wanted().unwrap();
/// inbox.pushed(signal(8));
/// inbox.listed(query.ticket, vec![signal(6), signal(8)], false);
/// let ids = std::iter::from_fn(|| inbox.poll()).filter_map(|delivery| match delivery {
///     Delivery::Signal(signal) => Some(signal.id.get()),
///     _ => None,
/// });
/// assert_eq!(ids.collect::<Vec<_>>(), [6, 8]);
/// ```
#[derive(Debug)]
pub struct Inbox {
    gaps: Gaps,
    limits: HoldLimits,
    /// The last id handled.
    last: Option<SignalId>,
    /// Whether it is not yet known where "now" is: what is listed and older than what was pushed is passed over.
    finding_now: bool,
    /// The least id pushed while "now" was not known.
    first_pushed: Option<SignalId>,
    is_confirmed: bool,
    need: Need,
    /// The ticket of the listing that is under way.
    asked: Option<u64>,
    tickets: u64,
    /// Pushed before the listing under way was asked for, so that its answer covers them.
    covered: BTreeMap<SignalId, Signal>,
    /// Pushed since.
    fresh: BTreeMap<SignalId, Signal>,
    held_bytes: usize,
    overflowed: bool,
    /// Whether the walk under way is the one that follows a confirmation.
    is_catching_up: bool,
    missed: u32,
    skip_to: Option<SignalId>,
    out: VecDeque<Delivery>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Nothing,
    /// A listing, but not at once.
    Later,
    Listing,
}

impl Inbox {
    /// An inbox that checks gaps and holds what the default limits allow.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let last = match start {
            Start::Now => None,
            Start::Beginning => Some(SignalId(0)),
            Start::After(id) => Some(id),
        };
        Self {
            gaps: Gaps::default(),
            limits: HoldLimits::default(),
            last,
            finding_now: start == Start::Now,
            first_pushed: None,
            is_confirmed: false,
            need: Need::Nothing,
            asked: None,
            tickets: 0,
            covered: BTreeMap::new(),
            fresh: BTreeMap::new(),
            held_bytes: 0,
            overflowed: false,
            is_catching_up: false,
            missed: 0,
            skip_to: None,
            out: VecDeque::new(),
        }
    }

    /// Treats gaps otherwise.
    #[must_use]
    pub const fn gaps(mut self, gaps: Gaps) -> Self {
        self.gaps = gaps;
        self
    }

    /// Holds less, or more.
    #[must_use]
    pub const fn hold(mut self, limits: HoldLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The last id handled: the one to store, and to start after next time. Nothing until it is known
    /// where "now" is.
    #[must_use]
    pub fn last_id(&self) -> Option<SignalId> {
        self.last.filter(|_| !self.finding_now)
    }

    /// The subscription is confirmed: what was missed is to be listed.
    pub fn confirmed(&mut self) {
        self.is_confirmed = true;
        self.asked = None;
        self.is_catching_up = true;
        self.missed = 0;
        self.need = Need::Listing;
    }

    /// The subscription is lost. An answer to a listing that was under way is ignored.
    pub fn lost(&mut self) {
        self.is_confirmed = false;
        self.asked = None;
        self.need = Need::Nothing;
    }

    /// A signal was pushed.
    pub fn pushed(&mut self, signal: Signal) {
        if let Some(signal) = self.passed(signal) {
            self.out.push_back(Delivery::Signal(signal));
        }
    }

    /// A signal was pushed. Gives it back if it is the next to be delivered: to leave it in a queue and take it
    /// from there costs more the colder the queue is.
    pub(crate) fn passed(&mut self, signal: Signal) -> Option<Signal> {
        let id = signal.id;
        if !self.finding_now && self.last.is_some_and(|last| id <= last) {
            return None;
        }
        if self.is_idle() && (self.gaps == Gaps::Trust || self.follows(id)) || self.is_next(id) {
            if !self.out.is_empty() {
                self.deliver(signal);
                return None;
            }
            self.last = Some(id);
            return Some(signal);
        }
        if self.finding_now {
            self.first_pushed = Some(self.first_pushed.map_or(id, |first| first.min(id)));
        }
        let urgent = signal.sender != SignalSender::Agent;
        self.hold_back(signal);
        if self.is_confirmed && self.asked.is_none() && self.need != Need::Listing {
            self.need = if urgent || self.overflowed { Need::Listing } else { Need::Later };
            self.follow_up();
        }
        None
    }

    /// Something was pushed that could not be read: what it was is to be listed.
    pub fn reread(&mut self) {
        if self.is_confirmed {
            match self.asked {
                Some(_) => self.overflowed = true,
                None => self.need = Need::Listing,
            }
        }
    }

    /// Whether a listing is wanted within a second, but not yet.
    #[must_use]
    pub fn is_lingering(&self) -> bool {
        self.need == Need::Later
    }

    /// The time for lingering is over.
    pub fn hurry(&mut self) {
        if self.need == Need::Later {
            self.need = Need::Listing;
        }
    }

    /// A listing to ask for, once.
    pub fn wanted(&mut self) -> Option<Query> {
        if !self.is_wanting() {
            return None;
        }
        self.need = Need::Nothing;
        self.tickets += 1;
        self.asked = Some(self.tickets);
        self.covered.append(&mut self.fresh);
        self.overflowed = false;
        Some(Query {
            ticket: self.tickets,
            after_id: self.last.unwrap_or(SignalId(0)),
            limit: PAGE,
        })
    }

    pub(crate) fn checks_gaps(&self) -> bool {
        self.gaps == Gaps::Check
    }

    /// Whether a listing is [wanted](Self::wanted).
    pub(crate) fn is_wanting(&self) -> bool {
        self.need == Need::Listing && self.asked.is_none() && self.is_confirmed
    }

    /// Whether the answer to this listing is waited for.
    pub(crate) fn is_asked(&self, ticket: u64) -> bool {
        self.asked == Some(ticket)
    }

    pub(crate) fn has_deliveries(&self) -> bool {
        !self.out.is_empty()
    }

    /// Whether a listing is under way, or wanted at once.
    pub(crate) fn is_listing(&self) -> bool {
        self.asked.is_some() || self.need == Need::Listing
    }

    /// A listing failed; it is wanted again.
    pub fn failed(&mut self, ticket: u64) {
        if self.asked == Some(ticket) {
            self.asked = None;
            self.need = Need::Listing;
        }
    }

    /// The answer to a listing. `is_full` says whether it had as many rows as were asked for, so that
    /// there may be more.
    pub fn listed(&mut self, ticket: u64, mut signals: Vec<Signal>, is_full: bool) {
        if self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        signals.sort_by_key(|signal| signal.id);
        let before = self.last;
        for signal in signals {
            self.deliver_held_before(signal.id);
            if self.last.is_none_or(|last| signal.id > last) {
                self.missed += 1;
                self.take(signal);
            }
        }
        if let Some(id) = self.skip_to.take() {
            self.deliver_held_before(id);
            self.last = self.last.max(Some(id));
        }
        // A server that repeats a full page would otherwise be asked for ever.
        if is_full && self.last > before {
            self.need = Need::Listing;
            return;
        }
        // A listing may lag behind what is pushed, and pushes behind each other.
        if let Some((&last, _)) = self.covered.last_key_value() {
            self.deliver_held_before(last);
        }
        self.finding_now = false;
        self.first_pushed = None;
        self.last.get_or_insert(SignalId(0));
        // With more to list, it goes on catching up.
        if self.is_catching_up && !self.overflowed {
            self.is_catching_up = false;
            self.out.push_back(Delivery::CaughtUp { missed: self.missed });
        }
        if !self.is_catching_up {
            self.missed = 0;
        }
        self.follow_up();
        let strangers = self.fresh.values().any(|signal| signal.sender != SignalSender::Agent);
        self.need = match (self.overflowed || strangers, self.fresh.is_empty()) {
            (true, _) => Need::Listing,
            (false, false) => Need::Later,
            (false, true) => Need::Nothing,
        };
    }

    /// The answer to come has a signal that could not be read: it counts as handled, so that it is not
    /// listed for ever.
    pub fn skip(&mut self, id: SignalId) {
        self.skip_to = self.skip_to.max(Some(id));
    }

    /// How many signals wait for a listing, and how many bytes they take up: at most what the
    /// [limits](HoldLimits) allow.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        (self.covered.len() + self.fresh.len(), self.held_bytes)
    }

    /// The next signal.
    pub fn poll(&mut self) -> Option<Delivery> {
        let next = self.out.pop_front();
        if next.is_none() && self.out.capacity() > 0 {
            // Room for a page of signals is not kept until there is another.
            self.out = VecDeque::new();
        }
        next
    }

    fn is_idle(&self) -> bool {
        self.is_confirmed
            && self.asked.is_none()
            && self.need == Need::Nothing
            && self.fresh.is_empty()
            && self.covered.is_empty()
    }

    /// Whether nothing can stand before the signal that was not delivered, whatever is being listed.
    fn is_next(&self, id: SignalId) -> bool {
        self.is_confirmed
            && !(self.is_catching_up || self.finding_now || self.overflowed)
            && self.fresh.is_empty()
            && self.covered.is_empty()
            && self.follows(id)
    }

    fn follows(&self, id: SignalId) -> bool {
        self.last.is_some_and(|last| last.get() + 1 == id.get())
    }

    /// Delivers what was pushed and needs no listing.
    fn follow_up(&mut self) {
        while let Some((&id, _)) = self.fresh.first_key_value() {
            let known = self.last.is_some_and(|last| id <= last);
            // What was dropped for lack of room comes first, and is listed.
            let is_trusted = self.gaps == Gaps::Trust && !self.overflowed;
            if !(known || self.follows(id) || is_trusted) || self.finding_now {
                return;
            }
            if let Some((_, signal)) = self.fresh.pop_first() {
                self.unhold(signal);
            }
        }
        if self.need == Need::Later {
            self.need = Need::Nothing;
        }
    }

    fn deliver_held_before(&mut self, id: SignalId) {
        while let Some(signal) = self.pop_held_to(id) {
            self.unhold(signal);
        }
    }

    /// Takes the first signal held, if it is not after `id`.
    fn pop_held_to(&mut self, id: SignalId) -> Option<Signal> {
        let covered = self.covered.first_key_value().map(|(held, _)| *held);
        let fresh = self.fresh.first_key_value().map(|(held, _)| *held);
        let from_fresh = covered.is_none() || fresh.is_some_and(|fresh| Some(fresh) < covered);
        let (first, held) = match from_fresh {
            true => (fresh, &mut self.fresh),
            false => (covered, &mut self.covered),
        };
        if first? > id {
            return None;
        }
        held.pop_first().map(|(_, signal)| signal)
    }

    fn hold_back(&mut self, signal: Signal) {
        let bytes = signal.bytes();
        let held = self.covered.len() + self.fresh.len();
        if held >= self.limits.signals || self.held_bytes + bytes > self.limits.bytes {
            self.covered.clear();
            self.fresh.clear();
            self.held_bytes = 0;
            self.overflowed = true;
            return;
        }
        if !self.covered.contains_key(&signal.id) && self.fresh.insert(signal.id, signal).is_none()
        {
            self.held_bytes += bytes;
        }
    }

    fn unhold(&mut self, signal: Signal) {
        self.held_bytes = self.held_bytes.saturating_sub(signal.bytes());
        if self.last.is_none_or(|last| signal.id > last) {
            self.take(signal);
        }
    }

    /// Delivers the signal, unless it was there before "now".
    fn take(&mut self, signal: Signal) {
        let is_old = self.first_pushed.is_none_or(|first| signal.id < first);
        if self.finding_now && is_old {
            self.last = Some(signal.id);
            self.missed = 0;
        } else {
            self.deliver(signal);
        }
    }

    fn deliver(&mut self, signal: Signal) {
        self.last = Some(signal.id);
        self.out.push_back(Delivery::Signal(signal));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inbox_keeps_no_room_for_what_was_taken() {
        let mut inbox = Inbox::new(Start::Beginning);
        inbox.confirmed();
        let query = inbox.wanted().unwrap();
        let signal = |id| Signal::read(&format!(r#"{{"id": {id}}}"#), 7.into()).unwrap();
        inbox.listed(query.ticket, (1..=PAGE).map(signal).collect(), false);
        assert_eq!(std::iter::from_fn(|| inbox.poll()).count(), 201, "a page, and that it is all");
        assert_eq!(inbox.out.capacity(), 0);
    }
}
