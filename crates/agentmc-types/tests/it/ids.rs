//! Ids: numbers that may arrive as digits.

use agentmc_types::schema::Kind;
use agentmc_types::{NotificationId, Nullable, TaskId};
use serde_json::json;

use crate::registry::{Entry, TYPES};

fn numeric_ids() -> Vec<&'static Entry> {
    let ids: Vec<_> = TYPES
        .iter()
        .filter(|entry| entry.name.ends_with("Id") && matches!(entry.schema.kind, Kind::Integer))
        .collect();
    assert!(ids.len() > 20, "only {} ids are left", ids.len());
    ids
}

#[test]
fn an_id_is_read_from_a_number_or_from_digits_and_written_as_a_number() {
    for entry in numeric_ids() {
        for id in [0, 7, u64::MAX] {
            assert_eq!((entry.rewrite)(&format!("{id}")), Ok(json!(id)), "{}", entry.name);
            assert_eq!((entry.rewrite)(&format!("\"{id}\"")), Ok(json!(id)), "{}", entry.name);
        }
        assert_eq!((entry.rewrite)("\"007\""), Ok(json!(7)), "{}", entry.name);
    }
}

#[test]
fn an_id_is_read_from_nothing_else() {
    let refused = [
        "\"-1\"",
        "\"1.5\"",
        "\"\"",
        "\" 7\"",
        "\"7 \"",
        "\"+7\"",
        "\"1e3\"",
        "\"0x7\"",
        "\"７\"",
        "\"seven\"",
        "-1",
        "1.5",
        "7.0",
        "true",
        "null",
        "[7]",
        "{}",
        "18446744073709551616",
        "\"18446744073709551616\"",
    ];
    for entry in numeric_ids() {
        for json in refused {
            assert!((entry.rewrite)(json).is_err(), "{} was read from {json}", entry.name);
        }
    }
}

#[test]
fn a_refused_id_says_what_was_wanted_and_what_came() {
    let error = serde_json::from_str::<TaskId>("\"seven\"").unwrap_err().to_string();
    assert!(
        error.contains("string \"seven\"") && error.contains("a whole number for TaskId"),
        "{error}"
    );
}

#[test]
fn an_id_reads_and_shows_like_its_number() {
    assert_eq!("7".parse(), Ok(TaskId(7)));
    assert!("seven".parse::<TaskId>().is_err());
    assert_eq!(format!("{:>3}", TaskId(7)), "  7");
    assert_eq!(TaskId::from(7).get(), 7);
    assert_eq!(Nullable::<TaskId>::from(7), Nullable::Value(TaskId(7)));
}

#[test]
fn the_id_of_a_notification_is_a_uuid() {
    let text = "0193b1f0-5c4e-7b1a-9c1d-2f3e4a5b6c7d";
    let id: NotificationId = text.parse().unwrap();
    assert_eq!(id.to_string(), text);
    assert_eq!(serde_json::to_value(id).unwrap(), text);
    assert!(serde_json::from_str::<NotificationId>("7").is_err());
    assert!("seven".parse::<NotificationId>().is_err());
}
