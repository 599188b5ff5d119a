//! Files, and the steps of an upload that the API takes.

use agentmc_types::{AgentId, Timestamp};
use serde_json::{Value, json};

use crate::storage::{fetch, send, ticket, upload, wait};
use crate::visitor::Visitor;

#[test]
fn a_file_is_uploaded_in_three_steps() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    visitor.acting_as(agent);
    let ticket = ticket(&mut visitor, "Notes.MD", "text/plain", b"Hello");
    assert_eq!(ticket["upload_method"], "PUT");
    assert_eq!(ticket["upload_headers"]["Content-Type"], "text/plain");
    assert_eq!(send(&mut visitor.world, &ticket, b"Hello").status(), 200);

    let more = json!({
        "upload_id": ticket["upload_id"], "display_name": "My notes", "folder_id": 2, "owner_agent_id": agent,
    });
    let made = visitor.post("/files", more);
    assert_eq!(made.status, 201, "{}", made.body);
    let file = &made.body["data"];
    for (name, value) in [
        ("display_name", json!("My notes")),
        ("original_filename", json!("Notes.MD")),
        ("extension", json!("md")),
        ("mime_type", json!("text/plain")),
        ("size_bytes", json!(5)),
        ("preview_kind", json!("markdown")),
        ("checksum_sha256", ticket["upload_headers"]["X-Checksum-Sha256"].clone()),
        ("folder_id", json!(2)),
        ("owner_agent_id", json!(agent)),
        ("uploaded_by_agent_id", json!(agent)),
        ("uploaded_by_user_id", Value::Null),
    ] {
        assert_eq!(file[name], value, "{name}");
    }
    assert_eq!(file["folder"]["path_cache"], "Reports/Weekly");
    assert_eq!(visitor.get(&format!("/files/{}", file["id"])).body, made.body);
    let entry = visitor.world.logs.values().next_back().unwrap().clone();
    assert_eq!(
        (entry.action.as_str(), entry.actor_type.as_deref()),
        ("file.created", Some("agent"))
    );
}

#[test]
fn an_upload_becomes_a_file_once_and_only_when_its_bytes_are_there() {
    let mut visitor = Visitor::new();
    assert_eq!(
        visitor.post("/files", json!({"upload_id": "none"})).code(404),
        "resource.not_found"
    );
    let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"a");
    let body = json!({"upload_id": ticket["upload_id"]});
    let early = visitor.post("/files", body.clone());
    assert!(early.problem("upload_id").contains("whose bytes have not arrived"));
    send(&mut visitor.world, &ticket, b"a");
    let made = visitor.post("/files", body.clone());
    assert_eq!((made.status, &made.body["data"]["display_name"]), (201, &json!("a.txt")));
    assert!(visitor.post("/files", body).problem("upload_id").contains("a file already"));
}

#[test]
fn a_file_goes_to_a_folder_and_an_owner_of_the_team() {
    let mut visitor = Visitor::new();
    let stranger = visitor.stranger();
    let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"a");
    send(&mut visitor.world, &ticket, b"a");
    for (field, value) in [("folder_id", json!(99)), ("owner_agent_id", json!(stranger))] {
        let made = visitor.post("/files", json!({"upload_id": ticket["upload_id"], field: value}));
        assert!(made.problem(field).contains("of this team"));
        let moved = visitor.patch("/files/1", json!({field: value}));
        assert!(moved.problem(field).contains("of this team"));
    }
    // What was refused can be tried again.
    assert_eq!(visitor.post("/files", json!({"upload_id": ticket["upload_id"]})).status, 201);
}

#[test]
fn a_file_is_renamed_moved_and_given_away() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[2];
    let changed = visitor.patch(
        "/files/1",
        json!({"display_name": "Rules", "folder_id": 1, "owner_agent_id": agent}),
    );
    let file = &changed.body["data"];
    assert_eq!(
        (&file["display_name"], &file["folder"]["name"], &file["owner_agent_id"]),
        (&json!("Rules"), &json!("Reports"), &json!(agent))
    );
    assert_eq!(file["original_filename"], "handbook.md");
    let cleared = visitor.patch("/files/1", json!({"folder_id": null, "owner_agent_id": null}));
    let file = &cleared.body["data"];
    assert_eq!(
        (&file["display_name"], &file["folder_id"], &file["owner_agent_id"]),
        (&json!("Rules"), &Value::Null, &Value::Null)
    );
    assert_eq!(visitor.get("/files/1").body, cleared.body);
    assert!(
        visitor
            .patch("/files/1", json!({"display_name": null}))
            .problem("display_name")
            .contains("null")
    );
}

#[test]
fn files_are_found_by_every_filter() {
    let mut visitor = Visitor::new();
    let owner = visitor.agents()[0];
    visitor.patch("/files/3", json!({"display_name": "Handsome"}));
    assert_eq!(visitor.get("/files?q=HAND&sort=display_name&direction=asc").ids(), [1, 3]);
    assert_eq!(visitor.get("/files?q=logo").ids(), [3]);
    assert_eq!(visitor.get("/files?folder_id=2").ids(), [2]);
    assert_eq!(visitor.get(&format!("/files?owner_agent_id={owner}&direction=asc")).ids(), [2, 4]);
    for (group, id) in [("markdown", 1), ("text", 2), ("image", 3), ("other", 4)] {
        assert_eq!(visitor.get(&format!("/files?mime_group={group}")).ids(), [id], "{group}");
    }
    assert_eq!(visitor.get("/files?mime_group=pdf").ids(), [0; 0]);
    assert!(visitor.get("/files?sort=color").problem("sort").contains("one of"));
}

#[test]
fn files_are_sorted_by_change_name_or_size() {
    let mut visitor = Visitor::new();
    visitor.patch("/files/2", json!({}));
    assert_eq!(visitor.get("/files").ids(), [2, 4, 3, 1]);
    assert_eq!(visitor.get("/files?direction=asc").ids(), [1, 3, 4, 2]);
    assert_eq!(visitor.get("/files?sort=display_name&direction=asc").ids(), [4, 1, 3, 2]);
    assert_eq!(visitor.get("/files?sort=size_bytes&direction=desc").ids(), [3, 2, 1, 4]);
    let page = visitor.get("/files?sort=size_bytes&per_page=3&page=2");
    assert_eq!((page.ids(), &page.body["meta"]["total"]), (vec![4], &json!(4)));
}

#[test]
fn files_of_another_team_are_not_there() {
    let mut visitor = Visitor::new();
    for path in ["/files/5", "/files/5/download", "/files/5/preview"] {
        assert_eq!(visitor.get(path).code(404), "resource.not_found");
    }
    assert_eq!(visitor.patch("/files/5", json!({})).status, 404);
    assert_eq!(visitor.delete("/files/5", Value::Null).status, 404);
}

#[test]
fn a_download_is_a_redirect_without_a_body() {
    let mut visitor = Visitor::new();
    for path in ["/files/1/download", "/files/1/preview"] {
        let reply = visitor.get(path);
        assert_eq!(reply.status, 302);
        assert!(reply.response.body().is_empty());
        assert!(!reply.response.headers().contains_key("content-type"));
        let location = reply.response.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with("http://storage.invalid/teams/1/files/1?expires="));
        assert_eq!(fetch(&mut visitor.world, &location, &[]).status(), 200);
    }
}

#[test]
fn what_cannot_be_previewed_can_be_downloaded() {
    let mut visitor = Visitor::new();
    assert_eq!(visitor.get("/files/4/preview").problem("file"), "The file cannot be previewed.");
    assert_eq!(visitor.get("/files/4/download").status, 302);
}

#[test]
fn a_deleted_file_is_gone_with_its_bytes() {
    let mut visitor = Visitor::new();
    let reply = visitor.get("/files/1/download");
    let location = reply.response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(visitor.delete("/files/1", Value::Null).status, 204);
    assert_eq!(visitor.get("/files/1").status, 404);
    assert_eq!(fetch(&mut visitor.world, &location, &[]).status(), 404);
}

#[test]
fn a_file_has_at_most_64_mebibytes_and_all_files_256() {
    let mut visitor = Visitor::new();
    let ask = |size: usize| json!({"filename": "big", "byte_size": size, "mime_type": "image/png"});
    let large = visitor.post("/files/uploads", ask((64 << 20) + 1));
    assert_eq!(large.problem("byte_size"), "The byte_size must be at most 67108864.");
    for _ in 0..3 {
        assert_eq!(visitor.post("/files/uploads", ask(64 << 20)).status, 201);
    }
    // A ticket keeps room for its bytes until it expires.
    assert_eq!(visitor.post("/files/uploads", ask(64 << 20)).code(402), "plan.limit_reached");
    assert_eq!(visitor.post("/files/uploads", ask(1 << 20)).status, 201);
    wait(&mut visitor, 15 * 60);
    assert_eq!(visitor.post("/files/uploads", ask(64 << 20)).status, 201);
}

#[test]
fn deleting_a_file_makes_room() {
    let mut visitor = Visitor::new();
    let bytes = vec![7; 16 << 20];
    let file = upload(&mut visitor, "big", &bytes);
    let ask = json!({"filename": "big", "byte_size": 16 << 20, "mime_type": "image/png"});
    for _ in 0..14 {
        assert_eq!(visitor.post("/files/uploads", ask.clone()).status, 201);
    }
    assert_eq!(visitor.post("/files/uploads", ask.clone()).status, 402);
    assert_eq!(visitor.delete(&format!("/files/{file}"), Value::Null).status, 204);
    assert_eq!(visitor.post("/files/uploads", ask).status, 201);
}

#[test]
fn bytes_nobody_comes_for_are_dropped_after_a_day() {
    let mut visitor = Visitor::new();
    let ticket = ticket(&mut visitor, "a.txt", "text/plain", b"a");
    send(&mut visitor.world, &ticket, b"a");
    let id = ticket["upload_id"].as_str().unwrap();
    let another = json!({"filename": "b.txt", "byte_size": 1, "mime_type": "text/plain"});
    wait(&mut visitor, 15 * 60);
    visitor.post("/files/uploads", another.clone());
    assert!(visitor.world.uploads.contains_key(id), "its bytes are there");
    let expired = visitor.world.now().as_second() - 24 * 60 * 60;
    let upload = visitor.world.uploads.get_mut(id).unwrap();
    upload.ticket.expires_at = Timestamp::from_second(expired).unwrap();
    assert_eq!(visitor.post("/files/uploads", another).status, 201);
    assert_eq!(visitor.post("/files", json!({"upload_id": id})).status, 404);
}

#[test]
fn a_person_uploads_as_a_person() {
    let mut visitor = Visitor::new();
    let file = upload(visitor.as_person(), "a.txt", b"a");
    let file = visitor.get(&format!("/files/{file}")).body["data"].clone();
    assert_eq!(
        (&file["uploaded_by_user_id"], &file["uploaded_by_agent_id"]),
        (&json!(1), &Value::Null)
    );
}

#[test]
fn an_acting_agent_must_be_of_the_team() {
    let mut visitor = Visitor::new();
    let stranger: AgentId = visitor.stranger();
    assert_eq!(visitor.acting_as(stranger).get("/files").status, 404);
}
