//! What a scalar of YAML means: the core schema of YAML 1.2.

use saphyr_parser::{ScalarStyle, Tag};
use serde_json::{Number, Value};

/// Before the names of the core schema's own tags.
const CORE: &str = "tag:yaml.org,2002:";

/// What a scalar stands for. Only a plain one can be anything but a text, unless a tag says so.
pub(super) fn value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let Some(tag) = tag else {
        let plain = style == ScalarStyle::Plain;
        let resolved = if plain { resolved(text)? } else { None };
        return Ok(resolved.unwrap_or_else(|| text.into()));
    };
    let name = full(tag);
    let value = match name.strip_prefix(CORE) {
        // `!` alone makes a text of anything.
        Some("str") => return Ok(text.into()),
        None if name == "!" => return Ok(text.into()),
        Some("null") => resolved(text)?.filter(Value::is_null),
        Some("bool") => resolved(text)?.filter(Value::is_boolean),
        Some("int") => resolved(text)?.filter(|value| value.is_i64() || value.is_u64()),
        Some("float") => resolved(text)?.filter(Value::is_number),
        _ => return Err(no_tag(&name)),
    };
    value.ok_or_else(|| format!("`{text}` is no {}", name.trim_start_matches(CORE)))
}

/// Refuses tags but the one that says of a list or an object what it is.
pub(super) fn refuse_other(tag: Option<&Tag>, own: &str) -> Result<(), String> {
    match tag.map(full) {
        Some(name) if name != "!" && name.strip_prefix(CORE) != Some(own) => Err(no_tag(&name)),
        _ => Ok(()),
    }
}

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn no_tag(name: &str) -> String {
    format!("there is no tag `{name}` here")
}

/// What a plain scalar stands for, if that is no text. A number that is too large for any is refused.
fn resolved(text: &str) -> Result<Option<Value>, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Some(Value::Null)),
        "true" | "True" | "TRUE" => return Ok(Some(true.into())),
        "false" | "False" | "FALSE" => return Ok(Some(false.into())),
        _ => {}
    }
    let in_base = |digits: &str, base| {
        let all = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
        all.then(|| u64::from_str_radix(digits, base))
    };
    let based = (text.strip_prefix("0x").and_then(|digits| in_base(digits, 16)))
        .or_else(|| text.strip_prefix("0o").and_then(|digits| in_base(digits, 8)));
    if let Some(number) = based {
        return Ok(number.ok().map(Value::from));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    // JSON has no number for them.
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Ok(Some(Value::Null));
    }
    if digits(unsigned) && !unsigned.is_empty() {
        let whole = text.parse().map(u64::into).or_else(|_| text.parse().map(i64::into));
        if let Ok(whole) = whole {
            return Ok(Some(Value::Number(whole)));
        }
    } else if !is_float(unsigned) {
        return Ok(None);
    }
    let Ok(number) = text.parse() else { return Ok(None) };
    Number::from_f64(number)
        .map(|number| Some(Value::Number(number)))
        .ok_or_else(|| format!("`{text}` is too large for a number"))
}

fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole)
        && digits(fraction)
        && mantissa.len() > usize::from(mantissa.contains('.'))
        && exponent.is_none_or(|exponent| digits(exponent) && !exponent.is_empty())
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::resolved;

    #[test]
    fn a_plain_scalar_is_what_the_core_schema_says() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("NULL", json!(null)),
            ("True", json!(true)),
            ("false", json!(false)),
            ("0", json!(0)),
            ("-0", json!(0)),
            ("+12", json!(12)),
            ("007", json!(7)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("1.10", json!(1.1)),
            (".5", json!(0.5)),
            ("-1.", json!(-1.0)),
            ("1e3", json!(1000.0)),
            ("6.02E+23", json!(6.02e23)),
            ("-.inf", json!(null)),
            (".NaN", json!(null)),
        ] {
            assert_eq!(resolved(text), Ok(Some(value)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_a_text() {
        for text in [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "tRue",
            "nUll",
            "inf",
            "NaN",
            "infinity",
            ".",
            "+",
            "-",
            ".e5",
            "e5",
            "1e",
            "1e+",
            "1.2.3",
            "1_000",
            "0b1",
            "0X1F",
            "0x+1",
            "+0x1",
            "0o8",
            "--1",
            "2026-03-01",
            "12:30",
            "1 2",
            "١",
        ] {
            assert_eq!(resolved(text), Ok(None), "{text}");
        }
    }
}
