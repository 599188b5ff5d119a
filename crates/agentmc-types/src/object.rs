//! JSON objects with members of somebody's choice.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::nullable::Nullable;
use crate::reader::OBJECT;
use crate::schema::{Describe, Schema};
use crate::shown;

mod capture;

/// A JSON object whose members the API leaves open.
///
/// Use it as the [`Map`] it dereferences to: `meta["runtime"]`, `meta.get("emoji")`, `meta.insert(..)`.
///
/// What is read is checked at once and kept as text until somebody looks, since most of these objects pass
/// through unread: the first look makes the map, and the text stays beside it. Writing is a look. Of members
/// with one name, the last counts. Cloning an object that was not changed costs nothing but a second look.
///
/// The service's language writes an empty map as `[]`, and one whose keys count from 0 as a list: `[]` and
/// a list of objects are read as the object they stand for. What is written is always an object. Objects
/// that nest more than 127 deep are refused, whatever they are read from.
///
/// `Debug` leaves out the values of members whose names say that they are secret, as [`Secret::is_name`] has it.
///
/// [`Secret::is_name`]: crate::Secret::is_name
pub struct Object {
    /// What was read, as JSON; empty once the members say it all.
    text: Arc<str>,
    /// The members, once somebody has looked.
    members: OnceLock<Box<Map<String, Value>>>,
}

/// A JSON object whose members are all of one type, read as leniently as an [`Object`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MapOf<T>(pub BTreeMap<String, T>);

impl Object {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The members.
    #[must_use]
    pub fn into_map(mut self) -> Map<String, Value> {
        self.members.take().map_or_else(|| members_of(&self.text), |members| *members)
    }

    /// The object whose JSON is `text`, which nests no deeper than text may that is read.
    fn of_text(text: &str) -> Self {
        Self { text: text.into(), members: OnceLock::new() }
    }
}

/// The members of an object in JSON that was checked when it was written; none of the empty text.
fn members_of(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

impl Clone for Object {
    fn clone(&self) -> Self {
        let members = if self.text.is_empty() { self.members.clone() } else { OnceLock::new() };
        Self { text: Arc::clone(&self.text), members }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Object").field(&shown::Members(self)).finish()
    }
}

impl Default for Object {
    fn default() -> Self {
        Self { text: Arc::default(), members: OnceLock::new() }
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        !self.text.is_empty() && self.text == other.text || **self == **other
    }
}

impl Eq for Object {}

impl<T> Default for MapOf<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl Deref for Object {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        self.members.get_or_init(|| members_of(&self.text).into())
    }
}

impl DerefMut for Object {
    fn deref_mut(&mut self) -> &mut Self::Target {
        _ = self.members.get_or_init(|| members_of(&self.text).into());
        self.text = Arc::default();
        self.members.get_mut().unwrap_or_else(|| unreachable!("the members were just read"))
    }
}

impl<T> Deref for MapOf<T> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Map<String, Value>> for Object {
    fn from(members: Map<String, Value>) -> Self {
        Self { text: Arc::default(), members: OnceLock::from(Box::new(members)) }
    }
}

impl From<Object> for Map<String, Value> {
    fn from(object: Object) -> Self {
        object.into_map()
    }
}

impl From<Map<String, Value>> for Nullable<Object> {
    fn from(members: Map<String, Value>) -> Self {
        Self::Value(members.into())
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.into(), value.into()));
        members.collect::<Map<_, _>>().into()
    }
}

impl<K: Into<String>, T> FromIterator<(K, T)> for MapOf<T> {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(OBJECT, capture::Captured)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MapOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Members(PhantomData)).map(Self)
    }
}

impl Describe for Object {
    const SCHEMA: Schema = Schema::free_form();
}

impl<T: Describe> Describe for MapOf<T> {
    const SCHEMA: Schema = Schema::map_of(&T::SCHEMA);
}

/// Collects the members of an object, or of the empty list an empty one was sent as.
///
/// Needs `deserialize_any`, since JSON readers refuse lists when they are asked for a map.
struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            members.insert(name, value);
        }
        Ok(members)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(BTreeMap::new()),
            Some(_) => Err(serde::de::Error::custom("expected an object, not a list")),
        }
    }
}
