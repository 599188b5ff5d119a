//! Which connections there are, and what each is doing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::options::Options;
use crate::state::{Origin, State, locked};

/// How long a connection may be idle.
const IDLE_TIME: Duration = Duration::from_secs(60);

/// The most connections to storage.
const STORAGE: usize = 256;

/// The connections to both origins, websockets apart.
#[derive(Debug)]
pub(crate) struct Connections {
    api: Room,
    storage: Room,
    head_time: Duration,
    /// Told of each connection that leaves.
    left: Notify,
}

#[derive(Debug)]
struct Room {
    most: usize,
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    slots: BTreeMap<u64, Arc<Slot>>,
    last: u64,
}

/// What one connection is doing.
#[derive(Debug)]
pub(crate) struct Slot {
    phase: Mutex<Phase>,
    /// Told when the connection is to end as soon as it is idle.
    close: Notify,
    /// Whether what is sent may look like a refusal of hyper's own, and is none.
    literal: AtomicBool,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing, since then.
    Idle(Instant),
    /// Receiving the head of a request, since then.
    Head(Instant),
    /// Answering.
    Busy,
}

/// A connection's place among the others, until it is dropped.
pub(crate) struct Place {
    state: Arc<State>,
    origin: Origin,
    number: u64,
    pub(crate) slot: Arc<Slot>,
}

/// The time a connection is busy, until it is dropped.
pub(crate) struct Turn {
    state: Arc<State>,
    origin: Origin,
    slot: Arc<Slot>,
}

impl Connections {
    pub(crate) fn new(options: &Options) -> Self {
        let room = |most: usize| Room { most: most.max(1), slots: Mutex::default() };
        Self {
            api: room(options.connections),
            storage: room(options.connections.min(STORAGE)),
            head_time: options.head_time.max(Duration::from_millis(1)),
            left: Notify::new(),
        }
    }

    const fn room(&self, origin: Origin) -> &Room {
        match origin {
            Origin::Api => &self.api,
            Origin::Storage => &self.storage,
        }
    }

    /// Whether one more may enter: also in the place of another, but one at a time.
    pub(crate) fn has_room(&self, origin: Origin) -> bool {
        self.room(origin).over() == 0
    }

    /// Waits until a connection has left.
    pub(crate) async fn left(&self) {
        self.left.notified().await;
    }

    /// How long a client may take for a head.
    pub(crate) const fn head_time(&self) -> Duration {
        self.head_time
    }
}

impl Room {
    /// How many more than there should be there are.
    fn over(&self) -> usize {
        locked(&self.slots).slots.len().saturating_sub(self.most)
    }

    fn enter(&self) -> (u64, Arc<Slot>) {
        let mut slots = locked(&self.slots);
        if slots.slots.len() >= self.most {
            let idle = slots.slots.values().filter_map(|slot| Some((slot.idle_since()?, slot)));
            if let Some((_, longest)) = idle.min_by_key(|(since, _)| *since) {
                longest.close.notify_one();
            }
        }
        slots.last += 1;
        let (number, slot) = (slots.last, Arc::new(Slot::new()));
        slots.slots.insert(number, Arc::clone(&slot));
        (number, slot)
    }
}

impl Place {
    /// Takes a place. If there are too many, the connection that has been idle for the longest is to end, or the next
    /// one that is.
    pub(crate) fn take(state: Arc<State>, origin: Origin) -> Self {
        let (number, slot) = state.connections.room(origin).enter();
        Self { state, origin, number, slot }
    }

    /// Begins to answer.
    pub(crate) fn turn(&self) -> Turn {
        *locked(&self.slot.phase) = Phase::Busy;
        let slot = Arc::clone(&self.slot);
        Turn { state: Arc::clone(&self.state), origin: self.origin, slot }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let connections = &self.state.connections;
        locked(&connections.room(self.origin).slots).slots.remove(&self.number);
        connections.left.notify_one();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *locked(&self.slot.phase) = Phase::Idle(Instant::now());
        if self.state.connections.room(self.origin).over() > 0 {
            self.slot.close.notify_one();
        }
    }
}

impl Slot {
    fn new() -> Self {
        Self {
            phase: Mutex::new(Phase::Idle(Instant::now())),
            close: Notify::new(),
            literal: AtomicBool::new(false),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        *locked(&self.phase)
    }

    fn idle_since(&self) -> Option<Instant> {
        match self.phase() {
            Phase::Idle(since) => Some(since),
            Phase::Head(_) | Phase::Busy => None,
        }
    }

    /// Notes that bytes have arrived.
    pub(crate) fn hear(&self) {
        let mut phase = locked(&self.phase);
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Head(Instant::now());
        }
    }

    /// Waits until the connection is to end.
    pub(crate) async fn closed(&self) {
        self.close.notified().await;
    }

    /// Notes that what is sent may look like a refusal of hyper's own.
    pub(crate) fn mind(&self) {
        self.literal.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_literal(&self) -> bool {
        self.literal.load(Ordering::Relaxed)
    }

    /// Waits until the connection has been idle, or a head has taken, for too long.
    pub(crate) async fn expires(&self, head_time: Duration) {
        loop {
            let now = Instant::now();
            let soon = now.checked_add(head_time).unwrap_or_else(|| now + IDLE_TIME);
            let end = match self.phase() {
                Phase::Idle(since) => since + IDLE_TIME,
                Phase::Head(since) => since.checked_add(head_time).unwrap_or(soon),
                Phase::Busy => soon,
            };
            if end <= now {
                return;
            }
            // A head that begins meanwhile cannot be late before this.
            sleep_until(end.min(soon)).await;
        }
    }
}
