//! Tasks.

use serde_json::{Value, json};

use crate::visitor::Visitor;

/// The tasks in a column, from top to bottom, whose positions must count without gaps.
fn column(visitor: &Visitor, column: u64) -> Vec<u64> {
    let tasks = visitor.world.tasks.values().filter(|task| task.column_id.get() == column);
    let mut tasks: Vec<_> = tasks.map(|task| (task.position, task.id.get())).collect();
    tasks.sort_unstable();
    assert!(
        tasks.iter().zip(1..).all(|((position, _), expected)| *position == expected),
        "{tasks:?}"
    );
    tasks.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn a_task_is_created_shown_changed_and_deleted() {
    let mut visitor = Visitor::new();
    let id = visitor.task(json!({"due_at": "2026-03-01T12:00:00+02:00"}));
    let path = format!("/tasks/{id}");
    let shown = visitor.get(&path).body["data"].clone();
    assert_eq!(shown["due_at"], "2026-03-01T10:00:00Z");
    assert_eq!(shown["created_by_user_id"], Value::Null);

    let changed =
        visitor.patch(&path, json!({"title": "Rake", "due_at": null})).body["data"].clone();
    assert_eq!((&changed["title"], &changed["due_at"]), (&json!("Rake"), &json!(null)));
    assert_eq!(changed["description"], shown["description"]);
    assert_ne!(changed["updated_at"], shown["updated_at"]);

    assert_eq!(visitor.delete(&path, json!({})).status, 204);
    assert_eq!(visitor.get(&path).status, 404);
}

#[test]
fn a_person_is_the_creator_of_a_task() {
    let mut visitor = Visitor::new();
    visitor.as_person();
    let id = visitor.task(json!({}));
    assert_eq!(visitor.get(&format!("/tasks/{id}")).body["data"]["created_by_user_id"], 1);
}

#[test]
fn a_task_is_put_at_its_place_in_a_column() {
    let mut visitor = Visitor::new();
    let (_, columns) = visitor.board();
    let before = column(&visitor, columns[0]);
    let id = visitor.task(json!({"position": 1}));
    let mut expected = vec![id.get()];
    expected.extend(&before);
    assert_eq!(column(&visitor, columns[0]), expected);

    let target = column(&visitor, columns[1]);
    let moved =
        visitor.patch(&format!("/tasks/{id}"), json!({"column_id": columns[1], "position": 2}));
    assert_eq!((moved.status, &moved.body["data"]["column_id"]), (200, &json!(columns[1])));
    assert_eq!(moved.body["data"]["position"], 2);
    assert_eq!(column(&visitor, columns[0]), before);
    let mut expected = target.clone();
    expected.insert(1, id.get());
    assert_eq!(column(&visitor, columns[1]), expected);

    visitor.delete(&format!("/tasks/{id}"), json!({}));
    assert_eq!(column(&visitor, columns[1]), target);
}

#[test]
fn a_task_is_archived_and_brought_back() {
    let mut visitor = Visitor::new();
    let id = visitor.task(json!({}));
    let path = format!("/tasks/{id}");
    let archived = visitor.patch(&path, json!({"archived_at": "2026-02-22T18:00:00Z"}));
    assert_eq!(archived.body["data"]["is_archived"], true);
    assert_eq!(visitor.get("/tasks?archived=true").ids(), [id.get()]);
    assert!(!visitor.get("/tasks?archived=false&per_page=100").ids().contains(&id.get()));
    let back = visitor.patch(&path, json!({"archived_at": null}));
    assert_eq!(
        (&back.body["data"]["is_archived"], &back.body["data"]["archived_at"]),
        (&json!(false), &json!(null))
    );
}

#[test]
fn a_task_is_assigned_to_one_at_a_time() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let id = visitor.task(json!({"assigned_to_user_id": 2}));
    let path = format!("/tasks/{id}");
    let person = visitor.get(&path).body["data"].clone();
    assert_eq!((&person["assignee_type"], person.get("assigned_agent")), (&json!("human"), None));

    let agent =
        visitor.patch(&path, json!({"assigned_to_agent_id": agents[1]})).body["data"].clone();
    assert_eq!(
        (&agent["assignee_type"], &agent["assigned_to_user_id"]),
        (&json!("agent"), &json!(null))
    );
    assert_eq!(agent["assigned_agent"]["id"], agents[1].get());

    let nobody = visitor.patch(&path, json!({"assigned_to_agent_id": null})).body["data"].clone();
    assert_eq!(
        (&nobody["assignee_type"], &nobody["assigned_to_agent_id"]),
        (&json!(null), &json!(null))
    );

    let both =
        visitor.patch(&path, json!({"assigned_to_agent_id": agents[0], "assigned_to_user_id": 1}));
    assert!(both.problem("assigned_to_agent_id").contains("must be left out"));
}

#[test]
fn ids_in_a_body_must_lead_somewhere() {
    let mut visitor = Visitor::new();
    let stranger = visitor.stranger();
    let other_board = visitor.world.boards.values().next_back().unwrap().id;
    let other_column = visitor.world.columns.values().next_back().unwrap().id;
    let body = |more: Value| {
        let mut body = json!({"board_id": 1, "column_id": 1, "title": "T", "description": "D"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (field, value) in [
        ("board_id", json!(999)),
        ("board_id", json!(other_board)),
        ("column_id", json!(999)),
        ("column_id", json!(other_column)),
        ("column_id", json!(5)),
        ("assigned_to_user_id", json!(999)),
        ("assigned_to_agent_id", json!(stranger)),
    ] {
        let reply = visitor.post("/tasks", body(json!({field: value})));
        assert!(reply.problem(field).contains("does not name"), "{field}");
    }
    let elsewhere = visitor.patch("/tasks/1", json!({"column_id": 5}));
    assert!(elsewhere.problem("column_id").contains("does not name"));
}

#[test]
fn tasks_are_filtered_by_everything_the_contract_names() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let due = "2031-01-01T00:00:00Z";
    let mine = visitor.task(json!({"assigned_to_agent_id": agent, "due_at": due})).get();
    let hers =
        visitor.task(json!({"assigned_to_user_id": 2, "due_at": "2031-06-01T00:00:00Z"})).get();

    let all = |visitor: &mut Visitor, query: &str| {
        visitor.get(&format!("/tasks?per_page=100&{query}")).ids()
    };
    assert!(all(&mut visitor, "board_id=1").contains(&mine));
    assert!(!all(&mut visitor, "board_id=2").contains(&mine));
    assert_eq!(all(&mut visitor, "due_from=2031-01-01T00:00:00Z"), [mine, hers]);
    assert_eq!(
        all(&mut visitor, "due_from=2031-01-01T00:00:00Z&due_to=2031-02-01T00:00:00Z"),
        [mine]
    );
    for name in ["assigned_to_agent", "agent_id"] {
        let found = all(&mut visitor, &format!("{name}={agent}"));
        assert!(found.contains(&mine) && !found.contains(&hers), "{name}");
        assert!(
            found
                .iter()
                .all(|id| visitor.world.tasks[&(*id).into()].assigned_to_agent_id == Some(agent))
        );
    }
    assert_eq!(all(&mut visitor, "assigned_to_user_id=2&due_from=2031-01-01T00:00:00Z"), [hers]);
}

#[test]
fn an_acting_agent_in_the_header_filters_nothing() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let all = visitor.get("/tasks").body["meta"]["total"].clone();
    assert_eq!(visitor.acting_as(agent).get("/tasks").body["meta"]["total"], all);
}

#[test]
fn every_change_is_logged() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let id = visitor.acting_as(agent).task(json!({}));
    visitor.patch(&format!("/tasks/{id}"), json!({"title": "Mop"}));
    visitor.as_person().delete(&format!("/tasks/{id}"), json!({}));
    let log = visitor.get("/logs?per_page=3").body["data"].as_array().unwrap().clone();
    let actions: Vec<_> = log.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["task.deleted", "task.updated", "task.created"]);
    assert_eq!((&log[0]["actor_type"], &log[0]["actor_id"]), (&json!("user"), &json!(1)));
    assert_eq!((&log[2]["actor_type"], &log[2]["actor_id"]), (&json!("agent"), &json!(agent)));
    assert!(
        log.iter().all(|entry| entry["subject_id"] == id.get() && entry["subject_type"] == "task")
    );
}
