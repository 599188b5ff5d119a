//! Moments at which something is due, in an ordered set: finding the next does not scan.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Timers<K> {
    due: BTreeSet<(Duration, K)>,
    at: BTreeMap<K, Duration>,
}

impl<K: Copy + Ord> Timers<K> {
    pub(crate) const fn new() -> Self {
        Self { due: BTreeSet::new(), at: BTreeMap::new() }
    }

    /// Sets a timer, in place of what it was set to.
    pub(crate) fn set(&mut self, key: K, at: Duration) {
        if let Some(before) = self.at.insert(key, at) {
            self.due.remove(&(before, key));
        }
        self.due.insert((at, key));
    }

    pub(crate) fn clear(&mut self, key: K) {
        if let Some(at) = self.at.remove(&key) {
            self.due.remove(&(at, key));
        }
    }

    pub(crate) fn is_set(&self, key: K) -> bool {
        self.at.contains_key(&key)
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Takes a timer that is due.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<K> {
        let (at, key) = *self.due.first()?;
        if at > now {
            return None;
        }
        self.clear(key);
        Some(key)
    }
}
