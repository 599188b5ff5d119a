//! `agentmc call`, over a real socket.

use std::io::Read;
use std::process::Stdio;

use agentmc_sandbox::Sandbox;
use serde_json::json;

use crate::process::{against, command, environment, feed, run, run_in};

#[test]
fn a_call_gives_the_json_of_the_reply() {
    let sandbox = Sandbox::start().unwrap();
    let made = against(
        &sandbox,
        &[
            "call",
            "createTask",
            "board_id=1",
            "column_id=1",
            "title=Ship",
            "description=All",
            "due_at=2026-02-22T17:21:00Z",
        ],
    );
    assert_eq!((made.code, made.stderr.as_str()), (0, ""));
    let task = &made.json()["data"];
    assert_eq!((&task["title"], &task["due_at"]), (&json!("Ship"), &json!("2026-02-22T17:21:00Z")));

    let id = format!("task={}", task["id"]);
    let cleared =
        against(&sandbox, &["call", "updateTask", &id, "due_at:=null", "position=1"]).json();
    assert_eq!(
        (&cleared["data"]["due_at"], &cleared["data"]["title"]),
        (&json!(null), &json!("Ship"))
    );
    assert_eq!(against(&sandbox, &["call", "deleteTask", &id]).json(), json!(null));
    let gone = against(&sandbox, &["call", "showTask", &id]);
    assert_eq!((gone.code, gone.stdout.as_str()), (1, ""));
    assert!(gone.error().starts_with("agentmc: showTask: 404 Not Found: "), "{}", gone.error());
}

#[test]
fn old_ids_call_the_operation() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(
        against(&sandbox, &["call", "workspaceCalendar", "--dry-run"]).json()["operation"],
        "listCalendar"
    );
}

#[test]
fn all_fetches_every_page() {
    let sandbox = Sandbox::start().unwrap();
    let total = against(&sandbox, &["call", "listTasks"]).json()["meta"]["total"].as_u64().unwrap();
    let all = against(&sandbox, &["call", "listTasks", "per_page=7", "--all"]).json();
    assert_eq!(all.as_array().unwrap().len() as u64, total);
    assert!(total > 14, "the listing has several pages");
    let none = against(&sandbox, &["call", "listTasks", "due_from=2999-01-01T00:00:00Z", "--all"]);
    assert_eq!((none.code, none.json()), (0, json!([])));
}

#[test]
fn parameters_come_from_a_file_and_from_standard_input_and_pairs_win() {
    let object = json!({"board_id": 1, "column_id": 1, "title": "From JSON", "description": "d"})
        .to_string();
    let dry = |more: &[&str]| {
        feed(object.as_bytes(), &[], &[&["call", "createTask", "--dry-run"], more].concat())
    };
    assert_eq!(dry(&["--json", "-"]).json()["body"]["title"], "From JSON");
    assert_eq!(dry(&["--json", &object, "title=A pair"]).json()["body"]["title"], "A pair");

    let file = std::env::temp_dir().join(format!("agentmc-params-{}.json", std::process::id()));
    std::fs::write(&file, &object).unwrap();
    let from_file = dry(&["--json", &format!("@{}", file.display())]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(from_file.json()["body"]["board_id"], 1);
}

#[test]
fn a_table_is_for_people() {
    let sandbox = Sandbox::start().unwrap();
    let table = against(&sandbox, &["call", "listTasks", "per_page=2", "-o", "table"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("id  title"), "{table}");
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[3].starts_with("Page 1 of "), "{table}");
}

#[test]
fn sandbox_runs_one_command_against_a_fresh_server() {
    let boards = run(&["call", "listBoards", "--sandbox"]);
    assert_eq!(boards.code, 0, "{}", boards.stderr);
    assert!(!boards.json()["data"].as_array().unwrap().is_empty());
    let old = run(&["call", "listBoards", "--sandbox", "--revision", "0.1.1"]);
    assert_eq!(old.code, 0, "{}", old.stderr);
}

#[test]
fn the_acting_agent_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let agent = against(&sandbox, &["call", "listAgents"]).json()["data"][0]["id"].to_string();
    let ran = against(&sandbox, &["call", "listNotifications", "--agent", &agent]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let seen = sandbox.seen();
    assert_eq!(seen.last().unwrap().headers["x-agent-id"], agent.as_str());
    assert_eq!(against(&sandbox, &["call", "listNotifications", "--agent", "999999"]).code, 1);
}

#[test]
fn the_key_may_come_from_a_file() {
    let sandbox = Sandbox::start().unwrap();
    let file = std::env::temp_dir().join(format!("agentmc-key-{}", std::process::id()));
    std::fs::write(&file, format!("{}\n", sandbox.keys().team_key)).unwrap();
    let path = file.display().to_string();
    let ran = run(&["call", "listBoards", "--base-url", sandbox.url(), "--api-key-file", &path]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        sandbox.seen().last().unwrap().headers["x-api-key"],
        sandbox.keys().team_key.as_str()
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = Sandbox::start().unwrap();
    let mut child = command(&["call", "listTasks", "per_page=100", "--all"])
        .envs(environment(&sandbox))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output =
        command(&["operations", "--json"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("agentmc: standard output cannot be written: "), "{error}");
}

#[test]
fn every_page_is_fetched_of_nothing_but_a_listing() {
    let sandbox = Sandbox::start().unwrap();
    for args in [&["boards", "show", "1", "--all"][..], &["call", "showBoard", "id=1", "--all"]] {
        let ran = against(&sandbox, args);
        assert_eq!((ran.code, &*ran.stdout), (2, ""));
        assert!(ran.error().contains("--all fetches every page, and showBoard lists nothing"));
    }
    assert_eq!(sandbox.seen().len(), 0);
}

#[test]
fn no_agent_has_the_id_0() {
    let ran = run(&["boards", "list", "--agent", "0", "--sandbox"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("invalid value '0' for '--agent <ID>'"), "{}", ran.error());
}

#[test]
fn a_time_zone_of_the_environment_that_is_not_known_is_told() {
    let sandbox = Sandbox::start().unwrap();
    let variables = |zone| [&environment(&sandbox)[..], &[("TZ", zone)]].concat();
    let args = ["calendar", "list", "--start", "today"];
    let ran = run_in(&variables("Nope/Nope"), &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.error().contains("TZ names no time zone that is known here"), "{}", ran.error());
    assert_eq!(run_in(&variables("Europe/Vienna"), &args).stderr, "");
    assert_eq!(run_in(&variables("Nope/Nope"), &[&args[..], &["-q"]].concat()).stderr, "");
}
