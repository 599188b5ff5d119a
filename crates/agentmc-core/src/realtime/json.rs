//! JSON as it travels here: kept as text, and read leniently.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::escape::{unescape, unescape_json};
use crate::reader;

/// A JSON value, kept as the text it arrived as: nothing is lost, and reading costs only when asked for.
#[derive(Clone)]
pub struct Json {
    /// What the value stands in: itself, or a larger value it is part of.
    text: Box<str>,
    span: Range<usize>,
}

impl Json {
    /// The value `text` is.
    ///
    /// # Errors
    ///
    /// When it is not JSON.
    pub fn new(text: impl Into<String>) -> serde_json::Result<Self> {
        let text = text.into();
        serde_json::from_str::<&RawValue>(&text)?;
        Ok(Self::whole(text.into()))
    }

    fn whole(text: Box<str>) -> Self {
        Self { span: 0..text.len(), text }
    }

    pub(crate) fn of(raw: &RawValue) -> Self {
        Self::whole(raw.get().into())
    }

    /// `{}`.
    pub(crate) fn empty() -> Self {
        Self::whole("{}".into())
    }

    /// Where a part of the text stands in it; nothing if it stands elsewhere.
    pub(crate) fn find(&self, part: &str) -> Option<Range<usize>> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let span = start..start.checked_add(part.len())?;
        self.text.get(span.clone()).is_some_and(|text| text == part).then_some(span)
    }

    /// A part of the value, which must be a value itself. Keeps the whole text instead of copying.
    pub(crate) fn narrow(self, span: Range<usize>) -> Self {
        Self { text: self.text, span }
    }

    /// A part of what the value stands in.
    pub(crate) fn around(&self, span: &Range<usize>) -> Option<&str> {
        self.text.get(span.clone())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.get(self.span.clone()).unwrap_or_default()
    }

    /// Reads the text as a `T`, which may borrow from it.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(self.as_str())
    }

    /// The value as a tree; `null` where it is nested too deeply to be one.
    #[must_use]
    pub fn value(&self) -> Value {
        self.read().unwrap_or_default()
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = self.read().map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads an object. By itself `serde` reads a list as well, by position.
pub(crate) fn object<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    if !json.trim_ascii_start().starts_with('{') {
        return Err(serde::de::Error::custom("an object was expected"));
    }
    reader::read(json).map_or_else(|| serde_json::from_str(json), Ok)
}

/// Text where there is some: numbers and flags count as text, anything else as nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Loose<'a>(pub(crate) Option<Cow<'a, str>>);

impl Loose<'_> {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The text as a number.
    pub(crate) fn number(&self) -> Option<u64> {
        self.as_str().trim().parse().ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Loose(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Loose(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Loose(Some(Cow::Borrowed(if flag { "true" } else { "false" }))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Loose(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Loose(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Loose(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose(None))
    }
}

/// The text of the JSON value that a member holds: the value itself, or, in a JSON string, its text.
///
/// `buffer` is where a string is unescaped to, so that a frame costs no allocation.
pub(crate) fn inner<'a>(raw: &'a RawValue, buffer: &'a mut String) -> Option<&'a str> {
    let text = raw.get();
    if !text.starts_with('"') {
        return Some(text);
    }
    unescape_json(text, 1, buffer)?;
    Some(buffer)
}

/// The text of a value: of a string, what it says; of a number or a flag, how it is written.
pub(crate) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let Some(text) = raw.get().strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return serde_json::from_str::<Loose<'_>>(raw.get()).ok()?.0;
    };
    let Some(escape) = text.find('\\') else { return Some(Cow::Borrowed(text)) };
    let mut said = String::with_capacity(text.len());
    unescape(raw.get(), 1, 1 + escape, &mut said)?;
    Some(Cow::Owned(said))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_string_is_unescaped_as_a_json_reader_would(text: String) {
            let ascii: String = text.chars().flat_map(|char| {
                let mut units = [0; 2];
                char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>()
            }).collect();
            for json in [serde_json::to_string(&text).unwrap(), format!("\"{ascii}\"")] {
                let raw: &RawValue = serde_json::from_str(&json).unwrap();
                let mut buffer = "left over".to_owned();
                prop_assert_eq!(inner(raw, &mut buffer), Some(text.as_str()));
                let said = super::text(raw);
                prop_assert_eq!(said.as_deref(), Some(text.as_str()));
            }
        }
    }

    #[test]
    fn half_a_surrogate_says_nothing() {
        for json in [r#""\ud800""#, r#""\ud800\u0041""#, r#""\udc00""#] {
            let Ok(raw) = serde_json::from_str::<&RawValue>(json) else { continue };
            assert_eq!(inner(raw, &mut String::new()), None, "{json}");
        }
    }
}
