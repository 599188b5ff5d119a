//! `--dry-run` and `--curl`: requests shown, secrets not.

use std::process::Command;

use agentmc_core::{OPERATIONS, Revision};
use agentmc_sandbox::Sandbox;
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

/// The headers that hold a credential, as `--dry-run` and as `--curl` show them.
#[track_caller]
fn credentials(variables: &[(&str, &str)], args: &[&str]) -> (Vec<String>, Vec<String>) {
    let dry = run_in(variables, &[args, &["--dry-run"]].concat()).json();
    let secret =
        dry["headers"].as_object().unwrap().iter().filter(|(_, value)| *value == "<secret>");
    let names = secret.map(|(name, _)| name.clone()).collect();
    let curl = run_in(variables, &[args, &["--curl"]].concat());
    assert_eq!(curl.code, 0, "{}", curl.stderr);
    let headers = curl.stdout.lines().filter_map(|line| line.trim().strip_prefix("-H \""));
    let headers = headers.map(|line| line.trim_end_matches(['\\', ' ', '"']).to_owned()).collect();
    (names, headers)
}

#[test]
fn a_request_is_shown_with_the_credential_it_would_be_sent_with() {
    let shown = |variable: &str, revision: &str, name: &str, curl: &str| {
        let args = ["call", "listTasks", "--revision", revision];
        let expected = (vec![name.to_owned()], vec![curl.to_owned()]);
        assert_eq!(credentials(&[(variable, "very_secret")], &args), expected);
    };
    shown(
        "AGENTMC_BEARER_TOKEN",
        "0.1.1",
        "authorization",
        "authorization: Bearer $AGENTMC_BEARER_TOKEN",
    );
    shown(
        "AGENTMC_AGENT_TOKEN",
        "0.1.1",
        "authorization",
        "authorization: Bearer $AGENTMC_AGENT_TOKEN",
    );
    shown(
        "AGENTMC_SESSION_COOKIE",
        "0.3.169",
        "cookie",
        "cookie: laravel_session=$AGENTMC_SESSION_COOKIE",
    );
    // A credential the operation does not take there is not sent.
    shown("AGENTMC_BEARER_TOKEN", "0.3.169", "x-api-key", "x-api-key: $AGENTMC_API_KEY");
}

#[test]
fn without_any_credential_the_first_that_serves_is_shown() {
    let shown = |args: &[&str]| credentials(&[], args).1;
    assert_eq!(shown(&["call", "listTasks"]), ["x-api-key: $AGENTMC_API_KEY"]);
    let connect = ["call", "connectAgent", "--revision", "0.1.1", "--no-limits", "--json"];
    let object = r#"{"name": "a"}"#;
    assert_eq!(
        shown(&[&connect[..], &[object]].concat()),
        ["authorization: Bearer $AGENTMC_CONNECT_TOKEN"]
    );
}

#[test]
fn the_request_shown_is_the_request_sent() {
    let sandbox = Sandbox::start().unwrap();
    let variables = [
        ("AGENTMC_BEARER_TOKEN", &*sandbox.keys().bearer_token),
        ("AGENTMC_BASE_URL", sandbox.url()),
    ];
    let args = ["call", "createBoard", "name=Garden", "--revision", "0.1.1"];
    let shown = run_in(&variables, &[&args[..], &["--dry-run"]].concat()).json();
    let ran = run_in(&variables, &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);

    let seen = sandbox.seen();
    let sent = &seen[0];
    assert_eq!(shown["method"], sent.method.as_str());
    assert!(shown["url"].as_str().unwrap().ends_with(&sent.target));
    assert_eq!(shown["body"], serde_json::from_slice::<Value>(&sent.body).unwrap());
    for (name, value) in shown["headers"].as_object().unwrap() {
        let secret = value == "<secret>";
        assert!(secret || sent.headers[name] == value.as_str().unwrap(), "{name}: {value}");
        assert_eq!(secret, name == "authorization");
    }
    assert!(!sent.headers.contains_key("x-api-key"));
}

#[test]
fn control_characters_in_a_request_do_not_reach_the_terminal() {
    let args = ["call", "createBoard", "--json", r#"{"name": "a\u001b[31m\u0085b\u007f"}"#];
    for form in [&["--curl"][..], &["--dry-run", "-o", "table"]] {
        let shown = run(&[&args[..], form].concat()).stdout;
        assert!(shown.contains(r#""a\u001b[31m\u0085b\u007f""#), "{shown}");
        assert!(!shown.contains(|char: char| char.is_control() && char != '\n'), "{shown:?}");
    }
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

#[test]
fn a_query_finds_its_way_in_a_request_that_is_shown() {
    let args = ["tasks", "update", "5", "--title", "New", "--dry-run", "--query", "body.title"];
    let ran = run(&args);
    assert_eq!((ran.code, &*ran.stdout), (0, "\"New\"\n"), "{}", ran.stderr);
    let text = run(&[&args[..], &["-o", "table"]].concat());
    assert_eq!(text.stdout, "New\n", "{}", text.stderr);
}

#[test]
fn what_is_secret_in_a_body_is_shown_by_neither_dry_run_nor_curl() {
    let args = [
        "recurring",
        "complete",
        "1",
        "--status",
        "success",
        "--claim-token",
        "s3cr3t-claim",
        "--summary",
        "it's done",
    ];
    let dry = run(&[&args[..], &["--dry-run"]].concat());
    assert_eq!(dry.json()["body"]["claim_token"], "<secret>", "{}", dry.stderr);
    assert_eq!(dry.json()["body"]["status"], "success");
    let text = run(&[&args[..], &["--dry-run", "-o", "table"]].concat()).stdout;
    assert!(text.contains("<secret>") && !text.contains("s3cr3t"), "{text}");
    let body = run(&[&args[..], &["--dry-run", "--query", "body"]].concat()).stdout;
    assert!(!body.contains("s3cr3t"), "{body}");

    let curl = run(&[&args[..], &["--curl"]].concat()).stdout;
    assert!(curl.contains(r#""claim_token":"'"$CLAIM_TOKEN"'""#), "{curl}");
    assert!(!curl.contains("s3cr3t"), "{curl}");
    let script = curl.replacen("curl ", "printf '%s\\n' ", 1);
    let output =
        Command::new("sh").arg("-c").arg(script).env("CLAIM_TOKEN", "another").output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let body: Value = serde_json::from_str(words.lines().last().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({"status": "success", "claim_token": "another", "summary": "it's done"})
    );
}
