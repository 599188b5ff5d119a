//! What is told beside results and errors.

use std::io::{self, Write};

use crate::text::one_line;

/// Tells something on standard error, unless only results and errors are wanted.
pub(crate) fn say(quiet: bool, text: &str) {
    if !quiet {
        // If standard error is closed there is nobody left to tell.
        let _ = io::stderr().write_all(format!("agentmc: {}\n", one_line(text)).as_bytes());
    }
}
