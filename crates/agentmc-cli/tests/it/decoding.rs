//! `agentmc decode`.

use serde_json::json;

use crate::process::{Ran, feed};

fn decode(input: &str, args: &[&str]) -> Ran {
    feed(input.as_bytes(), &[], &[&["decode"], args].concat())
}

fn task() -> serde_json::Value {
    json!({"data": {
        "id": "5", "team_id": 1, "board_id": 3, "column_id": 2, "title": "Ship", "position": 1, "is_archived": false,
        "created_at": "2026-02-22T18:21:00+01:00", "brand_new": {"kept": true},
    }})
}

#[test]
fn a_reply_is_printed_as_it_is_understood() {
    let ran = decode(&task().to_string(), &["showTask"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let data = &ran.json()["data"];
    assert_eq!((&data["id"], &data["created_at"]), (&json!(5), &json!("2026-02-22T17:21:00Z")));
    assert_eq!(data["brand_new"], json!({"kept": true}));
}

#[test]
fn a_reply_that_cannot_be_read_here_says_nothing_of_what_was_done() {
    let ran = decode("", &["createBoard"]);
    assert_eq!(ran.code, 1);
    assert!(ran.error().ends_with("it is empty (--revision reads it as another revision has it)"));
}

#[test]
fn a_wrong_reply_is_refused_with_its_path() {
    let mut wrong = task();
    wrong["data"]["title"] = json!(7);
    let ran = decode(&wrong.to_string(), &["showTask"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.error().contains("at `data.title`"), "{}", ran.error());
    assert!(
        decode("{\"data\": {\"id\": 1", &["showTask"]).error().contains("EOF"),
        "a reply that is cut off"
    );
    assert_eq!(decode("<html>", &["showTask"]).code, 1);
}

#[test]
fn an_error_reply_is_printed_as_an_error() {
    let body = json!({"error": {"code": "validation.failed", "message": "No.", "details": {"fields": {"title": ["Long."]}}}});
    let ran = decode(&body.to_string(), &["createTask", "--status", "422"]);
    assert_eq!(ran.code, 1);
    let error = ran.json();
    assert_eq!(
        (&error["kind"], &error["status"], &error["fields"]),
        (&json!("validation"), &json!(422), &json!({"title": ["Long."]}))
    );
    assert_eq!(ran.error(), "agentmc: createTask: 422 Unprocessable Entity: No. title: Long.");
}

#[test]
fn replies_without_a_body_are_read_too() {
    assert_eq!(decode("", &["deleteTask"]).json(), json!(null));
    assert_eq!(
        decode("", &["downloadFile", "--location", "https://files.example/1"]).json(),
        json!({"location": "https://files.example/1"})
    );
    assert_eq!(decode("", &["downloadFile"]).code, 1);
}
