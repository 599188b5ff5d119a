//! Records one by one, against a derive with the same members and types that drops what it does not know.

use agentmc_types::{
    AgentId, AgentRealtimeSignal, Board, BoardColumn, BoardId, BoardOwnerSummary, BoardVisibility,
    FileId, FilePreviewKind, FolderId, Object, SessionId, SignalId, SignalSender, Task, TeamAgent,
    TeamFile, TeamFileFolder, TeamId, Timestamp, UserId,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::measure::{Effort, compare};
use crate::report::Report;
use crate::{decode, sample};

const SUBJECT: &str = "Records, over a plain derive with the same types";

#[derive(Deserialize, Serialize)]
struct PlainBoard {
    id: BoardId,
    team_id: TeamId,
    name: String,
    visibility: BoardVisibility,
    description: Option<String>,
    personal_owner_user_id: Option<UserId>,
    created_by_user_id: Option<UserId>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    personal_owner_user: Option<BoardOwnerSummary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns_count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tasks_count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<BoardColumn>>,
}

#[derive(Deserialize, Serialize)]
struct PlainFile {
    id: FileId,
    team_id: TeamId,
    display_name: String,
    original_filename: String,
    mime_type: String,
    size_bytes: u64,
    preview_kind: FilePreviewKind,
    owner_agent_id: Option<AgentId>,
    folder_id: Option<FolderId>,
    extension: Option<String>,
    checksum_sha256: Option<String>,
    uploaded_by_user_id: Option<UserId>,
    uploaded_by_agent_id: Option<AgentId>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    folder: Option<TeamFileFolder>,
}

#[derive(Deserialize, Serialize)]
struct PlainSignal {
    id: SignalId,
    session_id: SessionId,
    sender: SignalSender,
    #[serde(rename = "type")]
    kind: String,
    payload: Option<Object>,
    created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team_id: Option<TeamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
}

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let board = json!({
        "id": 3, "team_id": 7, "name": "Operations", "visibility": "team", "description": "What must not wait.",
        "personal_owner_user_id": null, "created_by_user_id": 1, "created_at": "2026-02-20T08:00:00Z",
        "updated_at": "2026-02-21T09:30:00Z", "columns_count": 3, "tasks_count": 12,
    });
    let file = json!({
        "id": 9, "team_id": 7, "display_name": "keys.md", "original_filename": "keys.md", "mime_type": "text/markdown",
        "size_bytes": 2048, "preview_kind": "markdown", "owner_agent_id": 42, "folder_id": null, "extension": "md",
        "checksum_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "uploaded_by_user_id": null, "uploaded_by_agent_id": 42, "created_at": "2026-02-20T08:00:00Z",
        "updated_at": "2026-02-21T09:30:00Z", "folder": null,
    });
    let signal = json!({
        "id": 901, "session_id": 7, "sender": "browser", "type": "message", "created_at": "2026-02-22T17:21:00Z",
        "payload": {"type": "chat.user", "payload": {"content": "Please look at the board.", "request_id": "req-1"}},
    });
    record::<Board, PlainBoard>(report, effort, "Board", &board);
    record::<TeamFile, PlainFile>(report, effort, "TeamFile", &file);
    record::<AgentRealtimeSignal, PlainSignal>(report, effort, "AgentRealtimeSignal", &signal);
    // Against the derive of the page: it does not even read the times.
    let task = sample::task(1).to_string();
    let read = compare(
        effort,
        || serde_json::from_str::<Task>(&task).expect("a task"),
        || serde_json::from_str::<decode::PlainTask>(&task).expect("a task"),
    );
    report.ratio(
        SUBJECT,
        "Task, read, over a derive that leaves times and ids as text and numbers",
        None,
        read,
    );
    let agent = json!({
        "id": 42, "team_id": 7, "host_id": 4, "host": {"id": 4, "name": "worker-01"}, "name": "Ada", "type": "openclaw",
        "status": "online", "meta": {"tokens_in": 5}, "last_seen_at": "2026-02-22T17:21:00Z", "tasks_count": 2,
        "created_at": "2026-02-20T08:00:00Z", "updated_at": "2026-02-21T09:30:00Z",
    });
    let text = agent.to_string();
    let tree = compare(
        effort,
        || serde_json::from_str::<TeamAgent>(&text).expect("an agent"),
        || serde_json::from_str::<Value>(&text).expect("JSON"),
    );
    report.ratio(SUBJECT, "TeamAgent, read, over `serde_json::Value`", None, tree);
}

fn record<Ours, Plain>(report: &mut Report, effort: Effort, name: &str, value: &Value)
where
    Ours: DeserializeOwned + Serialize,
    Plain: DeserializeOwned + Serialize,
{
    let text = value.to_string();
    let ours = || serde_json::from_str::<Ours>(&text).expect("a record");
    let plain = || serde_json::from_str::<Plain>(&text).expect("a record");
    let (one, other) = (ours(), plain());
    let (wrote, expected) = (json!(one), json!(other));
    assert_eq!(wrote, expected, "both write the same");
    report.ratio(SUBJECT, &format!("{name}, read"), Some(1.05), compare(effort, ours, plain));
    let ratio = compare(
        effort,
        || serde_json::to_vec(&one).expect("JSON"),
        || serde_json::to_vec(&other).expect("JSON"),
    );
    report.ratio(SUBJECT, &format!("{name}, written"), Some(1.05), ratio);
}
