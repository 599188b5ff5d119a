//! Events on standard output, each as it comes.

use std::fmt::Display;
use std::io;

use agentmc_blocking::realtime::Event;

use super::line::{Line, Words};
use crate::args::{Common, Form};
use crate::failure::Failure;
use crate::output::Output;
use crate::text::one_line;

/// What prints events.
pub(super) struct Printer<'a> {
    out: &'a mut Output,
    form: Option<Form>,
    quiet: bool,
}

impl<'a> Printer<'a> {
    /// Prints in the form that is wanted, if events can be.
    pub(super) fn new(common: &Common, out: &'a mut Output) -> Result<Self, Failure> {
        if common.output == Some(Form::Csv) {
            return Err(Failure::input(
                "events have no columns in common: choose -o jsonl, yaml or table",
            ));
        }
        Ok(Self { out, form: common.output, quiet: common.quiet })
    }

    /// Prints an event, for people on one line.
    pub(super) fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(line) = Line::of(event) else { return Ok(()) };
        if self.quiet && line.is_of_connection() {
            return Ok(());
        }
        self.data(&line)?;
        self.words(one_line(&Words(event).to_string()))
    }

    /// Prints text where people read it. Whoever waits for it has it at once.
    pub(super) fn words(&mut self, words: impl Display) -> io::Result<()> {
        if !self.out.is_json() {
            self.out.text(&words.to_string())?;
        }
        self.out.finish()
    }

    /// Prints an event where programs read it.
    pub(super) fn data(&mut self, line: &Line<'_>) -> io::Result<()> {
        if self.out.is_json() {
            self.json(line)?;
        }
        self.out.finish()
    }

    fn json(&mut self, line: &Line<'_>) -> io::Result<()> {
        if self.form == Some(Form::Yaml) {
            self.out.painted("---")?;
            return self.out.json(line);
        }
        // Not changed in any way, and so not as text for people.
        self.out.painted(&line.json()?)
    }
}
