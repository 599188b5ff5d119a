//! Measures what it costs that records keep the members they do not know.
//!
//! Decodes a list of 100 tasks, none of which has an unknown member, as [`Task`] and as derived structs
//! with the same members that drop what they do not know: once just so, and once with a word of room in each
//! for an `extra` that is never filled. The latter tells what size alone costs a derive, which moves what it
//! has read. Run with `--release`.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use agentmc_types::{
    AgentId, AttachmentId, BoardId, ColumnId, FileId, FilePreviewKind, Object, Task,
    TaskAssigneeType, TaskId, TeamId, Timestamp, UserId,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

const ROUNDS: usize = 2_001;

/// As wide as an `extra`.
type Room = Option<Box<Map<String, Value>>>;

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct DroppingTask<X: Default> {
    id: TaskId,
    team_id: TeamId,
    board_id: BoardId,
    column_id: ColumnId,
    title: String,
    is_archived: bool,
    position: i64,
    description: Option<String>,
    archived_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    created_by_user_id: Option<UserId>,
    assigned_to_user_id: Option<UserId>,
    assigned_to_agent_id: Option<AgentId>,
    assignee_type: Option<TaskAssigneeType>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    assigned_agent: Option<DroppingAgent<X>>,
    #[serde(default)]
    attachments: Vec<DroppingAttachment<X>>,
    #[serde(skip)]
    extra: X,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct DroppingAgent<X: Default> {
    id: Option<AgentId>,
    name: Option<String>,
    meta: Option<Object>,
    #[serde(skip)]
    extra: X,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct DroppingAttachment<X: Default> {
    id: AttachmentId,
    team_file_id: FileId,
    preview_url: Option<String>,
    download_url: Option<String>,
    markdown_embed: Option<String>,
    file: Option<DroppingFile<X>>,
    #[serde(skip)]
    extra: X,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct DroppingFile<X: Default> {
    id: FileId,
    display_name: String,
    original_filename: String,
    mime_type: String,
    size_bytes: u64,
    preview_kind: FilePreviewKind,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    #[serde(skip)]
    extra: X,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let json = serde_json::to_string(&(0..100).map(task).collect::<Value>())?;
    let [mut keeping, mut dropping, mut roomy] = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        keeping.push(decode::<Vec<Task>>(&json)?);
        dropping.push(decode::<Vec<DroppingTask<()>>>(&json)?);
        roomy.push(decode::<Vec<DroppingTask<Room>>>(&json)?);
    }
    let [keeping, dropping, roomy] = [keeping, dropping, roomy].map(quartiles);
    let ratio = |times: [Duration; 3]| times[1].as_secs_f64() / dropping[1].as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} bytes, {ROUNDS} rounds; quartiles, and the ratio of the medians",
        json.len()
    )?;
    writeln!(out, "drops unknown members: {dropping:?}")?;
    writeln!(out, "keeps unknown members: {keeping:?}, {:.3}", ratio(keeping))?;
    writeln!(out, "drops, but has room:   {roomy:?}, {:.3}", ratio(roomy))?;
    Ok(())
}

/// How long it takes to decode, on a heap as decoding the same leaves it.
fn decode<T: DeserializeOwned>(json: &str) -> Result<Duration, serde_json::Error> {
    black_box(serde_json::from_str::<T>(black_box(json))?);
    let start = Instant::now();
    let decoded: T = serde_json::from_str(black_box(json))?;
    let took = start.elapsed();
    black_box(decoded);
    Ok(took)
}

fn quartiles(mut times: Vec<Duration>) -> [Duration; 3] {
    times.sort_unstable();
    [1, 2, 3].map(|quarter| times[times.len() * quarter / 4])
}

fn task(n: u64) -> Value {
    json!({
        "id": n, "team_id": 7, "board_id": 3, "column_id": 12,
        "title": format!("Rotate the signing keys of region {n}"),
        "description": "The keys are a year old. Make new ones, roll them out, and revoke the old ones after a week.",
        "archived_at": null, "is_archived": false, "position": n,
        "due_at": "2026-02-22T17:21:02Z", "created_by_user_id": 1, "assigned_to_user_id": null,
        "assigned_to_agent_id": 42,
        "assigned_agent": {
            "id": 42, "name": "Ada", "meta": {"runtime": {"name": "openclaw", "version": "2026.2.1"}, "tokens_in": 123456},
        },
        "attachments": [{
            "id": n, "team_file_id": 9,
            "preview_url": "https://agentmc.example/api/v1/files/9/preview",
            "download_url": "https://agentmc.example/api/v1/files/9/download",
            "markdown_embed": "[keys.md](https://agentmc.example/api/v1/files/9/preview)",
            "file": {
                "id": 9, "display_name": "keys.md", "original_filename": "keys.md", "mime_type": "text/markdown",
                "size_bytes": 2048, "preview_kind": "markdown",
                "created_at": "2026-02-20T08:00:00Z", "updated_at": "2026-02-21T09:30:00Z",
            },
        }],
        "assignee_type": "agent", "created_at": "2026-02-20T08:00:00Z", "updated_at": "2026-02-21T09:30:00Z",
    })
}
