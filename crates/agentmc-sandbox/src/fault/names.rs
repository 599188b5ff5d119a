//! The names of faults and their arguments.

use std::fmt::Write;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

use super::Fault;

/// What stands for itself in an argument: neither the comma that ends it, nor what cannot be seen.
const HIDDEN: &AsciiSet = &CONTROLS.add(b',').add(b'%');

/// Every name, and what its argument looks like.
const NAMES: &[(&str, &str)] = &[
    ("down", "=TIME"),
    ("close-before-head", ""),
    ("close-in-head", ""),
    ("close-in-body", ""),
    ("reset-before-head", ""),
    ("reset-in-body", ""),
    ("delay-head", "=TIME"),
    ("drip-body", "=TIME"),
    ("long-length", ""),
    ("short-length", ""),
    ("status", "=STATUS"),
    ("retry-after", "=STATUS:VALUE"),
    ("html", "=STATUS"),
    ("empty", "=STATUS"),
    ("invalid-utf8", ""),
    ("truncated-json", ""),
    ("wrong-type", "=PATH"),
    ("unknown", ""),
    ("body-of", "=BYTES"),
    ("repeat-page", ""),
    ("foreign-next", ""),
    ("foreign-redirect", ""),
    ("gzip", ""),
    ("brotli", ""),
    ("no-content-type", ""),
    ("charset", ""),
    ("array-for-object", ""),
    ("no-message", ""),
    ("raw", "=TEXT"),
];

/// Every fault as it is written, separated by commas.
pub(super) fn known() -> String {
    let names: Vec<_> = NAMES.iter().map(|(name, argument)| format!("{name}{argument}")).collect();
    names.join(", ")
}

/// Reads a fault, or says what is wrong with it.
pub(super) fn read(text: &str) -> Result<Fault, String> {
    let (name, given) = match text.split_once('=') {
        Some((name, argument)) => (name, Some(argument)),
        None => (text, None),
    };
    let Some((_, form)) = NAMES.iter().find(|(known, _)| *known == name) else {
        return Err(format!("there is no fault `{name}`; there are {}", known()));
    };
    let argument = match (given, form.is_empty()) {
        (None, true) => "",
        (Some(argument), false) => argument,
        (Some(_), true) => return Err(format!("the fault `{name}` takes no argument")),
        (None, false) => return Err(format!("the fault is written `{name}{form}`")),
    };
    let wrong = |why: String| format!("`{argument}` is no argument of `{name}{form}`: {why}");
    with(name, argument).map_err(wrong)
}

fn with(name: &str, argument: &str) -> Result<Fault, String> {
    Ok(match name {
        "down" => Fault::Down(time(argument)?),
        "close-before-head" => Fault::CloseBeforeHead,
        "close-in-head" => Fault::CloseInHead,
        "close-in-body" => Fault::CloseInBody,
        "reset-before-head" => Fault::ResetBeforeHead,
        "reset-in-body" => Fault::ResetInBody,
        "delay-head" => Fault::DelayHead(time(argument)?),
        "drip-body" => Fault::DripBody(time(argument)?),
        "long-length" => Fault::LongLength,
        "short-length" => Fault::ShortLength,
        "status" => Fault::Status(status(argument)?),
        "retry-after" => {
            let (code, value) = argument.split_once(':').ok_or("there is no colon")?;
            let value = shown(value)?;
            HeaderValue::try_from(value.as_str()).map_err(|_| "no header can have this value")?;
            Fault::RetryAfter(status(code)?, value)
        }
        "html" => Fault::Html(status(argument)?),
        "empty" => Fault::Empty(status(argument)?),
        "invalid-utf8" => Fault::InvalidUtf8,
        "truncated-json" => Fault::TruncatedJson,
        "wrong-type" if argument.is_empty() => {
            return Err("it must be a path, such as data.id".into());
        }
        "wrong-type" => Fault::WrongType(shown(argument)?),
        "unknown" => Fault::Unknown,
        "body-of" => Fault::BodyOf(argument.parse().map_err(|_| "it must be a number of bytes")?),
        "repeat-page" => Fault::RepeatPage,
        "foreign-next" => Fault::ForeignNext,
        "foreign-redirect" => Fault::ForeignRedirect,
        "gzip" => Fault::Gzip,
        "brotli" => Fault::Brotli,
        "no-content-type" => Fault::NoContentType,
        "charset" => Fault::Charset,
        "array-for-object" => Fault::ArrayForObject,
        "no-message" => Fault::NoMessage,
        _ => Fault::Raw(Bytes::from(percent_decode_str(argument).collect::<Vec<u8>>())),
    })
}

/// Writes a fault as [`read`] reads it.
pub(super) fn write(fault: &Fault) -> String {
    let escaped = |bytes: &[u8]| percent_encode(bytes, HIDDEN).to_string();
    match fault {
        Fault::Down(time) => format!("down={}", written(*time)),
        Fault::CloseBeforeHead => "close-before-head".to_owned(),
        Fault::CloseInHead => "close-in-head".to_owned(),
        Fault::CloseInBody => "close-in-body".to_owned(),
        Fault::ResetBeforeHead => "reset-before-head".to_owned(),
        Fault::ResetInBody => "reset-in-body".to_owned(),
        Fault::DelayHead(time) => format!("delay-head={}", written(*time)),
        Fault::DripBody(time) => format!("drip-body={}", written(*time)),
        Fault::LongLength => "long-length".to_owned(),
        Fault::ShortLength => "short-length".to_owned(),
        Fault::Status(status) => format!("status={}", status.as_u16()),
        Fault::RetryAfter(status, value) => {
            format!("retry-after={}:{}", status.as_u16(), escaped(value.as_bytes()))
        }
        Fault::Html(status) => format!("html={}", status.as_u16()),
        Fault::Empty(status) => format!("empty={}", status.as_u16()),
        Fault::InvalidUtf8 => "invalid-utf8".to_owned(),
        Fault::TruncatedJson => "truncated-json".to_owned(),
        Fault::WrongType(path) => format!("wrong-type={}", escaped(path.as_bytes())),
        Fault::Unknown => "unknown".to_owned(),
        Fault::BodyOf(bytes) => format!("body-of={bytes}"),
        Fault::RepeatPage => "repeat-page".to_owned(),
        Fault::ForeignNext => "foreign-next".to_owned(),
        Fault::ForeignRedirect => "foreign-redirect".to_owned(),
        Fault::Gzip => "gzip".to_owned(),
        Fault::Brotli => "brotli".to_owned(),
        Fault::NoContentType => "no-content-type".to_owned(),
        Fault::Charset => "charset".to_owned(),
        Fault::ArrayForObject => "array-for-object".to_owned(),
        Fault::NoMessage => "no-message".to_owned(),
        Fault::Raw(bytes) => format!("raw={}", escaped(bytes)),
    }
}

fn shown(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| "it is not UTF-8".to_owned())
}

fn status(text: &str) -> Result<StatusCode, String> {
    let code = text.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
    code.ok_or_else(|| "a status is a number from 100 to 999".to_owned())
}

/// A time in whole `s`, `ms`, `us` or `ns`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "a time is a whole number with its unit, such as 250ms or 2s".to_owned();
    let split = text.find(|character: char| !character.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let number: u128 = number.parse().map_err(|_| wrong())?;
    let unit: u128 = match unit {
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" => 1_000,
        "ns" => 1,
        _ => return Err(wrong()),
    };
    let nanoseconds = number.checked_mul(unit).ok_or_else(wrong)?;
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).map_err(|_| wrong())?;
    Ok(Duration::new(seconds, (nanoseconds % 1_000_000_000) as u32))
}

fn written(time: Duration) -> String {
    let nanoseconds = time.as_nanos();
    let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let mut text = String::new();
    if let Some((size, unit)) =
        units.into_iter().find(|(size, _)| nanoseconds.is_multiple_of(*size))
    {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{}{unit}", nanoseconds / size);
    }
    text
}
