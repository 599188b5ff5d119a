//! JSON as YAML in block style.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

/// How long the name of a member may be to stand before its colon without a `?`, in bytes.
const LONGEST_NAME: usize = 1000;

/// The value as a document.
pub(super) fn document(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

fn write(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(text, "{:indent$}- ", "");
                let start = text.len();
                write(text, item, indent + 2);
                // The first line of the item stands beside its hyphen.
                if is_block(item) {
                    text.replace_range(start..start + indent + 2, "");
                }
            }
        }
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let name = scalar(name);
                let _ = if name.len() > LONGEST_NAME {
                    write!(text, "{:indent$}? {name}\n{:indent$}:", "", "")
                } else {
                    write!(text, "{:indent$}{name}:", "")
                };
                text.push(if is_block(value) { '\n' } else { ' ' });
                write(text, value, indent + 2);
            }
        }
        Value::String(string) => {
            let _ = writeln!(text, "{}", scalar(string));
        }
        Value::Number(number) => {
            let _ = writeln!(text, "{}", floating(&number.to_string()));
        }
        value => {
            let _ = writeln!(text, "{value}");
        }
    }
}

/// A number; with an exponent, as earlier versions of YAML have it, too, which take `1e300` for a text.
fn floating(number: &str) -> Cow<'_, str> {
    let Some((mantissa, exponent)) = number.split_once('e') else { return number.into() };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}").into()
}

/// Whether a value takes lines of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => false,
    }
}

/// A string: as it is where YAML takes it for nothing else, else as JSON, which is YAML.
fn scalar(text: &str) -> String {
    const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let first = text.starts_with(|char: char| char.is_ascii_alphabetic());
    let inner = text.chars().all(|char| char.is_ascii_alphanumeric() || "_-./ ".contains(char));
    let word = WORDS.contains(&text.to_ascii_lowercase().as_str());
    if first && inner && !word && !text.ends_with(' ') {
        return text.to_owned();
    }
    quoted(text)
}

/// A string as JSON. Escaped besides is what is no character of YAML, and what its earlier versions take for the end of
/// a line.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    json.chars().fold(String::with_capacity(json.len()), |mut text, char| {
        match char {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(char));
            }
            char => text.push(char),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::select;
    use serde_json::{Value, json};

    use super::document;

    /// What is something else without its quotes, or looks like it.
    const TRAPS: &[&str] = &[
        "",
        " ",
        "~",
        "null",
        "Null",
        "true",
        "FALSE",
        "yes",
        "No",
        "on",
        "y",
        "1",
        "-1",
        "1.10",
        "1e3",
        ".5",
        "0x1f",
        "0o7",
        "007",
        "1_000",
        ".inf",
        "-.Inf",
        ".nan",
        "2026-03-01",
        "12:30:45",
        "2026-03-01T09:00:00Z",
        "-",
        "- a",
        "? a",
        ": a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'a'",
        "\"a\"",
        "{a}",
        "[a]",
        "%a",
        "@a",
        "`a`",
        "<<",
        "=",
        "---",
        "...",
        "a\nb",
        "a\n",
        "\ta",
        "a\t",
        " a",
        "a ",
        "\u{85}",
        "\u{2028}",
        "\u{feff}a",
        "\u{0}",
        "\u{7f}",
        "😀",
        "a,b",
        "a]",
        "a}",
        "\\",
        "a/b.c-d_e f",
    ];

    fn values() -> impl Strategy<Value = Value> {
        let texts = || prop_oneof![select(TRAPS).prop_map(str::to_owned), any::<String>()];
        let leaves = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            texts().prop_map(Value::from),
        ];
        leaves.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(Value::from),
                btree_map(texts(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// What a reader of YAML has of it. Below a member, for a text of one scalar may be taken for JSON.
    fn read(value: &Value) -> Option<Value> {
        agentmc_openapi::parse(&document(&json!({"all": value}))).ok()?.get("all").cloned()
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(value in values()) {
            prop_assert_eq!(read(&value), Some(value));
        }
    }

    #[test]
    fn no_text_is_taken_for_anything_else() {
        for text in TRAPS {
            let value = json!({*text: [text, {*text: text}]});
            assert_eq!(read(&value), Some(value), "{text}");
        }
    }

    #[test]
    fn the_name_of_a_member_may_be_long() {
        let name = "x".repeat(2000);
        let value = json!({&name: {&name: [1, {&name: "a"}]}});
        assert_eq!(read(&value), Some(value));
    }

    #[test]
    fn every_shape_has_its_block() {
        let value = json!({"data": [{"id": 1, "tags": ["a", "no"], "meta": {"x": [], "z": {}}}, [1, [2]], "3"],
                           "note": "two\nlines: #1", "none": null});
        let expected = "data:\n  - id: 1\n    meta:\n      x: []\n      z: {}\n    tags:\n      - a\n      - \"no\"\n  - - 1\n    - - 2\n  - \"3\"\nnone: null\nnote: \"two\\nlines: #1\"\n";
        assert_eq!(document(&value), expected);
        assert_eq!(document(&json!([])), "[]\n");
        let numbers = json!([1e300, -1.5e300, 1e-9, 0.5, u64::MAX]);
        let expected = "- 1.0e+300\n- -1.5e+300\n- 1.0e-9\n- 0.5\n- 18446744073709551615\n";
        assert_eq!(document(&numbers), expected);
        assert_eq!(document(&json!({})), "{}\n");
    }
}
