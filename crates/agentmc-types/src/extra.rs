//! Members a record has that this version does not know.

use std::fmt;

use serde::ser::SerializeMap;
use serde_json::{Map, Value};

use crate::shown::Members;

/// The members of a record that this version does not know, kept as they came and written back.
///
/// A reply in which one of them is more than a [`Value`] holds, such as `1e999`, cannot be read.
///
/// Empty, it is one word wide and allocates nothing. `Debug` leaves out what is secret by its name, as
/// [`Secret::is_name`](crate::Secret::is_name) has it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(Option<Box<Map<String, Value>>>);

impl Extra {
    /// No members.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// The member called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Sets the member called `name`.
    ///
    /// Members the record knows belong in its fields: named here, they are written twice.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.get_or_insert_default().insert(name.into(), value.into());
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|members| members.is_empty())
    }

    /// Every member, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|members| members.iter())
    }

    // Almost every record has none, and some are so small that looking for them would count.
    #[inline]
    pub(crate) fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match &self.0 {
            Some(members) => write(members, map),
            None => Ok(()),
        }
    }
}

#[cold]
fn write<M: SerializeMap>(members: &Map<String, Value>, map: &mut M) -> Result<(), M::Error> {
    members.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(members) => Members(members).fmt(f),
            None => f.debug_map().finish(),
        }
    }
}
