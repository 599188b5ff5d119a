//! What a command line is about, before it is understood.

use std::ffi::OsString;

use clap::{Command, ValueEnum};

use crate::args::{Form, When};

/// The words of a command line that are neither flags nor their values, as far as they lead to a command.
pub(crate) fn leading<'a>(arguments: &'a [OsString], root: &Command) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut arguments = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        match argument {
            "--" => break,
            flag if flag.starts_with('-') && flag.len() > 1 => {
                if takes_value(flag, root) {
                    arguments.next();
                }
            }
            word => words.push(word),
        }
    }
    words
}

/// Whether the next argument is the value of this one. Flags of commands stand after the words that lead there.
fn takes_value(flag: &str, root: &Command) -> bool {
    let long = flag.strip_prefix("--").filter(|long| !long.contains('='));
    let short = flag.strip_prefix('-').filter(|short| short.chars().count() == 1);
    root.get_arguments().any(|arg| {
        let named = long.is_some_and(|long| arg.get_long() == Some(long))
            || short.is_some_and(|short| arg.get_short() == short.chars().next());
        named && arg.get_action().takes_values()
    })
}

/// The command line, with `help tasks list` as `tasks list --help`.
pub(crate) fn asked(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

/// Whether a flag stands somewhere on the command line, before it is understood.
pub(crate) fn has(arguments: &[OsString], flag: &str) -> bool {
    arguments.iter().skip(1).take_while(|argument| *argument != "--").any(|argument| {
        let argument = argument.to_string_lossy();
        argument.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

/// The value of a flag that stands somewhere on the command line, before it is understood; `names` are `--output` and
/// `-o`, say.
pub(crate) fn value<'a>(arguments: &'a [OsString], names: &[&str]) -> Option<&'a str> {
    let before = arguments.iter().skip(1).take_while(|argument| *argument != "--");
    let mut words = before.filter_map(|argument| argument.to_str());
    while let Some(word) = words.next() {
        if names.contains(&word) {
            return words.next();
        }
        let joined = names.iter().find_map(|name| {
            let rest = word.strip_prefix(name)?;
            let short = !name.starts_with("--") && !word.starts_with("--");
            rest.strip_prefix('=').or_else(|| Some(rest).filter(|_| short))
        });
        if joined.is_some() {
            return joined;
        }
    }
    None
}

/// When colours are wanted, by the flag.
pub(crate) fn color(arguments: &[OsString]) -> Option<When> {
    When::from_str(value(arguments, &["--color"])?, false).ok()
}

/// The form that output is wanted in, by the flag.
pub(crate) fn form(arguments: &[OsString]) -> Option<Form> {
    Form::from_str(value(arguments, &["--output", "-o"])?, false).ok()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::CommandFactory;

    use super::{asked, form, has, leading, value};
    use crate::args::{Args, Form};

    fn split(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn the_words_are_found_among_the_flags() {
        let words = |line: &str| leading(&split(line), &Args::command()).join(" ");
        assert_eq!(words("agentmc tasks list --board-id=3"), "tasks list");
        assert_eq!(words("agentmc --agent 3 -o json tasks -v list"), "tasks list");
        assert_eq!(asked(split("agentmc help tasks list")), split("agentmc tasks list --help"));
        assert_eq!(words("agentmc -- tasks"), "");
        assert_eq!(words("agentmc"), "");
    }

    #[test]
    fn flags_are_seen_before_the_rest_is_understood() {
        for json in ["-o json", "-ojson", "-o=json", "--output json", "--output=json"] {
            let line = format!("agentmc --profile p nonsense {json}");
            assert_eq!(form(&split(&line)), Some(Form::Json), "{line}");
        }
        assert_eq!(form(&split("agentmc call listTasks -o table")), Some(Form::Table));
        assert_eq!(form(&split("agentmc call listTasks --order json")), None);
        assert_eq!(form(&split("agentmc call x -- -o json")), None);
        assert_eq!(value(&split("agentmc --profile=p x"), &["--profile"]), Some("p"));
        assert!(has(&split("agentmc tasks --no-limits list"), "--no-limits"));
        assert!(!has(&split("agentmc tasks -- --no-limits"), "--no-limits"));
    }
}
