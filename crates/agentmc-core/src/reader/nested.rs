//! What stands in objects and lists.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Reader, Result, Unsure, unsure};

/// The members of an object, whose brace has been passed.
pub(super) struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
    /// Which shape the members are expected to have.
    shape: Option<usize>,
    /// The place in the shape's order.
    place: usize,
}

/// The items of a list, whose bracket has been passed.
pub(super) struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
}

/// The name of a member: as it stands in the text, or else unescaped.
struct Name<'a, 'de>(Option<&'de str>, &'a str);

/// The number of a member in the list of its record's members.
struct Number(usize);

impl<'a, 'de> Members<'a, 'de> {
    pub(super) const fn new(reader: &'a mut Reader<'de>) -> Self {
        Self::of(reader, None)
    }

    pub(super) const fn of(reader: &'a mut Reader<'de>, shape: Option<usize>) -> Self {
        Self { reader, is_first: true, shape, place: 0 }
    }

    /// Whether there is another member; its name's quote is next.
    #[inline]
    fn has_next(&mut self) -> Result<bool> {
        let cursor = &mut self.reader.cursor;
        let mut next = cursor.next();
        if next == b'}' {
            cursor.pass();
            self.reader.depth += 1;
            return Ok(false);
        }
        if !self.is_first {
            if next != b',' {
                return Err(Unsure);
            }
            cursor.pass();
            next = cursor.next();
        }
        self.is_first = false;
        if next == b'"' { Ok(true) } else { Err(Unsure) }
    }

    /// Passes the name of another member, if there is one.
    pub(super) fn skip_name(&mut self) -> Result<bool> {
        let has_next = self.has_next()?;
        if has_next {
            self.reader.cursor.name()?;
        }
        Ok(has_next)
    }

    /// The reader, before a member's value.
    pub(super) const fn value(&mut self) -> &mut Reader<'de> {
        self.reader
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Unsure;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if !self.has_next()? {
            return Ok(None);
        }
        let Reader { cursor, shapes, .. } = &mut *self.reader;
        let shape = self.shape.map(|shape| &mut shapes[shape]);
        if let Some(shape) = &shape
            && let Some(expected) = shape.expected(self.place)
            && cursor.passes(expected)
        {
            self.place += 1;
            return seed.deserialize(Number(expected.number)).map(Some);
        }
        let name = cursor.name()?;
        if let Some(shape) = shape {
            self.place = shape.note(self.place, name.unwrap_or_else(|| cursor.unescaped()));
        }
        seed.deserialize(Name(name, cursor.unescaped())).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = Unsure;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Some(name) => visitor.visit_borrowed_str(name),
            None => visitor.visit_str(self.1),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    unsure! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf
    }

    forward_to_deserialize_any! {
        char str string unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for Number {
    type Error = Unsure;

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_u64(self.0 as u64)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        Err(Unsure)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum ignored_any newtype_struct
    }
}

impl<'a, 'de> Items<'a, 'de> {
    pub(super) const fn new(reader: &'a mut Reader<'de>) -> Self {
        Self { reader, is_first: true }
    }

    /// Whether there is another item, which is next.
    #[inline]
    pub(super) fn has_next(&mut self) -> Result<bool> {
        let cursor = &mut self.reader.cursor;
        match cursor.next() {
            b']' => {
                cursor.pass();
                self.reader.depth += 1;
                return Ok(false);
            }
            b',' if !self.is_first => {
                cursor.pass();
                if cursor.next() == b']' {
                    return Err(Unsure);
                }
            }
            _ if self.is_first => self.is_first = false,
            _ => return Err(Unsure),
        }
        Ok(true)
    }

    /// The reader, before an item.
    pub(super) const fn item(&mut self) -> &mut Reader<'de> {
        self.reader
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Unsure;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if self.has_next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}
