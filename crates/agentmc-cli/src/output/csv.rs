//! Comma-separated values, as RFC 4180 has them but for the line breaks, which are the machine's.
//!
//! Cells are data: one that begins with `=`, `+`, `-` or `@` is written as it is, although a spreadsheet takes it for
//! a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;

use crate::columns::Seen;
use crate::table::member;

/// The columns: those asked for, else every member that the type of the records or any of them has.
pub(super) fn names(seen: &Seen, is_empty: bool, asked: &[String]) -> Vec<String> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let mut names: Vec<String> = seen.names().map(str::to_owned).collect();
    if names.is_empty() && !is_empty {
        names.push("value".to_owned());
    }
    names
}

/// Writes the names of the columns.
pub(super) fn heading(to: &mut impl Write, names: &[String]) -> io::Result<()> {
    line(to, &mut names.iter().map(|name| name.as_str().into()))
}

/// Writes a record. What is no scalar is written as JSON.
pub(super) fn row(to: &mut impl Write, names: &[String], record: &Value) -> io::Result<()> {
    let cell = |name: &String| match member(record, name) {
        None if !record.is_object() => text(record),
        None => "".into(),
        Some(value) => text(value),
    };
    line(to, &mut names.iter().map(cell))
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.as_str().into(),
        value => value.to_string().into(),
    }
}

fn line(to: &mut impl Write, cells: &mut dyn Iterator<Item = Cow<'_, str>>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            to.write_all(b",")?;
        }
        let plain = !cell.contains([',', '"', '\n', '\r']) && cell.trim().len() == cell.len();
        if plain {
            to.write_all(cell.as_bytes())?;
        } else {
            write!(to, "\"{}\"", cell.replace('"', "\"\""))?;
        }
    }
    to.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{heading, names, row};
    use crate::columns::Seen;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_changed_nowhere() {
        let records = [
            json!({"id": 1, "text": "a,b", "n": null}),
            json!({"id": 2, "text": "=1+1 \"x\"\n", "o": [1]}),
        ];
        let mut seen = Seen::default();
        records.iter().for_each(|record| seen.record(record));
        let names = names(&seen, false, &[]);
        let mut text = Vec::new();
        let written = heading(&mut text, &names)
            .and_then(|()| records.iter().try_for_each(|record| row(&mut text, &names, record)));
        assert!(written.is_ok());
        let expected = "id,n,o,text\n1,,,\"a,b\"\n2,,[1],\"=1+1 \"\"x\"\"\n\"\n";
        assert_eq!(String::from_utf8(text).ok().as_deref(), Some(expected));
    }
}
