//! What a value may be: the one description that checks requests, reads them back, and documents them.

use serde_json::Value;
use uuid::Uuid;

use crate::Revision;
use crate::time::Timestamp;

/// A type that says what its JSON looks like.
pub trait Describe {
    /// What its JSON looks like.
    const SCHEMA: Schema;
}

/// What a JSON value may be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// The kind of value.
    pub kind: Kind,
    /// Whether `null` is allowed as well.
    pub nullable: bool,
    /// The fewest characters of a string.
    pub min_len: Option<u32>,
    /// The most characters of a string.
    pub max_len: Option<u32>,
    /// The least value of a number.
    pub min: Option<u64>,
    /// The greatest value of a number.
    pub max: Option<u64>,
    /// The fewest items of a list.
    pub min_items: Option<u32>,
    /// The form of a string.
    pub pattern: Option<Pattern>,
}

/// The kinds of JSON values the API knows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// Any JSON value.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A string.
    Text,
    /// A string that is one of these. The API may add to them.
    OneOfTexts(&'static [&'static str]),
    /// An RFC 3339 date and time with an offset.
    Timestamp,
    /// A UUID.
    Uuid,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// An object with these members; others are allowed.
    Object(&'static [Field]),
    /// An object with members of the caller's choice. An empty one may arrive as `[]`.
    FreeForm,
    /// An object whose members all look like this. An empty one may arrive as `[]`.
    MapOf(&'static Schema),
    /// A list.
    List(&'static Schema),
    /// A value that fits any one of these.
    AnyOf(&'static [Schema]),
}

/// A named member of an object, or a parameter of an operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its documentation, line by line.
    pub docs: &'static [&'static str],
    /// What its value may be.
    pub schema: Schema,
    /// The first revision that requires it, if any does.
    pub required_since: Option<Revision>,
    /// The last revision that requires it, if any does.
    pub required_until: Revision,
    /// The first revision that allows `null`, if its schema does.
    pub null_since: Revision,
    /// The first revision that has it.
    pub since: Revision,
    /// The last revision that has it.
    pub until: Revision,
    /// Lengths, ranges, patterns and enumerated values apply from this revision on.
    pub limited_since: Revision,
    /// Enumerated values are all there may be from this revision on; before, any text of the right length may.
    pub listed_since: Revision,
}

/// The form a string must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pattern {
    /// Letters, digits, `.`, `_` and `-`: the fingerprint of a host.
    Fingerprint,
    /// Letters, digits, `.`, `_`, `:` and `-`: keys, versions and signal types.
    Key,
    /// `type/subtype`, in lower case.
    MimeType,
    /// Letters, digits, `:`, `_` and `-`.
    OwnerToken,
    /// 64 hexadecimal digits.
    Sha256,
    /// Digits, a dot, digits.
    SocketId,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: &'static [Self] = &[
        Self::Fingerprint,
        Self::Key,
        Self::MimeType,
        Self::OwnerToken,
        Self::Sha256,
        Self::SocketId,
    ];

    /// The pattern as a regular expression.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fingerprint => "^[A-Za-z0-9._-]+$",
            Self::Key => "^[A-Za-z0-9._:-]+$",
            Self::MimeType => r"^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$",
            Self::OwnerToken => "^[A-Za-z0-9:_-]+$",
            Self::Sha256 => "^[A-Fa-f0-9]{64}$",
            Self::SocketId => r"^\d+\.\d+$",
        }
    }

    /// Whether `text` has the form.
    #[must_use]
    pub fn matches(self, text: &str) -> bool {
        fn all(text: &str, extra: &[u8]) -> bool {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra.contains(&byte))
        }
        fn mime(text: &str) -> bool {
            all(text, b"!#$&^_.+-") && !text.bytes().any(|byte| byte.is_ascii_uppercase())
        }
        fn digits(text: &str) -> bool {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        match self {
            Self::Fingerprint => all(text, b"._-"),
            Self::Key => all(text, b"._:-"),
            Self::MimeType => {
                text.split_once('/').is_some_and(|(left, right)| mime(left) && mime(right))
            }
            Self::OwnerToken => all(text, b":_-"),
            Self::Sha256 => text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            Self::SocketId => {
                text.split_once('.').is_some_and(|(left, right)| digits(left) && digits(right))
            }
        }
    }
}

/// Whether text is a date and time with an offset, in the form of RFC 3339.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    crate::time::is_date_time(text)
}

impl Schema {
    const fn of(kind: Kind) -> Self {
        Self {
            kind,
            nullable: false,
            min_len: None,
            max_len: None,
            min: None,
            max: None,
            min_items: None,
            pattern: None,
        }
    }

    /// Any JSON value.
    #[must_use]
    pub const fn any() -> Self {
        Self::of(Kind::Any)
    }

    /// `true` or `false`.
    #[must_use]
    pub const fn boolean() -> Self {
        Self::of(Kind::Boolean)
    }

    /// A whole number.
    #[must_use]
    pub const fn integer() -> Self {
        Self::of(Kind::Integer)
    }

    /// A number.
    #[must_use]
    pub const fn number() -> Self {
        Self::of(Kind::Number)
    }

    /// A string.
    #[must_use]
    pub const fn text() -> Self {
        Self::of(Kind::Text)
    }

    /// A string that is one of `values`.
    #[must_use]
    pub const fn one_of_texts(values: &'static [&'static str]) -> Self {
        Self::of(Kind::OneOfTexts(values))
    }

    /// An RFC 3339 date and time.
    #[must_use]
    pub const fn timestamp() -> Self {
        Self::of(Kind::Timestamp)
    }

    /// A UUID.
    #[must_use]
    pub const fn uuid() -> Self {
        Self::of(Kind::Uuid)
    }

    /// An IPv4 or IPv6 address.
    #[must_use]
    pub const fn ip_address() -> Self {
        Self::of(Kind::IpAddress)
    }

    /// An object with these members.
    ///
    /// # Panics
    ///
    /// With more than 64 members; in a constant, which makes it a compile error.
    #[must_use]
    pub const fn object(fields: &'static [Field]) -> Self {
        assert!(fields.len() <= 64, "an object has at most 64 known members");
        Self::of(Kind::Object(fields))
    }

    /// An object with members of the caller's choice.
    #[must_use]
    pub const fn free_form() -> Self {
        Self::of(Kind::FreeForm)
    }

    /// An object whose members all look like `value`.
    #[must_use]
    pub const fn map_of(value: &'static Self) -> Self {
        Self::of(Kind::MapOf(value))
    }

    /// A list of items that look like `item`.
    #[must_use]
    pub const fn list(item: &'static Self) -> Self {
        Self::of(Kind::List(item))
    }

    /// A value that fits any one of `choices`.
    #[must_use]
    pub const fn any_of(choices: &'static [Self]) -> Self {
        Self::of(Kind::AnyOf(choices))
    }

    /// The same, or `null`.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same, of at least `len` characters.
    #[must_use]
    pub const fn min_len(mut self, len: u32) -> Self {
        self.min_len = Some(len);
        self
    }

    /// The same, of at most `len` characters.
    #[must_use]
    pub const fn max_len(mut self, len: u32) -> Self {
        self.max_len = Some(len);
        self
    }

    /// The same, of at least `min`.
    #[must_use]
    pub const fn min(mut self, min: u64) -> Self {
        self.min = Some(min);
        self
    }

    /// The same, of at least `min` and at most `max`.
    #[must_use]
    pub const fn range(mut self, min: u64, max: u64) -> Self {
        self.min = Some(min);
        self.max = Some(max);
        self
    }

    /// The same, with at least `items` items.
    #[must_use]
    pub const fn min_items(mut self, items: u32) -> Self {
        self.min_items = Some(items);
        self
    }

    /// The same, of the form `pattern`.
    #[must_use]
    pub const fn pattern(mut self, pattern: Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The kind in the words of JSON Schema: `string`, `integer`, `number`, `boolean`, `array`, `object` or `any`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Any | Kind::AnyOf(_) => "any",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Text | Kind::OneOfTexts(_) | Kind::Timestamp | Kind::Uuid | Kind::IpAddress => {
                "string"
            }
            Kind::Object(_) | Kind::FreeForm | Kind::MapOf(_) => "object",
            Kind::List(_) => "array",
        }
    }
}

impl Field {
    /// A member of every revision that none requires.
    #[must_use]
    pub const fn new(name: &'static str, docs: &'static [&'static str], schema: Schema) -> Self {
        Self {
            name,
            docs,
            schema,
            required_since: None,
            since: Revision::V0_1_1,
            until: Revision::LATEST,
            required_until: Revision::LATEST,
            null_since: Revision::V0_1_1,
            limited_since: Revision::V0_1_1,
            listed_since: Revision::V0_1_1,
        }
    }

    /// Required in every revision that has it.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required_since = Some(self.since);
        self
    }

    /// Required from `revision` on.
    #[must_use]
    pub const fn required_since(mut self, revision: Revision) -> Self {
        self.required_since = Some(revision);
        self
    }

    /// Required in `revision` alone.
    #[must_use]
    pub const fn required_only(mut self, revision: Revision) -> Self {
        self.required_since = Some(revision);
        self.required_until = revision;
        self
    }

    /// Never `null` before `revision`.
    #[must_use]
    pub const fn null_since(mut self, revision: Revision) -> Self {
        self.null_since = revision;
        self
    }

    /// Absent before `revision`.
    #[must_use]
    pub const fn since(mut self, revision: Revision) -> Self {
        self.since = revision;
        self
    }

    /// Absent after `revision`.
    #[must_use]
    pub const fn until(mut self, revision: Revision) -> Self {
        self.until = revision;
        self
    }

    /// Lengths, ranges, patterns and enumerated values apply from `revision` on.
    #[must_use]
    pub const fn limited_since(mut self, revision: Revision) -> Self {
        self.limited_since = revision;
        self
    }

    /// Enumerated values are all there may be from `revision` on.
    #[must_use]
    pub const fn listed_since(mut self, revision: Revision) -> Self {
        self.listed_since = revision;
        self
    }

    /// Whether `revision` requires it.
    #[must_use]
    pub fn is_required_in(&self, revision: Revision) -> bool {
        let required = self.required_since.is_some_and(|since| since <= revision);
        required && revision <= self.required_until && self.is_in(revision)
    }

    /// Whether `revision` has it.
    #[must_use]
    pub fn is_in(&self, revision: Revision) -> bool {
        self.since <= revision && revision <= self.until
    }
}

/// Implements [`Describe`] for types whose schema needs no more than their kind.
macro_rules! describe {
    ($($type:ty => $schema:expr),+ $(,)?) => {$(
        impl Describe for $type {
            const SCHEMA: Schema = $schema;
        }
    )+};
}

describe! {
    bool => Schema::boolean(),
    f64 => Schema::number(),
    i64 => Schema::integer(),
    u16 => Schema::integer().range(0, u16::MAX as u64),
    u32 => Schema::integer().range(0, u32::MAX as u64),
    u64 => Schema::integer().min(0),
    String => Schema::text(),
    Timestamp => Schema::timestamp(),
    Uuid => Schema::uuid(),
    Value => Schema::any(),
    std::net::IpAddr => Schema::ip_address(),
}

impl<T: Describe> Describe for Vec<T> {
    const SCHEMA: Schema = Schema::list(&T::SCHEMA);
}

impl<T: Describe> Describe for Box<T> {
    const SCHEMA: Schema = T::SCHEMA;
}
