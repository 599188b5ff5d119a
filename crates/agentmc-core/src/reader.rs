//! Reads JSON into types, quickly or not at all.
//!
//! What this reader gives is what `serde_json` gives. Where it is not sure of that it gives nothing and does not say
//! why: whoever asks goes on to ask `serde_json`, which reads all there is and names what is wrong. So there are no
//! messages here and no positions, and what replies hardly ever hold is not read.
//!
//! It gains by what `serde_json` does not know: that the text is UTF-8 as a whole, that objects of one type of record
//! have their members in one order ([`Shape`]), and that an [`Object`](agentmc_types::Object) wants its JSON, not its
//! members.

use std::fmt;

use agentmc_types::reader::{OBJECT, RECORD};
use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

mod cursor;
mod nested;
mod shape;
#[cfg(test)]
mod tests;

use cursor::Cursor;
use nested::{Items, Members};
use shape::Shape;

/// The name by which `RawValue` asks for the text of a value. Were `serde_json` to choose another, none would be read.
const RAW: &str = "$serde_json::private::RawValue";

/// How deep values may nest: as deep as `serde_json` reads them.
const DEPTH: u8 = 127;

/// The value in `text`; `None` if it is not sure that `serde_json` reads the same.
///
/// It may be another value where a type passes over errors within it, or reads the names of members without their
/// values. None of this API does.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader { cursor: Cursor::new(text), depth: DEPTH, shapes: Vec::new() };
    let value = T::deserialize(&mut reader).ok()?;
    reader.cursor.is_at_end().then_some(value)
}

/// The value was not read.
#[derive(Debug)]
struct Unsure;

type Result<T> = std::result::Result<T, Unsure>;

impl fmt::Display for Unsure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value was not read")
    }
}

impl std::error::Error for Unsure {}

impl Error for Unsure {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// The reader, before a value.
struct Reader<'de> {
    cursor: Cursor<'de>,
    /// How deep values may still nest.
    depth: u8,
    /// The shapes of the records there have been.
    shapes: Vec<Shape>,
}

impl<'de> Reader<'de> {
    /// Reads an object or a list, which begins with `first`.
    #[inline]
    fn nested<T>(&mut self, first: u8, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.cursor.next() != first {
            return Err(Unsure);
        }
        let depth = self.depth;
        self.depth = depth.checked_sub(1).ok_or(Unsure)?;
        self.cursor.pass();
        let value = read(self);
        // Whoever reads may have stopped before the end.
        if self.depth == depth { value } else { Err(Unsure) }
    }

    /// Which of the shapes is that of records with these members.
    fn shape(&mut self, members: &'static [&'static str]) -> usize {
        if let Some(at) = self.shapes.iter().position(|shape| shape.is_of(members)) {
            self.shapes[at].learn();
            return at;
        }
        self.shapes.push(Shape::new(members));
        self.shapes.len() - 1
    }

    fn any_but_whole<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.cursor.next() {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.deserialize_map(visitor),
            b'[' => self.deserialize_seq(visitor),
            b'n' => self.deserialize_unit(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            _ => self.cursor.number(|json| json.deserialize_any(visitor)),
        }
    }

    /// Passes a value that is sure to be read by others.
    fn skip(&mut self) -> Result<()> {
        match self.cursor.next() {
            b'"' => self.cursor.skip_string(),
            b'{' => self.nested(b'{', |reader| {
                let mut members = Members::new(reader);
                while members.skip_name()? {
                    members.value().skip()?;
                }
                Ok(())
            }),
            b'[' => self.nested(b'[', |reader| {
                let mut items = Items::new(reader);
                while items.has_next()? {
                    items.item().skip()?;
                }
                Ok(())
            }),
            b'n' => self.cursor.word("null"),
            b't' => self.cursor.word("true"),
            b'f' => self.cursor.word("false"),
            _ => self.cursor.skip_number(),
        }
    }

    /// Passes a value and gives its JSON.
    fn raw(&mut self) -> Result<&'de str> {
        _ = self.cursor.next();
        let start = self.cursor.begin();
        self.skip()?;
        self.cursor.text(start)
    }

    /// Passes an object and gives its JSON; goes back if a name in it begins with `$`, since `serde_json` gives a meaning
    /// to some.
    fn object(&mut self) -> Result<Option<&'de str>> {
        let start = self.cursor.begin();
        self.skip()?;
        Ok(self.cursor.since(start))
    }
}

/// Numbers with more than digits are `serde_json`'s own affair: how it rounds them, and whether it keeps every digit.
macro_rules! integers {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.cursor.whole() {
                Some(number) => visitor.visit_u64(number),
                None => self.cursor.number(|json| json.$method(visitor)),
            }
        }
    )*};
}

/// What is read as something that looks the same.
macro_rules! alike {
    ($($method:ident($($argument:ident: $type:ty),*) is $other:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value> {
            self.$other(visitor)
        }
    )*};
}

/// What this reader does not read: enums, and what is named.
macro_rules! unsure {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
                Err(Unsure)
            }
        )*

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            _: &'static str,
            _: &'static [&'static str],
            _: V,
        ) -> Result<V::Value> {
            Err(Unsure)
        }
    };
}
use unsure;

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unsure;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.cursor.whole() {
            // Ids, mostly.
            Some(number) => visitor.visit_u64(number),
            None => self.any_but_whole(visitor),
        }
    }
    alike! {
        deserialize_char() is deserialize_str
        deserialize_string() is deserialize_str
        deserialize_identifier() is deserialize_str
        deserialize_unit_struct(_name: &'static str) is deserialize_unit
        deserialize_tuple(_len: usize) is deserialize_seq
        deserialize_tuple_struct(_name: &'static str, _len: usize) is deserialize_seq
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let flag = self.cursor.next() == b't';
        self.cursor.word(if flag { "true" } else { "false" })?;
        visitor.visit_bool(flag)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        _ = self.cursor.next();
        self.cursor.number(|json| json.deserialize_f32(visitor))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        _ = self.cursor.next();
        self.cursor.number(|json| json.deserialize_f64(visitor))
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.cursor.next() != b'"' {
            return Err(Unsure);
        }
        match self.cursor.string() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => {
                self.cursor.unescape()?;
                visitor.visit_str(self.cursor.unescaped())
            }
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.cursor.next() != b'n' {
            return visitor.visit_some(self);
        }
        self.cursor.word("null")?;
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        _ = self.cursor.next();
        self.cursor.word("null")?;
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name == RAW {
            let text = BorrowedStrDeserializer::new(self.raw()?);
            let named = (BorrowedStrDeserializer::new(RAW), text);
            return visitor.visit_map(MapDeserializer::new(std::iter::once(named)));
        }
        if name == OBJECT
            && self.cursor.next() == b'{'
            && let Some(json) = self.object()?
        {
            return visitor.visit_borrowed_bytes(json.as_bytes());
        }
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.nested(b'[', |reader| visitor.visit_seq(Items::new(reader)))
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.nested(b'{', |reader| visitor.visit_map(Members::new(reader)))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        // An empty record may be an empty list.
        if self.cursor.next() == b'[' {
            return self.deserialize_seq(visitor);
        }
        let shape = (name == RECORD).then(|| self.shape(members));
        self.nested(b'{', |reader| visitor.visit_map(Members::of(reader, shape)))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.skip()?;
        visitor.visit_unit()
    }

    unsure! { deserialize_bytes deserialize_byte_buf }
}
