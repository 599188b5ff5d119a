//! Rows by id.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// Things of one kind by id. Reads as a map; [`add`](Self::add) gives out ids, each once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "K: Copy + Ord + From<u64> + Deserialize<'de>, V: Deserialize<'de>"))]
pub struct Table<K, V> {
    #[serde(deserialize_with = "rows")]
    rows: BTreeMap<K, V>,
    #[serde(deserialize_with = "id")]
    last: u64,
}

/// The largest id a file may have. There are more than ever after it.
const LARGEST: u64 = i64::MAX as u64;

/// Rows with ids that others can follow.
fn rows<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Copy + Ord + From<u64> + Deserialize<'de>,
    V: Deserialize<'de>,
{
    let rows = BTreeMap::deserialize(deserializer)?;
    match rows.last_key_value() {
        Some((last, _)) if *last > K::from(LARGEST) => Err(too_large()),
        _ => Ok(rows),
    }
}

/// An id that others can follow.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let id = u64::deserialize(deserializer)?;
    if id > LARGEST { Err(too_large()) } else { Ok(id) }
}

fn too_large<E: Error>() -> E {
    E::custom(format!("an id is larger than {LARGEST}, the largest there may be"))
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

    /// Removes the oldest until there are no more than so many.
    pub(crate) fn keep_last(&mut self, count: usize) {
        while self.rows.len() > count {
            self.rows.pop_first();
        }
    }

    /// Removes the oldest of those that may go.
    pub(crate) fn remove_first(&mut self, may_go: impl Fn(&V) -> bool) {
        let found = self.rows.iter().find(|(_, row)| may_go(row)).map(|(id, _)| *id);
        found.map(|id| self.rows.remove(&id));
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
