//! Comma-separated values, as RFC 4180 has them but for the line breaks, which are the machine's.
//!
//! Cells are data: one that begins with `=`, `+`, `-` or `@` is written as it is, although a spreadsheet takes it for
//! a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;

use crate::columns::Seen;
use crate::table::member;
use crate::text::lines;

/// What takes the text: a file has every character, a terminal might obey some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    File,
    Terminal,
}

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

/// Writes the names of the columns, unless there is none.
pub(super) fn heading(to: &mut impl Write, names: &[String], to_what: Where) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    line(to, &mut names.iter().map(|name| name.as_str().into()), to_what)
}

/// Writes a record. What is no scalar is written as JSON. What has no members stands in the first column.
pub(super) fn row(
    to: &mut impl Write,
    names: &[String],
    record: &Value,
    to_what: Where,
) -> io::Result<()> {
    let cell = |(index, name): (usize, &String)| match member(record, name) {
        None if index == 0 && !record.is_object() => text(record),
        None => "".into(),
        Some(value) => text(value),
    };
    line(to, &mut names.iter().enumerate().map(cell), to_what)
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.as_str().into(),
        value => value.to_string().into(),
    }
}

fn line(
    to: &mut impl Write,
    cells: &mut dyn Iterator<Item = Cow<'_, str>>,
    to_what: Where,
) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        let cell = if to_what == Where::Terminal { lines(&cell).into() } else { cell };
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

    use super::{Where, heading, names, row};
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
        let written = heading(&mut text, &names, Where::File).and_then(|()| {
            records.iter().try_for_each(|record| row(&mut text, &names, record, Where::File))
        });
        assert!(written.is_ok());
        let expected = "id,n,o,text\n1,,,\"a,b\"\n2,,[1],\"=1+1 \"\"x\"\"\n\"\n";
        assert_eq!(String::from_utf8(text).ok().as_deref(), Some(expected));
    }

    #[test]
    fn a_terminal_is_given_no_control_characters() {
        let record = json!({"a": "1\u{1b}]0;x\u{7}\n2"});
        let row = |to| {
            let mut text = Vec::new();
            assert!(row(&mut text, &["a".to_owned()], &record, to).is_ok());
            String::from_utf8(text).ok()
        };
        assert_eq!(row(Where::Terminal).as_deref(), Some("\"1 ]0;x \n2\"\n"));
        assert_eq!(row(Where::File).as_deref(), Some("\"1\u{1b}]0;x\u{7}\n2\"\n"));
    }

    #[test]
    fn what_has_no_members_stands_once() {
        let mut text = Vec::new();
        let names = ["a".to_owned(), "b".to_owned()];
        assert!(row(&mut text, &names, &json!(7), Where::File).is_ok());
        assert!(heading(&mut text, &[], Where::File).is_ok(), "and no name is no line");
        assert_eq!(String::from_utf8(text).ok().as_deref(), Some("7,\n"));
    }
}
