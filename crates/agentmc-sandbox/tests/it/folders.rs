//! Folders of files.

use agentmc_types::Revision;
use serde_json::{Value, json};

use crate::visitor::Visitor;

fn create(visitor: &mut Visitor, name: &str, parent: Value) -> u64 {
    let made = visitor.post("/files/folders", json!({"name": name, "parent_id": parent}));
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["data"]["id"].as_u64().unwrap()
}

#[test]
fn folders_are_listed_flat_and_as_a_tree() {
    let reply = Visitor::new().get("/files/folders");
    assert_eq!(reply.ids(), [1, 2, 3]);
    assert_eq!(reply.body["data"][1]["path_cache"], "Reports/Weekly");
    let tree = &reply.body["tree"];
    assert_eq!((&tree[0]["name"], &tree[1]["name"]), (&json!("Reports"), &json!("Designs")));
    assert_eq!(tree[0]["children"][0]["path_cache"], "Reports/Weekly");
    assert_eq!(tree[1]["children"], json!([]));
}

#[test]
fn a_folder_is_created_renamed_moved_and_deleted() {
    let mut visitor = Visitor::new();
    let made = visitor.post("/files/folders", json!({"name": "May", "parent_id": 2}));
    assert_eq!(made.status, 201);
    assert_eq!(made.body["data"]["path_cache"], "Reports/Weekly/May");
    let path = format!("/files/folders/{}", made.body["data"]["id"]);

    let renamed = visitor.patch(&path, json!({"name": "June"}));
    assert_eq!(renamed.body["data"]["path_cache"], "Reports/Weekly/June");
    assert_eq!(visitor.patch(&path, json!({"name": null})).body["data"]["name"], "June");
    let moved = visitor.patch(&path, json!({"parent_id": 3}));
    assert_eq!(moved.body["data"]["path_cache"], "Designs/June");
    let top = visitor.patch(&path, json!({"parent_id": null}));
    assert_eq!(
        (&top.body["data"]["path_cache"], &top.body["data"]["parent_id"]),
        (&json!("June"), &Value::Null)
    );

    assert_eq!(visitor.delete(&path, Value::Null).status, 204);
    assert_eq!(visitor.delete(&path, Value::Null).code(404), "resource.not_found");
    assert_eq!(visitor.patch(&path, json!({})).status, 404);
    let actions: Vec<_> =
        visitor.world.logs.values().rev().map(|entry| entry.action.as_str()).take(2).collect();
    assert_eq!(actions, ["file_folder.deleted", "file_folder.updated"]);
}

#[test]
fn renaming_a_folder_renames_the_paths_to_what_is_in_it() {
    let mut visitor = Visitor::new();
    visitor.patch("/files/folders/1", json!({"name": "Papers"}));
    assert_eq!(visitor.get("/files/2").body["data"]["folder"]["path_cache"], "Papers/Weekly");
}

#[test]
fn a_folder_does_not_move_into_itself() {
    let mut visitor = Visitor::new();
    for parent in [1, 2] {
        let reply = visitor.patch("/files/folders/1", json!({"parent_id": parent}));
        assert_eq!(reply.problem("parent_id"), "The parent_id must not lie in the folder itself.");
    }
}

#[test]
fn a_parent_is_a_folder_of_the_team() {
    let mut visitor = Visitor::new();
    let foreign = create(&mut visitor, "Far", Value::Null);
    visitor.world.folders.get_mut(&foreign.into()).unwrap().team_id = 2.into();
    for parent in [foreign, 99] {
        let made = visitor.post("/files/folders", json!({"name": "Near", "parent_id": parent}));
        assert!(made.problem("parent_id").contains("does not name a folder"));
        let moved = visitor.patch("/files/folders/1", json!({"parent_id": parent}));
        assert!(moved.problem("parent_id").contains("does not name a folder"));
    }
    let path = format!("/files/folders/{foreign}");
    assert_eq!(visitor.delete(&path, Value::Null).status, 404);
}

#[test]
fn folders_lie_at_most_32_deep() {
    let mut visitor = Visitor::new();
    let mut deepest = Value::Null;
    for _ in 0..32 {
        deepest = create(&mut visitor, "Deeper", deepest).into();
    }
    let made = visitor.post("/files/folders", json!({"name": "Too deep", "parent_id": deepest}));
    assert!(made.problem("parent_id").contains("at most 32 deep"));
    // Reports has another folder in it.
    let above = deepest.as_u64().unwrap() - 1;
    let moved = visitor.patch("/files/folders/1", json!({"parent_id": above}));
    assert!(moved.problem("parent_id").contains("at most 32 deep"));
    assert_eq!(visitor.patch("/files/folders/3", json!({"parent_id": above})).status, 200);
    assert_eq!(visitor.get("/files/folders").status, 200);
}

#[test]
fn what_is_in_a_deleted_folder_moves_up() {
    let mut visitor = Visitor::new();
    assert_eq!(visitor.delete("/files/folders/2", Value::Null).status, 204);
    assert_eq!(visitor.get("/files/2").body["data"]["folder_id"], 1);
    visitor.patch("/files/folders/3", json!({"parent_id": 1}));
    assert_eq!(visitor.delete("/files/folders/1", Value::Null).status, 204);
    assert_eq!(visitor.get("/files/2").body["data"]["folder"], Value::Null);
    assert_eq!(visitor.get("/files/folders").body["data"][0]["path_cache"], "Designs");
}

#[test]
fn an_older_revision_keeps_a_folder_that_is_not_empty() {
    let mut visitor = Visitor::new();
    visitor.world.revision = Revision::V0_3_64;
    for path in ["/files/folders/1", "/files/folders/2"] {
        assert_eq!(visitor.delete(path, Value::Null).code(409), "conflict");
    }
    assert_eq!(visitor.delete("/files/folders/3", Value::Null).status, 204);
}
