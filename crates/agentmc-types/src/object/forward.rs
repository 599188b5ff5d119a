//! Writing an object from its text, without building it.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::record::Key;

/// Writes the JSON `text` in the writer's own format.
pub(super) fn text<S: Serializer>(text: &str, writer: S) -> Result<S::Ok, S::Error> {
    Source::new(&mut serde_json::Deserializer::from_str(text)).serialize(writer)
}

/// A value still to be read, which is written while it is read.
struct Source<D>(Cell<Option<D>>);

impl<D> Source<D> {
    const fn new(reader: D) -> Self {
        Self(Cell::new(Some(reader)))
    }
}

impl<'de, D: Deserializer<'de>> Serialize for Source<D> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let wrong = <S::Error as serde::ser::Error>::custom;
        let reader = self.0.take().ok_or_else(|| wrong("a value is written but once"))?;
        let mut refusal = None;
        let written = reader.deserialize_any(Sink { writer, refusal: &mut refusal });
        written.map_err(|error| {
            refusal.unwrap_or_else(|| <S::Error as serde::ser::Error>::custom(error))
        })
    }
}

/// Writes the value that is read.
struct Sink<'a, S: Serializer> {
    writer: S,
    /// Why the writer would not go on: a reader has errors of its own kind only.
    refusal: &'a mut Option<S::Error>,
}

/// Keeps why the writer would not go on.
fn keep<T, R, E: Error>(written: Result<T, R>, refusal: &mut Option<R>) -> Result<T, E> {
    written.map_err(|error| {
        *refusal = Some(error);
        E::custom("the writer would not go on")
    })
}

impl<'de, S: Serializer> Visitor<'de> for Sink<'_, S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<S::Ok, E> {
        keep(self.writer.serialize_bool(value), self.refusal)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<S::Ok, E> {
        keep(self.writer.serialize_i64(value), self.refusal)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<S::Ok, E> {
        keep(self.writer.serialize_u64(value), self.refusal)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<S::Ok, E> {
        keep(self.writer.serialize_f64(value), self.refusal)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<S::Ok, E> {
        keep(self.writer.serialize_str(value), self.refusal)
    }

    fn visit_unit<E: Error>(self) -> Result<S::Ok, E> {
        keep(self.writer.serialize_unit(), self.refusal)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<S::Ok, A::Error> {
        let mut list = keep(self.writer.serialize_seq(None), self.refusal)?;
        while seq.next_element_seed(Item(&mut list, self.refusal))?.is_some() {}
        keep(list.end(), self.refusal)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S::Ok, A::Error> {
        let mut members = keep(self.writer.serialize_map(None), self.refusal)?;
        while let Some(name) = map.next_key::<Key<'de>>()? {
            keep(members.serialize_key(name.as_str()), self.refusal)?;
            map.next_value_seed(Member(&mut members, self.refusal))?;
        }
        keep(members.end(), self.refusal)
    }
}

/// An item of a list, and what it is written to.
struct Item<'a, L: SerializeSeq>(&'a mut L, &'a mut Option<L::Error>);

impl<'de, L: SerializeSeq> DeserializeSeed<'de> for Item<'_, L> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        keep(self.0.serialize_element(&Source::new(reader)), self.1)
    }
}

/// The value of a member, and what it is written to.
struct Member<'a, M: SerializeMap>(&'a mut M, &'a mut Option<M::Error>);

impl<'de, M: SerializeMap> DeserializeSeed<'de> for Member<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        keep(self.0.serialize_value(&Source::new(reader)), self.1)
    }
}
