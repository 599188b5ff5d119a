//! "Leave it", "clear it" and "set it", kept apart.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema::{Describe, Schema};

/// A value to set, or `null`, which clears what is there.
///
/// An update leaves a member as it is when the member is not sent at all; that third state is an
/// `Option` around this type. Setters take `impl Into<Nullable<T>>`, so that all three read well:
/// not calling the setter leaves, `setter(None)` clears, `setter(value)` sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nullable<T> {
    /// Clears what is there.
    Null,
    /// Sets the value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, unless it is null.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// A reference to the value, unless it is null.
    #[must_use]
    pub const fn as_option(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

impl<T: Describe> Describe for Nullable<T> {
    const SCHEMA: Schema = T::SCHEMA.nullable();
}
