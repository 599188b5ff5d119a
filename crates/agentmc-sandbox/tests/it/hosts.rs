//! Hosts, agents, people and heartbeats.

use serde_json::{Value, json};

use crate::visitor::Visitor;

/// A heartbeat of a host whose fingerprint is one letter, over and over.
pub(crate) fn heartbeat(letter: &str) -> Value {
    json!({
        "meta": {"runtime": {"name": "openclaw", "version": "2026.2"}, "models": ["m"], "tokens_in": 7},
        "host": {"fingerprint": letter.repeat(64), "name": "worker-09", "meta": {
            "hostname": "worker-09", "ip": "10.0.0.9", "network": {"private_ip": "10.0.0.9", "public_ip": "2001:db8::9"},
            "os": "Debian", "os_version": "13", "arch": "x86_64", "cpu": "Some CPU", "cpu_cores": 4, "ram_gb": 15.5,
            "disk": {"total_bytes": 9, "free_bytes": 1}, "uptime_seconds": 60, "runtime": {"name": "node", "version": "24"},
        }},
        "agent": {"name": "Newcomer", "emoji": "🦀", "identity": {"key": "newcomer"}},
    })
}

#[test]
fn a_heartbeat_makes_the_host_and_its_agent() {
    let mut visitor = Visitor::new();
    let reply = visitor.post("/hosts/heartbeat", heartbeat("a"));
    assert_eq!(reply.status, 200);
    let body = &reply.body;
    assert_eq!((&body["ok"], &body["host_runtime_commands"]), (&json!(true), &json!([])));
    assert!(body["defaults"]["heartbeat_interval_seconds"].as_u64().unwrap() > 0);
    assert_eq!(
        (&body["host"]["name"], &body["host"]["status"]),
        (&json!("worker-09"), &json!("online"))
    );
    assert_eq!(
        (&body["host"]["agents_total"], &body["host"]["agents_online"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(body["host"]["agent_runtime"], "openclaw");
    assert_eq!(
        (&body["agent"]["name"], &body["agent"]["type"]),
        (&json!("Newcomer"), &json!("openclaw"))
    );
    let channel = format!("private-agent-realtime-host.{}", body["host"]["id"]);
    assert_eq!(body["host_realtime"]["channel"], channel);
    assert_eq!(body["host_realtime"]["connection"]["port"], 4000);

    let shown = visitor.get(&format!("/hosts/{}", body["host"]["id"])).body;
    assert_eq!(shown["data"]["meta"]["cpu_cores"], 4);
    assert_eq!(shown["agents"][0]["id"], body["agent"]["id"]);
    assert_eq!(shown["agents"][0]["meta"]["emoji"], "🦀");
    assert_eq!(shown["agents"][0]["meta"]["tokens_in"], 7);
}

#[test]
fn a_second_heartbeat_finds_what_the_first_one_made() {
    let mut visitor = Visitor::new();
    let first = visitor.post("/hosts/heartbeat", heartbeat("a")).body;
    let again = visitor.post("/hosts/heartbeat", heartbeat("a")).body;
    assert_eq!(
        (&again["host"]["id"], &again["agent"]["id"]),
        (&first["host"]["id"], &first["agent"]["id"])
    );
    assert_ne!(again["server_time"], first["server_time"]);

    // The identity outlives a name, and an id outlives both.
    let mut renamed = heartbeat("a");
    renamed["agent"]["name"] = json!("Old hand");
    let renamed = visitor.post("/hosts/heartbeat", renamed).body;
    assert_eq!(
        (&renamed["agent"]["id"], &renamed["agent"]["name"]),
        (&first["agent"]["id"], &json!("Old hand"))
    );
    let mut by_id = heartbeat("a");
    by_id["agent"] = json!({"id": first["agent"]["id"], "name": "By id", "identity": "other"});
    assert_eq!(visitor.post("/hosts/heartbeat", by_id).body["agent"]["id"], first["agent"]["id"]);
}

#[test]
fn a_heartbeat_tells_of_several_agents() {
    let mut visitor = Visitor::new();
    let mut body = heartbeat("b");
    body["agent"] = Value::Null;
    body["agents"] =
        json!([{"name": "One", "identity": {"key": 1}}, {"name": "Two", "identity": {"key": 2}}]);
    let reply = visitor.post("/hosts/heartbeat", body.clone()).body;
    assert_eq!((&reply["host"]["agents_total"], reply.get("agent")), (&json!(2), None));
    assert_eq!(visitor.post("/hosts/heartbeat", body.clone()).body["host"]["agents_total"], 2);
    assert_eq!(visitor.as_agent().post("/hosts/heartbeat", body).code(403), "auth.forbidden");
}

#[test]
fn a_heartbeat_is_refused_when_it_contradicts_itself() {
    let mut visitor = Visitor::new();
    let key = visitor.world.keys().host_key.clone();
    visitor.headers([("X-Api-Key", key), ("X-Host-Fingerprint", "z".repeat(64))]);
    let other = visitor.post("/hosts/heartbeat", heartbeat("a"));
    assert!(other.problem("X-Host-Fingerprint").contains("fingerprint of the host"));

    visitor.as_host();
    let mut unknown = heartbeat("a");
    unknown["agent"]["id"] = json!(999);
    assert!(
        visitor
            .post("/hosts/heartbeat", unknown)
            .problem("agent.id")
            .contains("does not name an agent")
    );
    let mut other = heartbeat("a");
    other["agent"]["id"] = json!(visitor.agents()[1]);
    assert_eq!(visitor.as_agent().post("/hosts/heartbeat", other).code(403), "auth.forbidden");
}

#[test]
fn older_revisions_answer_a_heartbeat_with_less() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let mut body = heartbeat("c");
    body["agent"]["id"] = json!(agents[0]);
    let reply = visitor.post("/agents/heartbeat", body).body;
    assert_eq!((&reply["host"]["name"], reply.get("defaults")), (&json!("worker-09"), None));

    let lean = json!({"status": "offline", "meta": {"uptime_seconds": 43200, "queue_depth": 2}});
    let reply = visitor.post(&format!("/agents/{}/heartbeat", agents[1]), lean).body;
    assert_eq!((&reply["ok"], &reply["host"]["name"]), (&json!(true), &json!("worker-01")));
    let status = &visitor.world.agents[&agents[1]].status;
    assert_eq!(status.as_str(), "offline");
}

#[test]
fn hosts_are_listed_by_status_and_name() {
    let mut visitor = Visitor::new();
    visitor.post("/hosts/heartbeat", heartbeat("a"));
    let all = visitor.get("/hosts").ids();
    assert_eq!(all.len(), 2);
    assert_eq!(visitor.get("/hosts?search=WORKER-09").ids(), [all[1]]);
    assert_eq!(visitor.get("/hosts?status=offline").ids(), [0; 0]);
    visitor.world.hosts.get_mut(&all[0].into()).unwrap().status =
        agentmc_types::OnlineStatus::Offline;
    assert_eq!(visitor.get("/hosts?status=offline").ids(), [all[0]]);
}

#[test]
fn a_host_shows_as_many_agents_as_are_asked_for() {
    let mut visitor = Visitor::new();
    let reply = visitor.get("/hosts/1?agents_per_page=2").body;
    assert_eq!(reply["agents"].as_array().unwrap().len(), 2);
    assert_eq!(
        reply["agents_meta"],
        json!({"current_page": 1, "last_page": 2, "per_page": 2, "total": 3})
    );
}

#[test]
fn agents_and_people_are_searched_by_name() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let handle = visitor.handle(agents[2]);
    let listed = visitor.get("/teams/agents").body["data"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(listed[0]["host"], json!({"id": 1, "name": "worker-01"}));
    assert_eq!(visitor.get(&format!("/teams/agents?search={handle}")).ids(), [agents[2].get()]);

    let people = visitor.get("/team/members").body["data"].clone();
    let owners: Vec<_> =
        people.as_array().unwrap().iter().map(|person| person["is_owner"].clone()).collect();
    assert_eq!(owners, [json!(true), json!(false), json!(false)]);
    let email = people[1]["email"].as_str().unwrap();
    assert_eq!(
        visitor.get(&format!("/team/members?search={email}")).ids(),
        [people[1]["id"].as_u64().unwrap()]
    );
}

#[test]
fn an_agent_counts_the_tasks_assigned_to_it() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let count = |visitor: &mut Visitor| {
        visitor.get("/teams/agents").body["data"][1]["tasks_count"].as_u64().unwrap()
    };
    let before = count(&mut visitor);
    visitor.task(json!({"assigned_to_agent_id": agents[1]}));
    assert_eq!(count(&mut visitor), before + 1);
}
