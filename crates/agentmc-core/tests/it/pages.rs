//! Walks through listings.

use agentmc_core::call::Call;
use agentmc_core::ops::tasks::ListTasks;
use agentmc_core::pages::{Pages, PagesByName, RawPages, Walk};
use agentmc_core::types::Task;
use agentmc_core::{Api, DecodeError, Revision};
use http::StatusCode;
use serde_json::{Value, json};

use crate::fixtures::{COMPLETE, reply};
use crate::samples::{self, members};

fn api() -> Api {
    samples::api(Revision::LATEST)
}

/// Page `current` of `last` with tasks of these ids, whose links lead elsewhere.
fn page(current: u64, last: u64, ids: &[u64]) -> Value {
    let fixture = COMPLETE.iter().find(|fixture| fixture.id == "listTasks").unwrap();
    let mut page = fixture.json();
    let task = page["data"][0].take();
    page["data"] = ids.iter().map(|id| with(&task, "id", json!(id))).collect();
    page["meta"] =
        with(&with(&page["meta"], "current_page", json!(current)), "last_page", json!(last));
    for link in ["first", "last", "prev", "next"] {
        page["links"][link] = json!("https://evil.example/api/v1/tasks?page=666");
    }
    page
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn receive<W: Walk>(walk: &mut W, page: Value) -> Result<Vec<W::Item>, DecodeError> {
    walk.receive(&reply(200, page.to_string()))
}

fn path(call: &Call) -> String {
    call.request().uri().to_string().replace("https://agentmc.ai/api/v1/", "")
}

/// Walks through the answers of `server`: what was asked for, and the ids of what was given.
fn walk_with<W: Walk>(
    mut walk: W,
    id: impl Fn(&W::Item) -> u64,
    server: &impl Fn(usize) -> Value,
) -> (Vec<String>, Vec<u64>) {
    let (mut asked, mut got) = (Vec::new(), Vec::new());
    while let Some(call) = walk.call(&api()) {
        asked.push(path(&call.unwrap()));
        let items = walk.receive(&reply(200, server(asked.len()).to_string())).unwrap();
        got.extend(items.iter().map(&id));
        assert!(asked.len() < 20, "the walk does not end");
    }
    (asked, got)
}

/// The same, typed, by name and as text: all must ask for and give the same.
fn walk(operation: ListTasks, server: impl Fn(usize) -> Value) -> (Vec<String>, Vec<u64>) {
    let params = members(serde_json::to_value(&operation).unwrap());
    let typed = walk_with(Pages::new(operation), |task: &Task| task.id.get(), &server);
    let by_name = PagesByName::new("listTasks", params.clone()).unwrap();
    assert_eq!(walk_with(by_name, |task| task["id"].as_u64().unwrap(), &server), typed);
    let raw = RawPages::new("listTasks", params).unwrap();
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(walk_with(raw, |task| read(task.get())["id"].as_u64().unwrap(), &server), typed);
    typed
}

#[test]
fn every_page_is_asked_for_by_number_at_the_base_url() {
    let (asked, got) =
        walk(ListTasks::new(), |n| page(n as u64, 3, &[n as u64 * 10, n as u64 * 10 + 1]));
    assert_eq!(asked, ["tasks?page=1", "tasks?page=2", "tasks?page=3"]);
    assert_eq!(got, [10, 11, 20, 21, 30, 31]);
}

#[test]
fn an_empty_page_in_the_middle_is_not_the_end() {
    let items: [&[u64]; 4] = [&[1], &[], &[], &[2]];
    let (asked, got) = walk(ListTasks::new(), |n| page(n as u64, 4, items[n - 1]));
    assert_eq!((asked.len(), got), (4, vec![1, 2]));
}

#[test]
fn an_empty_listing_is_one_page() {
    let (asked, got) = walk(ListTasks::new(), |_| page(1, 1, &[]));
    assert_eq!((asked.len(), got.len()), (1, 0));
}

#[test]
fn a_server_that_repeats_a_page_ends_the_walk_without_duplicates() {
    let (asked, got) = walk(ListTasks::new(), |_| page(1, 9, &[1, 2]));
    assert_eq!(asked, ["tasks?page=1", "tasks?page=2"]);
    assert_eq!(got, [1, 2]);
}

#[test]
fn a_listing_that_shrinks_or_grows_is_walked_to_its_end() {
    let (asked, _) = walk(ListTasks::new(), |n| page(n as u64, if n == 1 { 5 } else { 2 }, &[1]));
    assert_eq!(asked.len(), 2);
    let (asked, _) = walk(ListTasks::new(), |n| page(n as u64, if n == 1 { 2 } else { 3 }, &[1]));
    assert_eq!(asked.len(), 3);
}

#[test]
fn the_filters_the_size_and_the_first_page_are_the_operations_own() {
    let operation = ListTasks::new().board_id(3).archived(false).per_page(50).page(4);
    let (asked, got) = walk(operation, |n| page(n as u64 + 3, 5, &[n as u64]));
    assert_eq!(
        asked,
        [
            "tasks?board_id=3&archived=false&per_page=50&page=4",
            "tasks?board_id=3&archived=false&per_page=50&page=5"
        ]
    );
    assert_eq!(got, [1, 2]);
}

#[test]
fn a_first_page_may_be_digits_by_name() {
    let mut pages =
        PagesByName::new("listTasks", members(json!({"page": "4", "per_page": "50"}))).unwrap();
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "tasks?per_page=50&page=4");
    assert_eq!(receive(&mut pages, page(4, 5, &[1])).unwrap().len(), 1);
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "tasks?per_page=50&page=5");
}

#[test]
fn a_walk_that_is_stopped_asks_for_nothing_more() {
    let mut pages = Pages::<_, Task>::new(ListTasks::new());
    assert!(pages.call(&api()).is_some());
    receive(&mut pages, page(1, 9, &[1])).unwrap();
    pages.stop();
    assert!(pages.call(&api()).is_none());
    assert!(receive(&mut pages, page(2, 9, &[1])).unwrap().is_empty());

    let mut pages = PagesByName::new("listTasks", members(json!({}))).unwrap();
    pages.stop();
    assert!(pages.call(&api()).is_none());
}

#[test]
fn a_page_that_was_not_answered_is_asked_for_again() {
    let mut pages = Pages::<_, Task>::new(ListTasks::new());
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "tasks?page=1");
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "tasks?page=1");
    receive(&mut pages, page(1, 2, &[1])).unwrap();
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "tasks?page=2");
}

#[test]
fn an_invalid_parameter_is_told_by_the_first_call() {
    let mut pages = Pages::<_, Task>::new(ListTasks::new().per_page(101));
    let error = pages.call(&api()).unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "listTasks cannot send this value for `per_page`: it must be at most 100"
    );
    assert!(PagesByName::new("listTask", members(json!({}))).is_err());
}

#[test]
fn a_list_that_has_no_pages_is_one_page_by_name() {
    let mut pages = PagesByName::new("listFileFolders", members(json!({}))).unwrap();
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "files/folders");
    assert_eq!(
        receive(&mut pages, json!({"data": [{"id": 1}, {"id": 2}], "tree": []})).unwrap().len(),
        2
    );
    assert!(pages.call(&api()).is_none());

    let mut pages = PagesByName::new("showTask", members(json!({"task": 7}))).unwrap();
    assert_eq!(path(&pages.call(&api()).unwrap().unwrap()), "tasks/7");
    assert_eq!(receive(&mut pages, json!({"data": {"id": 7}})).unwrap(), [json!({"id": 7})]);
    assert!(pages.call(&api()).is_none());
}

#[test]
fn the_items_of_a_walk_may_be_the_text_they_came_as() {
    let items = |id: &str, text: &'static str| -> Vec<String> {
        let params = if id == "showTask" { json!({"task": 7}) } else { json!({}) };
        let mut pages = RawPages::new(id, members(params)).unwrap();
        pages.call(&api()).unwrap().unwrap();
        let items = pages.receive(&reply(200, text)).unwrap();
        items.iter().map(|item| item.get().to_owned()).collect()
    };
    let page =
        r#" {"data" : [ {"b": 1.10,"a":"\/" } ,2], "meta":{"current_page":1,"last_page":1}}"#;
    assert_eq!(items("listTasks", page), [r#"{"b": 1.10,"a":"\/" }"#, "2"]);
    // What has no pages is one.
    assert_eq!(items("listFileFolders", r#"{"data":[1.0,2.0]}"#), ["1.0", "2.0"]);
    assert_eq!(items("showTask", r#"{"data":{"z":1,"a":2}}"#), [r#"{"z":1,"a":2}"#]);
    assert_eq!(items("showTask", r#"{"data":null}"#), ["null"]);
    assert_eq!(items("showTask", r#"["data"]"#), [r#"["data"]"#]);
    assert_eq!(items("showTask", r#"{"z":1,"a":2}"#), [r#"{"z":1,"a":2}"#]);
}

#[test]
fn the_total_is_what_the_last_page_says() {
    for total in [json!(61), json!("many"), Value::Null] {
        let meta =
            json!({"current_page": 1, "last_page": 1, "per_page": 25, "path": "p", "total": total});
        let page = json!({"data": [], "meta": meta});
        let mut named = PagesByName::new("listTasks", members(json!({}))).unwrap();
        let mut raw = RawPages::new("listTasks", members(json!({}))).unwrap();
        let mut typed = Pages::<_, Task>::new(ListTasks::new());
        assert_eq!([named.total(), raw.total(), typed.total()], [None; 3]);
        assert!(
            named.call(&api()).is_some()
                && raw.call(&api()).is_some()
                && typed.call(&api()).is_some()
        );
        assert!(
            receive(&mut named, page.clone()).is_ok() && receive(&mut raw, page.clone()).is_ok()
        );
        assert_eq!([named.total(), raw.total()], [total.as_u64(); 2]);
        // What is typed insists on a number.
        assert_eq!(receive(&mut typed, page).is_ok(), total.is_u64());
        assert_eq!(typed.total(), total.as_u64());
    }
}

#[test]
fn a_page_with_a_name_that_is_no_text_is_an_error() {
    for id in ["listTasks", "listFileFolders"] {
        let mut pages = RawPages::new(id, members(json!({}))).unwrap();
        pages.call(&api()).unwrap().unwrap();
        let text = r#"{"\ud800":1,"data":[1,2],"meta":{"current_page":1,"last_page":1}}"#;
        assert_eq!(pages.receive(&reply(200, text)).unwrap_err().path, ".", "{id}");
    }
}

#[test]
fn a_reply_that_is_no_page_is_an_error() {
    let meta =
        |current: Value| json!({"data": [], "meta": {"current_page": current, "last_page": 1}});
    for (odd, path) in [
        (json!({}), "meta"),
        (json!({"data": [1]}), "meta"),
        (json!({"data": [], "meta": {}}), "meta"),
        (meta(json!("one")), "meta"),
        (meta(json!(-1)), "meta"),
    ] {
        let mut pages = PagesByName::new("listTasks", members(json!({}))).unwrap();
        assert!(pages.call(&api()).is_some());
        let error = receive(&mut pages, odd.clone()).unwrap_err();
        assert_eq!((&*error.path, error.status), (path, Some(StatusCode::OK)), "{odd}");

        let mut pages = RawPages::new("listTasks", members(json!({}))).unwrap();
        assert!(pages.call(&api()).is_some());
        let error = receive(&mut pages, odd.clone()).unwrap_err();
        assert_eq!((&*error.path, error.status), (path, Some(StatusCode::OK)), "{odd}");

        let mut pages = Pages::<_, Task>::new(ListTasks::new());
        assert!(pages.call(&api()).is_some());
        assert!(receive(&mut pages, odd).is_err());
    }
    let mut pages = PagesByName::new("listTasks", members(json!({}))).unwrap();
    assert!(pages.receive(&reply(200, "<html>")).is_err());
}
