//! JSON objects with members of somebody's choice.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::nullable::Nullable;
use crate::schema::{Describe, Schema};

/// A JSON object whose members the API leaves open.
///
/// The service's language writes an empty map as `[]`, and one whose keys count from 0 as a list: `[]` and
/// a list of objects are read as the object they stand for. What is written is always an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Object(pub Map<String, Value>);

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
}

impl<T> Default for MapOf<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl Deref for Object {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Object {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
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
        Self(members)
    }
}

impl From<Map<String, Value>> for Nullable<Object> {
    fn from(members: Map<String, Value>) -> Self {
        Self::Value(Object(members))
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl<K: Into<String>, T> FromIterator<(K, T)> for MapOf<T> {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Members::<Map<String, Value>, Value>(PhantomData)).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MapOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Members::<BTreeMap<String, T>, T>(PhantomData)).map(Self)
    }
}

impl Describe for Object {
    const SCHEMA: Schema = Schema::free_form();
}

impl<T: Describe> Describe for MapOf<T> {
    const SCHEMA: Schema = Schema::map_of(&T::SCHEMA);
}

/// Collects the members of an object, or of the list an object was sent as.
///
/// Needs `deserialize_any`, since JSON readers refuse lists when they are asked for a map.
struct Members<M, T>(PhantomData<(M, T)>);

impl<'de, M, T> Visitor<'de> for Members<M, T>
where
    M: FromList + Extend<(String, T)>,
    T: Deserialize<'de>,
{
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<M, A::Error> {
        let mut members = M::default();
        while let Some(member) = map.next_entry()? {
            members.extend([member]);
        }
        Ok(members)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<M, A::Error> {
        M::from_list(seq)
    }
}

/// Members that may arrive as a list.
trait FromList: Default {
    fn from_list<'de, A: SeqAccess<'de>>(seq: A) -> Result<Self, A::Error>;
}

/// A list of objects counts as an object with the members `0`, `1` and so on.
impl FromList for Map<String, Value> {
    fn from_list<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        let mut members = Self::new();
        while let Some(item) = seq.next_element::<Self>()? {
            members.insert(members.len().to_string(), item.into());
        }
        Ok(members)
    }
}

/// An empty list is an empty object.
impl<T> FromList for BTreeMap<String, T> {
    fn from_list<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(Self::new()),
            Some(_) => Err(serde::de::Error::custom("expected an object, not a list")),
        }
    }
}
