//! Choosing and claiming sessions.

use agentmc_core::realtime::End;
use agentmc_core::realtime::claim::{Claim, ClaimStep, Holder, holder, owner_token, sort};
use agentmc_core::types::{AgentRealtimeSession, Secret, Timestamp};
use serde_json::{Value, json};

use super::service::{Reply, TOKEN, api, ok, refusal, socket};

const NOW: &str = "2026-02-22T17:10:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn session(more: &Value) -> Value {
    let mut session = json!({"id": 42, "team_id": 1, "agent_id": 7, "status": "claimed"});
    session.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    session
}

fn read(more: &Value) -> AgentRealtimeSession {
    serde_json::from_value(session(more)).unwrap()
}

fn at(seconds: i64) -> String {
    Timestamp::from_second(now().as_second() - 1_000 + seconds).unwrap().to_string()
}

fn owned(more: Value) -> Value {
    let mut session = json!({"meta": {"claim_owner_token": "agent-claim:someone-else"}});
    session.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    session
}

#[test]
fn who_holds_a_session_follows_the_contract() {
    let token = Secret::from(TOKEN);
    let with_owner = |at: String, more: Value| {
        let mut session = owned(more);
        session["meta"]["claim_owner_updated_at"] = at.into();
        session
    };
    for (more, expected) in [
        (json!({}), Holder::Other),
        (json!({"status": "failed"}), Holder::Other),
        (json!({"meta": {"claim_owner_token": TOKEN}, "status": "closed"}), Holder::Us),
        (owned(json!({})), Holder::Other),
        (owned(json!({"status": "closed"})), Holder::Gone),
        (owned(json!({"status": "failed"})), Holder::Gone),
        (
            owned(json!({"last_browser_heartbeat_at": at(90), "last_agent_heartbeat_at": at(0)})),
            Holder::Gone,
        ),
        (
            owned(json!({"last_browser_heartbeat_at": at(89), "last_agent_heartbeat_at": at(0)})),
            Holder::Other,
        ),
        // The browser's own heartbeat counts before what else is known of it.
        (
            owned(json!({"last_browser_heartbeat_at": at(10), "updated_at": at(500),
                         "last_agent_heartbeat_at": at(0)})),
            Holder::Other,
        ),
        (owned(json!({"updated_at": at(90), "last_agent_heartbeat_at": at(0)})), Holder::Gone),
        (owned(json!({"created_at": at(90), "claimed_at": at(0)})), Holder::Gone),
        (owned(json!({"created_at": at(89), "claimed_at": at(0)})), Holder::Other),
        (with_owner(at(50), json!({"created_at": at(100), "claimed_at": at(0)})), Holder::Other),
        (with_owner(at(700), json!({})), Holder::Gone),
        (with_owner(at(701), json!({})), Holder::Other),
    ] {
        assert_eq!(holder(&read(&more), &token, now()), expected, "{more}");
    }
}

#[test]
fn sessions_a_user_asked_for_come_first_then_the_newest() {
    let mut sessions: Vec<_> = [(1, None), (2, Some(5)), (3, None), (4, Some(0)), (5, Some(9))]
        .map(|(id, user)| read(&json!({"id": id, "requested_by_user_id": user})))
        .into();
    sort(&mut sessions);
    assert_eq!(
        sessions.iter().map(|session| session.id.get()).collect::<Vec<_>>(),
        [5, 2, 4, 3, 1]
    );
}

/// Plays a claim against answers in order; what was called, and how it ended.
fn play(
    mut claim: Claim,
    answers: Vec<(&'static str, Reply)>,
) -> (Vec<String>, Result<u64, String>) {
    let mut called = Vec::new();
    let mut step = claim.start();
    let mut answers = answers.into_iter();
    loop {
        match step {
            ClaimStep::Done(Ok(session)) => {
                assert!(answers.next().is_none(), "more answers than calls");
                return (called, Ok(session.id.get()));
            }
            ClaimStep::Done(Err(end)) => return (called, Err(end.to_string())),
            ClaimStep::Call(call) => {
                let (operation, answer) = answers.next().unwrap();
                assert_eq!(call.endpoint().id, operation);
                let path = call.request().uri().path().replace("/api/v1/hosts/realtime/", "");
                let body = String::from_utf8_lossy(call.request().body());
                called.push(format!("{path} {body}"));
                step = claim.replied(now(), answer);
            }
        }
    }
}

const LIST: &str = "listAgentRealtimeRequestedSessions";
const CLAIM: &str = "claimAgentRealtimeSession";
const LOOK: &str = "listAgentRealtimeSignals";
const CLOSE: &str = "closeAgentRealtimeSession";

fn claimed(more: &Value) -> Reply {
    ok(&json!({"data": session(more)}))
}

/// A 409 that tells of the session.
fn held(more: &Value) -> Reply {
    refusal(
        CLAIM,
        409,
        &json!({"error": {"code": "x", "message": "held", "details": {"session": session(more)}}}),
    )
}

fn listed(ids: &[u64]) -> Reply {
    let sessions: Vec<_> = ids.iter().map(|id| session(&json!({"id": id}))).collect();
    ok(&json!({"data": sessions}))
}

#[test]
fn the_first_candidate_is_claimed_with_the_token() {
    let claim = Claim::best(api(), TOKEN.into());
    let (called, end) =
        play(claim, vec![(LIST, listed(&[3, 9])), (CLAIM, claimed(&json!({"id": 9})))]);
    assert_eq!(called[1], format!(r#"sessions/9/claim {{"owner_token":"{TOKEN}"}}"#));
    assert_eq!(end, Ok(9));
}

#[test]
fn older_revisions_claim_without_a_token() {
    let api = api().revision(agentmc_core::Revision::V0_3_64);
    let claim = Claim::session(api, TOKEN.into(), 42.into());
    let (called, _) = play(claim, vec![(CLAIM, claimed(&json!({})))]);
    assert!(called[0].ends_with(" {}"), "{called:?}");
}

#[test]
fn a_session_that_is_held_and_fresh_is_left_alone() {
    let claim = Claim::best(api(), TOKEN.into());
    let answers = vec![
        (LIST, listed(&[3, 9])),
        (CLAIM, held(&owned(json!({"id": 9})))),
        (CLAIM, claimed(&json!({"id": 3}))),
    ];
    assert_eq!(play(claim, answers).1, Ok(3));
}

#[test]
fn a_session_of_ours_that_is_over_is_over() {
    for status in ["closed", "failed", "expired"] {
        let ours = json!({"id": 9, "status": status, "meta": {"claim_owner_token": TOKEN}});
        let claim = Claim::session(api(), TOKEN.into(), 9.into());
        let (called, end) = play(claim, vec![(CLAIM, held(&ours))]);
        assert_eq!((called.len(), end), (1, Err(format!("the session is {status}"))));
        let claim = Claim::best(api(), TOKEN.into());
        let answers = vec![
            (LIST, listed(&[3, 9])),
            (CLAIM, held(&ours)),
            (CLAIM, claimed(&json!({"id": 3}))),
        ];
        assert_eq!(play(claim, answers).1, Ok(3));
    }
}

#[test]
fn a_stale_session_is_closed_as_failed_and_claimed_once_more() {
    for answer in
        [claimed(&json!({})), refusal(CLOSE, 404, &json!({})), refusal(CLOSE, 410, &json!({}))]
    {
        let claim = Claim::session(api(), TOKEN.into(), 42.into());
        let answers = vec![
            (CLAIM, held(&owned(json!({"status": "failed"})))),
            (CLOSE, answer),
            (CLAIM, claimed(&json!({}))),
        ];
        let (called, end) = play(claim, answers);
        assert_eq!(
            called[1],
            r#"sessions/42/close {"reason":"sdk_stale_claim_recovery","status":"failed"}"#
        );
        assert_eq!(end, Ok(42));
    }
}

#[test]
fn a_session_is_recovered_only_once() {
    let stale = owned(json!({"status": "failed"}));
    let claim = Claim::session(api(), TOKEN.into(), 42.into());
    let answers = vec![(CLAIM, held(&stale)), (CLOSE, claimed(&json!({}))), (CLAIM, held(&stale))];
    let end = play(claim, answers).1.unwrap_err();
    assert!(end.starts_with("another owner holds the session"), "{end}");
}

#[test]
fn a_conflict_that_tells_nothing_is_looked_into() {
    let ours = json!({"meta": {"claim_owner_token": TOKEN}, "socket": socket("c", "h")});
    for told in [
        json!({}),
        json!({"error": {"details": {"session": session(&json!({"meta": {"claim_owner_token": TOKEN}}))}}}),
    ] {
        let claim = Claim::session(api(), TOKEN.into(), 42.into());
        let answers = vec![
            (CLAIM, refusal(CLAIM, 409, &told)),
            (LOOK, ok(&json!({"data": [], "session": session(&ours)}))),
        ];
        assert_eq!(play(claim, answers).1, Ok(42));
    }
}

#[test]
fn recovery_is_for_conflicts_only() {
    for status in [401, 422, 500, 0] {
        let claim = Claim::session(api(), TOKEN.into(), 42.into());
        let (called, end) = play(claim, vec![(CLAIM, refusal(CLAIM, status, &json!({})))]);
        assert_eq!(called.len(), 1);
        assert!(end.unwrap_err().starts_with("refused"));
    }
}

#[test]
fn without_a_candidate_that_can_be_had_the_last_refusal_counts() {
    let end = play(Claim::best(api(), TOKEN.into()), vec![(LIST, listed(&[]))]).1;
    assert_eq!(end, Err(End::NoneRequested.to_string()));
    let answers = vec![
        (LIST, listed(&[1, 2])),
        (CLAIM, refusal(CLAIM, 404, &json!({}))),
        (CLAIM, held(&owned(json!({})))),
    ];
    let end = play(Claim::best(api(), TOKEN.into()), answers).1.unwrap_err();
    assert!(end.starts_with("another owner"), "{end}");
}

#[test]
fn the_default_token_is_what_the_api_takes() {
    let token = owner_token(std::array::from_fn(|at| at as u8));
    assert_eq!(token.expose().len(), "agent-claim:".len() + 48);
    assert!(matches!(Claim::session(api(), token, 1.into()).start(), ClaimStep::Call(_)));
}
