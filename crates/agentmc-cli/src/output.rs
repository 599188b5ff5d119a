//! Standard output, in the form the caller wants.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use serde::Serialize;
use serde_json::Value;

use crate::args::Form;
use crate::{table, text};

/// Standard output.
pub(crate) struct Output {
    form: Form,
    stdout: BufWriter<Stdout>,
}

impl Output {
    /// Output in `form`; by default a table on a terminal and JSON elsewhere.
    pub(crate) fn new(form: Option<Form>) -> Self {
        let stdout = io::stdout();
        let default = if stdout.is_terminal() { Form::Table } else { Form::Json };
        Self { form: form.unwrap_or(default), stdout: BufWriter::new(stdout) }
    }

    /// Whether JSON is wanted.
    pub(crate) fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// Writes a value.
    pub(crate) fn value(&mut self, value: &Value) -> io::Result<()> {
        match self.form {
            Form::Json => self.json(value),
            Form::Table => self.text(&table::render(value)),
        }
    }

    /// Writes a value as JSON, for programs: no character is changed.
    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.stdout, value)?;
        self.stdout.write_all(b"\n")
    }

    /// Writes one item of a JSON array that is written as it comes.
    pub(crate) fn json_item(&mut self, index: usize, item: &Value) -> io::Result<()> {
        self.stdout.write_all(if index == 0 { b"[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.stdout, item)?;
        Ok(())
    }

    /// Ends such an array.
    pub(crate) fn json_end(&mut self, items: usize) -> io::Result<()> {
        self.stdout.write_all(if items == 0 { b"[]\n" } else { b"\n]\n" })
    }

    /// Writes text for people, ended by a line break: line breaks are all it has of control characters.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text::lines(text).as_bytes())?;
        if text.ends_with('\n') { Ok(()) } else { self.stdout.write_all(b"\n") }
    }

    /// Writes out what is held back.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}
