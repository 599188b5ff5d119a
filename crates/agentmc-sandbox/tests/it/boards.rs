//! Boards and columns.

use serde_json::json;

use crate::visitor::Visitor;

#[test]
fn a_board_is_created_shown_changed_and_deleted() {
    let mut visitor = Visitor::new();
    let made = visitor.post("/boards", json!({"name": "Garden", "description": "Outside"}));
    assert_eq!(made.status, 201);
    let data = &made.body["data"];
    assert_eq!(
        (&data["name"], &data["visibility"], &data["columns"]),
        (&json!("Garden"), &json!("team"), &json!([]))
    );
    let path = format!("/boards/{}", data["id"]);
    assert_eq!(visitor.get(&path).body, made.body);

    let changed = visitor.patch(&path, json!({"description": null}));
    assert_eq!(changed.body["data"]["name"], "Garden");
    assert_eq!(changed.body["data"]["description"], json!(null));
    assert_eq!(visitor.get(&path).body, changed.body);

    assert_eq!(visitor.delete(&path, json!(null)).status, 204);
    assert_eq!(visitor.get(&path).status, 404);
    assert_eq!(visitor.delete(&path, json!(null)).status, 404);
}

#[test]
fn deleting_a_board_deletes_what_is_on_it() {
    let mut visitor = Visitor::new();
    let (board, _) = visitor.board();
    let task = visitor.task(json!({}));
    visitor.post(&format!("/tasks/{task}/comments"), json!({"body": "Hello"}));
    assert_eq!(visitor.delete(&format!("/boards/{board}"), json!({})).status, 204);
    assert_eq!(visitor.get(&format!("/tasks/{task}")).status, 404);
    assert!(visitor.world.comments.values().all(|comment| comment.task_id != task));
    assert!(visitor.world.columns.values().all(|column| column.board_id != board));
}

#[test]
fn boards_are_listed_by_scope() {
    let mut visitor = Visitor::new();
    let person = visitor.people()[1];
    let owned =
        json!({"name": "Private", "visibility": "personal", "personal_owner_user_id": person});
    let private = visitor.post("/boards", owned).body["data"]["id"].as_u64().unwrap();

    assert_eq!(visitor.get("/boards").ids(), [1, 2, 3, private]);
    assert_eq!(visitor.get("/boards?scope=team").ids(), [1, 2]);
    assert_eq!(visitor.get("/boards?scope=personal").ids(), [3, private]);
    assert_eq!(visitor.get("/boards?scope=mine").ids(), [0; 0]);
    assert_eq!(visitor.get(&format!("/boards?personal_owner_user_id={person}")).ids(), [private]);

    visitor.as_person();
    assert_eq!(visitor.get("/boards").ids(), [1, 2, 3]);
    assert_eq!(visitor.get("/boards?scope=mine").ids(), [3]);
    assert_eq!(visitor.get(&format!("/boards/{private}")).code(403), "auth.forbidden");
}

#[test]
fn a_personal_board_has_an_owner_in_the_team() {
    let mut visitor = Visitor::new();
    let field = "personal_owner_user_id";
    let ownerless = visitor.post("/boards", json!({"name": "Mine", "visibility": "personal"}));
    assert!(ownerless.problem(field).contains("required when the board is personal"));
    let stranger = json!({"name": "Mine", "visibility": "personal", "personal_owner_user_id": 99});
    assert!(visitor.post("/boards", stranger).problem(field).contains("does not name a person"));
    let both = json!({"name": "Ours", "personal_owner_user_id": 1});
    assert!(visitor.post("/boards", both).problem(field).contains("unless the board is personal"));

    let own =
        visitor.as_person().post("/boards", json!({"name": "Mine", "visibility": "personal"}));
    assert_eq!(own.body["data"][field], 1);
    assert_eq!(own.body["data"]["personal_owner_user"]["id"], 1);
    let path = format!("/boards/{}", own.body["data"]["id"]);
    let shared = visitor.patch(&path, json!({"visibility": "team"}));
    assert_eq!(shared.body["data"][field], json!(null));
    let people = visitor.people();
    let given = visitor.patch(&path, json!({"visibility": "personal", field: people[1]}));
    assert_eq!(given.code(403), "auth.forbidden");
}

#[test]
fn a_board_counts_its_columns_and_tasks() {
    let mut visitor = Visitor::new();
    let (board, _) = visitor.board();
    let before = visitor.get(&format!("/boards/{board}")).body["data"].clone();
    assert_eq!((&before["columns_count"], &before["tasks_count"]), (&json!(4), &json!(20)));
    visitor.task(json!({}));
    assert_eq!(visitor.get(&format!("/boards/{board}")).body["data"]["tasks_count"], 21);
}

#[test]
fn a_column_is_put_at_its_place() {
    let mut visitor = Visitor::new();
    let names = |visitor: &mut Visitor| {
        let board = visitor.get("/boards/1");
        let columns = board.body["data"]["columns"].as_array().unwrap().clone();
        let positions: Vec<_> =
            columns.iter().map(|column| column["position"].as_u64().unwrap()).collect();
        assert_eq!(positions, (1..=columns.len() as u64).collect::<Vec<_>>());
        columns.iter().map(|column| column["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let made = visitor.post("/boards/1/columns", json!({"name": "Ideas", "position": 1}));
    assert_eq!((made.status, &made.body["data"]["position"]), (201, &json!(1)));
    assert_eq!(names(&mut visitor), ["Ideas", "Backlog", "In progress", "Review", "Done"]);

    let last = visitor.post("/boards/1/columns", json!({"name": "Attic"}));
    assert_eq!(last.body["data"]["position"], 6);
    let id = &made.body["data"]["id"];
    let moved = visitor.patch("/boards/1/columns", json!({"column_id": id, "position": u64::MAX}));
    assert_eq!((moved.status, &moved.body["data"]["position"]), (200, &json!(6)));
    let renamed = visitor.patch("/boards/1/columns", json!({"column_id": id, "name": "Thoughts"}));
    assert_eq!(renamed.body["data"]["position"], 6);
    assert_eq!(
        names(&mut visitor),
        ["Backlog", "In progress", "Review", "Done", "Attic", "Thoughts"]
    );

    let gone = visitor.delete("/boards/1/columns", json!({"column_id": last.body["data"]["id"]}));
    assert_eq!(gone.status, 204);
    assert_eq!(names(&mut visitor), ["Backlog", "In progress", "Review", "Done", "Thoughts"]);
}

#[test]
fn a_column_is_named_on_its_own_board() {
    let mut visitor = Visitor::new();
    let (_, columns) = visitor.board();
    let body = json!({"column_id": columns[0], "name": "Taken"});
    let wrong = visitor.patch("/boards/2/columns", body.clone());
    assert_eq!(wrong.problem("column_id"), "The column_id does not name a column of this board.");
    assert_eq!(visitor.patch("/boards/99/columns", body).status, 404);
    let unknown = visitor.delete("/boards/1/columns", json!({"column_id": 999}));
    assert!(unknown.problem("column_id").contains("does not name"));
    assert!(
        visitor.delete("/boards/1/columns", json!({})).problem("column_id").contains("required")
    );
}

#[test]
fn a_column_with_tasks_stays() {
    let mut visitor = Visitor::new();
    let (board, columns) = visitor.board();
    visitor.task(json!({}));
    let reply =
        visitor.delete(&format!("/boards/{board}/columns"), json!({"column_id": columns[0]}));
    assert!(reply.problem("column_id").contains("must not have tasks"));
}
