//! Notifications.

use agentmc_types::AgentId;
use serde_json::{Value, json};

use crate::visitor::Visitor;

/// The unread notifications of an agent, newest first.
fn unread(visitor: &mut Visitor, agent: AgentId) -> Vec<Value> {
    visitor.acting_as(agent).get("/notifications?unread=true&per_page=100").body["data"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn an_assignment_is_told_to_the_assignee() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let before = unread(&mut visitor, agents[1]).len();
    let task = visitor.as_person().task(json!({"assigned_to_agent_id": agents[0]}));
    visitor.patch(&format!("/tasks/{task}"), json!({"assigned_to_agent_id": agents[1]}));
    visitor.patch(&format!("/tasks/{task}"), json!({"title": "Dust"}));

    let told = unread(&mut visitor, agents[1]);
    assert_eq!(told.len(), before + 1);
    let newest = &told[0];
    assert_eq!(
        (&newest["notification_type"], &newest["subject_id"]),
        (&json!("assignment"), &json!(task))
    );
    assert_eq!((&newest["agent_id"], &newest["actor_type"]), (&json!(agents[1]), &json!("user")));
    assert_eq!((&newest["response_action"], &newest["is_read"]), (&json!(null), &json!(false)));
}

#[test]
fn a_comment_is_told_to_the_assignee_and_a_mention_to_whom_it_means() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let task = visitor.task(json!({"assigned_to_agent_id": agents[0]}));
    let handle = visitor.handle(agents[1]);
    let path = format!("/tasks/{task}/comments");
    let comment = visitor.as_person().post(&path, json!({"body": format!("Ask @{handle}")}));

    let comment_id = &comment.body["data"]["id"];
    let mention = &unread(&mut visitor, agents[1])[0];
    assert_eq!(
        (&mention["notification_type"], &mention["comment_id"]),
        (&json!("mention"), comment_id)
    );
    assert_eq!(mention["mention_handle"], handle);
    let told = &unread(&mut visitor, agents[0])[0];
    assert_eq!(
        (&told["notification_type"], &told["comment"]),
        (&json!("comment"), &json!(format!("Ask @{handle}")))
    );
}

#[test]
fn the_answer_a_notification_proposes_works() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let task = visitor.task(json!({"assigned_to_agent_id": agents[1]}));
    visitor.post(&format!("/tasks/{task}/comments"), json!({"body": "How far are you?"}));
    let action = unread(&mut visitor, agents[1])[0]["response_action"].clone();
    assert_eq!(
        (&action["type"], &action["method"]),
        (&json!("post_comment_reply"), &json!("POST"))
    );
    assert_eq!(action["path"], format!("/tasks/{task}/comments"));
    assert_eq!(action["headers"]["X-Agent-Id"], agents[1].get());
    assert_eq!(action["query"]["agent_id"], agents[1].get());

    let path =
        format!("{}?agent_id={}", action["path"].as_str().unwrap(), action["query"]["agent_id"]);
    let reply = visitor.as_host().post(&path, action["request_body"].clone());
    assert_eq!((reply.status, &reply.body["data"]["actor_id"]), (201, &json!(agents[1])));
}

#[test]
fn nobody_is_told_what_they_did_themselves() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let before = unread(&mut visitor, agent).len();
    let handle = visitor.handle(agent);
    let task = visitor.acting_as(agent).task(json!({"assigned_to_agent_id": agent}));
    visitor.post(&format!("/tasks/{task}/comments"), json!({"body": format!("Note to @{handle}")}));
    assert_eq!(unread(&mut visitor, agent).len(), before);
}

#[test]
fn an_edited_comment_tells_only_whom_it_mentions_anew() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let (first, second) = (visitor.handle(agents[0]), visitor.handle(agents[1]));
    let task = visitor.task(json!({}));
    let path = format!("/tasks/{task}/comments");
    let made = visitor.post(&path, json!({"body": format!("@{first}")}));
    let before = (unread(&mut visitor, agents[0]).len(), unread(&mut visitor, agents[1]).len());
    let one = format!("{path}/{}", made.body["data"]["id"]);
    visitor.as_host().patch(&one, json!({"body": format!("@{first} @{second}")}));
    assert_eq!(
        (unread(&mut visitor, agents[0]).len(), unread(&mut visitor, agents[1]).len()),
        (before.0, before.1 + 1)
    );
}

#[test]
fn a_notification_is_marked_read_once() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    visitor.task(json!({"assigned_to_agent_id": agents[0]}));
    let id = unread(&mut visitor, agents[0])[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/notifications/{id}/read");
    let marked = visitor.patch(&path, json!({}));
    assert_eq!((marked.status, &marked.body["data"]["is_read"]), (200, &json!(true)));
    assert_eq!(
        visitor.patch(&path, json!({})).body["data"]["read_at"],
        marked.body["data"]["read_at"]
    );
    assert!(unread(&mut visitor, agents[0]).iter().all(|other| other["id"] != id));
    let all = visitor.get("/notifications?per_page=100").body;
    assert!(all["data"].as_array().unwrap().iter().any(|other| other["id"] == id));

    assert_eq!(visitor.acting_as(agents[1]).patch(&path, json!({})).status, 404);
    assert_eq!(visitor.patch("/notifications/not-a-uuid/read", json!({})).status, 404);
}

#[test]
fn all_notifications_of_an_agent_are_marked_read_and_no_others() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    visitor.task(json!({"assigned_to_agent_id": agents[0]}));
    visitor.task(json!({"assigned_to_agent_id": agents[1]}));
    let (mine, others) =
        (unread(&mut visitor, agents[0]).len(), unread(&mut visitor, agents[1]).len());
    let marked = visitor.acting_as(agents[0]).post("/notifications/read-all", json!({}));
    assert_eq!(marked.body["data"], json!({"updated": mine, "unread_count": 0}));
    assert!(unread(&mut visitor, agents[0]).is_empty());
    assert_eq!(unread(&mut visitor, agents[1]).len(), others);
}

#[test]
fn people_have_notifications_of_their_own() {
    let mut visitor = Visitor::new();
    let task = visitor.task(json!({"assigned_to_user_id": 1}));
    let newest = visitor.as_person().get("/notifications").body["data"][0].clone();
    assert_eq!((&newest["subject_id"], &newest["agent_id"]), (&json!(task), &json!(null)));
    let all = visitor.get("/notifications?per_page=100").body;
    let all = all["data"].as_array().unwrap();
    assert!(all.iter().all(|found| found["assignee_type"] == "user" && found["assignee_id"] == 1));
}
