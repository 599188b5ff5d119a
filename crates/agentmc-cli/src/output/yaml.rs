//! JSON as YAML in block style.

use std::fmt::Write;

use serde_json::Value;

use crate::text::escaped;

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
                let _ = write!(text, "{:indent$}{}:", "", scalar(name));
                text.push(if is_block(value) { '\n' } else { ' ' });
                write(text, value, indent + 2);
            }
        }
        Value::String(string) => {
            let _ = writeln!(text, "{}", scalar(string));
        }
        value => {
            let _ = writeln!(text, "{value}");
        }
    }
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
    escaped(&Value::from(text).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::document;

    #[test]
    fn every_shape_has_its_block() {
        let value = json!({"data": [{"id": 1, "tags": ["a", "no"], "meta": {"x": [], "z": {}}}, [1, [2]], "3"],
                           "note": "two\nlines: #1", "none": null});
        let expected = "data:\n  - id: 1\n    meta:\n      x: []\n      z: {}\n    tags:\n      - a\n      - \"no\"\n  - - 1\n    - - 2\n  - \"3\"\nnone: null\nnote: \"two\\nlines: #1\"\n";
        assert_eq!(document(&value), expected);
        assert_eq!(document(&json!([])), "[]\n");
        assert_eq!(document(&json!({})), "{}\n");
    }
}
