//! JSON as it came, laid out anew.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// What may stand between the parts of JSON.
const SPACE: &[char] = &[' ', '\t', '\n', '\r'];

/// How deep values stand on lines of their own. What is deeper stays on one line, or indenting it would take the square
/// of its length.
const DEEPEST: usize = 128;

/// On one line.
pub(super) fn compact(json: &RawValue) -> String {
    laid_out(json, false)
}

/// On a line for each member and item.
pub(super) fn pretty(json: &RawValue) -> String {
    laid_out(json, true)
}

/// The records of a reply, as [`super::records`] has them.
pub(super) fn records(reply: &RawValue) -> Vec<&RawValue> {
    // What is no object has no members, and what is no list is one record.
    let members: BTreeMap<String, &RawValue> =
        serde_json::from_str(reply.get()).unwrap_or_default();
    let data = members.get("data").copied().unwrap_or(reply);
    if data.get() == RawValue::NULL.get() {
        return Vec::new();
    }
    serde_json::from_str(data.get()).unwrap_or_else(|_| vec![data])
}

/// Members keep their order and numbers their digits. Strings are written as in all other JSON here.
fn laid_out(json: &RawValue, pretty: bool) -> String {
    let mut text = String::with_capacity(json.get().len());
    let mut depth = 0;
    let mut rest = json.get();
    while let Some(first) = rest.bytes().next() {
        let (part, after) = rest.split_at(length(rest, first));
        rest = after.trim_start_matches(SPACE);
        match first {
            b'{' | b'[' if rest.starts_with(['}', ']']) => text.push_str(part),
            b'{' | b'[' => {
                depth += 1;
                text.push_str(part);
                line(&mut text, depth, pretty);
            }
            b'}' | b']' => {
                if !text.ends_with(['{', '[']) {
                    depth -= 1;
                    line(&mut text, depth, pretty);
                }
                text.push_str(part);
            }
            b',' => {
                text.push(',');
                line(&mut text, depth, pretty);
            }
            b':' => text.push_str(if pretty { ": " } else { ":" }),
            b'"' => text.push_str(&string(part)),
            _ => text.push_str(part),
        }
    }
    text
}

/// How long the part is that JSON begins with.
fn length(json: &str, first: u8) -> usize {
    match first {
        b'"' => {
            let mut escaped = false;
            let end = json.bytes().skip(1).position(|byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            });
            end.map_or(json.len(), |end| end + 2)
        }
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        _ => json.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(json.len()),
    }
}

fn line(text: &mut String, depth: usize, pretty: bool) {
    if pretty && depth < DEEPEST {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    }
}

/// A string with no escapes but those it needs. One that is no text, for it has half a character, stays as it is.
fn string(part: &str) -> Cow<'_, str> {
    if !part.contains('\\') {
        return part.into();
    }
    let text = serde_json::from_str::<String>(part);
    text.and_then(|text| serde_json::to_string(&text)).map_or_else(|_| part.into(), Cow::from)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::{DEEPEST, compact, pretty, records};
    use crate::view::View;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap_or_default()
    }

    #[test]
    fn order_and_digits_stay_and_only_space_changes() {
        let json = raw(
            " {\"z\" : 1.10 ,\"a\":\r\n[ 123456789012345678901234567890, -0.0e+5,true ],\t\"z\":{ },\"e\":[\n]} ",
        );
        assert_eq!(
            compact(&json),
            r#"{"z":1.10,"a":[123456789012345678901234567890,-0.0e+5,true],"z":{},"e":[]}"#
        );
        let expected = "{\n  \"z\": 1.10,\n  \"a\": [\n    123456789012345678901234567890,\n    -0.0e+5,\n    true\n  ],\n  \"z\": {},\n  \"e\": []\n}";
        assert_eq!(pretty(&json), expected);
        for scalar in ["1e999", "null", "\"a b\""] {
            assert_eq!(pretty(&raw(scalar)), scalar);
        }
    }

    #[test]
    fn strings_are_written_as_ever() {
        let json =
            raw(r#"{"https:\/\/x":"\u00e9\u001b\"\\ {[,:]} \ud83d\ude00","half":"\ud800\/"}"#);
        assert_eq!(compact(&json), r#"{"https://x":"é\u001b\"\\ {[,:]} 😀","half":"\ud800\/"}"#);
    }

    #[test]
    fn what_is_sorted_already_is_laid_out_as_ever() {
        let value = json!({"a": [1, {"b": [], "c": {}}, [[]], [[1], "x\"\\\n"]], "d": {"e": null, "f": 1.5}});
        for text in [value.to_string(), format!("{value:#}")] {
            assert_eq!(pretty(&raw(&text)), format!("{value:#}"));
            assert_eq!(compact(&raw(&text)), value.to_string());
        }
    }

    #[test]
    fn no_depth_is_too_deep() {
        let depth = 100_000;
        let json = raw(&("[".repeat(depth) + &"]".repeat(depth)));
        assert_eq!(compact(&json), json.get());
        assert!(pretty(&json).len() < json.get().len() + 2 * DEEPEST * (1 + 2 * DEEPEST));
    }

    #[test]
    fn records_are_those_of_the_value() {
        for text in [
            "null",
            "1",
            "[1,2]",
            r#"{"a":1}"#,
            r#"{"data":null}"#,
            r#"{"data":[{"a":[1]},2]}"#,
            r#"{"d\u0061ta":{"a":1}}"#,
        ] {
            let json = raw(text);
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            let expected: Vec<String> = crate::output::records(&value, &View::default())
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(records(&json).into_iter().map(compact).collect::<Vec<_>>(), expected);
        }
    }
}
