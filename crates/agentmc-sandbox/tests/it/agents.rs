//! Connecting agents, and their instructions.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::hosts::heartbeat;
use crate::visitor::Visitor;

fn bearer(token: &str) -> [(&'static str, String); 1] {
    [("Authorization", format!("Bearer {token}"))]
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_connected_agent_calls_with_the_token_it_gets() {
    let mut visitor = Visitor::new();
    let connect_token = visitor.world.keys().connect_token.clone();
    let reply =
        visitor.headers(bearer(&connect_token)).post("/agents/connect", json!({"name": "Wren"}));
    assert_eq!(reply.status, 201, "{}", reply.body);
    let id = reply.body["agent_id"].as_u64().unwrap();
    assert_eq!(reply.body["workspace"], json!({"id": 1, "name": "Kestrel Works"}));
    assert_eq!(visitor.world.agents[&id.into()].name, "Wren");

    let token = reply.body["agent_token"].as_str().unwrap().to_owned();
    visitor.headers(bearer(&token));
    let endpoint = reply.body["agent_authenticated_instructions_endpoint"].as_str().unwrap();
    let path = endpoint.strip_prefix("http://127.0.0.1:4000/api/v1").unwrap().to_owned();
    let told = visitor.get(&path);
    assert_eq!(told.status, 200, "{}", told.body);
    assert!(told.body["instructions"].as_str().unwrap().contains("You are Wren"));
    assert_eq!(told.body["config"]["bundle_version"], reply.body["agent_instructions_version"]);
    assert_eq!(visitor.get("/agents/1/instructions").code(403), "auth.forbidden");

    let beat = visitor.post(&format!("/agents/{id}/heartbeat"), json!({"status": "online"}));
    assert_eq!(beat.status, 200);
    assert_eq!(visitor.world.agents[&id.into()].status.as_str(), "online");
    visitor.headers(bearer(&connect_token));
    assert_eq!(visitor.get("/boards").code(401), "auth.unauthorized");
}

#[test]
fn a_connected_agent_knows_its_recurring_tasks() {
    let mut visitor = Visitor::new();
    let token = visitor.world.keys().agent_token.clone();
    let agent = visitor.agents()[0];
    let told = visitor.headers(bearer(&token)).get(&format!("/agents/{agent}/instructions"));
    let schedules = told.body["schedules"].as_array().unwrap();
    assert_eq!((schedules.len(), &schedules[0]["schedule"]), (1, &json!({"every_seconds": 3600})));
}

#[test]
fn instructions_are_sent_unless_the_caller_has_them() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[0];
    let first = visitor.as_agent().get("/agents/instructions").body;
    assert_eq!((&first["ok"], &first["changed"]), (&json!(true), &json!(true)));
    assert_eq!(first["agent"], json!({"id": agent}));
    assert!(first["defaults"]["heartbeat_interval_seconds"].as_u64().unwrap() > 0);
    let files = first["files"].as_array().unwrap();
    assert!(!files.is_empty());
    for file in files {
        assert_eq!(file["sha256"], sha256(file["content"].as_str().unwrap()));
    }

    let version = first["bundle_version"].as_str().unwrap();
    let path = format!("/agents/instructions?current_bundle_version={version}");
    let again = visitor.get(&path).body;
    assert_eq!((&again["changed"], &again["files"]), (&json!(false), &json!([])));
    assert_eq!(again["bundle_version"], first["bundle_version"]);

    visitor.world.agents.get_mut(&agent).unwrap().name = "Renamed".into();
    let anew = visitor.get(&path).body;
    assert_eq!(anew["changed"], true);
    assert_ne!(anew["bundle_version"], first["bundle_version"]);
    assert_eq!(
        visitor.get("/agents/instructions?current_bundle_version=old").body["changed"],
        true
    );
}

#[test]
fn instructions_are_for_one_agent() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    assert_eq!(
        visitor.get("/agents/instructions").problem("agent_id"),
        "The agent_id is required with a key that is not an agent's."
    );
    let path = format!("/agents/instructions?agent_id={agent}");
    assert_eq!(visitor.get(&path).body["agent"], json!({"id": agent}));
    assert_eq!(visitor.acting_as(agent).get("/agents/instructions").status, 200);
}

#[test]
fn agents_over_the_plans_limit_are_ignored() {
    let mut visitor = Visitor::new();
    let mut body = heartbeat("p");
    body["agent"] = json!(null);
    let agents = |count: u32| -> Vec<_> {
        (0..count).map(|key| json!({"name": format!("A{key}"), "identity": {"key": key}})).collect()
    };
    body["agents"] = agents(8).into();
    let reply = visitor.post("/hosts/heartbeat", body);
    assert_eq!((reply.status, &reply.body["host"]["agents_total"]), (200, &json!(7)));
    assert_eq!(visitor.get("/teams/agents").body["meta"]["total"], 10);

    // One more alone is ignored too, and one that is known is not.
    let alone = visitor.post("/hosts/heartbeat", heartbeat("p"));
    assert_eq!((alone.status, alone.body.get("agent")), (200, None));
    let mut known = heartbeat("p");
    known["agent"] = agents(1)[0].clone();
    assert_eq!(visitor.post("/hosts/heartbeat", known).body["agent"]["name"], "A0");

    let token = visitor.world.keys().connect_token.clone();
    let refused = visitor.headers(bearer(&token)).post("/agents/connect", json!({}));
    assert_eq!(refused.code(402), "plan.limit_reached");
}
