//! Where output goes.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use super::csv::Where;

/// Standard output, or for a while a text that is written later.
pub(super) struct Sink {
    stdout: BufWriter<Stdout>,
    terminal: bool,
    held: Option<Vec<u8>>,
}

impl Sink {
    pub(super) fn new(stdout: Stdout) -> Self {
        Self { terminal: stdout.is_terminal(), stdout: BufWriter::new(stdout), held: None }
    }

    /// Whether somebody looks at it.
    pub(super) const fn kind(&self) -> Where {
        if self.terminal { Where::Terminal } else { Where::File }
    }

    /// Holds back what is written from now on.
    pub(super) fn hold(&mut self) {
        self.held = Some(Vec::new());
    }

    /// Gives what was held back. What is written from now on goes to standard output again.
    pub(super) fn let_go(&mut self) -> String {
        String::from_utf8_lossy(&self.held.take().unwrap_or_default()).into_owned()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.held {
            Some(held) => held.write(bytes),
            None => self.stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_some() { Ok(()) } else { self.stdout.flush() }
    }
}
