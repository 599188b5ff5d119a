//! Rows by id.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

/// Things of one kind by id. Reads as a map; [`add`](Self::add) gives out ids, each once.
#[derive(Clone, Debug)]
pub struct Table<K, V> {
    rows: BTreeMap<K, V>,
    last: u64,
}

impl<K: Copy + Ord + From<u64>, V> Table<K, V> {
    /// Adds what `make` makes of the next id.
    pub fn add(&mut self, make: impl FnOnce(K) -> V) -> K {
        self.last += 1;
        while self.rows.contains_key(&K::from(self.last)) {
            self.last += 1;
        }
        let id = K::from(self.last);
        self.rows.insert(id, make(id));
        id
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), last: 0 }
    }
}

impl<K, V> Deref for Table<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl<K, V> DerefMut for Table<K, V> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.rows
    }
}
