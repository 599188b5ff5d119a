//! Comments on tasks.

use serde_json::json;

use crate::visitor::Visitor;

#[test]
fn a_comment_is_written_changed_and_deleted() {
    let mut visitor = Visitor::new();
    let task = visitor.task(json!({}));
    let path = format!("/tasks/{task}/comments");
    let made = visitor.post(&path, json!({"body": "Where is the broom?"}));
    assert_eq!(made.status, 201);
    let data = &made.body["data"];
    assert_eq!((&data["actor_type"], &data["actor_id"]), (&json!("api_key"), &json!(null)));
    assert_eq!((&data["edited_at"], &data["mentions"]), (&json!(null), &json!([])));

    let one = format!("{path}/{}", data["id"]);
    let changed = visitor.patch(&one, json!({"body": "Found it."}));
    assert_eq!(changed.body["data"]["body"], "Found it.");
    assert!(changed.body["data"]["edited_at"].is_string());
    assert_eq!(visitor.get(&path).body["data"][0], changed.body["data"]);

    let elsewhere = format!("/tasks/1/comments/{}", data["id"]);
    assert_eq!(visitor.delete(&elsewhere, json!({})).status, 404);
    assert_eq!(visitor.delete(&one, json!({})).status, 204);
    assert_eq!(visitor.get(&path).ids(), [0; 0]);
}

#[test]
fn a_comment_is_written_by_whoever_acts() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[2];
    let task = visitor.task(json!({}));
    let path = format!("/tasks/{task}/comments");
    let acting = visitor.acting_as(agent).post(&path, json!({"body": "Done."}));
    assert_eq!(
        (&acting.body["data"]["actor_type"], &acting.body["data"]["actor_id"]),
        (&json!("agent"), &json!(agent))
    );

    visitor.as_host();
    let named =
        visitor.post(&path, json!({"body": "Thanks.", "actor_type": "user", "actor_id": 2}));
    assert_eq!(
        (&named.body["data"]["actor_type"], &named.body["data"]["actor_id"]),
        (&json!("user"), &json!(2))
    );
    let name = visitor.world.teams[&1.into()].members[1].name.clone();
    assert_eq!(named.body["data"]["actor_name"], name);
}

#[test]
fn nobody_writes_as_somebody_who_is_not_there() {
    let mut visitor = Visitor::new();
    let task = visitor.task(json!({}));
    let path = format!("/tasks/{task}/comments");
    let unknown =
        visitor.post(&path, json!({"body": "Boo", "actor_type": "agent", "actor_id": 999}));
    assert!(unknown.problem("actor_id").contains("does not name"));
    let untyped = visitor.post(&path, json!({"body": "Boo", "actor_id": 1}));
    assert!(untyped.problem("actor_type").contains("required"));
    let unnamed = visitor.post(&path, json!({"body": "Boo", "actor_type": "agent"}));
    assert!(unnamed.problem("actor_id").contains("required"));
}

#[test]
fn people_and_agents_write_and_change_their_own_comments_alone() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let task = visitor.task(json!({}));
    let path = format!("/tasks/{task}/comments");
    let as_other = json!({"body": "Boo", "actor_type": "agent", "actor_id": agents[1]});
    assert_eq!(visitor.as_agent().post(&path, as_other.clone()).code(403), "auth.forbidden");
    assert_eq!(visitor.as_person().post(&path, as_other).code(403), "auth.forbidden");

    let own = visitor
        .as_agent()
        .post(&path, json!({"body": "Mine", "actor_type": "agent", "actor_id": agents[0]}));
    let one = format!("{path}/{}", own.body["data"]["id"]);
    assert_eq!(
        visitor.as_person().patch(&one, json!({"body": "Ours"})).code(403),
        "auth.forbidden"
    );
    assert_eq!(visitor.as_person().delete(&one, json!({})).code(403), "auth.forbidden");
    assert_eq!(visitor.as_agent().patch(&one, json!({"body": "Still mine"})).status, 200);
    assert_eq!(visitor.as_team().delete(&one, json!({})).status, 204);
}

#[test]
fn a_comment_mentions_people_and_agents_by_handle() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let handle = visitor.handle(agent);
    let name = visitor.world.teams[&1.into()].members[2].name.clone();
    let person = name.to_lowercase().replace(' ', "-");
    let task = visitor.task(json!({}));
    let body = format!(
        "@{} (and @{person}!) write to a@{handle}.example; @nobody, @{handle}, @",
        handle.to_uppercase()
    );
    let made = visitor.post(&format!("/tasks/{task}/comments"), json!({"body": body}));
    let mentions = made.body["data"]["mentions"].as_array().unwrap().clone();
    assert_eq!(mentions.len(), 2, "{mentions:?}");
    assert_eq!(mentions[0]["type"], "agent");
    assert_eq!(mentions[0]["id"], agent.get());
    assert_eq!(mentions[0]["token"], format!("@{}", handle.to_uppercase()));
    assert_eq!(mentions[0]["handle"], handle);
    assert_eq!((&mentions[1]["type"], &mentions[1]["label"]), (&json!("user"), &json!(name)));
}
