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
    let takes = |arg: &clap::Arg| arg.get_action().takes_values();
    if let Some(long) = flag.strip_prefix("--") {
        return root.get_arguments().any(|arg| arg.get_long() == Some(long) && takes(arg));
    }
    let cluster = after_switches(flag);
    let short = cluster.chars().next().filter(|short| cluster.len() == short.len_utf8());
    root.get_arguments().any(|arg| short.is_some() && arg.get_short() == short && takes(arg))
}

/// The short flags that take no value, and so may stand before another: `-qo json`.
const SWITCHES: &[char] = &['h', 'q', 'v', 'V'];

/// What stands in a word of short flags from the first that is no switch on.
fn after_switches(word: &str) -> &str {
    word.trim_start_matches('-').trim_start_matches(SWITCHES)
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
        let is_short = word.starts_with('-') && !word.starts_with("--");
        for name in names {
            let rest = match name.strip_prefix("--") {
                Some(_) => word.strip_prefix(name),
                None if is_short => after_switches(word).strip_prefix(&name[1..]),
                None => None,
            };
            match rest {
                Some("") => return words.next(),
                Some(rest) if is_short => return Some(rest.strip_prefix('=').unwrap_or(rest)),
                Some(rest) if rest.starts_with('=') => return Some(&rest[1..]),
                _ => {}
            }
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
    use std::collections::BTreeSet;
    use std::ffi::OsString;

    use clap::CommandFactory;

    use super::{SWITCHES, asked, form, has, leading, value};
    use crate::args::{Args, Form};

    fn split(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn the_words_are_found_among_the_flags() {
        let words = |line: &str| leading(&split(line), &Args::command()).join(" ");
        assert_eq!(words("agentmc tasks list --board-id=3"), "tasks list");
        assert_eq!(words("agentmc --agent 3 -o json tasks -v list"), "tasks list");
        assert_eq!(words("agentmc -qo json -vqojson tasks -qv list"), "tasks list");
        assert_eq!(asked(split("agentmc help tasks list")), split("agentmc tasks list --help"));
        assert_eq!(words("agentmc -- tasks"), "");
        assert_eq!(words("agentmc"), "");
    }

    #[test]
    fn flags_are_seen_before_the_rest_is_understood() {
        for json in [
            "-qo json",
            "-vvqojson",
            "-qo=json",
            "-o json",
            "-ojson",
            "-o=json",
            "--output json",
            "--output=json",
        ] {
            let line = format!("agentmc --profile p nonsense {json}");
            assert_eq!(form(&split(&line)), Some(Form::Json), "{line}");
        }
        assert_eq!(form(&split("agentmc call listTasks -o table")), Some(Form::Table));
        let is_switch = |arg: &clap::Arg| !arg.get_action().takes_values();
        let mut root = Args::command();
        root.build();
        let switches =
            root.get_arguments().filter(|arg| is_switch(arg)).filter_map(clap::Arg::get_short);
        let switches: BTreeSet<char> = switches.collect();
        assert_eq!(switches, BTreeSet::from_iter(SWITCHES.iter().copied()));
        assert_eq!(form(&split("agentmc call listTasks --order json")), None);
        assert_eq!(form(&split("agentmc call x -- -o json")), None);
        assert_eq!(value(&split("agentmc --profile=p x"), &["--profile"]), Some("p"));
        assert!(has(&split("agentmc tasks --no-limits list"), "--no-limits"));
        assert!(!has(&split("agentmc tasks -- --no-limits"), "--no-limits"));
    }
}
