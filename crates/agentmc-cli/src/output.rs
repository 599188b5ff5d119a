//! Standard output, in the form the caller wants.

use std::io::{self, IsTerminal, Write};

use agentmc_core::{Endpoint, Revision};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::args::{Common, Form};
use crate::columns::Seen;
use crate::failure::Failure;
use crate::look::Look;
use crate::table::{self, Listing};
use crate::text;
use crate::view::View;

mod csv;
mod raw;
mod sink;
mod stream;
mod yaml;

use sink::Sink;
pub(crate) use stream::Stream;

/// Standard output.
pub(crate) struct Output {
    form: Form,
    stdout: Sink,
    look: Look,
    /// What replies are known to be is that of this revision.
    revision: Revision,
}

impl Output {
    /// Output as the flags say; by default a table on a terminal and JSON elsewhere.
    pub(crate) fn new(common: &Common) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let default = if terminal { Form::Table } else { Form::Json };
        let form = common.output.unwrap_or(default);
        let look = Look::new(common, terminal);
        let revision = common.revision.unwrap_or_default();
        Self { form, stdout: Sink::new(stdout), look, revision }
    }

    /// Whether data is wanted, not text for people.
    pub(crate) fn is_json(&self) -> bool {
        self.form != Form::Table
    }

    /// Whether there are columns to choose.
    pub(crate) fn has_columns(&self) -> bool {
        matches!(self.form, Form::Csv | Form::Table)
    }

    /// Whether replies are written as they came, so that their text is needed.
    pub(crate) fn takes_text(&self) -> bool {
        matches!(self.form, Form::Json | Form::Jsonl)
    }

    /// How text for people looks.
    pub(crate) const fn look(&self) -> &Look {
        &self.look
    }

    /// Says what time it is.
    pub(crate) const fn at(&mut self, now: Timestamp) {
        self.look.now = now;
    }

    /// What `show` writes, as a text: nothing of it if it fails.
    pub(crate) fn held(
        &mut self,
        show: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        self.stdout.hold();
        let shown = show(self);
        let text = self.stdout.let_go();
        shown.map(|()| text)
    }

    /// Writes a value.
    pub(crate) fn value(&mut self, value: &Value) -> io::Result<()> {
        match self.form {
            Form::Table => self.painted(&table::render(value, None, &View::default(), &self.look)),
            _ => self.json(value),
        }
    }

    /// Writes what is shown of a reply.
    pub(crate) fn reply(
        &mut self,
        endpoint: &Endpoint,
        view: &View,
        value: Value,
    ) -> io::Result<()> {
        match self.form {
            Form::Table => {
                let text = table::render(&value, Some(endpoint), view, &self.look);
                self.painted(&text)
            }
            Form::Csv => {
                self.csv(&records(&value, view), Seen::new(view, endpoint, self.revision), view)
            }
            Form::Jsonl => self.lines(&records(&value, view)),
            _ => self.json(&value),
        }
    }

    /// Writes a reply as it came: members in their order, numbers with all their digits.
    pub(crate) fn raw(&mut self, reply: &RawValue) -> io::Result<()> {
        let records = match self.form {
            Form::Jsonl => raw::records(reply),
            _ => return self.painted(&raw::pretty(reply)),
        };
        records.into_iter().try_for_each(|record| self.painted(&raw::compact(record)))
    }

    /// Writes a value as data, for programs: no character is changed.
    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<()> {
        match self.form {
            Form::Jsonl => {
                let value = serde_json::to_value(value)?;
                self.lines(&records(&value, &View::default()))
            }
            Form::Yaml => {
                self.stdout.write_all(yaml::document(&serde_json::to_value(value)?).as_bytes())
            }
            Form::Csv => {
                let (value, view) = (serde_json::to_value(value)?, View::default());
                self.csv(&records(&value, &view), Seen::default(), &view)
            }
            Form::Json | Form::Table => {
                serde_json::to_writer_pretty(&mut self.stdout, value)?;
                self.stdout.write_all(b"\n")
            }
        }
    }

    fn lines(&mut self, records: &[&Value]) -> io::Result<()> {
        for record in records {
            serde_json::to_writer(&mut self.stdout, record)?;
            self.stdout.write_all(b"\n")?;
        }
        Ok(())
    }

    fn csv(&mut self, records: &[&Value], mut seen: Seen, view: &View) -> io::Result<()> {
        records.iter().for_each(|record| seen.record(record));
        let names = csv::names(&seen, records.is_empty(), &view.columns);
        let kind = self.stdout.kind();
        csv::heading(&mut self.stdout, &names, kind)?;
        records.iter().try_for_each(|record| csv::row(&mut self.stdout, &names, record, kind))
    }

    /// Begins a listing that is written as it comes.
    pub(crate) fn stream<'a>(&'a mut self, endpoint: &'a Endpoint, view: &'a View) -> Stream<'a> {
        Stream::new(self, endpoint, view)
    }

    /// A listing as a table, as wide as `sample` needs.
    fn listing(&self, endpoint: &Endpoint, view: &View, sample: &[Value]) -> Option<Listing> {
        let listing = Listing::new(sample, Some(endpoint), view, &self.look)?;
        Some(listing.with_room(&self.look))
    }

    /// Writes text for people, ended by a line break: line breaks are all it has of control characters.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.painted(&text::lines(text))
    }

    /// Writes text that has no control characters but line breaks and our own colours.
    pub(crate) fn painted(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())?;
        if text.ends_with('\n') { Ok(()) } else { self.stdout.write_all(b"\n") }
    }

    /// Writes text in place of what the terminal shows: from its first line on, the rest erased. What was scrolled
    /// away stays.
    pub(crate) fn redraw(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(b"\x1b[H\x1b[J")?;
        self.painted(text)?;
        self.finish()
    }

    /// Writes out what is held back.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

/// The records of what is shown of a reply: the items of a listing, or the one it is about. What a query finds is no
/// reply, but a list of records or one record.
pub(crate) fn records<'a>(value: &'a Value, view: &View) -> Vec<&'a Value> {
    match view.data(value) {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        record => vec![record],
    }
}
