//! `agentmc sandbox` and `agentmc demo`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use agentmc_sandbox::Sandbox;
use serde_json::Value;

use crate::process::{command, run, run_in};

#[test]
fn the_demo_does_its_job_through_both_clients() {
    let demo = run(&["demo"]);
    assert_eq!((demo.code, demo.stderr.as_str()), (0, ""));
    let steps = demo.json();
    let steps = steps.as_array().unwrap();
    let of = |frontend: &str| -> Vec<(&str, u64)> {
        let own = steps.iter().filter(|step| step["frontend"] == frontend);
        let calls =
            own.map(|step| (step["operation"].as_str().unwrap(), step["status"].as_u64().unwrap()));
        let mut calls: Vec<(&str, u64)> = calls.collect();
        // A signal that comes while signals are listed has them listed again.
        calls.dedup_by(|next, call| next == call && call.0 == "listAgentRealtimeSignals");
        calls
    };
    assert_eq!(of("blocking"), of("async"), "both clients make the same requests");
    assert!(of("async").contains(&("claimAgentRealtimeSession", 409)));
    assert!(of("async").contains(&("closeAgentRealtimeSession", 200)));
    assert!(
        of("async").iter().filter(|(operation, _)| *operation == "listTasks").count() >= 3,
        "several pages"
    );

    let text = run(&["demo", "-o", "table"]).stdout;
    assert!(text.ends_with("replies was what it should be.\n"), "{text}");
}

#[test]
fn the_demo_refuses_flags_that_would_have_no_effect() {
    for flag in
        ["--revision=0.1.1", "--agent=3", "--base-url=http://127.0.0.1:9", "--api-key-file=key"]
    {
        let ran = run(&["demo", flag]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{flag}");
        let (name, _) = flag.split_once('=').unwrap();
        assert!(
            ran.error().starts_with(&format!("agentmc: {name} means nothing to `agentmc demo`")),
            "{}",
            ran.error()
        );
    }
    assert_eq!(run(&["demo", "--timeout", "20"]).code, 0);
}

/// Starts a sandbox and reads where it is.
fn start(args: &[&str]) -> (Child, Value) {
    let mut child = command(&[&["sandbox"], args].concat()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut text = String::new();
    while serde_json::from_str::<Value>(&text).is_err() {
        text.push_str(&lines.next().expect("the sandbox says where it is").unwrap());
    }
    (child, serde_json::from_str(&text).unwrap())
}

#[test]
fn the_seed_is_the_same_wherever_none_is_given() {
    let (mut child, started) = start(&[]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(started["host_key"], Sandbox::start().unwrap().keys().host_key.as_str());
}

#[test]
fn the_sandbox_serves_until_it_is_ended() {
    let (mut child, started) = start(&["--seed", "7"]);
    let (url, key) = (started["url"].as_str().unwrap(), started["host_key"].as_str().unwrap());
    let ran =
        run_in(&[("AGENTMC_API_KEY", key), ("AGENTMC_BASE_URL", url)], &["call", "listBoards"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);

    let busy =
        run(&["sandbox", "--port", url.rsplit(':').next().unwrap().split('/').next().unwrap()]);
    assert_eq!(busy.code, 3);
    assert!(busy.error().contains("cannot listen on port"), "{}", busy.error());

    #[cfg(unix)]
    {
        let ended = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(ended.success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "an interrupt ends it cleanly");
    }
    #[cfg(not(unix))]
    child.kill().unwrap();
}
