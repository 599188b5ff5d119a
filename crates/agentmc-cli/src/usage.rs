//! Command lines that cannot be understood.

use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::args::Args;
use crate::failure::Failure;

/// Prints help or the version, if that is what was asked for; else what is wrong, on one line.
pub(crate) fn answer(error: &clap::Error) -> Result<(), Failure> {
    if !error.use_stderr() {
        return Ok(error.print()?);
    }
    // The command that was meant, as far as can be told.
    let command = Args::command();
    let meant = std::env::args_os().skip(1).find_map(|word| command.find_subcommand(word));
    let meant = meant.map_or_else(String::new, |command| format!(" {}", command.get_name()));
    Err(Failure::input(format!("{} (agentmc{meant} --help)", problem(error))))
}

/// What clap has to say up to the synopsis: the problem, and hints after it.
fn problem(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing".to_owned();
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = text.find("\n\nUsage: ").or_else(|| text.find("\n\nFor more information"));
    let paragraphs = text[..end.unwrap_or(text.len())].split("\n\n");
    let on_one_line = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    paragraphs.map(on_one_line).collect::<Vec<_>>().join("; ")
}
