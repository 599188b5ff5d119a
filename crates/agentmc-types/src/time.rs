//! Moments in time.

use std::fmt;

use jiff::civil::DateTime;
use serde::de::{Deserializer, Visitor};

use crate::part::{Part, Place};

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

/// Reads the form in which services write moments, `2026-02-22T17:21:02Z` with or without a fraction, several times as
/// fast as a parser of every form; `None` for any other, which is not to say that it is wrong.
fn in_utc(text: &[u8]) -> Option<Timestamp> {
    let (moment, rest) = text.split_first_chunk::<19>()?;
    let [y, e, a, r, m1, mo, n, m2, tens, ones, b'T', time @ ..] = *moment else { return None };
    let [century, _, year, _, _, month, ..] = pairs([y, e, a, r, m1, mo, n, m2], *b"0000-00-")?;
    let [hour, _, _, minute, _, _, second, _] = pairs(time, *b"00:00:00")?;
    let [day, ..] = pairs([tens, ones, 0, 0, 0, 0, 0, 0], *b"00\0\0\0\0\0\0")?;
    let nanos = match rest {
        b"Z" => 0,
        rest => nanos(rest)?,
    };
    let (year, month, day) = (100 * u32::from(century) + u32::from(year), month.into(), day.into());
    let (hour, minute, second) = (u32::from(hour), u32::from(minute), u32::from(second));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since the March before the year 0, with years that begin in March.
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    let seconds = hour * 3600 + minute * 60 + second;
    Timestamp::new((i64::from(days) - 865_566) * 86_400 + i64::from(seconds), nanos).ok()
}

/// Reads text of the form of `pattern`, whose zeros stand for digits, all bytes at once: the number at each place is what
/// its digit and the one behind it say.
fn pairs(text: [u8; 8], pattern: [u8; 8]) -> Option<[u8; 8]> {
    // Their bytes become 0 to 9 for digits, and 0 for what must be as it is in the pattern.
    let values = u64::from_le_bytes(text) ^ u64::from_le_bytes(pattern);
    // Takes what is larger past 0x7F.
    let room = u64::from_le_bytes(pattern.map(|byte| if byte == b'0' { 0x7F - 9 } else { 0x7F }));
    let is_wrong = (values | values.wrapping_add(room)) & 0x8080_8080_8080_8080 != 0;
    (!is_wrong).then(|| (values * 10 + (values >> 8)).to_le_bytes())
}

/// Reads a fraction of a second and the `Z` behind it.
fn nanos(text: &[u8]) -> Option<i32> {
    let [b'.', digits @ .., b'Z'] = text else { return None };
    if !(1..=9).contains(&digits.len()) {
        return None;
    }
    let number = digits.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0'))
    })?;
    Some(number * 10_i32.pow(9 - digits.len() as u32))
}

impl<'de> Part<'de> for Timestamp {
    #[inline]
    fn blank() -> Self {
        Self::UNIX_EPOCH
    }

    /// Reads it more leniently than the type does by itself.
    #[inline]
    fn read<D: Deserializer<'de>>(
        deserializer: D,
        place: impl Place<Self>,
    ) -> Result<(), D::Error> {
        place.put(deserializer.deserialize_str(Lenient)?);
        Ok(())
    }
}

/// Reads a moment as records have it.
struct Lenient;

impl Visitor<'_> for Lenient {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date and time with an offset")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
        let beyond = |error: jiff::Error| match text.starts_with("9999-12-3") && is_date_time(text)
        {
            true => Ok(Timestamp::MAX),
            false => Err(E::custom(error)),
        };
        match in_utc(text.as_bytes()) {
            Some(moment) => Ok(moment),
            None => text.parse().or_else(beyond),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_fast_way_reads_what_the_parser_reads(
            second in -62_167_219_200_i64..253_402_207_200,
            nanos in prop_oneof![Just(0), 0..1_000_000_000],
            digits in 0_usize..=9,
        ) {
            let moment = Timestamp::new(second, nanos).unwrap();
            let text = moment.to_string();
            prop_assert_eq!(in_utc(text.as_bytes()), Some(moment), "{}", text);
            let padded = format!("{:.*}", digits, moment);
            prop_assert_eq!(in_utc(padded.as_bytes()), padded.parse().ok(), "{}", padded);
        }

        #[test]
        fn what_the_fast_way_reads_the_parser_reads_the_same(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,10})?Z?",
        ) {
            if let Some(moment) = in_utc(text.as_bytes()) {
                prop_assert_eq!(text.parse().ok(), Some(moment), "{}", text);
            }
        }
    }
}
