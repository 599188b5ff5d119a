//! Which field a key names: a `Serializer` for the keys of JSON objects, which are strings.

use agentmc_types::schema::Field;
use serde::ser::{Impossible, Serialize, Serializer};

use super::walk::Never;

/// What a key turned out to be.
pub(super) enum Found {
    Field(usize),
    Key(String),
    Unknown,
}

/// Finds the field a key names.
pub(super) struct Finder {
    pub(super) fields: &'static [Field],
    /// Whether keys that name no field are kept.
    pub(super) any: bool,
}

/// Implements the methods of a `Serializer` that no key of a JSON object uses.
macro_rules! unused {
    ($($method:ident($($arg:ty),*) -> $ok:ty),+ $(,)?) => {$(
        fn $method(self, $(_: $arg),*) -> Result<$ok, Never> {
            Err(std::fmt::Error)
        }
    )+};
}

impl Serializer for Finder {
    type Ok = Found;
    type Error = Never;
    type SerializeSeq = Impossible<Found, Never>;
    type SerializeTuple = Impossible<Found, Never>;
    type SerializeTupleStruct = Impossible<Found, Never>;
    type SerializeTupleVariant = Impossible<Found, Never>;
    type SerializeMap = Impossible<Found, Never>;
    type SerializeStruct = Impossible<Found, Never>;
    type SerializeStructVariant = Impossible<Found, Never>;

    fn serialize_str(self, key: &str) -> Result<Found, Never> {
        let index = self.fields.iter().position(|field| field.name == key);
        Ok(match index {
            Some(index) => Found::Field(index),
            None if self.any => Found::Key(key.to_owned()),
            None => Found::Unknown,
        })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Found, Never> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Found, Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Found, Never> {
        Err(std::fmt::Error)
    }

    unused! {
        serialize_bool(bool) -> Found,
        serialize_i8(i8) -> Found,
        serialize_i16(i16) -> Found,
        serialize_i32(i32) -> Found,
        serialize_i64(i64) -> Found,
        serialize_u8(u8) -> Found,
        serialize_u16(u16) -> Found,
        serialize_u32(u32) -> Found,
        serialize_u64(u64) -> Found,
        serialize_f32(f32) -> Found,
        serialize_f64(f64) -> Found,
        serialize_char(char) -> Found,
        serialize_bytes(&[u8]) -> Found,
        serialize_none() -> Found,
        serialize_unit() -> Found,
        serialize_unit_struct(&'static str) -> Found,
        serialize_unit_variant(&'static str, u32, &'static str) -> Found,
        serialize_seq(Option<usize>) -> Self::SerializeSeq,
        serialize_tuple(usize) -> Self::SerializeTuple,
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant,
        serialize_map(Option<usize>) -> Self::SerializeMap,
        serialize_struct(&'static str, usize) -> Self::SerializeStruct,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant,
    }
}
