//! Runs of recurring tasks.

use serde_json::{Value, json};

use crate::visitor::Visitor;

const DUE: &str = "/agents/recurring-task-runs/due";

/// The due runs, which are claimed by this.
fn due(visitor: &mut Visitor) -> Vec<Value> {
    let reply = visitor.get(DUE);
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["data"].as_array().unwrap().clone()
}

fn complete(run: &Value) -> String {
    format!("/agents/recurring-task-runs/{}/complete", run["run_id"])
}

#[test]
fn listing_claims_due_runs() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let runs = due(&mut visitor);
    let of: Vec<_> = runs.iter().map(|run| run["agent_id"].clone()).collect();
    assert_eq!(of, [json!(agents[0]), json!(agents[1]), json!(agents[2])]);
    assert_ne!(runs[0]["claim_token"], runs[1]["claim_token"]);
    assert!(runs[0]["claim_token"].as_str().unwrap().len() <= 64);
    assert_eq!(due(&mut visitor), [Value::Null; 0]);
}

#[test]
fn an_agent_claims_its_own_runs_alone() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let mine = due(visitor.acting_as(agents[1]));
    assert_eq!((mine.len(), &mine[0]["agent_id"]), (1, &json!(agents[1])));
    let body = json!({"status": "success", "claim_token": mine[0]["claim_token"]});
    let foreign = visitor.acting_as(agents[0]).post(&complete(&mine[0]), body);
    assert_eq!(foreign.code(404), "resource.not_found");
    let limited = visitor.as_host().get(&format!("{DUE}?limit=1"));
    assert_eq!(limited.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(due(&mut visitor).len(), 1);
}

#[test]
fn a_run_is_completed_once_and_with_its_own_token() {
    let mut visitor = Visitor::new();
    let runs = due(&mut visitor);
    let (path, token) = (complete(&runs[0]), &runs[0]["claim_token"]);
    let wrong = json!({"status": "success", "claim_token": runs[1]["claim_token"]});
    let refused = visitor.post(&path, wrong);
    assert_eq!(refused.code(409), "conflict");
    assert!(!refused.body.to_string().contains(token.as_str().unwrap()));

    let right = json!({
        "status": "error", "claim_token": token, "summary": "Half of it.", "error_message": "No disk.",
        "runtime_meta": {"tokens": 7},
    });
    let done = visitor.post(&path, right.clone());
    assert_eq!(done.status, 200);
    let data = &done.body["data"];
    assert_eq!((&data["status"], &data["id"]), (&json!("error"), &runs[0]["run_id"]));
    assert_eq!(
        (&data["summary"], &data["error_message"]),
        (&json!("Half of it."), &json!("No disk."))
    );
    assert_eq!(
        (&data["runtime_meta"], &data["prompt_snapshot"]),
        (&json!({"tokens": 7}), &runs[0]["prompt"])
    );
    assert!(data["started_at"].as_str().unwrap() < data["finished_at"].as_str().unwrap());
    assert_eq!(visitor.post(&path, right).code(409), "conflict");
}

#[test]
fn a_run_cannot_end_before_it_began() {
    let mut visitor = Visitor::new();
    let run = &due(&mut visitor)[0];
    let mut body = json!({
        "status": "success", "claim_token": run["claim_token"],
        "started_at": "2026-02-22T18:00:00Z", "finished_at": "2026-02-22T17:59:59Z",
    });
    let reply = visitor.post(&complete(run), body.clone());
    assert_eq!(reply.problem("finished_at"), "The finished_at must not be before the started_at.");
    body["finished_at"] = json!("2026-02-22T18:00:00Z");
    assert_eq!(
        visitor.post(&complete(run), body).body["data"]["finished_at"],
        "2026-02-22T18:00:00Z"
    );
}

#[test]
fn a_task_is_due_again_when_its_time_comes_and_its_run_is_over() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[0];
    visitor.acting_as(agent);
    let first = due(&mut visitor)[0].clone();
    // Two runs are missed while the first one goes on; they are made up for by one.
    let task = visitor.world.recurring_tasks.values_mut().next().unwrap();
    assert_eq!(task.agent_id, agent);
    task.every_seconds = 2;
    task.next_at = first["scheduled_for"].as_str().unwrap().parse().unwrap();
    assert_eq!(due(&mut visitor), [Value::Null; 0]);
    let body = json!({"status": "success", "claim_token": first["claim_token"]});
    assert_eq!(visitor.post(&complete(&first), body).status, 200);
    let second = due(&mut visitor);
    assert_eq!((second.len(), &second[0]["task_id"]), (1, &first["task_id"]));
    assert_ne!(second[0]["run_id"], first["run_id"]);
    assert!(visitor.world.recurring_tasks.values().next().unwrap().next_at > visitor.world.now());
}

#[test]
fn a_run_of_nothing_is_not_found() {
    let mut visitor = Visitor::new();
    let body = json!({"status": "success", "claim_token": "x"});
    let reply = visitor.post("/agents/recurring-task-runs/9/complete", body);
    assert_eq!(reply.code(404), "resource.not_found");
}
