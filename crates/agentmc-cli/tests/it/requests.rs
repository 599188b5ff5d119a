//! `--dry-run` and `--curl`: requests shown, secrets not.

use std::process::Command;

use agentmc_core::{OPERATIONS, Revision};
use serde_json::{Value, json};

use crate::process::{run, run_in};

#[test]
fn a_dry_run_has_the_shape_others_build_on() {
    let ran = run_in(
        &[("AGENTMC_API_KEY", "cc_very_secret")],
        &[
            "call",
            "updateTask",
            "task=5",
            "due_at:=null",
            "title=New",
            "--agent",
            "7",
            "--dry-run",
            "-o",
            "json",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let request = ran.json();
    let names: Vec<&String> = request.as_object().unwrap().keys().collect();
    assert_eq!(names, ["body", "headers", "method", "operation", "url"]);
    assert_eq!(request["operation"], "updateTask");
    assert_eq!(request["method"], "PATCH");
    assert_eq!(request["url"], "https://agentmc.ai/api/v1/tasks/5");
    assert_eq!(request["body"], json!({"title": "New", "due_at": null}));
    assert_eq!(request["headers"]["x-agent-id"], "7");
    assert_eq!(request["headers"]["content-type"], "application/json");
    assert_eq!(request["headers"]["x-api-key"], "<secret>");
    assert!(!ran.stdout.contains("very_secret"));
}

#[test]
fn a_get_has_no_body() {
    let request = run(&["call", "listTasks", "board_id=3", "archived=true", "--dry-run"]).json();
    assert_eq!(request["body"], Value::Null);
    assert_eq!(request["url"], "https://agentmc.ai/api/v1/tasks?board_id=3&archived=true");
}

#[test]
fn a_claim_of_an_old_revision_is_an_empty_object_in_the_agents_path() {
    let args = [
        "call",
        "claimAgentRealtimeSession",
        "session=42",
        "--agent",
        "7",
        "--dry-run",
        "--revision",
    ];
    let request = |revision| run(&[&args[..], &[revision]].concat()).json();
    let old = request("0.1.1");
    assert_eq!(
        (&old["url"], &old["body"]),
        (&json!("https://agentmc.ai/api/v1/agents/7/realtime/sessions/42/claim"), &json!({}))
    );
    assert_eq!(old["headers"].get("x-agent-id"), None);
    let middle = request("0.3.64");
    assert_eq!(
        (&middle["url"], &middle["body"]),
        (&json!("https://agentmc.ai/api/v1/agents/realtime/sessions/42/claim"), &json!({}))
    );
}

/// Every operation that needs no parameters can be shown in every revision, without any credential.
#[test]
fn every_operation_can_be_shown_without_a_key() {
    for endpoint in OPERATIONS {
        for revision in Revision::ALL {
            let needs = endpoint.params.iter().any(|param| param.field.is_required_in(*revision));
            if needs {
                continue;
            }
            let ran = run(&[
                "call",
                endpoint.id,
                "--agent",
                "7",
                "--revision",
                revision.as_str(),
                "--dry-run",
            ]);
            let there = endpoint.step(*revision).is_some();
            assert_eq!(
                ran.code,
                if there { 0 } else { 2 },
                "{} {revision}: {}",
                endpoint.id,
                ran.stderr
            );
        }
    }
}

#[test]
fn curl_reads_the_secret_from_the_environment() {
    let ran = run_in(
        &[("AGENTMC_API_KEY", "cc_very_secret")],
        &[
            "call",
            "createTask",
            "board_id=3",
            "column_id=1",
            "title=it's",
            "description=$HOME `id`",
            "--curl",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("-H \"x-api-key: $AGENTMC_API_KEY\""), "{}", ran.stdout);
    assert!(!ran.stdout.contains("very_secret"));

    // What a shell makes of the command.
    let script = ran.stdout.replacen("curl ", "printf '%s\\n' ", 1);
    let output = Command::new("sh")
        .arg("-c")
        .arg(script)
        .env("AGENTMC_API_KEY", "cc_other")
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let body = words.lines().last().unwrap();
    let expected =
        json!({"board_id": 3, "column_id": 1, "title": "it's", "description": "$HOME `id`"});
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
    assert!(words.lines().any(|word| word == "x-api-key: cc_other"), "{words}");
}

#[test]
fn a_request_can_be_shown_as_text() {
    let text = run(&["call", "showTask", "task=5", "--dry-run", "-o", "table"]).stdout;
    assert!(text.starts_with("GET https://agentmc.ai/api/v1/tasks/5\n"), "{text}");
    assert!(text.contains("x-api-key: <secret>"), "{text}");
}

#[test]
fn limits_can_be_switched_off() {
    let long = format!("title={}", "x".repeat(256));
    let args = [
        "call",
        "createTask",
        "board_id=3",
        "column_id=1",
        "description=d",
        "--dry-run",
        long.as_str(),
    ];
    assert_eq!(run(&args).code, 2);
    assert_eq!(run(&[&args[..], &["--no-limits"]].concat()).code, 0);
}
