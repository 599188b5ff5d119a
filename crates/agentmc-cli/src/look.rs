//! How text for people looks: its width and its colours.

use std::io::{self, IsTerminal};

use jiff::Timestamp;

use crate::args::{Common, When};

/// How text for people looks.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// How wide a line may be; any width if none is known.
    pub(crate) width: Option<usize>,
    pub(crate) color: bool,
    /// Whether notes are left out.
    pub(crate) quiet: bool,
    /// What relative times are relative to.
    pub(crate) now: Timestamp,
}

/// A way to stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Warn,
}

impl Look {
    pub(crate) fn new(common: &Common, terminal: bool) -> Self {
        Self {
            width: width(terminal),
            color: colored(common.color, terminal),
            quiet: common.quiet,
            now: Timestamp::now(),
        }
    }

    /// The text, painted if there are colours.
    pub(crate) fn paint(&self, text: &str, paint: Paint) -> String {
        let code = match paint {
            _ if !self.color || text.is_empty() => return text.to_owned(),
            Paint::Plain => return text.to_owned(),
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Good => "32",
            Paint::Bad => "31",
            Paint::Warn => "33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Whether colours are wanted: what the flag says, else what `NO_COLOR` says, else on a terminal.
pub(crate) fn colored(flag: Option<When>, terminal: bool) -> bool {
    let no_color = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match flag {
        Some(When::Always) => true,
        Some(When::Never) => false,
        Some(When::Auto) | None => terminal && !no_color() && !dumb(),
    }
}

/// The width that help has.
pub(crate) fn width_of_help() -> usize {
    width(io::stdout().is_terminal()).unwrap_or(100).min(100)
}

/// The width of the terminal, or what COLUMNS says, which wins.
fn width(terminal: bool) -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let told = told.filter(|columns| *columns > 0);
    told.or_else(|| size().filter(|_| terminal).map(|(width, _)| width))
}

/// How many columns and rows the terminal has that standard output goes to.
pub(crate) fn size() -> Option<(usize, usize)> {
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map(|(width, height)| (usize::from(width.0), usize::from(height.0)))
}

/// How wide a line on standard error may be, if it is a terminal.
pub(crate) fn width_of_errors() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// Whether something may be drawn and redrawn on standard error.
pub(crate) fn draws(quiet: bool) -> bool {
    !quiet && io::stderr().is_terminal()
}
