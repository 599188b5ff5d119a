//! Whatever the service may send is read, and written without loss.

use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::compare::same;
use crate::generate::value;
use crate::registry::{Entry, TYPES};

/// How much JSON is made for each type.
const CASES: u32 = 48;

#[test]
fn every_type_is_read_and_written_without_loss() {
    for entry in TYPES {
        let mut runner = TestRunner::new(Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        });
        let result = runner.run(&value(&entry.schema), |json| {
            nothing_is_lost(entry, &json).map_err(proptest::test_runner::TestCaseError::fail)
        });
        assert!(result.is_ok(), "{}: {}", entry.name, result.unwrap_err());
    }
}

fn nothing_is_lost(entry: &Entry, json: &Value) -> Result<(), String> {
    let text = json.to_string();
    let written = (entry.rewrite)(&text)?;
    same(&entry.schema, json, &written)?;

    let escaped = (entry.rewrite)(&escaped(&text))?;
    if escaped == written {
        Ok(())
    } else {
        Err(format!("escaped, it reads as {escaped}, else as {written}"))
    }
}

/// The same JSON in ASCII, as the service's language writes it.
fn escaped(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
        }
    }
    ascii
}
