//! The command tree, of which only what the command line names is built.

use std::collections::BTreeMap;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{Arg, ArgAction, Args as _, Command, CommandFactory};

use agentmc_core::endpoint::Method;

use super::naming::{self, Name};
use super::{flags, sending::Sending};
use crate::args::Args;
use crate::help;
use crate::view::View;

/// How the arguments of a command are to be taken, by other arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Whether values that are not listed are refused.
    pub(crate) limits: bool,
    /// Whether a JSON object may give what else must stand in its own place.
    pub(crate) json: bool,
}

/// How much of the tree to build.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    /// The words that lead to a command; other commands are but named.
    words: Option<Vec<&'a str>>,
    /// How the arguments of commands are to be taken.
    taken: Taken,
    /// Whether commands carry what stands around their arguments in help. Help on a terminal has it in a better form.
    whole: bool,
}

impl<'a> Scope<'a> {
    /// All of it.
    pub(crate) const ALL: Self =
        Self { words: None, taken: Taken { limits: true, json: false }, whole: true };

    /// What the words of a command line name.
    pub(crate) const fn of(words: Vec<&'a str>, taken: Taken) -> Self {
        Self { words: Some(words), taken, whole: false }
    }

    /// Whether the words lead to the command called `name`, or by an alias, at a depth.
    fn leads_to(&self, depth: usize, names: &[&str]) -> bool {
        let Some(words) = &self.words else { return true };
        words.get(depth).is_some_and(|word| names.contains(word))
    }
}

/// The root, with every command that is written by hand and the resources in `scope`.
pub(crate) fn root(scope: &Scope<'_>) -> Command {
    let mut tops: BTreeMap<String, Vec<Name>> = BTreeMap::new();
    for name in naming::names() {
        let top = name.words().next().unwrap_or_default().to_owned();
        tops.entry(top).or_default().push(name);
    }
    let mut root = Args::command();
    for (top, names) in tops {
        root = root.subcommand(resource(&top, &names, scope));
    }
    root = help::overview::add(root);
    let below = scope.words.as_ref().is_some_and(|words| !words.is_empty());
    if below {
        root = root.mut_args(|arg| {
            let seldom = SELDOM.contains(&arg.get_id().as_str());
            if seldom { arg.hide(true) } else { arg }
        });
    }
    // The same help for -h and --help: the short form is the one that can be read.
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort).global(true);
    let help = help.help("Print help").help_heading(crate::args::EVERYWHERE);
    root = root.disable_help_flag(true).disable_help_subcommand(true).arg(help).styles(STYLES);
    // Beside long flags there is no room for words on a narrow terminal.
    root.next_line_help(!scope.whole && crate::look::width_of_help() < 70)
}

/// Options of every command that the help of one does not repeat.
const SELDOM: &[&str] = &[
    "allow_plain_http",
    "api_key_file",
    "base_url",
    "color",
    "no_limits",
    "revision",
    "timeout",
    "version",
];

const STYLES: Styles = Styles::plain()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default());

/// The word for one of several things, which serves as well.
fn singular(resource: &str) -> Option<&str> {
    // `files upload` is a command of its own.
    resource
        .split(' ')
        .next()
        .filter(|top| *top != crate::transfer::RESOURCE || resource == *top)?;
    resource.rsplit(' ').next().and_then(|word| word.strip_suffix('s'))
}

fn resource(top: &str, names: &[Name], scope: &Scope<'_>) -> Command {
    let mut command = described(top);
    let known = [top, singular(top).unwrap_or(top)];
    if !scope.leads_to(0, &known) {
        return command;
    }
    let (own, below): (Vec<&Name>, Vec<&Name>) =
        names.iter().partition(|name| name.resource == top);
    for name in own {
        command = command.subcommand(verb(name, 1, scope));
    }
    if top == crate::transfer::RESOURCE {
        command = command.subcommand(crate::transfer::upload_command());
    }
    let mut deeper: BTreeMap<&str, Vec<&Name>> = BTreeMap::new();
    for name in below {
        deeper.entry(&name.resource).or_default().push(name);
    }
    for (resource, names) in deeper {
        let word = resource.rsplit(' ').next().unwrap_or(resource);
        let mut inner = described(resource);
        let known = [word, singular(resource).unwrap_or(word)];
        if scope.leads_to(1, &known) {
            for name in names {
                inner = inner.subcommand(verb(name, 2, scope));
            }
        }
        command = command.subcommand(inner);
    }
    if scope.whole { command.after_help(help::of_resource(top)) } else { command }
}

/// A resource by name.
fn described(resource: &str) -> Command {
    let word = resource.rsplit(' ').next().unwrap_or(resource).to_owned();
    let mut command = Command::new(word)
        .about(naming::about(resource))
        .subcommand_required(true)
        .disable_help_subcommand(true);
    command = command.subcommand_value_name("COMMAND").arg_required_else_help(true);
    if let Some(one) = singular(resource) {
        command = command.alias(one.to_owned());
    }
    command
}

fn verb(name: &Name, depth: usize, scope: &Scope<'_>) -> Command {
    let endpoint = name.endpoint;
    let summary = endpoint.summary().trim_end_matches('.');
    let mut command = Command::new(name.verb.clone()).about(summary.to_owned());
    command = command.aliases(name.other_verbs());
    let mut known: Vec<&str> = name.words().skip(depth).collect();
    for verb in name.other_verbs() {
        known.push(verb);
    }
    if !scope.leads_to(depth, &known) {
        return command;
    }
    command = flags::add(command, endpoint, scope.taken);
    command = crate::transfer::extend(command, endpoint);
    command = Sending::augment_args(command);
    // What these say of themselves is not what the command is about.
    command = View::augment_args(command).about(summary.to_owned()).long_about(None::<&str>);
    if !endpoint.is_paginated() {
        command = command.mut_arg("all", |arg| arg.hide(true));
    }
    if endpoint.method != Method::GET {
        command = command.mut_arg("watch", |arg| arg.hide(true));
    }
    command = command.override_usage(help::page::usage(name)).next_help_heading(None::<&str>);
    if scope.whole {
        return command.long_about(help::purpose(name)).after_help(help::after(name));
    }
    command.help_template("{usage-heading} {usage}\n\n{all-args}")
}

#[cfg(test)]
mod tests {
    use super::{Scope, Taken, root};

    #[test]
    fn no_two_flags_of_a_command_share_a_name() {
        root(&Scope::ALL).debug_assert();
    }

    #[test]
    fn only_what_the_command_line_names_is_built() {
        let taken = Taken { limits: true, json: false };
        let root = root(&Scope::of(vec!["tasks", "list"], taken));
        let arguments = |resource: &str, verb: &str| {
            let resource = root.find_subcommand(resource)?;
            Some(resource.find_subcommand(verb)?.get_arguments().count())
        };
        assert!(arguments("tasks", "list").is_some_and(|count| count > 10));
        assert_eq!(arguments("tasks", "create"), Some(0));
        assert_eq!(arguments("boards", "list"), None);
    }

    #[test]
    fn a_command_is_the_same_in_the_whole_tree_and_in_its_own() {
        let mut whole = root(&Scope::ALL);
        whole.build();
        for words in [["tasks", "create"], ["tasks", "comments"], ["boards", "show"]] {
            let mut own = root(&Scope::of(words.to_vec(), Taken { limits: true, json: false }));
            own.build();
            let arguments = |root: &clap::Command| -> Vec<String> {
                let resource = root.find_subcommand(words[0]);
                let command = resource.and_then(|resource| resource.find_subcommand(words[1]));
                let all = command.into_iter().flat_map(clap::Command::get_arguments);
                all.map(|arg| format!("{arg} {:?}", arg.get_help().map(ToString::to_string)))
                    .collect()
            };
            assert_eq!(arguments(&own), arguments(&whole), "{words:?}");
            assert!(!arguments(&own).is_empty());
        }
    }
}
