//! JSON as text in columns, for people.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::text::one_line;

/// The most columns of a listing, and the most characters of a cell in one.
const COLUMNS: usize = 8;
const CELL: usize = 40;

/// The members that say most about a record, shown first.
const FIRST: &[&str] =
    &["id", "name", "title", "status", "type", "notification_type", "message", "body", "action"];

/// A reply as text: what is under `data`, if there is that.
pub(crate) fn render(value: &Value) -> String {
    match value.get("data").unwrap_or(value) {
        Value::Null => "Done.\n".to_owned(),
        Value::Array(items) if items.is_empty() => "Nothing.\n".to_owned(),
        Value::Array(items) => listing(items) + &page(value),
        Value::Object(members) => record(members),
        value => cell(value, usize::MAX) + "\n",
    }
}

/// Rows under a heading, in columns as wide as their widest cell.
pub(crate) fn columns(heading: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([heading[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let mut text = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect::<Vec<_>>();
        let _ = writeln!(text, "{}", padded.join("  ").trim_end());
    };
    line(&mut heading.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    text
}

fn listing(items: &[Value]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        let scalar = item.iter().filter(|(_, value)| {
            !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
        });
        for (name, _) in scalar {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    names.sort_by_key(|name| rank(name));
    names.truncate(COLUMNS);
    if names.is_empty() {
        return items.iter().map(|item| cell(item, usize::MAX) + "\n").collect();
    }
    let row = |item: &Value| {
        names
            .iter()
            .map(|name| item.get(name).map_or_else(String::new, |value| cell(value, CELL)))
            .collect()
    };
    let heading: Vec<String> = names.iter().map(|name| one_line(name)).collect();
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    columns(&heading, &items.iter().map(row).collect::<Vec<_>>())
}

fn page(value: &Value) -> String {
    let number =
        |name: &str| value.get("meta").and_then(|meta| meta.get(name)).and_then(Value::as_u64);
    match (number("current_page"), number("last_page"), number("total")) {
        (Some(current), Some(last), Some(total)) if last > 1 => {
            format!("Page {current} of {last}, {total} in all. --all fetches every page.\n")
        }
        _ => String::new(),
    }
}

fn record(members: &Map<String, Value>) -> String {
    let width = members.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let line = |(name, value): (&String, &Value)| {
        format!("{:<width$}  {}\n", one_line(name), cell(value, usize::MAX))
    };
    members.iter().map(line).collect()
}

/// A value on one line, without control characters, of at most `most` characters.
fn cell(value: &Value, most: usize) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let text = one_line(&text);
    if text.chars().nth(most).is_none() {
        text
    } else {
        text.chars().take(most - 1).chain(['…']).collect()
    }
}
