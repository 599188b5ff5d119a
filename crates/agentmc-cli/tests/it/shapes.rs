//! What output looks like, and what is told beside it.

use agentmc_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::process::{against, environment, run, run_in};

#[test]
fn all_is_the_same_in_every_form() {
    let sandbox = Sandbox::start().unwrap();
    let list = |form: &str| {
        against(
            &sandbox,
            &["tasks", "list", "--all", "--per-page", "25", "--columns", "id,title", "-o", form],
        )
        .stdout
    };
    let json: Vec<Value> = serde_json::from_str(&list("json")).unwrap();
    assert_eq!(json.len(), 60);
    let lines: Vec<Value> =
        list("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, json);
    let csv = list("csv");
    assert_eq!(csv.lines().next(), Some("id,title"));
    let rows: Vec<String> = json
        .iter()
        .map(|task| format!("{},{}", task["id"], task["title"].as_str().unwrap()))
        .collect();
    assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), rows);
    assert_eq!(list("table").lines().count(), 61);
    assert_eq!(list("yaml").lines().filter(|line| line.starts_with("- ")).count(), 60);

    let found = against(&sandbox, &["tasks", "list", "--all", "--query", "data[*].id"]).json();
    assert_eq!(found.as_array().unwrap().len(), 60);
}

#[test]
fn a_form_without_records_is_a_form_all_the_same() {
    let sandbox = Sandbox::start().unwrap();
    let none = |form: &str, all: &[&str]| {
        against(&sandbox, &[&["tasks", "list", "--due-to", "2000-01-01", "-o", form], all].concat())
            .stdout
    };
    for all in [&[][..], &["--all"]] {
        assert_eq!(none("jsonl", all), "");
        assert_eq!(none("table", all), "Nothing.\n");
        assert!(none("csv", all).starts_with("id,team_id,"), "the heading is that of any other");
        assert_eq!(none("csv", all).lines().count(), 1);
    }
    assert_eq!(none("json", &["--all"]), "[]\n");
    assert_eq!(none("yaml", &["--all"]), "[]\n");
    assert_eq!(against(&sandbox, &["tasks", "delete", "5", "-o", "json"]).json(), Value::Null);
    let deleted = against(&sandbox, &["tasks", "delete", "6", "-o", "csv"]);
    assert_eq!((deleted.code, &*deleted.stdout), (0, ""));
}

#[test]
fn colours_are_there_only_when_they_are_wanted() {
    let sandbox = Sandbox::start().unwrap();
    let env = environment(&sandbox);
    let table = |more: &[&str], variables: &[(&str, &str)]| {
        let args = [&["hosts", "list", "-o", "table"], more].concat();
        run_in(&[&env[..], variables].concat(), &args).stdout
    };
    let plain = table(&[], &[]);
    assert!(!plain.contains('\u{1b}'));
    let painted = table(&["--color", "always"], &[("NO_COLOR", "1")]);
    assert!(painted.contains("\u{1b}[32monline\u{1b}[0m"), "{painted:?}");
    assert!(!table(&["--color", "auto"], &[]).contains('\u{1b}'));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let sandbox = Sandbox::start().unwrap();
    let env = environment(&sandbox);
    for columns in ["40", "60", "80"] {
        let variables = [&env[..], &[("COLUMNS", columns)]].concat();
        let width: usize = columns.parse().unwrap();
        for list in [
            "tasks",
            "boards",
            "files",
            "folders",
            "calendar",
            "briefs",
            "hosts",
            "agents",
            "members",
            "logs",
            "notifications",
        ] {
            let ran = run_in(&variables, &[list, "list", "-o", "table"]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            let widest = ran.stdout.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{list} at {columns}:\n{}", ran.stdout);
        }
    }
}

#[test]
fn verbose_tells_of_requests_and_never_of_secrets() {
    let sandbox = Sandbox::start().unwrap();
    let key = &sandbox.keys().host_key;
    let ran = against(&sandbox, &["tasks", "show", "5", "-v"]);
    assert_eq!(ran.code, 0);
    let told: Vec<&str> = ran.stderr.lines().collect();
    assert!(told[0].starts_with("> GET http://127.0.0.1:"), "{told:?}");
    assert!(told.contains(&"> x-api-key: ********"), "{told:?}");
    assert!(told.last().unwrap().starts_with("< showTask 200 after "), "{told:?}");
    assert!(!ran.stderr.contains(&**key));

    let args = [
        "recurring",
        "complete",
        "1",
        "--status",
        "success",
        "--claim-token",
        "tok_very_secret",
        "-vv",
    ];
    let ran = against(&sandbox, &args);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(r#""claim_token":"<secret>""#), "{}", ran.stderr);
    assert!(!ran.stderr.contains("very_secret"));
    let due = against(&sandbox, &["recurring", "list", "--agent", "1", "-vv"]);
    let token = due.json()["data"][0]["claim_token"].as_str().unwrap().to_owned();
    assert!(due.stderr.contains("run_id") && !due.stderr.contains(&token), "{}", due.stderr);
    assert_eq!(against(&sandbox, &["tasks", "show", "5"]).stderr, "");
}

#[test]
fn errors_are_json_where_json_is_asked_for() {
    let sandbox = Sandbox::start().unwrap();
    let kind = |args: &[&str]| {
        let ran = against(&sandbox, args);
        let error: Value = serde_json::from_str(ran.error()).unwrap();
        assert!(error["message"].is_string(), "{error}");
        (ran.code, error["kind"].as_str().unwrap().to_owned())
    };
    let expect = |code: i32, kind: &str| (code, kind.to_owned());
    assert_eq!(kind(&["tasks", "show", "999", "-o", "json"]), expect(1, "not_found"));
    assert_eq!(kind(&["tasks", "show", "abc", "-o", "json"]), expect(2, "build"));
    assert_eq!(kind(&["tasks", "frob", "-o", "json"]), expect(2, "usage"));
    assert_eq!(
        kind(&["tasks", "list", "-o=json", "--base-url", "http://127.0.0.1:9"]),
        expect(3, "connect")
    );
    assert_eq!(kind(&["man", "/dev/null/x", "--output=json"]), expect(3, "io"));
    let line = against(&sandbox, &["tasks", "show", "999"]);
    assert!(line.error().starts_with("agentmc: showTask: 404"), "{}", line.error());
}

#[test]
fn csv_cells_are_data_even_where_a_spreadsheet_would_calculate() {
    let sandbox = Sandbox::start().unwrap();
    let name = "=cmd|' /C calc'!A0,\"x\"";
    let made =
        against(&sandbox, &["boards", "create", "--name", name, "-o", "csv", "--columns", "name"]);
    assert_eq!(made.stdout, "name\n\"=cmd|' /C calc'!A0,\"\"x\"\"\"\n");
}

#[test]
fn call_has_the_same_forms() {
    let sandbox = Sandbox::start().unwrap();
    let call = against(&sandbox, &["call", "listTeamMembers", "-o", "csv", "--columns", "id,name"]);
    let own = against(&sandbox, &["members", "list", "-o", "csv", "--columns", "id,name"]);
    assert_eq!(call.stdout, own.stdout);
    assert_eq!(
        against(&sandbox, &["call", "showTask", "task=5", "--query", "data.id"]).json(),
        json!(5)
    );
    assert_eq!(run(&["operations", "-o", "jsonl"]).stdout.lines().count(), 60);
}
