//! `agentmc operations`.

use serde_json::Value;

use crate::process::run;

#[test]
fn the_list_has_the_shape_others_build_on() {
    let list = run(&["operations", "--json"]).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 60);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for operation in list {
        let expected = [
            "agent_scoped",
            "aliases",
            "id",
            "idempotent",
            "parameters",
            "revisions",
            "summary",
            "tag",
        ];
        assert_eq!(names(operation), expected);
        for revision in operation["revisions"].as_object().unwrap().values() {
            assert_eq!(names(revision), ["auth", "errors", "id", "method", "path", "success"]);
        }
        for parameter in operation["parameters"].as_array().unwrap() {
            assert_eq!(names(parameter), ["docs", "in", "name", "required", "type"]);
        }
    }
}

#[test]
fn one_operation_is_found_by_an_old_id() {
    let one = run(&["operations", "workspaceCalendar", "--json"]).json();
    assert_eq!(one["id"], "listCalendar");
    assert_eq!(one["aliases"], serde_json::json!(["workspaceCalendar"]));
    assert_eq!(one["revisions"]["0.1.1"]["id"], "workspaceCalendar");
}

#[test]
fn the_list_can_be_narrowed() {
    let count = |args: &[&str]| {
        run(&[&["operations", "--json"], args].concat()).json().as_array().unwrap().len()
    };
    assert_eq!(
        [
            count(&["--revision", "0.1.1"]),
            count(&["--revision", "0.3.64"]),
            count(&["--revision", "0.3.169"])
        ],
        [44, 57, 58]
    );
    assert_eq!(count(&["--tag", "logs"]), 1);
}

#[test]
fn an_operation_reads_as_a_page() {
    let page = run(&["operations", "createTask", "-o", "table"]).stdout;
    for part in
        ["createTask\n", "POST /tasks", "title (body, string, required", "Not repeated once"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn an_unknown_subject_is_refused_with_the_known_ones() {
    let ran = run(&["operations", "--tag", "cats"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("choose one of Agents, Boards"), "{}", ran.error());
}
