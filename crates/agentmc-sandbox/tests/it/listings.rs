//! Pages of listings.

use serde_json::{Value, json};

use crate::visitor::Visitor;

#[test]
fn a_listing_is_walked_by_its_links() {
    let mut visitor = Visitor::new();
    let mut path = "/tasks?per_page=7&board_id=1".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = visitor.get(&path);
        ids.extend(page.ids());
        let Some(next) = page.body["links"]["next"].as_str() else { break };
        path = next.strip_prefix("http://127.0.0.1:4000/api/v1").unwrap().to_owned();
        assert!(path.contains("per_page=7") && path.contains("board_id=1"));
    }
    let expected: Vec<u64> = visitor
        .world
        .tasks
        .values()
        .filter(|task| task.board_id.get() == 1)
        .map(|task| task.id.get())
        .collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_page_says_where_it_stands() {
    let page = Visitor::new().get("/tasks?page=2&per_page=7&board_id=1").body;
    let meta = &page["meta"];
    assert_eq!(
        (&meta["current_page"], &meta["last_page"], &meta["per_page"]),
        (&json!(2), &json!(3), &json!(7))
    );
    assert_eq!((&meta["from"], &meta["to"], &meta["total"]), (&json!(8), &json!(14), &json!(20)));
    assert_eq!(meta["path"], "http://127.0.0.1:4000/api/v1/tasks");
    let url = |number: u32| {
        json!(format!("http://127.0.0.1:4000/api/v1/tasks?per_page=7&board_id=1&page={number}"))
    };
    assert_eq!(
        page["links"],
        json!({"first": url(1), "last": url(3), "prev": url(1), "next": url(3)})
    );
    let labels: Vec<_> = meta["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["&laquo; Previous", "1", "2", "3", "Next &raquo;"]);
    assert_eq!(meta["links"][2], json!({"url": url(2), "label": "2", "active": true}));
}

#[test]
fn a_page_beyond_the_end_is_empty() {
    let page = Visitor::new().get("/tasks?page=4294967295").body;
    assert_eq!((&page["data"], &page["links"]["next"]), (&json!([]), &Value::Null));
    assert_eq!(
        (page["meta"].get("from"), &page["meta"]["current_page"]),
        (None, &json!(4_294_967_295_u64))
    );
}

#[test]
fn an_empty_listing_has_one_page() {
    let page = Visitor::new().get("/boards?scope=mine").body;
    assert_eq!((&page["meta"]["last_page"], &page["meta"]["total"]), (&json!(1), &json!(0)));
    assert_eq!((&page["links"]["prev"], &page["links"]["next"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_page_holds_25_items_unless_told_otherwise() {
    assert_eq!(Visitor::new().get("/tasks").ids().len(), 25);
}

#[test]
fn long_navigations_leave_pages_out() {
    let page = Visitor::new().get("/tasks?per_page=2&page=10").body;
    let links = page["meta"]["links"].as_array().unwrap();
    let labels: Vec<_> =
        links[1..links.len() - 1].iter().map(|link| link["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["1", "2", "...", "8", "9", "10", "11", "12", "...", "29", "30"]);
}
