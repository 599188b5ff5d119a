//! Values that may be of more than one JSON type.

use serde::{Deserialize, Serialize};

use crate::object::Object;
use crate::part::small;
use crate::schema::{Describe, Schema};

/// A string, or an object that says more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a string or an object")]
pub enum TextOrObject {
    /// A string.
    Text(String),
    /// An object.
    Object(Object),
}

/// A string, or a flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a string or a boolean")]
pub enum TextOrFlag {
    /// A string.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
}

impl From<&str> for TextOrObject {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for TextOrObject {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Object> for TextOrObject {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<&str> for TextOrFlag {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for TextOrFlag {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for TextOrFlag {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

small! {
    TextOrObject = Self::Text(String::new()),
    TextOrFlag = Self::Flag(false),
}

impl Describe for TextOrObject {
    const SCHEMA: Schema = Schema::any_of(&[Schema::text(), Schema::free_form()]);
}

impl Describe for TextOrFlag {
    const SCHEMA: Schema = Schema::any_of(&[Schema::text(), Schema::boolean()]);
}
