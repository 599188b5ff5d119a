//! What every command says of itself.

use std::io::{self, IsTerminal, Write};

use agentmc_core::endpoint::{Auth, Step};

use crate::args::When;
use crate::resource::naming::{self, Name};
use crate::table::wrap;
use crate::{look, transfer};

pub(crate) mod errors;
pub(crate) mod examples;
pub(crate) mod markdown;
pub(crate) mod overview;
pub(crate) mod page;
pub(crate) mod reference;

/// What a command is for.
pub(crate) fn purpose(name: &Name) -> String {
    let endpoint = name.endpoint;
    let prose = endpoint.prose().replace('`', "");
    let paragraphs = prose.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    let mut text = paragraphs.collect::<Vec<_>>().join("\n\n");
    if endpoint.id == transfer::DOWNLOAD {
        text = format!("Downloads a file.\n\n{}", transfer::ABOUT_DOWNLOAD);
    }
    let step = endpoint.history.last();
    let request = step.map_or_else(String::new, |step| request(endpoint.method.as_str(), step));
    format!("{text}\n\nThe operation {}{request}.", endpoint.id)
}

fn request(method: &str, step: &Step) -> String {
    let auth: Vec<&str> = step.auth.iter().map(|auth| Auth::noun(*auth)).collect();
    format!(": {method} {} with {}", step.path, auth.join(" or "))
}

/// What stands below the arguments of a command: examples, and what may go wrong.
pub(crate) fn after(name: &Name) -> String {
    let mut text = "Examples:\n".to_owned();
    for example in examples::of(name.endpoint) {
        text.push_str(&format!("  {example}\n"));
    }
    text.push_str("\nErrors:\n");
    for error in errors::of(name.endpoint) {
        text.push_str(&format!("  {}  {}\n", error.status, error.text().replace('`', "")));
    }
    text.push_str(&format!(
        "\n`agentmc docs {}` has the whole of it, `agentmc --help` the options of every command.",
        name.endpoint.id
    ));
    text
}

/// What stands below the commands of a resource.
pub(crate) fn of_resource(top: &str) -> String {
    let own = naming::names().filter(|name| name.words().next() == Some(top));
    let mut text = "Examples:\n".to_owned();
    for example in own.filter_map(|name| examples::of(name.endpoint).first().copied()).take(3) {
        text.push_str(&format!("  {example}\n"));
    }
    text.push_str(&format!("\n`agentmc {top} COMMAND --help` explains each of them."));
    text
}

/// Prints what clap says of a command, between what it is for and examples.
pub(crate) fn print(error: &clap::Error, meant: &str, when: Option<When>) -> io::Result<()> {
    let colored = look::colored(when, io::stdout().is_terminal());
    let rendered = error.render();
    let middle = if colored { rendered.ansi().to_string() } else { rendered.to_string() };
    let width = Some(look::width_of_help());
    let (mut before, mut after) = (String::new(), String::new());
    if let Some(name) = naming::names().find(|name| name.words().eq(meant.split(' '))) {
        before = wrap(&purpose(&name), width, 0, 0) + "\n\n";
        after = self::after(&name);
    } else if !naming::about(meant).is_empty() && !meant.contains(' ') {
        after = of_resource(meant);
    }
    let mut text = format!("{before}{}\n", middle.trim_end());
    if !after.is_empty() {
        text.push('\n');
    }
    for line in after.lines() {
        // An example can be copied only where it is in one piece.
        let line = match line {
            "Examples:" | "Errors:" if colored => format!("\u{1b}[1m{line}\u{1b}[0m"),
            line if line.starts_with("  agentmc ") => line.to_owned(),
            line if line.starts_with("  ") => wrap(line, width, 0, 7),
            line => wrap(line, width, 0, 0),
        };
        text.push_str(&(line + "\n"));
    }
    io::stdout().write_all(text.as_bytes())
}
