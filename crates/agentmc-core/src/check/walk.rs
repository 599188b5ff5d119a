//! The walk: a `Serializer` that writes nothing and reports what a schema does not allow.

use agentmc_types::schema::{Field, Kind, Schema};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::key::{Finder, Found};
use super::{Rules, scalar};
use crate::error::{Problem, Violation};

/// Where a value stands: a chain on the stack, so that a valid value costs no allocation.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    Member(Option<&'a Self>, &'a str),
    Item(&'a Self, usize),
}

impl At<'_> {
    fn path(&self) -> String {
        match self {
            Self::Member(None, name) => (*name).to_owned(),
            Self::Member(Some(parent), name) => format!("{}.{name}", parent.path()),
            Self::Item(parent, index) => format!("{}[{index}]", parent.path()),
        }
    }
}

/// Reports what is wrong with `value`.
pub(super) fn check<T: Serialize + ?Sized>(
    schema: &Schema,
    at: At<'_>,
    rules: Rules,
    value: &T,
    report: &mut Vec<Violation>,
) {
    let walk = Walk { schema, at, rules, report };
    // The walk itself never fails; a value whose own `Serialize` fails is caught when it is written.
    let _ = value.serialize(walk);
}

struct Walk<'a, 'r> {
    schema: &'a Schema,
    at: At<'a>,
    rules: Rules,
    report: &'r mut Vec<Violation>,
}

/// What a value turned out to be, for choosing among alternatives.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Boolean,
    Number,
    Text,
    Object,
    List,
}

impl Seen {
    fn fits(self, kind: Kind) -> bool {
        match kind {
            Kind::Boolean => self == Self::Boolean,
            Kind::Integer | Kind::Number => self == Self::Number,
            Kind::Text | Kind::OneOfTexts(_) | Kind::Timestamp | Kind::Uuid | Kind::IpAddress => {
                self == Self::Text
            }
            // The service takes a list of objects wherever it takes a free-form object.
            Kind::FreeForm | Kind::MapOf(_) => self == Self::Object || self == Self::List,
            Kind::Object(_) => self == Self::Object,
            Kind::List(_) => self == Self::List,
            _ => true,
        }
    }
}

impl<'a, 'r> Walk<'a, 'r> {
    fn report(self, problem: Problem) {
        self.report.push(Violation { path: self.at.path(), problem });
    }

    fn finding(self, problem: Option<Problem>) {
        if let Some(problem) = problem {
            self.report(problem);
        }
    }

    /// The alternative a value of this kind is checked against; limits of the whole apply to each.
    fn schema_for(&self, seen: Seen) -> Schema {
        let Kind::AnyOf(choices) = self.schema.kind else { return *self.schema };
        let choice = choices.iter().find(|choice| seen.fits(choice.kind));
        choice.map_or(*self.schema, |choice| {
            let mut chosen = *choice;
            chosen.min_len = chosen.min_len.or(self.schema.min_len);
            chosen.max_len = chosen.max_len.or(self.schema.max_len);
            chosen.pattern = chosen.pattern.or(self.schema.pattern);
            chosen
        })
    }

    fn null(self) {
        let allowed = self.schema.nullable && self.rules.null;
        if !allowed && !matches!(self.schema.kind, Kind::Any) {
            self.report(Problem::Null);
        }
    }

    fn integer(self, number: i128) {
        let schema = self.schema_for(Seen::Number);
        let problem = scalar::integer(&schema, number, self.rules.limits);
        self.finding(problem);
    }

    fn text(self, text: &str) {
        let schema = self.schema_for(Seen::Text);
        let problem = scalar::text(&schema, text, self.rules);
        self.finding(problem);
    }

    fn list(self) -> Items<'a, 'r> {
        let schema = self.schema_for(Seen::List);
        if !Seen::List.fits(schema.kind) || matches!(schema.kind, Kind::AnyOf(_)) {
            self.report
                .push(Violation { path: self.at.path(), problem: scalar::expected(&schema) });
        }
        Items { schema, at: self.at, rules: self.rules, report: self.report, count: 0 }
    }

    fn object(self) -> Members<'a, 'r> {
        let schema = self.schema_for(Seen::Object);
        if !Seen::Object.fits(schema.kind) || matches!(schema.kind, Kind::AnyOf(_)) {
            self.report
                .push(Violation { path: self.at.path(), problem: scalar::expected(&schema) });
        }
        let fields = if let Kind::Object(fields) = schema.kind { fields } else { &[] };
        let value = if let Kind::MapOf(value) = schema.kind { Some(value) } else { None };
        Members {
            fields,
            value,
            at: self.at,
            rules: self.rules,
            report: self.report,
            present: 0,
            key: Found::Unknown,
        }
    }
}

/// Any object, and nothing but an object.
const OBJECT: Schema = Schema::object(&[]);

/// The items of a list.
struct Items<'a, 'r> {
    schema: Schema,
    at: At<'a>,
    rules: Rules,
    report: &'r mut Vec<Violation>,
    count: usize,
}

impl Items<'_, '_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) {
        let at = At::Item(&self.at, self.count);
        match self.schema.kind {
            Kind::List(item) => check(item, at, self.rules, value, self.report),
            // A list in place of an object is a list of objects; in place of a map it is empty.
            Kind::FreeForm => check(&OBJECT, at, self.rules, value, self.report),
            Kind::MapOf(_) if self.count == 0 => {
                let problem = scalar::expected(&self.schema);
                self.report.push(Violation { path: self.at.path(), problem });
            }
            _ => {}
        }
        self.count += 1;
    }

    fn end(self) {
        let few = |items: &u32| self.rules.limits && self.count < *items as usize;
        if let Some(items) = self.schema.min_items.filter(few) {
            self.report
                .push(Violation { path: self.at.path(), problem: Problem::TooFewItems(items) });
        }
    }
}

/// The members of an object.
struct Members<'a, 'r> {
    fields: &'static [Field],
    value: Option<&'static Schema>,
    at: At<'a>,
    rules: Rules,
    report: &'r mut Vec<Violation>,
    /// One bit for each field that is there.
    present: u64,
    key: Found,
}

impl Members<'_, '_> {
    fn key<K: Serialize + ?Sized>(&mut self, key: &K) {
        let finder = Finder { fields: self.fields, any: self.value.is_some() };
        self.key = key.serialize(finder).unwrap_or(Found::Unknown);
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        match (std::mem::replace(&mut self.key, Found::Unknown), self.value) {
            (Found::Field(index), _) => {
                let field = &self.fields[index];
                self.present |= 1 << index;
                let at = At::Member(Some(&self.at), field.name);
                check(&field.schema, at, self.rules.of_field(field), value, self.report);
            }
            (Found::Key(name), Some(schema)) => {
                check(schema, At::Member(Some(&self.at), &name), self.rules, value, self.report);
            }
            (Found::Key(_), None) | (Found::Unknown, _) => {}
        }
    }

    fn end(self) {
        for (index, field) in self.fields.iter().enumerate() {
            if self.present & (1 << index) == 0 && field.is_required_in(self.rules.revision) {
                let path = At::Member(Some(&self.at), field.name).path();
                self.report.push(Violation { path, problem: Problem::Missing });
            }
        }
    }
}

pub(super) type Never = std::fmt::Error;

/// Implements the methods of a `Serializer` that take one whole number.
macro_rules! integers {
    ($($method:ident($type:ty)),+) => {$(
        fn $method(self, number: $type) -> Result<(), Never> {
            self.integer(i128::from(number));
            Ok(())
        }
    )+};
}

impl<'a, 'r> Serializer for Walk<'a, 'r> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Items<'a, 'r>;
    type SerializeTuple = Items<'a, 'r>;
    type SerializeTupleStruct = Items<'a, 'r>;
    type SerializeTupleVariant = Items<'a, 'r>;
    type SerializeMap = Members<'a, 'r>;
    type SerializeStruct = Members<'a, 'r>;
    type SerializeStructVariant = Members<'a, 'r>;

    integers!(
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64)
    );

    fn serialize_bool(self, _: bool) -> Result<(), Never> {
        let schema = self.schema_for(Seen::Boolean);
        let fits = matches!(schema.kind, Kind::Boolean | Kind::Any);
        self.finding((!fits).then(|| scalar::expected(&schema)));
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result<(), Never> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Never> {
        let schema = self.schema_for(Seen::Number);
        let problem = scalar::number(&schema, number, self.rules.limits);
        self.finding(problem);
        Ok(())
    }

    fn serialize_char(self, char: char) -> Result<(), Never> {
        self.text(char.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Never> {
        self.text(text);
        Ok(())
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, text: &T) -> Result<(), Never> {
        // Timestamps and UUIDs write themselves: there is nothing to check in their text.
        if !matches!(self.schema.kind, Kind::Timestamp | Kind::Uuid | Kind::IpAddress | Kind::Any) {
            self.text(&text.to_string());
        }
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Never> {
        let problem = scalar::expected(self.schema);
        self.report(problem);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Never> {
        self.null();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        self.null();
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        self.null();
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Never> {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Never> {
        self.object();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a, 'r>, Never> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a, 'r>, Never> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a, 'r>, Never> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Items<'a, 'r>, Never> {
        Ok(self.list())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a, 'r>, Never> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a, 'r>, Never> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Members<'a, 'r>, Never> {
        Ok(self.object())
    }
}

/// Implements the four ways serde has to write a list.
macro_rules! lists {
    ($($trait:ident::$method:ident),+) => {$(
        impl $trait for Items<'_, '_> {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                self.item(value);
                Ok(())
            }

            fn end(self) -> Result<(), Never> {
                Items::end(self);
                Ok(())
            }
        }
    )+};
}

lists!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

/// Implements the two ways serde has to write a struct.
macro_rules! structs {
    ($($trait:ident),+) => {$(
        impl $trait for Members<'_, '_> {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Never> {
                self.key(key);
                self.value(value);
                Ok(())
            }

            fn end(self) -> Result<(), Never> {
                Members::end(self);
                Ok(())
            }
        }
    )+};
}

structs!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Members<'_, '_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), Never> {
        self.key(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.value(value);
        Ok(())
    }

    fn end(self) -> Result<(), Never> {
        Members::end(self);
        Ok(())
    }
}
