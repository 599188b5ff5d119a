//! One record: a member on a line.

use serde_json::{Map, Value};

use super::columns::FIRST;
use super::{Listing, age, cell, fit, member};
use crate::look::{Look, Paint};
use crate::text::one_line;
use crate::view::View;

/// How much further right the members of a member stand.
const STEP: usize = 2;

/// The record, or those of its members that are asked for.
pub(super) fn render(members: &Map<String, Value>, columns: &[String], look: &Look) -> String {
    if columns.is_empty() {
        return all(members, 0, look);
    }
    let record = Value::Object(members.clone());
    let asked = |path: &'_ String| (path.clone(), member(&record, path).unwrap_or(&Value::Null));
    let asked: Vec<(String, &Value)> = columns.iter().map(asked).collect();
    lines(&asked, 0, look)
}

/// Every member: what says most first, what is long last.
fn all(members: &Map<String, Value>, indent: usize, look: &Look) -> String {
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    let mut members: Vec<(String, &Value)> =
        members.iter().map(|(name, value)| (name.clone(), value)).collect();
    members.sort_by_key(|(name, value)| (is_block(value), rank(name)));
    lines(&members, indent, look)
}

fn lines(members: &[(String, &Value)], indent: usize, look: &Look) -> String {
    let inline = members.iter().filter(|(_, value)| !is_block(value));
    let width = inline.map(|(name, _)| fit::width(&one_line(name))).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in members {
        let name = one_line(name);
        let start = format!("{:indent$}{}", "", look.paint(&name, Paint::Bold));
        match *value {
            Value::Object(inner) if is_block(value) => {
                text.push_str(&(start + "\n"));
                text.push_str(&all(inner, indent + STEP, look));
            }
            Value::Array(items) if is_block(value) => {
                text.push_str(&(start + "\n"));
                text.push_str(&listing(items, indent + STEP, look));
            }
            value => {
                let space = width - fit::width(&name) + STEP;
                let column = indent + width + STEP;
                let value = shown(&name, value, column, look);
                let line = format!("{start}{:space$}{value}", "");
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    text
}

/// Whether a value takes lines of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
        _ => false,
    }
}

fn listing(items: &[Value], indent: usize, look: &Look) -> String {
    let narrow = look.width.map(|width| width.saturating_sub(indent).max(STEP));
    let look = Look { width: narrow, ..look.clone() };
    let lines: Vec<String> = match Listing::new(items, None, &View::default(), &look) {
        Some(table) => [table.heading(&look)]
            .into_iter()
            .chain(items.iter().map(|item| table.row(item, &look)))
            .collect(),
        None => items.iter().map(|item| cell::text(item) + "\n").collect(),
    };
    lines.iter().map(|line| format!("{:indent$}{line}", "")).collect()
}

/// A value beside its name, which ends at a column: a moment with how far away it is, a text in several lines.
fn shown(name: &str, value: &Value, column: usize, look: &Look) -> String {
    let Value::String(text) = value else {
        let empty = match value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        return if empty {
            look.paint("-", Paint::Dim)
        } else {
            wrapped(&cell::text(value), column, look)
        };
    };
    match cell::moment(text) {
        Some(moment) => {
            let relative = age::relative(moment, look.now);
            let age = format!("({relative})");
            let fits = |long: usize| look.width.is_none_or(|width| column + long <= width);
            if fits(text.len() + 1 + age.len()) {
                format!("{} {}", one_line(text), look.paint(&age, Paint::Dim))
            } else if fits(text.len()) {
                one_line(text)
            } else {
                look.paint(&relative, Paint::Dim)
            }
        }
        None => {
            let lines: Vec<String> = text.lines().map(one_line).collect();
            look.paint(&wrapped(&lines.join("\n"), column, look), cell::paint(name, text))
        }
    }
}

fn wrapped(text: &str, column: usize, look: &Look) -> String {
    // Where there is no room for words, breaking them helps nobody.
    let width = look.width.map(|width| width.max(column + 16));
    match width {
        Some(_) => fit::wrap(text, width, column, column),
        None => text.replace('\n', " "),
    }
}
