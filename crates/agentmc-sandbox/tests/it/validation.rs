//! Parameters that are refused, and in which words.

use serde_json::json;

use crate::visitor::Visitor;

#[test]
fn a_field_is_refused_in_plain_words() {
    let mut visitor = Visitor::new();
    let long = visitor.post("/boards", json!({"name": "x".repeat(256)}));
    assert_eq!(long.problem("name"), "The name must have at most 255 characters.");
    let absent = visitor.post("/boards", json!({}));
    assert_eq!(absent.problem("name"), "The name is required.");
    let null = visitor.post("/boards", json!({"name": null}));
    assert_eq!(null.problem("name"), "The name must not be null.");
    let number = visitor.post("/boards", json!({"name": 7}));
    assert_eq!(number.problem("name"), "The name must be a string.");
    let unlisted = visitor.post("/boards", json!({"name": "Board", "visibility": "secret"}));
    assert_eq!(unlisted.problem("visibility"), "The visibility must be one of team, personal.");
}

#[test]
fn every_field_that_is_wrong_is_named() {
    let reply = Visitor::new().post("/tasks", json!({"board_id": "one", "title": 1}));
    for field in ["board_id", "column_id", "title", "description"] {
        assert!(!reply.problem(field).is_empty());
    }
}

#[test]
fn a_member_within_a_field_is_named_by_its_path() {
    let mut visitor = Visitor::new();
    let mut body = crate::hosts::heartbeat("f");
    body["host"]["meta"]["cpu_cores"] = json!(5000);
    let reply = visitor.post("/hosts/heartbeat", body);
    assert_eq!(
        reply.problem("host.meta.cpu_cores"),
        "The host.meta.cpu_cores must be at most 4096."
    );
}

#[test]
fn a_query_is_checked_as_well() {
    let mut visitor = Visitor::new();
    assert_eq!(
        visitor.get("/boards?per_page=101").problem("per_page"),
        "The per_page must be at most 100."
    );
    assert_eq!(
        visitor.get("/boards?page=first").problem("page"),
        "The page must be a whole number."
    );
    assert!(visitor.get("/tasks?due_from=yesterday").problem("due_from").contains("date and time"));
    assert_eq!(
        visitor.get("/tasks?archived=maybe").problem("archived"),
        "The archived must be true or false."
    );
}

#[test]
fn the_newest_revision_that_has_the_path_decides_what_is_required() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[0];
    let session = visitor.world.request_session(agent).unwrap();
    let newest = visitor.post(&format!("/hosts/realtime/sessions/{session}/claim"), json!({}));
    assert_eq!(newest.problem("owner_token"), "The owner_token is required.");
    let older = visitor.post(&format!("/agents/realtime/sessions/{session}/claim"), json!({}));
    assert_eq!(older.status, 200);
}

#[test]
fn unknown_members_are_passed_over() {
    let reply = Visitor::new().post("/boards", json!({"name": "Board", "color": "green"}));
    assert_eq!(reply.status, 201);
}
