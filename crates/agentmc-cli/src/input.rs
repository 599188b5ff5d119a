//! What the command line takes from files and from standard input.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// How much is read into memory of what a command takes, in bytes: as much as of a reply.
pub(crate) const MOST: u64 = 32 << 20;

/// Reads all there is, unless that is more than `most` bytes: some inputs have no end.
pub(crate) fn read_at_most(most: u64, mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    from.by_ref().take(most.saturating_add(1)).read_to_end(&mut read)?;
    if read.len() as u64 > most {
        let problem = format!("it has more than {} MiB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(read)
}

/// Reads standard input, of `most` bytes.
pub(crate) fn standard_input(most: u64) -> Result<Vec<u8>, Failure> {
    read_at_most(most, io::stdin().lock()).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            Failure::input(format!("standard input cannot be read: {error}"))
        }
        _ => Failure::io("standard input cannot be read", error),
    })
}

/// Reads a file of at most [`MOST`] bytes.
pub(crate) fn file(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    read_at_most(MOST, File::open(path)?)
}

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
            return standard_input(MOST).map(Some);
        }
        match text.strip_prefix('@') {
            None => Ok(None),
            Some(rest) if rest.starts_with('@') => Ok(Some(rest.into())),
            Some(name) => file(name).map(Some).map_err(|error| {
                Failure::input(format!("{of}: the file {name} cannot be read: {error}"))
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
