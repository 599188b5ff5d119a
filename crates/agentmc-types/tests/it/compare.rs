//! Whether what was written says the same as what was read.

use std::net::IpAddr;

use agentmc_types::Timestamp;
use agentmc_types::schema::{Describe, Field, Kind, Schema};
use agentmc_types::{MapOf, Task};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::generate::is_always_there;

/// Compares `read` with what was `written` for it; the error says where they differ.
pub(crate) fn same(schema: &Schema, read: &Value, written: &Value) -> Result<(), String> {
    let alike = match schema.kind {
        _ if read.is_null() => written.is_null(),
        Kind::Integer => written.is_number() && digits(read) == digits(written),
        Kind::Number => read.as_f64() == written.as_f64(),
        Kind::Timestamp => parsed::<Timestamp>(read) == parsed(written) && is_utc(written),
        Kind::Uuid => parsed::<Uuid>(read) == parsed(written),
        Kind::IpAddress => parsed::<IpAddr>(read) == parsed(written),
        Kind::Object(fields) => return objects(fields, &as_members(read), written),
        Kind::FreeForm => Value::from(as_members(read)) == *written,
        Kind::MapOf(item) => return maps(item, &as_members(read), written),
        Kind::List(item) => return lists(item, read, written),
        Kind::AnyOf(choices) => choices.iter().any(|choice| same(choice, read, written).is_ok()),
        _ => read == written,
    };
    if alike { Ok(()) } else { Err(format!(": {read} became {written}")) }
}

fn objects(fields: &[Field], read: &Map<String, Value>, written: &Value) -> Result<(), String> {
    let written = written.as_object().ok_or_else(|| format!(": {written} is no object"))?;
    for field in fields {
        let (read, written) = (read.get(field.name), written.get(field.name));
        match (read, written) {
            (None | Some(Value::Null), written)
                if !is_always_there(field) && written.is_none_or(says_nothing) => {}
            (Some(read), Some(written)) => at(field.name, same(&field.schema, read, written))?,
            _ => return Err(format!(".{}: {read:?} became {written:?}", field.name)),
        }
    }
    let is_known = |name: &str| fields.iter().any(|field| field.name == name);
    for (name, value) in read.iter().filter(|(name, _)| !is_known(name)) {
        at(name, if written.get(name) == Some(value) { Ok(()) } else { Err(": lost".to_owned()) })?;
    }
    let invented = written.keys().find(|name| !is_known(name) && !read.contains_key(*name));
    invented.map_or(Ok(()), |name| Err(format!(".{name}: made up")))
}

/// Whether a value is what absence may become: null, an empty list, or an object of such.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(says_nothing),
        _ => value.is_null(),
    }
}

fn maps(item: &Schema, read: &Map<String, Value>, written: &Value) -> Result<(), String> {
    let written = written.as_object().filter(|written| written.len() == read.len());
    let written = written.ok_or_else(|| format!(": {read:?} lost or gained members"))?;
    read.iter().try_for_each(|(name, value)| {
        at(name, same(item, value, written.get(name).unwrap_or(&Value::Null)))
    })
}

fn lists(item: &Schema, read: &Value, written: &Value) -> Result<(), String> {
    let (Some(read), Some(written)) = (read.as_array(), written.as_array()) else {
        return Err(format!(": {read} became {written}"));
    };
    if read.len() != written.len() {
        return Err(format!(": {} items became {}", read.len(), written.len()));
    }
    read.iter().zip(written).try_for_each(|(read, written)| at("[]", same(item, read, written)))
}

/// The members of an object, or of the list that stands for one.
fn as_members(value: &Value) -> Map<String, Value> {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(i, item)| (i.to_string(), item.clone())).collect()
        }
        Value::Object(members) => members.clone(),
        _ => Map::new(),
    }
}

fn at(name: &str, result: Result<(), String>) -> Result<(), String> {
    result.map_err(|error| format!(".{name}{error}"))
}

/// A whole number's digits, which an id may arrive as.
fn digits(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn parsed<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

fn is_utc(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z'))
}

#[test]
fn the_comparison_notices_what_is_lost_changed_or_made_up() {
    let read = json!({
        "id": "7", "team_id": 1, "board_id": 1, "column_id": 1, "title": "t", "is_archived": false, "position": 1,
        "due_at": "2026-01-01T01:00:00+01:00", "attachments": [{"id": 1, "team_file_id": 2}], "color": {"red": 1},
    });
    let mut written = read.clone();
    written["id"] = json!(7);
    written["due_at"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(same(&Task::SCHEMA, &read, &written), Ok(()));

    for (name, value) in [
        ("id", json!(8)),
        ("id", json!("7")),
        ("due_at", json!("2026-01-01T01:00:00+01:00")),
        ("due_at", json!("2026-01-01T00:00:01Z")),
        ("due_at", Value::Null),
        ("attachments", json!([])),
        ("attachments", json!([{"id": 1, "team_file_id": 3}])),
        ("color", json!({"red": 2})),
        ("flavour", json!("sweet")),
    ] {
        let mut wrong = written.clone();
        wrong[name] = value;
        assert!(same(&Task::SCHEMA, &read, &wrong).is_err(), "{wrong}");
    }
    for name in ["title", "due_at", "color"] {
        let mut wrong = written.clone();
        wrong.as_object_mut().unwrap().remove(name);
        assert!(same(&Task::SCHEMA, &read, &wrong).is_err(), "{wrong}");
    }
    assert!(same(&MapOf::<String>::SCHEMA, &json!({"a": "b"}), &json!({})).is_err());
}
