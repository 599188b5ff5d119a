//! Which columns a listing has.

use agentmc_core::Endpoint;
use serde_json::Value;

use crate::resource::naming::Name;
use crate::view::View;

/// The columns of the records that people list, the most telling first.
const KNOWN: &[(&str, &[&str])] = &[
    ("agents", &["id", "name", "status", "type", "host_id", "last_seen_at"]),
    ("boards", &["id", "name", "visibility", "description", "updated_at"]),
    (
        "briefs",
        &["id", "name", "headline", "external_key", "agent_id", "entries_count", "updated_at"],
    ),
    ("calendar", &["id", "title", "type", "start_at", "due_at", "status", "priority", "location"]),
    ("files", &["id", "display_name", "size_bytes", "mime_type", "folder.name", "updated_at"]),
    ("folders", &["id", "path_cache", "parent_id", "updated_at"]),
    (
        "hosts",
        &[
            "id",
            "name",
            "status",
            "agents_online",
            "agents_total",
            "agent_runtime_version",
            "last_seen_at",
        ],
    ),
    (
        "logs",
        &["id", "action", "actor_type", "actor_id", "subject_type", "subject_id", "created_at"],
    ),
    ("members", &["id", "name", "email", "team_role", "is_owner"]),
    ("notifications", &["message", "is_read", "created_at", "id"]),
    ("recurring", &["run_id", "agent_id", "prompt", "scheduled_for"]),
    ("sessions", &["id", "agent_id", "status", "requested_by_user_id", "created_at"]),
    ("sessions signals", &["id", "sender", "type", "payload", "created_at"]),
    (
        "tasks",
        &["id", "title", "board_id", "column_id", "due_at", "assigned_agent.name", "updated_at"],
    ),
    ("tasks comments", &["id", "actor_name", "body", "created_at"]),
];

/// The members that say most about a record of any other type, and how many columns there are at most.
pub(super) const FIRST: &[&str] = &[
    "id",
    "run_id",
    "name",
    "display_name",
    "title",
    "status",
    "type",
    "notification_type",
    "message",
    "body",
    "description",
    "action",
];
const MOST: usize = 8;

/// The columns of a listing: those asked for, those its records are known by, or what there is.
pub(super) fn of(items: &[Value], endpoint: Option<&Endpoint>, view: &View) -> Vec<String> {
    if !view.columns.is_empty() {
        return view.columns.clone();
    }
    let known = endpoint.filter(|_| !view.wide && view.query.is_none()).and_then(|endpoint| {
        let resource = Name::of(find(endpoint)?).resource;
        KNOWN.iter().find(|(known, _)| *known == resource).map(|(_, columns)| *columns)
    });
    let there =
        |column: &&&str| items.iter().any(|item| super::member(item, column).is_some_and(tells));
    let known: Vec<String> =
        known.unwrap_or_default().iter().filter(there).map(|column| (*column).to_owned()).collect();
    if known.is_empty() { found(items, view.wide) } else { known }
}

/// The endpoint as the registry has it.
fn find(endpoint: &Endpoint) -> Option<&'static Endpoint> {
    agentmc_core::find(endpoint.id).ok()
}

/// Whether a value is worth a column.
fn tells(value: &Value) -> bool {
    !value.is_null()
}

fn found(items: &[Value], wide: bool) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        let scalar = item.iter().filter(|(_, value)| {
            !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
        });
        for (name, _) in scalar {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    names.sort_by_key(|name| rank(name));
    if !wide {
        names.truncate(MOST);
    }
    names.into_iter().map(str::to_owned).collect()
}
