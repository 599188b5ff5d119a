//! Commands to the runtimes of hosts, and what hosts report on them.

use agentmc_types::{HostId, HostRuntimeCommandPayload, HostRuntimeCommandStatus};
use serde_json::{Value, json};

use crate::hosts::heartbeat;
use crate::visitor::Visitor;

/// A host that has been heard from, and the agents on it.
fn host(visitor: &mut Visitor) -> HostId {
    HostId(visitor.post("/hosts/heartbeat", heartbeat("a")).body["host"]["id"].as_u64().unwrap())
}

fn payload(name: &str, key: &str) -> HostRuntimeCommandPayload {
    HostRuntimeCommandPayload::new(name, key).agent_emoji("🦉")
}

fn report(visitor: &mut Visitor, updates: Value) -> Value {
    let mut body = heartbeat("a");
    body["host_runtime_updates"] = updates;
    let reply = visitor.post("/hosts/heartbeat", body);
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["host_runtime_commands"].clone()
}

/// What has been logged about commands and agents, newest first.
fn logged(visitor: &mut Visitor) -> Vec<String> {
    let logs = visitor.get("/logs?per_page=10").body["data"].clone();
    let actions = logs.as_array().unwrap().iter().map(|log| log["action"].as_str().unwrap());
    actions.map(str::to_owned).collect()
}

#[test]
fn a_command_comes_with_every_heartbeat_until_it_is_reported() {
    let mut visitor = Visitor::new();
    let host = host(&mut visitor);
    let id = visitor.world.queue_command(host, "agent.create", payload("Owl", "owl-1")).unwrap();
    let expected = json!([{"id": id, "type": "agent.create", "provider": "openclaw",
        "payload": {"agent_name": "Owl", "agent_emoji": "🦉", "runtime_key": "owl-1"}}]);
    assert_eq!(report(&mut visitor, json!([])), expected);
    assert_eq!(report(&mut visitor, json!([])), expected, "it is not reported yet");

    let done = json!([{"id": id, "status": "completed", "result": {"workspace_dir": "/srv/owl"}}]);
    assert_eq!(report(&mut visitor, done.clone()), json!([]));
    let known = &visitor.world.commands[&id];
    assert_eq!(known.status, Some(HostRuntimeCommandStatus::Completed));
    assert_eq!(json!(known.result), json!({"workspace_dir": "/srv/owl"}));

    let agents = visitor.get(&format!("/hosts/{host}")).body["agents"].clone();
    let owl = agents.as_array().unwrap().iter().find(|agent| agent["name"] == "Owl").unwrap();
    assert_eq!(
        (&owl["meta"]["runtime_key"], &owl["meta"]["emoji"]),
        (&json!("owl-1"), &json!("🦉"))
    );
    assert_eq!(
        logged(&mut visitor)[..3],
        ["agent.created", "host_runtime_command.completed", "host_runtime_command.queued"]
    );

    // A heartbeat that is sent again reports again.
    let before = (visitor.world.agents.len(), visitor.world.logs.len());
    report(&mut visitor, done);
    assert_eq!((visitor.world.agents.len(), visitor.world.logs.len()), before);
}

#[test]
fn a_command_that_failed_changes_no_agent() {
    let mut visitor = Visitor::new();
    let host = host(&mut visitor);
    let id = visitor.world.queue_command(host, "agent.create", payload("Owl", "owl-1")).unwrap();
    let agents = visitor.world.agents.len();
    let failed = json!([{"id": id, "status": "failed", "error": "no room", "result": null}]);
    assert_eq!(report(&mut visitor, failed), json!([]));
    let known = &visitor.world.commands[&id];
    assert_eq!(
        (known.status.clone(), known.error.as_deref(), visitor.world.agents.len()),
        (Some(HostRuntimeCommandStatus::Failed), Some("no room"), agents)
    );
    assert_eq!(logged(&mut visitor)[0], "host_runtime_command.failed");
}

#[test]
fn an_update_finds_the_agent_by_its_runtime_key() {
    let mut visitor = Visitor::new();
    let host = host(&mut visitor);
    let key = |name: &str| payload(name, "owl-1");
    let restart = visitor.world.queue_command(host, "agent.restart", key("Owl")).unwrap();
    let update = visitor.world.queue_command(host, "agent.update", key("Owl")).unwrap();
    report(
        &mut visitor,
        json!([
            {"id": restart, "status": "completed"}, {"id": update, "status": "completed"},
        ]),
    );
    assert!(visitor.world.agents.values().all(|agent| agent.name != "Owl"));

    let create = visitor.world.queue_command(host, "create_agent", key("Owl")).unwrap();
    report(&mut visitor, json!([{"id": create, "status": "completed"}]));
    let agents = visitor.world.agents.len();
    let update = visitor.world.queue_command(host, "agent.update", key("Great owl")).unwrap();
    report(&mut visitor, json!([{"id": update, "status": "completed"}]));
    assert_eq!(visitor.world.agents.len(), agents);
    assert!(visitor.world.agents.values().any(|agent| agent.name == "Great owl"));
}

#[test]
fn reports_on_what_the_host_was_not_told_are_passed_over_and_logged() {
    let mut visitor = Visitor::new();
    host(&mut visitor);
    let other =
        visitor.world.queue_command(HostId(1), "agent.create", payload("Owl", "o")).unwrap();
    let both = json!([
        {"id": other, "status": "completed"}, {"id": 999, "status": "failed", "error": "what?"},
    ]);
    assert_eq!(report(&mut visitor, both), json!([]), "commands of another host");
    assert_eq!(visitor.world.commands[&other].status, None);
    let unknown = "host_runtime_command.unknown";
    assert_eq!(logged(&mut visitor)[..2], [unknown, unknown]);
    let wrong = json!({"id": 1, "status": "done"});
    let mut body = heartbeat("a");
    body["host_runtime_updates"] = json!([wrong]);
    let refused = visitor.post("/hosts/heartbeat", body);
    assert!(refused.problem("host_runtime_updates.0.status").contains("completed, failed"));
}

#[test]
fn commands_are_saved_with_the_world() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let mut visitor = Visitor::new();
    let host = host(&mut visitor);
    visitor.world.queue_command(host, "agent.create", payload("Owl", "owl-1")).unwrap();
    assert_eq!(visitor.world.queue_command(HostId(99), "agent.create", payload("a", "b")), None);
    visitor.world.save(&path).unwrap();
    visitor.world = agentmc_sandbox::World::load(&path).unwrap();
    assert_eq!(report(&mut visitor, json!([]))[0]["payload"]["runtime_key"], "owl-1");
}

#[test]
fn commands_do_not_pile_up() {
    let mut visitor = Visitor::new();
    for _ in 0..1_100 {
        visitor.world.queue_command(HostId(1), "agent.restart", payload("a", "b")).unwrap();
    }
    assert_eq!(visitor.world.commands.len(), 1_000);
}
