//! `agentmc operations`.

use agentmc_core::schema::{Field, Kind, Schema};
use agentmc_core::{OPERATIONS, Revision};
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
fn members_of_objects_are_shown_below_them() {
    let page = run(&["operations", "agentHeartbeat", "-o", "table"]).stdout;
    let lines = [
        "  host (body, object, required in 0.3.64, 0.3.169)\n",
        "      meta (object, required)\n",
        "              private_ip (IP address, required)\n                  Its address in its own network.\n",
        "          cpu_cores (integer, required, 1 to 4096)\n",
        "      models (list of string or object, required in 0.3.64, 0.3.169)\n",
        "  agents (body, list of object, at least 1 item, not in 0.1.1, 0.3.64)\n",
        "      emoji (string or null, at most 32 characters)\n",
        "      type (string, one of openclaw, at most 120 characters, any other text before 0.3.169)\n",
    ];
    for line in lines {
        assert!(page.contains(&format!("\n{line}")), "{line}: {page}");
    }
}

/// How many members a value has at every depth, as far as the revision has them.
fn depth_of(field: &Field, revision: Revision) -> usize {
    fn members(schema: &Schema) -> &'static [Field] {
        match schema.kind {
            Kind::Object(fields) => fields,
            Kind::List(item) | Kind::MapOf(item) => members(item),
            _ => &[],
        }
    }
    if !field.is_in(revision) {
        return 0;
    }
    1 + members(&field.schema).iter().map(|field| depth_of(field, revision)).sum::<usize>()
}

#[test]
fn a_page_about_one_revision_has_its_step_and_its_members_alone() {
    for endpoint in OPERATIONS {
        for revision in Revision::ALL {
            let args = ["operations", endpoint.id, "-o", "table", "--revision", revision.as_str()];
            let ran = run(&args);
            let Some(step) = endpoint.step(*revision) else {
                assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
                assert!(ran.error().contains("is not part of revision"), "{}", ran.error());
                continue;
            };
            let (head, params) =
                ran.stdout.split_once("\nPARAMETERS\n").unwrap_or((&ran.stdout, ""));
            assert!(
                head.contains(&format!("{} {}", endpoint.method.as_str(), step.path)),
                "{head}"
            );
            let shown = head.lines().filter(|line| line.contains("; answers ")).count();
            assert_eq!(shown, 1, "{head}");
            let members = params.lines().filter(|line| is_member(line)).count();
            let expected: usize =
                endpoint.params.iter().map(|param| depth_of(&param.field, *revision)).sum();
            assert_eq!(members, expected, "{args:?}: {params}");
            assert!(!params.contains("not in "), "{params}");
        }
    }
}

/// Whether a line is `name (facts)`.
fn is_member(line: &str) -> bool {
    let line = line.trim_start();
    line.ends_with(')') && line.split_once(" (").is_some_and(|(name, _)| !name.contains(' '))
}

#[test]
fn json_about_an_operation_is_the_same_in_every_revision_that_has_it() {
    let json = |more: &[&str]| run(&[&["operations", "listFiles", "--json"], more].concat());
    assert_eq!(json(&["--revision", "0.3.64"]).json(), json(&[]).json());
    assert_eq!(json(&["--revision", "0.1.1"]).code, 2);
}

#[test]
fn a_page_says_what_a_reply_is() {
    for (id, reply) in [
        ("showTask", "Replies: {\"data\": …}\n"),
        (
            "listTasks",
            "Replies: a page, {\"data\": […], \"links\": {…}, \"meta\": {…}}; --all fetches every page\n",
        ),
        ("deleteTask", "Replies: no content\n"),
        (
            "downloadFile",
            "Replies: a redirect, which is not followed; shown as {\"location\": …}\n",
        ),
        ("agentHeartbeat", "Replies: an object, not wrapped in `data`\n"),
    ] {
        let page = run(&["operations", id, "-o", "table"]).stdout;
        assert!(page.contains(reply), "{id}: {page}");
    }
}

#[test]
fn an_unknown_subject_is_refused_with_the_known_ones() {
    let ran = run(&["operations", "--tag", "cats"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("choose one of Agents, Boards"), "{}", ran.error());
}
