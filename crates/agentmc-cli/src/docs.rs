//! `agentmc docs`.

use std::io::IsTerminal;

use agentmc_core::find;

use crate::args::{Common, Docs, Form};
use crate::failure::Failure;
use crate::help::{markdown, page, reference};
use crate::output::Output;
use crate::resource::naming::{self, Name};
use crate::transfer;

/// Prints the page of an operation, those of a subject, or the whole reference: Markdown, which a terminal shows as text.
pub(crate) fn run(common: &Common, args: &Docs, out: &mut Output) -> Result<(), Failure> {
    let words: Vec<&str> = args.id.iter().flat_map(|word| word.split_whitespace()).collect();
    let text = match words.strip_prefix(&["agentmc"]).unwrap_or(&words) {
        [] => reference::text(),
        ["files", "upload"] => transfer::PAGE.to_owned(),
        words => match reference::of_subject(words).filter(|_| !is_command(words)) {
            Some(text) => text,
            None => page::of(&named(words)?),
        },
    };
    let plain =
        common.output.map_or_else(|| std::io::stdout().is_terminal(), |form| form == Form::Table);
    let text = if plain { markdown::rendered(&text, out.look()) } else { text };
    Ok(out.painted(&text)?)
}

/// Whether words name one command, not a subject that has several.
fn is_command(words: &[&str]) -> bool {
    naming::names().any(|name| name.words().eq(words.iter().copied()))
}

/// The operation that words name: by its command or by its id.
fn named(words: &[&str]) -> Result<Name, Failure> {
    if let Some(name) = naming::names().find(|name| name.words().eq(words.iter().copied())) {
        return Ok(name);
    }
    match words {
        [id] => Ok(Name::of(find(id)?)),
        words => {
            let all: Vec<String> =
                naming::names().map(|name| name.words().collect::<Vec<_>>().join(" ")).collect();
            let wanted = words.join(" ");
            let closest = all.iter().max_by(|a, b| {
                strsim::jaro_winkler(&wanted, a).total_cmp(&strsim::jaro_winkler(&wanted, b))
            });
            let closest =
                closest.map_or_else(String::new, |closest| format!("; did you mean `{closest}`?"));
            Err(Failure::input(format!("there is no command `{wanted}`{closest}")))
        }
    }
}
