//! A listing that is written item by item.

use std::io::{self, Write};

use agentmc_core::Endpoint;
use serde_json::Value;

use super::{Output, csv, yaml};
use crate::args::Form;
use crate::table::Listing;
use crate::view::View;

/// How many items decide on the columns of a table and their widths.
const SAMPLE: usize = 50;

/// A listing in the making.
pub(crate) struct Stream<'a> {
    out: &'a mut Output,
    endpoint: &'a Endpoint,
    view: &'a View,
    count: usize,
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
        Self { out, endpoint, view, count: 0, sample: Vec::new(), columns: None }
    }

    /// Writes one more item.
    pub(crate) fn item(&mut self, item: Value) -> io::Result<()> {
        self.count += 1;
        let stdout = &mut self.out.stdout;
        match self.out.form {
            Form::Json => {
                stdout.write_all(if self.count == 1 { b"[\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *stdout, &item)?;
                stdout.flush()
            }
            Form::Jsonl => {
                serde_json::to_writer(&mut *stdout, &item)?;
                stdout.write_all(b"\n")?;
                stdout.flush()
            }
            Form::Yaml => {
                stdout.write_all(yaml::document(&Value::Array(vec![item])).as_bytes())?;
                stdout.flush()
            }
            Form::Csv | Form::Table if self.columns.is_some() => self.row(&item),
            Form::Csv | Form::Table => {
                self.sample.push(item);
                if self.is_enough() { self.begin() } else { Ok(()) }
            }
        }
    }

    /// Whether the sample decides on the columns. Those of CSV are data, too: without `--columns` they are the members
    /// of every record, and the last of them may have one that no other has.
    fn is_enough(&self) -> bool {
        if self.out.form == Form::Csv {
            return !self.view.columns.is_empty();
        }
        self.sample.len() >= SAMPLE
    }

    /// Settles the columns, and writes what was held back.
    fn begin(&mut self) -> io::Result<()> {
        let sample = std::mem::take(&mut self.sample);
        let columns = if self.out.form == Form::Csv {
            let names = csv::names(&sample.iter().collect::<Vec<_>>(), &self.view.columns);
            csv::heading(&mut self.out.stdout, &names)?;
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
            Some(Columns::Csv(names)) => csv::row(&mut self.out.stdout, names, item)?,
            Some(Columns::Table(Some(listing))) => {
                let row = listing.row(item, &self.out.look);
                self.out.painted(&row)?;
            }
            _ => self.out.text(&item.to_string())?,
        }
        self.out.stdout.flush()
    }

    /// Ends the listing.
    pub(crate) fn end(mut self) -> io::Result<()> {
        match self.out.form {
            Form::Json if self.count == 0 => self.out.stdout.write_all(b"[]\n"),
            Form::Json => self.out.stdout.write_all(b"\n]\n"),
            Form::Yaml if self.count == 0 => self.out.stdout.write_all(b"[]\n"),
            Form::Table if self.count == 0 => self.out.text("Nothing."),
            Form::Csv | Form::Table if self.columns.is_none() => self.begin(),
            _ => Ok(()),
        }
    }
}
