//! A listing that is written item by item.

use std::io::{self, Write};

use agentmc_core::Endpoint;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Output, csv, raw, yaml};
use crate::args::Form;
use crate::columns::Seen;
use crate::failure::Failure;
use crate::note;
use crate::table::Listing;
use crate::view::View;

/// How many items decide on the columns, and in a table on their widths, unless fewer come before more are waited for.
const SAMPLE: usize = 50;

/// A listing in the making.
pub(crate) struct Stream<'a> {
    out: &'a mut Output,
    endpoint: &'a Endpoint,
    view: &'a View,
    count: usize,
    seen: Seen,
    /// What is held back until the columns are known.
    sample: Vec<Value>,
    columns: Option<Columns>,
}

/// The columns of a listing, once they are known.
enum Columns {
    Csv(Vec<String>),
    Table(Option<Listing>),
}

impl<'a> Stream<'a> {
    pub(super) fn new(out: &'a mut Output, endpoint: &'a Endpoint, view: &'a View) -> Self {
        let seen = Seen::new(view, endpoint, out.revision);
        Self { out, endpoint, view, count: 0, seen, sample: Vec::new(), columns: None }
    }

    /// Writes one more item.
    pub(crate) fn item(&mut self, item: Value) -> io::Result<()> {
        self.count += 1;
        if self.out.has_columns() {
            self.seen.record(&item);
        }
        match self.out.form {
            Form::Json | Form::Jsonl => self.json(&item.to_string()),
            Form::Yaml => {
                let document = yaml::document(&Value::Array(vec![item]));
                self.out.stdout.write_all(document.as_bytes())?;
                self.out.stdout.flush()
            }
            Form::Csv | Form::Table if self.columns.is_some() => self.row(&item),
            Form::Csv | Form::Table => {
                self.sample.push(item);
                if self.sample.len() >= SAMPLE || self.knows_columns() {
                    self.begin()
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Writes one more item as it came, where [`Output::takes_text`].
    pub(crate) fn raw(&mut self, item: &RawValue) -> io::Result<()> {
        self.count += 1;
        self.json(&raw::compact(item))
    }

    /// Whether no record can change the columns.
    fn knows_columns(&self) -> bool {
        self.out.form == Form::Csv && !self.view.columns.is_empty() && !self.seen.misses()
    }

    /// Writes what was held back, before more is waited for. A column that is in nothing yet may be in what is to come,
    /// or be refused with nothing written.
    pub(crate) fn pause(&mut self) -> io::Result<()> {
        if self.sample.is_empty() || self.seen.misses() { Ok(()) } else { self.begin() }
    }

    fn json(&mut self, item: &str) -> io::Result<()> {
        let stdout = &mut self.out.stdout;
        if self.out.form == Form::Jsonl {
            writeln!(stdout, "{item}")?;
        } else {
            write!(stdout, "{}{item}", if self.count == 1 { "[\n" } else { ",\n" })?;
        }
        stdout.flush()
    }

    /// Settles the columns, and writes what was held back.
    fn begin(&mut self) -> io::Result<()> {
        let sample = std::mem::take(&mut self.sample);
        let columns = if self.out.form == Form::Csv {
            let names = csv::names(&self.seen, sample.is_empty(), &self.view.columns);
            let kind = self.out.stdout.kind();
            csv::heading(&mut self.out.stdout, &names, kind)?;
            Columns::Csv(names)
        } else {
            let listing = self.out.listing(self.endpoint, self.view, &sample);
            if let Some(listing) = &listing {
                self.out.painted(&listing.heading(&self.out.look))?;
            }
            Columns::Table(listing)
        };
        self.columns = Some(columns);
        sample.iter().try_for_each(|item| self.row(item))
    }

    fn row(&mut self, item: &Value) -> io::Result<()> {
        match &self.columns {
            Some(Columns::Csv(names)) => {
                let kind = self.out.stdout.kind();
                csv::row(&mut self.out.stdout, names, item, kind)?;
            }
            Some(Columns::Table(Some(listing))) => {
                let row = listing.row(item, &self.out.look);
                self.out.painted(&row)?;
            }
            _ => self.out.text(&item.to_string())?,
        }
        self.out.stdout.flush()
    }

    /// Ends a listing of which no more can be had: what was held back is written.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        if self.sample.is_empty() { Ok(()) } else { self.begin() }
    }

    /// Ends the listing. Only now is it certain which columns asked for no record has.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match self.out.form {
            Form::Json if self.count == 0 => self.out.stdout.write_all(b"[]\n")?,
            Form::Json => self.out.stdout.write_all(b"\n]\n")?,
            Form::Yaml if self.count == 0 => self.out.stdout.write_all(b"[]\n")?,
            Form::Jsonl | Form::Yaml => {}
            Form::Csv | Form::Table => self.end_columns()?,
        }
        Ok(())
    }

    fn end_columns(&mut self) -> Result<(), Failure> {
        self.seen.judge()?;
        if self.columns.is_none() {
            if self.out.form == Form::Table && self.count == 0 {
                return Ok(self.out.text("Nothing.")?);
            }
            self.begin()?;
        }
        let Some(Columns::Csv(names)) = &self.columns else { return Ok(()) };
        let left_out = self.seen.left_out(names);
        if self.view.columns.is_empty() && !left_out.is_empty() {
            let which = if left_out.len() == 1 { "it" } else { "them" };
            let names = left_out.join(", ");
            note::say(
                self.out.look.quiet,
                &format!("left out: {names}; name {which} with --columns"),
            );
        }
        Ok(())
    }
}
