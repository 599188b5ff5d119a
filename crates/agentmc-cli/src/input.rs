//! What the command line takes from files and from standard input.

use std::cell::Cell;
use std::io::Read;

use crate::failure::Failure;

/// Files and standard input, which can be read but once.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    used: Cell<bool>,
}

impl Inputs {
    /// What a text stands for: `-` is standard input, `@FILE` is that file, and `@@` begins a text with an `@`.
    /// None if the text stands for itself.
    pub(crate) fn read(&self, of: &str, text: &str) -> Result<Option<Vec<u8>>, Failure> {
        if text == "-" {
            if self.used.replace(true) {
                return Err(Failure::input(format!("{of}: standard input is already read")));
            }
            let mut read = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut read)
                .map_err(|error| Failure::io("standard input cannot be read", error))?;
            return Ok(Some(read));
        }
        match text.strip_prefix('@') {
            None => Ok(None),
            Some(rest) if rest.starts_with('@') => Ok(Some(rest.into())),
            Some(file) => std::fs::read(file).map(Some).map_err(|error| {
                Failure::input(format!("{of}: the file {file} cannot be read: {error}"))
            }),
        }
    }

    /// The same, where it must be text: what an editor puts at the end of a file is left out.
    pub(crate) fn text(&self, of: &str, text: &str) -> Result<String, Failure> {
        let Some(read) = self.read(of, text).map_err(|failure| hint(failure, text))? else {
            return Ok(text.to_owned());
        };
        let read = read.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&read);
        let read = std::str::from_utf8(read);
        let read = read.map_err(|_| Failure::input(format!("{of}: what was read is not UTF-8")))?;
        let line = read.strip_suffix('\n').unwrap_or(read);
        Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }
}

/// Says how to begin a text with an `@`, to whoever mentions somebody.
fn hint(failure: Failure, text: &str) -> Failure {
    match failure {
        Failure::Input(message) if text.starts_with('@') => {
            Failure::Input(format!("{message} (a text that begins with @ is written @@)"))
        }
        failure => failure,
    }
}
