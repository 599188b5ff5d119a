//! Arguments of resource commands, as parameters.

use serde_json::{Value, json};

use crate::process::{feed, run, run_in};

/// The body, or the query, of the request that a command would send.
#[track_caller]
fn body(args: &[&str]) -> Value {
    let ran = run(&[args, &["--dry-run"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()["body"].take()
}

#[track_caller]
fn query(args: &[&str]) -> String {
    let ran = run(&[args, &["--dry-run"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let request = ran.json();
    request["url"]
        .as_str()
        .unwrap()
        .split_once('?')
        .map(|(_, query)| query.to_owned())
        .unwrap_or_default()
}

#[test]
fn what_may_be_null_is_cleared_and_yes_and_no_are_flags() {
    assert_eq!(
        body(&["tasks", "update", "5", "--no-due-at", "--no-assigned-to-agent-id", "--title", "T"]),
        json!({"due_at": null, "assigned_to_agent_id": null, "title": "T"})
    );
    assert_eq!(query(&["notifications", "list", "--unread"]), "unread=true");
    assert_eq!(query(&["notifications", "list", "--unread=false"]), "unread=false");
    assert_eq!(query(&["notifications", "list", "--no-unread"]), "unread=false");
    assert_eq!(query(&["notifications", "list"]), "");
    let item = ["calendar", "create", "--type", "task", "--title", "T", "--no-assignees"];
    assert_eq!(body(&[&item[..], &["--all-day=null"]].concat())["all_day"], Value::Null);
    let twice = run(&["tasks", "update", "5", "--due-at", "today", "--no-due-at"]);
    assert_eq!(twice.code, 2);
    assert!(twice.error().contains("cannot be used with"), "{}", twice.error());
}

#[test]
fn long_texts_come_from_files_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.md");
    std::fs::write(&path, "\u{feff}# Notes\n\n@ada\n").unwrap();
    let at = format!("@{}", path.display());
    let with =
        |text: &str| body(&["tasks", "update", "5", "--description", text])["description"].take();
    assert_eq!(with(&at), "# Notes\n\n@ada");
    assert_eq!(with("@@ada, look"), "@ada, look");
    assert_eq!(
        body(&["tasks", "update", "5", "--title", "@ada"])["title"],
        "@ada",
        "a title is short"
    );

    let args = ["tasks", "update", "5", "--description", "-", "--dry-run"];
    assert_eq!(feed(b"From a pipe\r\n", &[], &args).json()["body"]["description"], "From a pipe");
    assert_eq!(
        feed(b"\xff", &[], &args).error(),
        "agentmc: --description: what was read is not UTF-8"
    );
    let twice = feed(b"{}", &[], &[&args[..], &["--json", "-"]].concat());
    assert_eq!(twice.error(), "agentmc: --description: standard input is already read");
    let missing = run(&["tasks", "comments", "create", "1", "--body", "@ada"]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.error().ends_with("(a text that begins with @ is written @@)"),
        "{}",
        missing.error()
    );
}

#[test]
fn objects_are_json_or_their_members_and_lists_are_their_items() {
    let brief = ["briefs", "update", "1"];
    let by_members = [
        "--brief",
        "name=A = b",
        "--brief",
        "sections:={\"a\": [1]}",
        "--brief",
        "other=7",
        "--brief",
        "generated_at=2026-03-01",
        "--tz",
        "UTC",
    ];
    assert_eq!(
        body(&[&brief[..], &by_members].concat())["brief"],
        json!({"name": "A = b", "sections": {"a": [1]}, "other": 7, "generated_at": "2026-03-01T00:00:00Z"})
    );
    let both = ["--brief", r#"{"name": "A", "key": "k"}"#, "--brief", "name=B"];
    assert_eq!(body(&[&brief[..], &both].concat())["brief"], json!({"name": "B", "key": "k"}));

    let item = ["calendar", "create", "--type", "task", "--title", "T"];
    let ada = json!({"assignee_type": "human", "assignee_id": 1});
    for assignees in [
        &[
            "--assignees",
            "assignee_type=human,assignee_id=1",
            "--assignees",
            r#"{"assignee_type": "human", "assignee_id": 1}"#,
        ][..],
        &[
            "--assignees",
            r#"[{"assignee_type": "human", "assignee_id": 1}, {"assignee_type": "human", "assignee_id": 1}]"#,
        ],
    ] {
        let sent = run(&[&item[..], assignees, &["--dry-run", "--no-limits"]].concat());
        assert_eq!(sent.json()["body"]["assignees"], json!([ada, ada]), "{}", sent.stderr);
    }
}

#[test]
fn json_gives_the_whole_and_flags_win() {
    let object = r#"{"board_id": 1, "column_id": 1, "title": "From JSON", "description": "d"}"#;
    let args = ["tasks", "create", "--json", object];
    assert_eq!(body(&args)["title"], "From JSON");
    assert_eq!(body(&[&args[..], &["--title", "A flag"]].concat())["title"], "A flag");
    let path = run(&["tasks", "show", "--json", r#"{"task": 5}"#, "--dry-run"]).json();
    assert_eq!(path["url"], "https://agentmc.ai/api/v1/tasks/5");
}

#[test]
fn dates_are_read_in_the_time_zone_that_is_named() {
    let now = [("AGENTMC_NOW", "2026-02-22T09:30:00Z"), ("TZ", "America/New_York")];
    let due = |date: &str, more: &[&str]| {
        let args = [&["tasks", "update", "5", "--dry-run", "--due-at", date], more].concat();
        run_in(&now, &args).json()["body"]["due_at"].as_str().unwrap().to_owned()
    };
    assert_eq!(due("tomorrow 9:00", &[]), "2026-02-23T14:00:00Z");
    assert_eq!(due("tomorrow 9:00", &["--tz", "Europe/Vienna"]), "2026-02-23T08:00:00Z");
    assert_eq!(due("-1w", &[]), "2026-02-15T09:30:00Z");
    assert_eq!(due("2026-02-22T17:21:00.5+02:00", &[]), "2026-02-22T17:21:00.5+02:00");
    let item = [
        "calendar",
        "update",
        "1",
        "--dry-run",
        "--start-at",
        "today 9:00",
        "--timezone",
        "Asia/Tokyo",
    ];
    let start =
        |more: &[&str]| run_in(&now, &[&item[..], more].concat()).json()["body"]["start_at"].take();
    assert_eq!(start(&[]), "2026-02-22T00:00:00Z");
    assert_eq!(start(&["--tz", "UTC"]), "2026-02-22T09:00:00Z");
    let wrong = run_in(&[("AGENTMC_NOW", "noon")], &["tasks", "list", "--dry-run"]);
    assert_eq!(
        (wrong.code, wrong.error()),
        (2, "agentmc: AGENTMC_NOW is no date and time such as 2026-02-22T17:21:00Z")
    );
}

#[test]
fn a_listed_value_may_be_another_one_if_that_is_insisted_on() {
    let args = ["boards", "list", "--scope", "galaxy"];
    assert_eq!(run(&args).code, 2);
    assert_eq!(query(&[&args[..], &["--no-limits"]].concat()), "scope=galaxy");
}

#[test]
fn people_may_say_it_in_other_words() {
    let request = |args: &[&str]| run(&[args, &["--dry-run"]].concat()).stdout;
    assert_eq!(request(&["task", "get", "5"]), request(&["tasks", "show", "5"]));
    assert_eq!(
        request(&["tasks", "comment", "ls", "5"]),
        request(&["tasks", "comments", "list", "5"])
    );
    assert_eq!(
        request(&["tasks", "move", "5", "--column-id", "2"]),
        request(&["tasks", "update", "5", "--column-id", "2"])
    );
    assert_eq!(
        request(&["--agent", "3", "board", "rm", "2"]),
        request(&["boards", "delete", "2", "--agent", "3"])
    );
}
