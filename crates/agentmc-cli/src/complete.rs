//! What a shell completes beyond commands and flags: ids, with the names of what they belong to.

use std::ffi::{OsStr, OsString};
use std::time::{Duration, Instant};

use agentmc_blocking::Client;
use agentmc_core::endpoint::{Param, Tag};
use agentmc_core::{Api, Endpoint, OPERATIONS, RetryPolicy, Revision};
use clap::{Arg, Command, CommandFactory, Parser};
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCompleter;
use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::config;
use crate::profile;
use crate::resource::tree::{self, Scope, Taken};
use crate::resource::{self, flags, naming};
use crate::text::one_line;
use crate::words;

/// How long ids may take to fetch. Somebody is waiting with a finger on the key.
const PATIENCE: Duration = Duration::from_secs(1);

/// A listing that ids come from: the operation, and the members that hold the id and a name for it.
#[derive(Clone, Copy, Debug)]
struct Source {
    operation: &'static str,
    id: &'static str,
    label: &'static str,
}

const fn source(operation: &'static str, label: &'static str) -> Source {
    Source { operation, id: "id", label }
}

const SESSIONS: Source = source("listAgentRealtimeRequestedSessions", "status");
const AGENTS: Source = source("listAgents", "name");
const BOARDS: Source = source("listBoards", "name");
const COLUMNS: Source = source("showBoard", "name");
const COMMENTS: Source = source("listTaskComments", "body");
const FOLDERS: Source = source("listFileFolders", "path_cache");
const MEMBERS: Source = source("listTeamMembers", "name");

/// What parameters are ids of.
const SOURCES: &[(&str, Source)] = &[
    ("agent_id", AGENTS),
    ("assigned_to_agent", AGENTS),
    ("assigned_to_agent_id", AGENTS),
    ("assigned_to_user_id", MEMBERS),
    ("board", BOARDS),
    ("board_id", BOARDS),
    ("folder_id", FOLDERS),
    ("item", source("listCalendar", "title")),
    ("notification", source("listNotifications", "notification_type")),
    ("owner_agent_id", AGENTS),
    ("parent_id", FOLDERS),
    ("personal_owner_user_id", MEMBERS),
    ("session", SESSIONS),
    ("task", source("listTasks", "title")),
];

/// What a parameter called `id` is an id of.
fn own(endpoint: &Endpoint) -> Option<Source> {
    Some(match endpoint.tag {
        Tag::Boards => BOARDS,
        Tag::Briefs => source("listAgentBriefs", "name"),
        Tag::Files if endpoint.id.ends_with("Folder") => FOLDERS,
        Tag::Files => source("listFiles", "display_name"),
        Tag::Hosts => source("listHosts", "name"),
        _ => return None,
    })
}

/// What completes a parameter, if it is an id of something that can be listed.
pub(crate) fn of(endpoint: &Endpoint, param: &Param) -> Option<ArgValueCompleter> {
    let name = param.field.name;
    match name {
        "column_id" => return Some(completer(|| columns().unwrap_or_default())),
        "comment" => return Some(completer(|| comments().unwrap_or_default())),
        _ => {}
    }
    let known = SOURCES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source);
    let source = if name == "id" { own(endpoint) } else { known }?;
    Some(completer(move || fetch(source).unwrap_or_default()))
}

/// Completes with what is found: words, and what each is about.
fn completer(
    find: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_string_lossy();
        let found = find().into_iter().filter(|(word, _)| word.starts_with(&*typed));
        found.map(candidate).collect::<Vec<_>>()
    })
}

/// Makes the arguments of every command and of the tools complete, and shows the flags that help leaves to be told
/// beside others, such as `--no-due-at`.
pub(crate) fn add(root: Command) -> Command {
    let ids_of = |source| completer(move || fetch(source).unwrap_or_default());
    // `mut_arg` would put the argument behind the others, which is another place for one without a name.
    let complete = |command: Command, tool: &str, id: &'static str, with: ArgValueCompleter| {
        let add = move |arg: Arg| if arg.get_id() == id { arg.add(with.clone()) } else { arg };
        command.mut_subcommand(tool, |tool| tool.mut_args(add))
    };
    let mut root = shown(root)
        .mut_arg("agent", |arg| arg.add(ids_of(AGENTS)))
        .mut_arg("profile", |arg| arg.add(completer(profiles)))
        .mut_arg("revision", |arg| arg.add(completer(revisions)));
    for tool in ["call", "decode", "operations"] {
        root = complete(root, tool, "id", completer(operations));
    }
    root = complete(root, "docs", "id", completer(pages));
    for deed in ["chat", "listen", "send"] {
        root = root.mut_subcommand("realtime", |realtime| {
            complete(realtime, deed, "session", ids_of(SESSIONS))
        });
    }
    root
}

/// The same with the flags that clear shown.
fn shown(command: Command) -> Command {
    let command = command.mut_subcommands(shown);
    command.mut_args(|arg| {
        let clears = arg.get_id().as_str().starts_with("no:");
        if clears { arg.hide(false) } else { arg }
    })
}

fn profiles() -> Vec<(String, String)> {
    let names = profile::chosen(None).map(|chosen| chosen.names).unwrap_or_default();
    names.into_iter().map(|name| (name, String::new())).collect()
}

fn revisions() -> Vec<(String, String)> {
    Revision::ALL.iter().map(|revision| (revision.to_string(), String::new())).collect()
}

fn operations() -> Vec<(String, String)> {
    let named =
        |endpoint: &&'static Endpoint| (endpoint.id.to_owned(), endpoint.summary().to_owned());
    OPERATIONS.iter().map(named).collect()
}

/// What there is documentation of: subjects and operations.
fn pages() -> Vec<(String, String)> {
    let subjects = naming::names().filter_map(|name| name.words().next().map(str::to_owned));
    let mut subjects: Vec<String> = subjects.collect();
    subjects.sort_unstable();
    subjects.dedup();
    let about = |subject: String| {
        let about = naming::about(&subject).to_owned();
        (subject, about)
    };
    subjects.into_iter().map(about).chain(operations()).collect()
}

fn candidate((id, label): (String, String)) -> CompletionCandidate {
    CompletionCandidate::new(id).help((!label.is_empty()).then(|| label.into()))
}

/// The command line that is completed: the shell gives it after `--`.
fn line() -> Vec<OsString> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let begin = arguments.iter().position(|argument| argument == "--").map_or(0, |at| at + 1);
    arguments[begin..].to_vec()
}

/// What the line says of one of its command's parameters, whatever else is still to come or wrong.
fn said(line: &[OsString], param: &str) -> Option<u64> {
    let words = words::leading(line, &Args::command());
    let root = tree::root(&Scope::of(words, Taken { limits: false, json: true }));
    let matches = root.ignore_errors(true).try_get_matches_from(line).ok()?;
    let (name, matches) = resource::asked(&matches)?;
    let id = flags::id_of(name.endpoint.param(param)?);
    matches.try_get_one::<String>(&id).ok().flatten()?.parse().ok()
}

/// A command line with what the one that is completed says of the server.
fn target(line: &[OsString]) -> Vec<String> {
    let mut target = vec!["agentmc".to_owned(), "operations".to_owned()];
    for flag in ["--profile", "--base-url", "--api-key-file", "--revision"] {
        target.extend(words::value(line, &[flag]).map(|value| format!("{flag}={value}")));
    }
    target.extend(words::has(line, PLAIN_HTTP).then(|| PLAIN_HTTP.to_owned()));
    target
}

const PLAIN_HTTP: &str = "--allow-plain-http";

/// The server, for as long as there is patience. Whatever fails, nothing is completed and nothing said.
struct Server {
    api: Api,
    start: Instant,
}

impl Server {
    /// The one that the line is meant for.
    fn of(line: &[OsString]) -> Option<Self> {
        let start = Instant::now();
        let mut common = Args::try_parse_from(target(line)).ok()?.common;
        profile::chosen(common.profile.as_deref()).ok()?.fill(&mut common).ok()?;
        // The keyring must not take longer, nor say so.
        (common.timeout, common.quiet) = (Some(PATIENCE), true);
        let api = config::api(&common).ok()?.retry(RetryPolicy::NEVER);
        Some(Self { api, start })
    }

    /// What is under `data` in a reply.
    fn data(&self, operation: &str, params: Value) -> Option<Value> {
        let left = PATIENCE.checked_sub(self.start.elapsed())?;
        let api = self.api.clone().timeout(left).connect_timeout(left).deadline(left);
        let params = params.as_object().cloned().unwrap_or_default();
        Some(Client::new(api).call(operation, params).ok()?.get_mut("data")?.take())
    }

    /// The ids and names of a listing's first page, beside what it is a listing of.
    fn list(&self, source: Source, of: Value) -> Option<Vec<(String, String)>> {
        let mut params: Map<String, Value> = of.as_object().cloned().unwrap_or_default();
        if agentmc_core::find(source.operation).ok()?.param("per_page").is_some() {
            params.insert("per_page".to_owned(), 100.into());
        }
        Some(named(&self.data(source.operation, params.into())?, source))
    }
}

/// The ids of records, and their names.
fn named(records: &Value, source: Source) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => one_line(text),
        value => value.to_string(),
    };
    let found = records.as_array().into_iter().flatten().filter_map(|record| {
        let label = record.get(source.label).map(text).unwrap_or_default();
        Some((text(record.get(source.id)?), label))
    });
    found.collect()
}

fn fetch(source: Source) -> Option<Vec<(String, String)>> {
    Server::of(&line())?.list(source, Value::Null)
}

/// The columns of the board that the line names or whose task it names, else of every board.
fn columns() -> Option<Vec<(String, String)>> {
    let line = line();
    let server = Server::of(&line)?;
    let board = said(&line, "board_id").or_else(|| said(&line, "board"));
    let boards: Vec<u64> = match (board, said(&line, "task")) {
        (Some(board), _) => vec![board],
        (None, Some(task)) => {
            vec![server.data("showTask", json!({"task": task}))?.get("board_id")?.as_u64()?]
        }
        (None, None) => {
            let boards = server.list(BOARDS, Value::Null)?;
            boards.iter().filter_map(|(id, _)| id.parse().ok()).collect()
        }
    };
    let shown = boards.iter().map_while(|id| server.data("showBoard", json!({"id": id})));
    let columns = shown.filter_map(|board| Some(named(board.get("columns")?, COLUMNS)));
    Some(columns.flatten().collect())
}

/// The comments of the task that the line names.
fn comments() -> Option<Vec<(String, String)>> {
    let line = line();
    Server::of(&line)?.list(COMMENTS, json!({"task": said(&line, "task")?}))
}

#[cfg(test)]
mod tests {
    use agentmc_core::find;

    use super::{OPERATIONS, SOURCES, own};

    #[test]
    fn ids_come_from_listings_that_exist() {
        for (name, source) in SOURCES {
            assert!(find(source.operation).is_ok(), "{name}");
            let used = OPERATIONS.iter().any(|endpoint| endpoint.param(name).is_some());
            assert!(used, "{name}");
        }
        for endpoint in OPERATIONS.iter().filter(|endpoint| endpoint.param("id").is_some()) {
            assert!(
                own(endpoint).is_some_and(|source| find(source.operation).is_ok()),
                "{}",
                endpoint.id
            );
        }
    }
}
