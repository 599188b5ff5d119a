//! Command lines that cannot be understood.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args::When;
use crate::failure::Failure;
use crate::help;

/// Prints help or the version, if that is what was asked for; else what is wrong, on one line, with the closest that
/// is right.
pub(crate) fn answer(
    mut error: clap::Error,
    words: &[&str],
    root: &Command,
    color: Option<When>,
) -> Result<(), Failure> {
    // The command that was meant, as far as can be told.
    let (mut command, mut meant) = (root, String::new());
    for word in words {
        let Some(inner) = command.find_subcommand(word) else { break };
        meant = format!("{meant} {}", inner.get_name());
        command = inner;
    }
    // Who names a subject alone is shown what there is to do.
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if asked {
        return Ok(help::print(&error, meant.trim_start(), color)?);
    }
    if !error.use_stderr() {
        return Ok(error.print()?);
    }
    settle(&mut error, command);
    let choice = choices(&error, command);
    Err(Failure::input(format!("{}{choice} (agentmc{meant} --help)", problem(&error))))
}

/// Of several commands that are like the word, leaves the closest, under its own name.
fn settle(error: &mut clap::Error, command: &Command) {
    let (Some(ContextValue::String(word)), Some(ContextValue::Strings(likely))) =
        (error.get(ContextKind::InvalidSubcommand), error.get(ContextKind::SuggestedSubcommand))
    else {
        return;
    };
    let likeness = |name: &&String| strsim::jaro_winkler(word, name);
    let closest = likely.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let closest = closest.and_then(|name| command.find_subcommand(name));
    if let Some(name) = closest.map(|command| command.get_name().to_owned()) {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![name]));
    }
}

/// What there is, for a word that is like nothing.
fn choices(error: &clap::Error, command: &Command) -> String {
    let unknown = error.kind() == ErrorKind::InvalidSubcommand;
    let likely = error.get(ContextKind::SuggestedSubcommand).is_some_and(|likely| match likely {
        ContextValue::Strings(likely) => !likely.is_empty(),
        _ => true,
    });
    if !unknown || likely || command.get_name() == "agentmc" {
        return String::new();
    }
    let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    format!("; there is {}", names.join(", "))
}

/// What clap has to say up to the synopsis: the problem, and hints after it.
fn problem(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = text.find("\n\nUsage: ").or_else(|| text.find("\n\nFor more information"));
    let paragraphs = text[..end.unwrap_or(text.len())].split("\n\n");
    let on_one_line = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    paragraphs.map(on_one_line).collect::<Vec<_>>().join("; ")
}
