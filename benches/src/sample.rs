//! What is built and read: a task with everything, and a page of them.

use agentmc_types::schema::{Kind, Schema};
use serde_json::{Map, Value, json};

/// A task with a value for every member.
pub(crate) fn task(n: usize) -> Value {
    json!({
        "id": 1000 + n, "team_id": 7, "board_id": 3, "column_id": 12,
        "title": format!("Rotate the signing keys of region {n}"),
        "description": "The keys are a year old. Make new ones, roll them out, and revoke the old ones after a week.",
        "archived_at": null, "is_archived": false, "position": n + 1,
        "due_at": "2026-02-22T17:21:02Z", "created_by_user_id": 1, "assigned_to_user_id": null,
        "assigned_to_agent_id": 42,
        "assigned_agent": {
            "id": 42, "name": "Ada", "meta": {"runtime": {"name": "openclaw", "version": "2026.2.1"}, "tokens_in": 123_456},
        },
        "attachments": [{
            "id": n + 1, "team_file_id": 9,
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

/// A page of so many tasks, as the service writes it.
pub(crate) fn page(tasks: usize) -> Vec<u8> {
    page_of((0..tasks).map(task).collect())
}

/// The same with lines of Markdown in each description.
pub(crate) fn page_with_lines(tasks: usize) -> Vec<u8> {
    let with_lines = |n| {
        let mut task = task(n);
        let steps = "- Make new ones, and roll them out to every host of the region.\n".repeat(6);
        task["description"] = format!("The keys are a year old.\n\n{steps}").into();
        task
    };
    page_of((0..tasks).map(with_lines).collect())
}

fn page_of(tasks: Vec<Value>) -> Vec<u8> {
    let total = tasks.len();
    let page = json!({
        "data": tasks,
        "links": {"first": "https://agentmc.ai/api/v1/tasks?page=1", "last": null, "prev": null, "next": null},
        "meta": {
            "current_page": 1, "from": 1, "last_page": 1, "path": "https://agentmc.ai/api/v1/tasks", "per_page": 100,
            "to": total, "total": total, "links": [{"url": null, "label": "1", "active": true}],
        },
    });
    page.to_string().into_bytes()
}

/// The reply to a call that shows or makes a task.
pub(crate) fn one() -> Vec<u8> {
    json!({"data": task(1)}).to_string().into_bytes()
}

/// A value with every member that a schema knows.
pub(crate) fn full(schema: &Schema) -> Value {
    match schema.kind {
        Kind::Boolean => json!(true),
        Kind::Integer => json!(1204),
        Kind::Number => json!(12.5),
        Kind::Text => json!("Rotate the signing keys"),
        Kind::OneOfTexts(texts) => json!(texts[0]),
        Kind::Timestamp => json!("2026-02-22T17:21:02Z"),
        Kind::Uuid => json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        Kind::IpAddress => json!("192.0.2.7"),
        Kind::Object(fields) => {
            let members = fields.iter().map(|field| (field.name.to_owned(), full(&field.schema)));
            members.collect::<Map<_, _>>().into()
        }
        Kind::MapOf(item) => json!({"first": full(item), "second": full(item)}),
        Kind::List(item) => json!([full(item), full(item)]),
        Kind::AnyOf(choices) => full(&choices[0]),
        _ => json!({"runtime": {"name": "openclaw", "version": "2026.2.1"}, "tokens_in": 123_456}),
    }
}
