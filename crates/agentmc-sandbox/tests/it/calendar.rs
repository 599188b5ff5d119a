//! The calendar.

use serde_json::{Value, json};

use crate::visitor::{Reply, Visitor};

const START: &str = "2030-05-01T09:00:00Z";
const END: &str = "2030-05-01T10:00:00Z";

/// Creates an event; `more` adds to its members, or replaces them.
fn event(visitor: &mut Visitor, more: Value) -> Reply {
    let mut body = json!({"type": "event", "title": "Stand-up", "start_at": START, "end_at": END, "assignees": null});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    visitor.post("/calendar/items", body)
}

fn task(visitor: &mut Visitor, more: Value) -> Reply {
    let mut body = json!({"type": "task", "title": "Order coffee", "assignees": null});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    visitor.post("/calendar/items", body)
}

/// Where an item that was made is.
fn path(made: &Reply) -> String {
    assert_eq!(made.status, 201, "{}", made.body);
    format!("/calendar/items/{}", made.body["data"]["id"])
}

#[test]
fn an_event_is_made_and_shown() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let assignees = json!([
        {"assignee_type": "user", "assignee_id": 2, "role": "owner"},
        {"assignee_type": "agent", "assignee_id": agent},
        {"assignee_type": "agent", "assignee_id": agent, "role": "watcher"},
    ]);
    let made = event(visitor.as_person(), json!({"assignees": assignees, "location": "Room 4"}));
    let shown = visitor.get(&path(&made)).body["data"].clone();
    assert_eq!(shown, made.body["data"]);
    assert_eq!((&shown["start_at"], &shown["end_at"]), (&json!(START), &json!(END)));
    assert_eq!((&shown["all_day"], &shown["visibility"]), (&json!(false), &json!("team")));
    assert_eq!((&shown["created_by"], &shown["comments_count"]), (&json!(1), &json!(0)));
    let assignees = shown["assignees"].as_array().unwrap();
    assert_eq!(assignees.len(), 2);
    assert_eq!((&assignees[0]["role"], &assignees[1]["role"]), (&json!("owner"), &json!(null)));
    assert_eq!(assignees[1]["name"], visitor.world.agents[&agent].name.as_str());
    assert_ne!(assignees[0]["id"], assignees[1]["id"]);
}

#[test]
fn an_event_needs_a_beginning_and_a_later_end() {
    let mut visitor = Visitor::new();
    let neither = event(&mut visitor, json!({"start_at": null, "end_at": null}));
    assert_eq!(neither.problem("start_at"), "The start_at is required when the item is an event.");
    assert_eq!(neither.problem("end_at"), "The end_at is required when the item is an event.");
    for end in [START, "2030-05-01T08:59:59Z"] {
        let reply = event(&mut visitor, json!({"end_at": end}));
        assert_eq!(reply.problem("end_at"), "The end_at must be after the start_at.");
    }
    assert_eq!(task(&mut visitor, json!({"due_at": END})).body["data"]["due_at"], END);
    assert_eq!(task(&mut visitor, json!({})).status, 201);
}

#[test]
fn an_assignee_must_be_in_the_team() {
    let mut visitor = Visitor::new();
    let stranger = visitor.stranger();
    let before = visitor.world.calendar.len();
    let assignees = json!([
        {"assignee_type": "user", "assignee_id": 1},
        {"assignee_type": "agent", "assignee_id": stranger},
    ]);
    let reply = task(&mut visitor, json!({"assignees": assignees}));
    assert_eq!(
        reply.problem("assignees.1.assignee_id"),
        "The assignees.1.assignee_id does not name a person or an agent of this team."
    );
    assert_eq!(visitor.world.calendar.len(), before);
}

#[test]
fn an_update_leaves_what_is_absent_and_clears_what_is_null() {
    let mut visitor = Visitor::new();
    let made = event(&mut visitor, json!({"location": "Room 4", "description": "Daily."}));
    let path = path(&made);
    let changed = visitor.put(&path, json!({"location": null, "title": "Sit-down"}));
    assert_eq!(changed.status, 200);
    let data = &changed.body["data"];
    assert_eq!((&data["location"], &data["title"]), (&json!(null), &json!("Sit-down")));
    assert_eq!((&data["description"], &data["start_at"]), (&json!("Daily."), &json!(START)));
    assert_eq!(visitor.get(&path).body["data"], *data);

    let dateless = visitor.put(&path, json!({"start_at": null}));
    assert_eq!(dateless.problem("start_at"), "The start_at is required when the item is an event.");
    assert_eq!(visitor.get(&path).body["data"], *data);
    assert_eq!(visitor.put(&path, Value::Null).status, 200);
}

#[test]
fn a_deleted_item_is_kept_but_not_there() {
    let mut visitor = Visitor::new();
    let made = task(&mut visitor, json!({}));
    let (id, path) = (made.body["data"]["id"].as_u64().unwrap(), path(&made));
    assert!(visitor.get("/calendar").ids().contains(&id));
    assert_eq!(visitor.delete(&path, Value::Null).status, 204);
    assert!(!visitor.get("/calendar").ids().contains(&id));
    assert_eq!(visitor.get(&path).code(404), "resource.not_found");
    assert_eq!(visitor.delete(&path, Value::Null).status, 404);
    assert_eq!(visitor.put(&path, json!({"title": "Back"})).status, 404);
    assert_eq!(visitor.post(&format!("{path}/comments"), json!({"body": "?"})).status, 404);
    assert!(visitor.world.calendar[&id.into()].deleted_at.is_some());
}

#[test]
fn filters_narrow_the_calendar() {
    let mut visitor = Visitor::new();
    visitor.world.calendar.clear();
    let agent = visitor.agents()[1];
    let one = event(&mut visitor, json!({"description": "About the ROOF"}));
    let assignees = json!([{"assignee_type": "agent", "assignee_id": agent}]);
    let more = json!({"due_at": "2030-06-01T00:00:00Z", "status": "todo", "priority": "low", "assignees": assignees});
    let two = task(&mut visitor, more);
    let three = task(&mut visitor, json!({}));
    let id = |made: &Reply| made.body["data"]["id"].as_u64().unwrap();
    let (one, two, three) = (id(&one), id(&two), id(&three));
    let handle = visitor.handle(agent);
    for (query, expected) in [
        ("", vec![one, two, three]),
        ("view=list", vec![one, two, three]),
        ("type=event", vec![one]),
        ("status=todo", vec![two]),
        ("priority=low", vec![two]),
        ("priority=high", vec![]),
        ("q=roof", vec![one]),
        ("start=2030-05-01T09:30:00Z", vec![one, two]),
        ("start=2030-05-01T10:00:01Z", vec![two]),
        ("end=2030-05-01T08:59:59Z", vec![]),
        ("end=2030-05-31T00:00:00Z", vec![one]),
        ("view=week&start=2030-05-26T00:00:00Z", vec![two]),
        ("view=week&start=2030-05-20T00:00:00Z", vec![]),
        ("view=month&start=2030-05-01T00:00:00Z", vec![one, two]),
        ("view=month", vec![]),
        (&format!("assignee={agent}"), vec![two]),
        (&format!("assignee=agent:{agent}"), vec![two]),
        (&format!("assignee=user:{agent}"), vec![]),
        (&format!("assignee={handle}"), vec![two]),
        ("type=task&q=roof", vec![]),
    ] {
        assert_eq!(visitor.get(&format!("/calendar?{query}")).ids(), expected, "{query}");
    }
    let page = visitor.get("/calendar?per_page=2").body;
    assert_eq!((&page["meta"]["total"], &page["meta"]["last_page"]), (&json!(3), &json!(2)));
}

#[test]
fn people_see_no_private_items_of_others() {
    let mut visitor = Visitor::new();
    let hidden = task(&mut visitor, json!({"visibility": "private"}));
    let assignees = json!([{"assignee_type": "user", "assignee_id": 1}]);
    let shared = task(&mut visitor, json!({"visibility": "private", "assignees": assignees}));
    let own = task(visitor.as_person(), json!({"visibility": "private"}));
    assert_eq!(visitor.get(&path(&hidden)).code(403), "auth.forbidden");
    assert_eq!(visitor.get(&path(&shared)).status, 200);
    assert_eq!(visitor.get(&path(&own)).status, 200);
    let listed = visitor.get("/calendar").ids();
    assert!(!listed.contains(&hidden.body["data"]["id"].as_u64().unwrap()));
    assert_eq!(visitor.as_team().get(&path(&hidden)).status, 200);
}

#[test]
fn comments_are_counted_and_say_who_wrote_them() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let made = task(&mut visitor, json!({}));
    let comments = format!("{}/comments", path(&made));
    let first = visitor.acting_as(agent).post(&comments, json!({"body": "Done."}));
    assert_eq!(first.status, 201);
    let data = &first.body["data"];
    assert_eq!((&data["actor_type"], &data["actor_id"]), (&json!("agent"), &json!(agent)));
    let second = visitor
        .as_host()
        .post(&comments, json!({"body": "Hm.", "actor_type": "user", "actor_id": 2}));
    assert_eq!((second.status, &second.body["data"]["actor_id"]), (201, &json!(2)));
    let unknown = json!({"body": "Hm.", "actor_type": "user", "actor_id": 99});
    assert!(visitor.post(&comments, unknown).problem("actor_id").contains("does not name"));
    assert_eq!(visitor.get(&path(&made)).body["data"]["comments_count"], 2);
}

#[test]
fn assignments_comments_and_mentions_are_told() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let assignees = json!([
        {"assignee_type": "agent", "assignee_id": agents[0]},
        {"assignee_type": "agent", "assignee_id": agents[1]},
    ]);
    let made = task(visitor.acting_as(agents[0]), json!({"assignees": assignees}));
    let path = path(&made);
    let newest = |visitor: &mut Visitor, agent| {
        visitor.acting_as(agent).get("/notifications").body["data"][0].clone()
    };
    // Nobody is told what they did themselves.
    assert_ne!(newest(&mut visitor, agents[0])["subject_type"], "calendar_item");
    let told = newest(&mut visitor, agents[1]);
    assert_eq!(told["notification_type"], "assignment");
    assert_eq!(
        (&told["source_type"], &told["response_action"]),
        (&json!("calendar_item"), &json!(null))
    );
    assert_eq!(told["subject_id"], made.body["data"]["id"]);

    let handle = visitor.handle(agents[2]);
    let body = json!({"body": format!("Ask @{handle}")});
    let comment = visitor.as_person().post(&format!("{path}/comments"), body);
    let kinds = [(agents[0], "comment"), (agents[1], "comment"), (agents[2], "mention")];
    let told = kinds.map(|(agent, kind)| (agent, kind, newest(&mut visitor, agent)));
    for (agent, kind, told) in told {
        assert_eq!(told["notification_type"], kind);
        assert_eq!(told["source_type"], "calendar_item_comment");
        assert_eq!(told["comment_id"], comment.body["data"]["id"]);
        let action = &told["response_action"];
        assert_eq!(action["path"], format!("{path}/comments"));
        let answer = visitor.as_host().post(
            &format!("{path}/comments?agent_id={}", action["query"]["agent_id"]),
            action["request_body"].clone(),
        );
        assert_eq!((answer.status, &answer.body["data"]["actor_id"]), (201, &json!(agent)));
    }
}

#[test]
fn items_of_another_team_are_not_there() {
    let mut visitor = Visitor::new();
    let made = task(&mut visitor, json!({}));
    let id = made.body["data"]["id"].as_u64().unwrap();
    visitor.world.calendar.get_mut(&id.into()).unwrap().team_id = 2.into();
    assert_eq!(visitor.get(&path(&made)).code(404), "resource.not_found");
    assert!(!visitor.get("/calendar").ids().contains(&id));
}
