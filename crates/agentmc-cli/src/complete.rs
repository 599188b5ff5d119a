//! What a shell completes beyond commands and flags: ids, with the names of what they belong to.

use std::time::Duration;

use agentmc_blocking::Client;
use agentmc_core::endpoint::{Param, Tag};
use agentmc_core::{Endpoint, RetryPolicy};
use clap::Parser;
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCompleter;
use serde_json::{Map, Value};

use crate::args::Args;
use crate::config;
use crate::profile;
use crate::text::one_line;

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

const AGENTS: Source = source("listAgents", "name");
const BOARDS: Source = source("listBoards", "name");
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
    ("session", source("listAgentRealtimeRequestedSessions", "status")),
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
    let known = SOURCES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source);
    let source = if name == "id" { own(endpoint) } else { known }?;
    Some(ArgValueCompleter::new(move |typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy();
        let found = fetch(source).unwrap_or_default();
        found
            .into_iter()
            .filter(|(id, _)| id.starts_with(&*typed))
            .map(candidate)
            .collect::<Vec<_>>()
    }))
}

fn candidate((id, label): (String, String)) -> CompletionCandidate {
    CompletionCandidate::new(id).help((!label.is_empty()).then(|| label.into()))
}

/// Ids and names, as far as they come in time. Whatever fails, nothing is completed and nothing said.
fn fetch(source: Source) -> Option<Vec<(String, String)>> {
    let args = Args::try_parse_from(["agentmc", "operations"]).ok()?;
    let mut common = args.common;
    profile::chosen(None).ok()?.fill(&mut common).ok()?;
    // The keyring must not take longer, nor say so.
    (common.timeout, common.quiet) = (Some(PATIENCE), true);
    let api = config::api(&common).ok()?;
    let api = api.timeout(PATIENCE).connect_timeout(PATIENCE).deadline(PATIENCE);
    let client = Client::new(api.retry(RetryPolicy::NEVER));
    let endpoint = agentmc_core::find(source.operation).ok()?;
    let mut params = Map::new();
    if endpoint.param("per_page").is_some() {
        params.insert("per_page".to_owned(), 100.into());
    }
    let reply = client.call(source.operation, params).ok()?;
    let text = |value: &Value| match value {
        Value::String(text) => one_line(text),
        value => value.to_string(),
    };
    let items = reply.get("data")?.as_array()?;
    let found = items.iter().filter_map(|item| {
        let label = item.get(source.label).map(text).unwrap_or_default();
        Some((text(item.get(source.id)?), label))
    });
    Some(found.collect())
}

#[cfg(test)]
mod tests {
    use agentmc_core::{OPERATIONS, find};

    use super::{SOURCES, own};

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
