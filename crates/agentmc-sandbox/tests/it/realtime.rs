//! Realtime sessions, their signals, and signatures for their channels.

use agentmc_types::{Object, SessionId};
use serde_json::{Value, json};

use crate::visitor::{Reply, Visitor};

const OURS: &str = "agent-claim:0123456789";
const THEIRS: &str = "agent-claim:9876543210";

fn requested(visitor: &mut Visitor) -> SessionId {
    let agent = visitor.agents()[0];
    visitor.world.request_session(agent).unwrap()
}

fn post(visitor: &mut Visitor, session: SessionId, what: &str, body: Value) -> Reply {
    visitor.post(&format!("/hosts/realtime/sessions/{session}/{what}"), body)
}

fn claim(visitor: &mut Visitor, session: SessionId, owner: &str) -> Reply {
    post(visitor, session, "claim", json!({"owner_token": owner}))
}

fn say(visitor: &mut Visitor, session: SessionId, text: &str) -> u64 {
    let payload = Object::from_iter([("text", text)]);
    visitor.world.browser_says(session, "message", payload).unwrap().get()
}

#[test]
fn requested_sessions_are_listed_newest_first() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let sessions: Vec<u64> = [0, 1, 0]
        .iter()
        .map(|agent| visitor.world.request_session(agents[*agent]).unwrap().get())
        .collect();
    let path = "/hosts/realtime/sessions/requested";
    assert_eq!(visitor.get(path).ids(), [sessions[2], sessions[1], sessions[0]]);
    assert_eq!(visitor.get(&format!("{path}?limit=1")).ids(), [sessions[2]]);
    assert_eq!(visitor.acting_as(agents[1]).get(path).ids(), [sessions[1]]);
    assert_eq!(visitor.as_agent().get(path).ids(), [sessions[2], sessions[0]]);

    visitor.as_host();
    claim(&mut visitor, SessionId(sessions[2]), OURS);
    assert_eq!(visitor.get(path).ids(), [sessions[1], sessions[0]]);
}

#[test]
fn nobody_asks_for_a_session_with_an_agent_that_is_not_there() {
    assert_eq!(Visitor::new().world.request_session(999.into()), None);
}

#[test]
fn a_claim_says_who_holds_the_session_and_where_to_listen() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    let claimed = claim(&mut visitor, session, OURS).body["data"].clone();
    assert_eq!(claimed["status"], "claimed");
    assert_eq!(claimed["meta"]["claim_owner_token"], OURS);
    assert_eq!(claimed["meta"]["claim_owner_claimed_at"], claimed["claimed_at"]);
    assert_eq!(claimed["last_agent_heartbeat_at"], claimed["claimed_at"]);
    let agent = visitor.agents()[0];
    assert_eq!(claimed["socket"]["channel"], format!("private-agent-realtime.{agent}.{session}"));
    assert_eq!(claimed["socket"]["event"], "agent.realtime.signal");
    let connection = &claimed["socket"]["connection"];
    assert_eq!((&connection["host"], &connection["port"]), (&json!("127.0.0.1"), &json!(4000)));
}

#[test]
fn the_same_owner_claims_again_and_another_one_does_not() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    let first = claim(&mut visitor, session, OURS).body["data"].clone();
    let again = claim(&mut visitor, session, OURS).body["data"].clone();
    assert_eq!(again["claimed_at"], first["claimed_at"]);
    assert_ne!(again["meta"]["claim_owner_updated_at"], first["meta"]["claim_owner_updated_at"]);

    let other = claim(&mut visitor, session, THEIRS);
    assert_eq!(other.code(409), "conflict");
    assert_eq!(other.body["error"]["details"]["session"]["meta"]["claim_owner_token"], OURS);
}

#[test]
fn a_claim_closed_as_failed_can_be_taken_over() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    claim(&mut visitor, session, OURS);
    let closed = post(
        &mut visitor,
        session,
        "close",
        json!({"reason": "sdk_stale_claim_recovery", "status": "failed"}),
    );
    assert_eq!(closed.body["data"]["status"], "failed");
    let taken = claim(&mut visitor, session, THEIRS).body["data"].clone();
    assert_eq!(
        (&taken["status"], &taken["meta"]["claim_owner_token"]),
        (&json!("claimed"), &json!(THEIRS))
    );
    assert_eq!(taken["closed_at"], Value::Null);
}

#[test]
fn older_revisions_claim_without_a_token_and_once() {
    let mut visitor = Visitor::new();
    let (first, second) = (requested(&mut visitor), requested(&mut visitor));
    let agent = visitor.agents()[0];
    for path in [
        format!("/agents/realtime/sessions/{first}/claim"),
        format!("/agents/{agent}/realtime/sessions/{second}/claim"),
    ] {
        assert_eq!(visitor.post(&path, json!({})).body["data"]["status"], "claimed");
        assert_eq!(visitor.post(&path, json!({})).code(409), "conflict");
    }
}

#[test]
fn a_session_is_out_of_reach_of_other_agents() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let session = visitor.world.request_session(agents[1]).unwrap();
    visitor.as_agent();
    assert_eq!(claim(&mut visitor, session, OURS).status, 404);
    visitor.acting_as(agents[0]);
    assert_eq!(claim(&mut visitor, session, OURS).status, 404);
    let stranger = visitor.stranger();
    let foreign = visitor.world.request_session(stranger).unwrap();
    visitor.as_team();
    assert_eq!(claim(&mut visitor, foreign, OURS).status, 404);
}

#[test]
fn signals_travel_both_ways_in_order() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    claim(&mut visitor, session, OURS);
    let asked = say(&mut visitor, session, "Hello?");
    let answer = post(
        &mut visitor,
        session,
        "signals",
        json!({"type": "message", "payload": {"text": "Hi"}}),
    );
    assert_eq!(answer.status, 200);
    assert_eq!(
        (&answer.body["data"]["sender"], &answer.body["data"]["payload"]),
        (&json!("agent"), &json!({"text": "Hi"}))
    );
    assert_eq!(answer.body["session"]["status"], "active");
    let answered = answer.body["data"]["id"].as_u64().unwrap();
    let again = say(&mut visitor, session, "Thanks");

    let path = format!("/hosts/realtime/sessions/{session}/signals");
    assert_eq!(visitor.get(&path).ids(), [asked, answered, again]);
    assert_eq!(visitor.get(&format!("{path}?after_id={asked}")).ids(), [answered, again]);
    assert_eq!(visitor.get(&format!("{path}?after_id=0&limit=2")).ids(), [asked, answered]);
    let older = format!("/agents/realtime/sessions/{session}/signals?exclude_sender=browser");
    assert_eq!(visitor.get(&older).ids(), [answered]);
    assert_eq!(
        visitor.get(&format!("{path}?exclude_sender=browser")).ids(),
        [asked, answered, again]
    );
}

#[test]
fn a_signal_needs_a_session_that_is_open() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    let signal = json!({"type": "message"});
    assert_eq!(post(&mut visitor, session, "signals", signal.clone()).code(409), "conflict");
    claim(&mut visitor, session, OURS);
    assert_eq!(post(&mut visitor, session, "signals", signal.clone()).status, 200);
    post(&mut visitor, session, "close", json!({}));
    assert_eq!(post(&mut visitor, session, "signals", signal.clone()).code(409), "conflict");
    assert_eq!(visitor.world.browser_says(session, "message", Object::new()), None);
    assert_eq!(post(&mut visitor, SessionId(999), "signals", signal).status, 404);
}

#[test]
fn closing_tells_the_other_side() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    claim(&mut visitor, session, OURS);
    let closed =
        post(&mut visitor, session, "close", json!({"reason": "done", "payload": {"tip": 1}}));
    assert_eq!(
        (&closed.body["data"]["status"], &closed.body["data"]["meta"]["close_reason"]),
        (&json!("closed"), &json!("done"))
    );
    post(&mut visitor, session, "close", json!({}));
    let signals =
        visitor.get(&format!("/hosts/realtime/sessions/{session}/signals")).body["data"].clone();
    assert_eq!(signals.as_array().unwrap().len(), 1);
    assert_eq!(
        (&signals[0]["type"], &signals[0]["payload"]),
        (&json!("close"), &json!({"tip": 1, "reason": "done"}))
    );
    assert_eq!(claim(&mut visitor, session, OURS).code(409), "conflict");
}

#[test]
fn a_browser_ends_a_session() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    claim(&mut visitor, session, OURS);
    visitor.world.browser_says(session, "close", Object::new()).unwrap();
    assert_eq!(visitor.world.sessions[&session].status.as_str(), "closed");
}

#[test]
fn a_signature_belongs_to_the_channel_of_the_session() {
    let mut visitor = Visitor::new();
    let session = requested(&mut visitor);
    let channel = format!("private-agent-realtime.{}.{session}", visitor.agents()[0]);
    let body = json!({"socket_id": "1234.567890", "channel_name": channel});
    assert_eq!(post(&mut visitor, session, "socket-auth", body.clone()).code(409), "conflict");
    claim(&mut visitor, session, OURS);
    let signed = post(&mut visitor, session, "socket-auth", body.clone()).body["auth"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(signed, visitor.world.keys().sign("1234.567890", &channel));
    assert_eq!(post(&mut visitor, session, "socket-auth", body.clone()).body["auth"], signed);

    let mut other = body.clone();
    other["socket_id"] = json!("1234.567891");
    assert_ne!(post(&mut visitor, session, "socket-auth", other).body["auth"], signed);
    let mut other = body;
    other["channel_name"] = json!("private-agent-realtime.1.999");
    assert_eq!(post(&mut visitor, session, "socket-auth", other).code(403), "auth.forbidden");
}

#[test]
fn a_host_subscribes_to_its_own_channel_alone() {
    let mut visitor = Visitor::new();
    let body = |host: u64| json!({"socket_id": "1.2", "channel_name": format!("private-agent-realtime-host.{host}")});
    let path = "/hosts/realtime/socket-auth";
    assert_eq!(
        visitor.post(path, body(1)).body["auth"],
        visitor.world.keys().sign("1.2", "private-agent-realtime-host.1")
    );
    assert_eq!(visitor.post(path, body(2)).code(403), "auth.forbidden");
    assert_eq!(visitor.as_team().post(path, body(1)).status, 200);
    assert_eq!(visitor.as_team().post(path, body(2)).code(403), "auth.forbidden");
    assert_eq!(visitor.as_agent().post(path, body(1)).code(403), "auth.forbidden");
    let reply = visitor.post(path, json!({"socket_id": "one", "channel_name": "c"}));
    assert!(reply.problem("socket_id").contains("must match"));
}
