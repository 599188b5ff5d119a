//! Strings and numbers against a schema.

use std::net::IpAddr;

use agentmc_types::NotificationId;
use agentmc_types::schema::{Kind, Schema, is_date_time};

use crate::check::Rules;
use crate::error::Problem;

/// What a schema expects, for people.
pub(super) fn expected(schema: &Schema) -> Problem {
    Problem::WrongType(match schema.kind {
        Kind::Any => "a JSON value",
        Kind::Boolean => "true or false",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Text | Kind::OneOfTexts(_) => "a string",
        Kind::Timestamp => "a date and time with an offset, such as 2026-02-22T17:21:00Z",
        Kind::Uuid => "a UUID",
        Kind::IpAddress => "an IP address",
        Kind::Object(_) | Kind::FreeForm | Kind::MapOf(_) => "an object",
        Kind::List(_) => "a list",
        Kind::AnyOf(choices) => match choices.last().map(|choice| choice.kind) {
            Some(Kind::Boolean) => "a string, or true or false",
            Some(Kind::FreeForm) => "a string or an object",
            _ => "a value of another type",
        },
        _ => "something else",
    })
}

/// What is wrong with a string.
pub(super) fn text(schema: &Schema, text: &str, rules: Rules) -> Option<Problem> {
    match schema.kind {
        Kind::Text | Kind::Any => {}
        Kind::OneOfTexts(values) => {
            if rules.limits && rules.listed && !values.contains(&text) {
                return Some(Problem::NotListed(values));
            }
        }
        Kind::Timestamp if is_date_time(text) => {}
        Kind::Uuid if text.len() == 36 && text.parse::<NotificationId>().is_ok() => {}
        Kind::IpAddress if text.parse::<IpAddr>().is_ok() => {}
        _ => return Some(expected(schema)),
    }
    if !rules.limits {
        return None;
    }
    // Counting characters is only needed where the bytes do not decide.
    let fewer_than =
        |len: u32| text.len() < len as usize || text.chars().nth(len as usize - 1).is_none();
    let more_than =
        |len: u32| text.len() > len as usize && text.chars().nth(len as usize).is_some();
    if let Some(len) = schema.min_len.filter(|len| *len > 0 && fewer_than(*len)) {
        return Some(Problem::TooShort(len));
    }
    if let Some(len) = schema.max_len.filter(|len| more_than(*len)) {
        return Some(Problem::TooLong(len));
    }
    schema
        .pattern
        .filter(|pattern| !pattern.matches(text))
        .map(|pattern| Problem::Pattern(pattern.as_str()))
}

/// What is wrong with a whole number.
pub(super) fn integer(schema: &Schema, number: i128, limits: bool) -> Option<Problem> {
    if !matches!(schema.kind, Kind::Integer | Kind::Number | Kind::Any) {
        return Some(expected(schema));
    }
    if !limits {
        return None;
    }
    if let Some(min) = schema.min.filter(|min| number < i128::from(*min)) {
        return Some(Problem::TooSmall(min));
    }
    schema.max.filter(|max| number > i128::from(*max)).map(Problem::TooGreat)
}

/// What is wrong with a number.
#[expect(clippy::cast_precision_loss, reason = "the limits of numbers are small")]
pub(super) fn number(schema: &Schema, number: f64, limits: bool) -> Option<Problem> {
    if !matches!(schema.kind, Kind::Number | Kind::Any) || !number.is_finite() {
        return Some(expected(schema));
    }
    if !limits {
        return None;
    }
    if let Some(min) = schema.min.filter(|min| number < *min as f64) {
        return Some(Problem::TooSmall(min));
    }
    schema.max.filter(|max| number > *max as f64).map(Problem::TooGreat)
}
