//! Reading an object into text: checked as if its values were built, without building them.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::object::Object;

/// How deep values may nest: as deep as `serde_json` reads them back.
const DEPTH: u8 = 127;

/// The most that a thread keeps of the buffer it writes into.
const KEPT: usize = 64 << 10;

thread_local! {
    /// Spares an object the growing of a buffer: its text is copied once its length is known.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Takes the JSON of an object from a reader that has checked it, and reads it from any other.
pub(super) struct Captured;

impl<'de> Visitor<'de> for Captured {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Whole.expecting(f)
    }

    // Only who knows the name has bytes for what is asked for by it.
    fn visit_borrowed_bytes<E: Error>(self, json: &'de [u8]) -> Result<Object, E> {
        captured(json, false).map_err(E::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, object: D) -> Result<Object, D::Error> {
        object.deserialize_any(Whole)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
        Whole.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Object, A::Error> {
        Whole.visit_seq(seq)
    }
}

/// Reads an object, or the list it was sent as.
pub(super) struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
        let mut out = BUFFER.take();
        out.clear();
        let mut is_special = false;
        let text = Text { out: &mut out, depth: DEPTH, is_special: &mut is_special };
        let read = text.visit_map(map);
        let object = read.and_then(|()| captured(&out, is_special).map_err(Error::custom));
        out.shrink_to(KEPT);
        BUFFER.set(out);
        object
    }

    /// The objects of a list are the members `0`, `1` and so on.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Object, A::Error> {
        let mut members = Map::new();
        while let Some(item) = seq.next_element::<Map<String, Value>>()? {
            members.insert(members.len().to_string(), item.into());
        }
        Ok(members.into())
    }
}

/// The object whose JSON was written.
fn captured(text: &[u8], is_special: bool) -> Result<Object, serde_json::Error> {
    let text = str::from_utf8(text).map_err(Error::custom)?;
    match text {
        "{}" => Ok(Object::new()),
        text if is_special => serde_json::from_str::<Map<String, Value>>(text).map(Object::from),
        text => Ok(Object::of_text(text)),
    }
}

/// Writes the value that is read as JSON.
struct Text<'a> {
    out: &'a mut Vec<u8>,
    /// How deep values may still nest.
    depth: u8,
    /// Whether there is a name that `serde_json` may keep for itself, and read as something else or not at all: such
    /// an object is read at once.
    is_special: &'a mut bool,
}

impl Text<'_> {
    fn scalar<T: Serialize + ?Sized, E: Error>(self, value: &T) -> Result<(), E> {
        serde_json::to_writer(self.out, value).map_err(E::custom)
    }
}

/// How deep values may nest within one that may nest so deep.
fn within<E: Error>(depth: u8) -> Result<u8, E> {
    depth.checked_sub(1).ok_or_else(|| E::custom("recursion limit exceeded"))
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(&value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(&value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(&value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { out, depth, is_special } = self;
        let depth = within(depth)?;
        out.push(b'[');
        // A comma after each item; the last becomes the end.
        while seq.next_element_seed(Text { out: &mut *out, depth, is_special })?.is_some() {
            out.push(b',');
        }
        end(out, b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { out, depth, is_special } = self;
        let depth = within(depth)?;
        out.push(b'{');
        while map.next_key_seed(Name(&mut *out, is_special))?.is_some() {
            out.push(b':');
            map.next_value_seed(Text { out: &mut *out, depth, is_special })?;
            out.push(b',');
        }
        end(out, b'}');
        Ok(())
    }
}

/// Ends a list or an object, in place of the comma after its last member.
fn end(out: &mut Vec<u8>, end: u8) {
    if out.ends_with(b",") {
        out.pop();
    }
    out.push(end);
}

/// Writes the name of a member.
struct Name<'a>(&'a mut Vec<u8>, &'a mut bool);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string key")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        *self.1 |= name.starts_with('$');
        serde_json::to_writer(self.0, name).map_err(E::custom)
    }
}
