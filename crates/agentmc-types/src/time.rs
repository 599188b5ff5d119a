//! Moments in time.

use std::fmt;

use jiff::civil::DateTime;
use serde::de::{Deserialize, Deserializer, Visitor};

/// A moment, to the nanosecond.
///
/// Read from RFC 3339 text with any offset, and written in UTC. The offset itself is not kept. RFC 3339
/// knows moments a little beyond the last of this type, 9999-12-30T22:00:00.999999999Z, and services
/// write `9999-12-31T23:59:59Z` for "never": records read them as [`Timestamp::MAX`].
pub use jiff::Timestamp;

/// Whether text is a date and time of RFC 3339. Parsers read other forms as well.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let digits =
        rest.strip_prefix('.').map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, offset) = rest.split_at(digits.map_or(0, |digits| digits + 1));
    let separated = matches!(moment.as_bytes()[10], b'T' | b't' | b' ');
    let plain = moment.bytes().all(|byte| byte.is_ascii_digit() || b"-:Tt ".contains(&byte));
    separated && plain && fraction != "." && is_offset(offset) && moment.parse::<DateTime>().is_ok()
}

fn is_offset(text: &str) -> bool {
    if matches!(text, "Z" | "z") {
        return true;
    }
    let number = |range: std::ops::Range<usize>, most: u8| {
        let text = text.get(range).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        text.and_then(|text| text.parse::<u8>().ok()).is_some_and(|number| number <= most)
    };
    text.len() == 6
        && text.starts_with(['+', '-'])
        && text.get(3..4) == Some(":")
        && number(1..3, 23)
        && number(4..6, 59)
}

/// A moment as records read it.
pub(crate) struct Lenient(pub(crate) Timestamp);

impl From<Lenient> for Timestamp {
    fn from(read: Lenient) -> Self {
        read.0
    }
}

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = Lenient;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time with an offset")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Lenient, E> {
                let beyond = |error: jiff::Error| match text.starts_with("9999-12-3")
                    && is_date_time(text)
                {
                    true => Ok(Timestamp::MAX),
                    false => Err(E::custom(error)),
                };
                text.parse().or_else(beyond).map(Lenient)
            }
        }

        deserializer.deserialize_str(Read)
    }
}
