//! Each signal once, in order, none lost.

use agentmc_core::realtime::Signal;
use agentmc_core::realtime::inbox::{Delivery, Gaps, HoldLimits, Inbox, Query, Start};
use proptest::prelude::*;

fn signal(id: u64, sender: &str) -> Signal {
    Signal::read(&format!(r#"{{"id": {id}, "sender": "{sender}", "type": "message"}}"#), 7.into())
        .unwrap()
}

fn browser(id: u64) -> Signal {
    signal(id, "browser")
}

fn ids(inbox: &mut Inbox) -> Vec<u64> {
    let deliveries = std::iter::from_fn(|| inbox.poll());
    let id = |delivery| match delivery {
        Delivery::Signal(signal) => Some(signal.id.get()),
        _ => None,
    };
    deliveries.filter_map(id).collect()
}

/// Answers the listing the inbox wants, if it wants one.
fn answer(inbox: &mut Inbox, rows: &[u64]) {
    if let Some(query) = inbox.wanted() {
        inbox.listed(query.ticket, rows.iter().map(|id| browser(*id)).collect(), false);
    }
}

#[test]
fn what_was_pushed_meanwhile_comes_after_what_was_missed() {
    let mut inbox = Inbox::new(Start::After(4.into()));
    assert_eq!(inbox.wanted(), None, "nothing is listed before the subscription is confirmed");
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    assert_eq!((query.after_id.get(), query.limit), (4, 200));
    assert_eq!(inbox.wanted(), None, "one listing at a time");
    for id in [9, 7, 9, 3] {
        inbox.pushed(browser(id));
    }
    assert_eq!(ids(&mut inbox), [0; 0]);
    inbox.listed(query.ticket, vec![browser(5), browser(7)], false);
    assert_eq!(ids(&mut inbox), [5, 7], "8 may be stored and not be pushed");
    answer(&mut inbox, &[8, 9]);
    assert_eq!(ids(&mut inbox), [8, 9]);
}

#[test]
fn a_gap_is_looked_into_once() {
    let mut inbox = Inbox::new(Start::After(4.into()));
    inbox.confirmed();
    answer(&mut inbox, &[]);
    inbox.pushed(browser(5));
    assert_eq!(ids(&mut inbox), [5], "no gap, no listing");
    assert_eq!(inbox.wanted(), None);
    inbox.pushed(browser(9));
    assert_eq!(ids(&mut inbox), [0; 0]);
    answer(&mut inbox, &[]);
    assert_eq!(ids(&mut inbox), [9], "a listing that does not have it yet is enough");
    inbox.pushed(browser(7));
    assert_eq!((ids(&mut inbox).len(), inbox.wanted()), (0, None), "what is late is known by now");
}

#[test]
fn a_trusted_gap_costs_no_request() {
    let mut inbox = Inbox::new(Start::After(4.into())).gaps(Gaps::Trust);
    inbox.confirmed();
    answer(&mut inbox, &[]);
    for id in [9, 9, 7, 20] {
        inbox.pushed(browser(id));
    }
    assert_eq!(ids(&mut inbox), [9, 20]);
    assert_eq!(inbox.wanted(), None);
}

#[test]
fn the_agents_own_signals_can_wait() {
    let mut inbox = Inbox::new(Start::After(4.into()));
    inbox.confirmed();
    answer(&mut inbox, &[]);
    inbox.pushed(signal(9, "agent"));
    assert!(inbox.is_lingering() && inbox.wanted().is_none());
    inbox.hurry();
    answer(&mut inbox, &[9]);
    assert_eq!(ids(&mut inbox), [9]);
    assert!(!inbox.is_lingering());
}

#[test]
fn from_now_on_passes_over_what_was_there_but_nothing_that_is_pushed() {
    let mut inbox = Inbox::new(Start::Now);
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    assert_eq!(query.after_id.get(), 0);
    inbox.pushed(browser(8));
    assert_eq!(inbox.last_id(), None);
    inbox.listed(query.ticket, [3, 7, 8, 9].map(browser).into(), false);
    assert_eq!(ids(&mut inbox), [8, 9]);
    assert_eq!(inbox.last_id(), Some(9.into()));
}

#[test]
fn from_now_on_walks_through_full_pages() {
    let mut inbox = Inbox::new(Start::Now);
    inbox.confirmed();
    for page in 0..3 {
        let query = inbox.wanted().unwrap();
        assert_eq!(query.after_id.get(), page * 200);
        let rows = (page * 200 + 1..=page * 200 + 200).map(browser).collect();
        inbox.listed(query.ticket, rows, true);
    }
    answer(&mut inbox, &[]);
    assert_eq!(ids(&mut inbox), [0; 0]);
    assert_eq!(inbox.last_id(), Some(600.into()));
    inbox.pushed(browser(601));
    assert_eq!(ids(&mut inbox), [601]);
}

#[test]
fn a_server_that_repeats_a_full_page_is_not_asked_for_ever() {
    let mut inbox = Inbox::new(Start::Beginning);
    inbox.confirmed();
    for _ in 0..3 {
        if let Some(query) = inbox.wanted() {
            inbox.listed(query.ticket, (1..=200).map(browser).collect(), true);
        }
    }
    assert_eq!(ids(&mut inbox).len(), 200);
    assert_eq!(inbox.wanted(), None);
}

#[test]
fn more_than_is_held_is_listed_again() {
    let mut limits = HoldLimits::default();
    limits.signals = 2;
    let mut inbox = Inbox::new(Start::Beginning).hold(limits);
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    for id in [5, 6, 7, 8] {
        inbox.pushed(browser(id));
    }
    inbox.listed(query.ticket, vec![browser(1)], false);
    answer(&mut inbox, &[5, 6, 7, 8]);
    let deliveries: Vec<_> = std::iter::from_fn(|| inbox.poll()).collect();
    let told = |id: u64| {
        deliveries
            .iter()
            .filter(
                |delivery| matches!(delivery, Delivery::Signal(signal) if signal.id.get() == id),
            )
            .count()
    };
    assert_eq!([1, 5, 6, 7, 8].map(told), [1; 5]);
    let caught_up = |delivery: &Delivery| match delivery {
        Delivery::CaughtUp { missed } => Some(*missed),
        _ => None,
    };
    let told: Vec<_> = deliveries.iter().filter_map(caught_up).collect();
    assert_eq!(told, [4], "it says so once, of all but the one that was heard when it was pushed");
}

#[test]
fn an_answer_from_before_the_loss_is_ignored() {
    let mut inbox = Inbox::new(Start::Beginning);
    inbox.confirmed();
    let old = inbox.wanted().unwrap();
    inbox.lost();
    inbox.confirmed();
    inbox.listed(old.ticket, vec![browser(1)], false);
    assert_eq!(ids(&mut inbox), [0; 0]);
    let query = inbox.wanted().unwrap();
    inbox.failed(query.ticket);
    assert!(inbox.wanted().is_some_and(|again| again.ticket > query.ticket));
}

#[test]
fn a_signal_that_cannot_be_read_is_passed_over() {
    let mut inbox = Inbox::new(Start::Beginning);
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    inbox.skip(7.into());
    inbox.listed(query.ticket, vec![browser(5)], false);
    assert_eq!((ids(&mut inbox), inbox.last_id()), (vec![5], Some(7.into())));
    inbox.reread();
    assert_eq!(inbox.wanted().unwrap().after_id.get(), 7);
}

#[test]
fn what_is_held_comes_in_order_though_the_listing_lags_behind() {
    let mut inbox = Inbox::new(Start::After(5.into()));
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    inbox.listed(query.ticket, vec![], false);
    assert!(ids(&mut inbox).is_empty());
    inbox.pushed(browser(8));
    let query = inbox.wanted().unwrap();
    inbox.pushed(browser(7));
    inbox.listed(query.ticket, vec![], false);
    assert_eq!(ids(&mut inbox), [7, 8]);
}

#[test]
fn what_follows_is_told_at_once_though_a_listing_is_under_way() {
    let mut inbox = Inbox::new(Start::After(5.into()));
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    inbox.pushed(browser(6));
    assert!(ids(&mut inbox).is_empty(), "it catches up first");
    inbox.listed(query.ticket, vec![browser(6)], false);
    inbox.reread();
    let query = inbox.wanted().unwrap();
    inbox.pushed(browser(7));
    assert_eq!(ids(&mut inbox), [6, 7]);
    inbox.pushed(browser(9));
    inbox.failed(query.ticket);
    assert!(ids(&mut inbox).is_empty(), "there is a gap");
    let query = inbox.wanted().unwrap();
    inbox.listed(query.ticket, vec![browser(8), browser(9)], false);
    assert_eq!(ids(&mut inbox), [8, 9]);
}

#[test]
fn trusted_pushes_that_find_no_room_are_listed() {
    let mut inbox = Inbox::new(Start::Beginning).gaps(Gaps::Trust).hold(few());
    inbox.confirmed();
    let query = inbox.wanted().unwrap();
    (1..=6).for_each(|id| inbox.pushed(browser(id)));
    inbox.listed(query.ticket, vec![], false);
    assert!(ids(&mut inbox).is_empty(), "the first were dropped");
    let query = inbox.wanted().unwrap();
    inbox.listed(query.ticket, (1..=6).map(browser).collect(), false);
    assert_eq!(ids(&mut inbox), [1, 2, 3, 4, 5, 6]);
}

/// What may happen to an inbox.
#[derive(Clone, Debug)]
enum Act {
    /// The server stores so many signals; ids grow by the step.
    Store(u64, u64, bool),
    /// It pushes one of them.
    Push(prop::sample::Index),
    /// It pushes the newest.
    PushLast,
    /// The inbox asks; the server notes the answer.
    Ask,
    /// The answer arrives.
    Answer,
    /// It does not.
    Fail,
    Lose,
    Confirm,
    Hurry,
    Garble,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_u64..4, 1_u64..4, any::<bool>()).prop_map(|(n, step, own)| Act::Store(n, step, own)),
        1 => (150_u64..450).prop_map(|n| Act::Store(n, 1, false)),
        6 => any::<prop::sample::Index>().prop_map(Act::Push),
        6 => Just(Act::PushLast),
        6 => Just(Act::Ask),
        6 => Just(Act::Answer),
        1 => Just(Act::Fail),
        1 => Just(Act::Lose),
        2 => Just(Act::Confirm),
        2 => Just(Act::Hurry),
        1 => Just(Act::Garble),
    ]
}

/// A server that stores everything and pushes what it likes.
struct Model {
    inbox: Inbox,
    stored: Vec<(u64, &'static str)>,
    asked: Option<(Query, Vec<Signal>)>,
    is_confirmed: bool,
    told: Vec<u64>,
    /// The first signal that was pushed while the subscription was confirmed.
    first_pushed: Option<u64>,
}

impl Model {
    fn new(start: Start, limits: HoldLimits) -> Self {
        let inbox = Inbox::new(start).hold(limits);
        let (stored, told) = (Vec::new(), Vec::new());
        Self { inbox, stored, asked: None, is_confirmed: false, told, first_pushed: None }
    }

    fn push(&mut self, at: usize) {
        let Some((id, sender)) = self.stored.get(at).copied().filter(|_| self.is_confirmed) else {
            return;
        };
        self.first_pushed = Some(self.first_pushed.map_or(id, |first| first.min(id)));
        self.inbox.pushed(signal(id, sender));
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Store(count, step, own) => {
                for _ in 0..*count {
                    let last = self.stored.last().map_or(0, |(id, _)| *id);
                    self.stored.push((last + step, if *own { "agent" } else { "browser" }));
                }
            }
            Act::Push(index) if !self.stored.is_empty() => {
                self.push(index.index(self.stored.len()));
            }
            Act::Push(_) => {}
            Act::PushLast => self.push(self.stored.len().wrapping_sub(1)),
            Act::Ask => {
                if let Some(query) = self.inbox.wanted() {
                    let rows = self.stored.iter().filter(|(id, _)| *id > query.after_id.get());
                    let rows = rows.take(query.limit as usize).map(|(id, it)| signal(*id, it));
                    self.asked = Some((query, rows.collect()));
                }
            }
            Act::Answer => {
                if let Some((query, rows)) = self.asked.take() {
                    let is_full = rows.len() == query.limit as usize;
                    self.inbox.listed(query.ticket, rows, is_full);
                }
            }
            Act::Fail => {
                if let Some((query, _)) = self.asked.take() {
                    self.inbox.failed(query.ticket);
                }
            }
            Act::Lose => {
                self.is_confirmed = false;
                self.inbox.lost();
            }
            Act::Confirm if !self.is_confirmed => {
                self.is_confirmed = true;
                self.inbox.confirmed();
            }
            Act::Confirm => {}
            Act::Hurry => self.inbox.hurry(),
            Act::Garble => self.inbox.reread(),
        }
        self.told.extend(ids(&mut self.inbox));
    }

    /// Everything that is under way comes to its end.
    fn settle(&mut self) {
        for act in [Act::Answer, Act::Lose, Act::Confirm] {
            self.act(&act);
        }
        for _ in 0..200 {
            for act in [Act::Hurry, Act::Ask, Act::Answer] {
                self.act(&act);
            }
        }
    }
}

fn few() -> HoldLimits {
    let mut limits = HoldLimits::default();
    (limits.signals, limits.bytes) = (3, 600);
    limits
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_signal_comes_once_in_order_whatever_happens(
        acts in proptest::collection::vec(act(), 0..80),
        is_tight in any::<bool>(),
    ) {
        let limits = if is_tight { few() } else { HoldLimits::default() };
        let mut model = Model::new(Start::Beginning, limits);
        for act in &acts {
            model.act(act);
            let (held, bytes) = model.inbox.held();
            prop_assert!(held <= limits.signals && bytes <= limits.bytes, "{} and {}", held, bytes);
            let expected = model.stored.iter().map(|(id, _)| *id).take(model.told.len());
            prop_assert!(model.told.iter().copied().eq(expected), "{:?}", model.told);
        }
        model.settle();
        prop_assert_eq!(&model.told, &model.stored.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        prop_assert_eq!(model.inbox.wanted(), None);
    }

    #[test]
    fn from_now_on_nothing_is_left_out_after_the_first(
        before in 0_u64..300,
        acts in proptest::collection::vec(act(), 0..60),
    ) {
        let mut model = Model::new(Start::Now, HoldLimits::default());
        model.act(&Act::Store(before, 1, false));
        for act in &acts {
            model.act(act);
        }
        model.settle();
        let all: Vec<u64> = model.stored.iter().map(|(id, _)| *id).collect();
        prop_assert!(all.ends_with(&model.told), "{:?}", model.told);
        // A push of what was stored before "now" does not bring that back once "now" is known; one that
        // comes first is where "now" is.
        model.act(&Act::Store(2, 1, false));
        model.act(&Act::PushLast);
        model.settle();
        prop_assert_eq!(model.told.last(), model.stored.last().map(|(id, _)| id));
    }

    #[test]
    fn trusted_gaps_lose_nothing_of_a_service_that_pushes_all_in_order(
        acts in proptest::collection::vec(act(), 0..80),
        is_tight in any::<bool>(),
    ) {
        let limits = if is_tight { few() } else { HoldLimits::default() };
        let mut model = Model::new(Start::Beginning, limits);
        model.inbox = Inbox::new(Start::Beginning).gaps(Gaps::Trust).hold(limits);
        for act in &acts {
            match act {
                Act::Store(count, step, own) => {
                    for _ in 0..*count {
                        model.act(&Act::Store(1, *step, *own));
                        model.act(&Act::PushLast);
                    }
                }
                // Nothing is pushed twice, or late.
                Act::Push(_) | Act::PushLast => {}
                act => model.act(act),
            }
            let (held, bytes) = model.inbox.held();
            prop_assert!(held <= limits.signals && bytes <= limits.bytes, "{} and {}", held, bytes);
            let expected = model.stored.iter().map(|(id, _)| *id).take(model.told.len());
            prop_assert!(model.told.iter().copied().eq(expected), "{:?}", model.told);
        }
        model.settle();
        prop_assert_eq!(&model.told, &model.stored.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    }

    #[test]
    fn trusted_gaps_still_lose_nothing_that_is_pushed_in_order(
        counts in proptest::collection::vec((1_u64..5, any::<bool>()), 1..40),
    ) {
        let mut model = Model::new(Start::Beginning, HoldLimits::default());
        model.inbox = Inbox::new(Start::Beginning).gaps(Gaps::Trust);
        for (step, is_lost) in counts {
            model.act(&Act::Store(1, step, false));
            if is_lost {
                model.act(&Act::Lose);
                model.act(&Act::Confirm);
                model.act(&Act::Ask);
                model.act(&Act::Store(1, step, false));
                model.act(&Act::PushLast);
                model.act(&Act::Answer);
            } else {
                model.act(&Act::PushLast);
            }
        }
        model.settle();
        prop_assert_eq!(&model.told, &model.stored.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    }
}
