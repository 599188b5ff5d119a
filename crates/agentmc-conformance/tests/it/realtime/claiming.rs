//! Sessions that somebody else holds, or held.

use std::time::Duration;

use agentmc_conformance::{Listening, Live, live_on_both};
use agentmc_core::ops::hosts::ClaimAgentRealtimeSession;
use agentmc_core::realtime::{End, SessionOptions};
use agentmc_core::types::{RealtimeSessionStatus, SessionId};

use super::{Stage, end, ready, texts};

const CLOSE: &str = "closeAgentRealtimeSession";

/// Claims a session as another process would.
fn claimed_by_another<S: Live>(stage: &Stage<S>) -> SessionId {
    let session = stage.request();
    let claim = ClaimAgentRealtimeSession::new(session).owner_token("agent-claim:another-process");
    S::new(stage.sandbox.api().acting_as(stage.agent)).send(&claim).unwrap();
    session
}

/// The browser is still there, and of the agent nothing was heard for so long.
fn silent_for<S: Live>(stage: &Stage<S>, session: SessionId, seconds: u64) {
    stage.sandbox.world(|world| {
        let now = world.now();
        let session = world.sessions.get_mut(&session).unwrap();
        session.last_agent_heartbeat_at = Some(now);
        let later = now.checked_add(Duration::from_secs(seconds)).unwrap();
        session.last_browser_heartbeat_at = Some(later);
    });
}

fn closes<S: Live>(stage: &Stage<S>) -> usize {
    stage.sandbox.seen().iter().filter(|seen| seen.operation == Some(CLOSE)).count()
}

live_on_both! {
    fn a_session_whose_owner_is_gone_is_taken_over<S>() {
        let stage = Stage::<S>::new();
        let session = claimed_by_another(&stage);
        silent_for(&stage, session, 90);
        let mut subscription = stage.join(session);
        assert_eq!(closes(&stage), 1, "closed as failed, and claimed once more");
        stage.say(session, "Still there?");
        assert_eq!(texts(&mut subscription, 1), ["Still there?"]);
    }

    fn a_session_whose_owner_is_there_is_left_to_it<S>() {
        let stage = Stage::<S>::new();
        let session = claimed_by_another(&stage);
        silent_for(&stage, session, 89);
        let mut subscription = S::session(&stage.realtime, stage.options(session));
        let end = end(&mut subscription);
        assert!(matches!(end, End::Taken(_)), "{end:?}");
        assert_eq!(closes(&stage), 0);
    }

    fn a_session_of_this_process_that_was_closed_is_over_and_stays_closed<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        stage.join(session).close(Some("done")).unwrap();
        let mut subscription = S::session(&stage.realtime, stage.options(session));
        let end = end(&mut subscription);
        assert!(matches!(&end, End::Over(RealtimeSessionStatus::Closed)), "{end:?}");
        let status = stage.sandbox.world(|world| world.sessions[&session].status.clone());
        assert_eq!(status, RealtimeSessionStatus::Closed);
    }

    fn the_next_best_session_is_claimed_when_the_best_was_taken_meanwhile<S>() {
        let stage = Stage::<S>::new();
        let free = stage.request();
        let taken = stage.request();
        // Listed as requested, and claimed by another process before this one comes to it.
        stage.sandbox.world(|world| {
            let mut meta = serde_json::Map::new();
            meta.insert("claim_owner_token".into(), "agent-claim:another-process".into());
            let session = world.sessions.get_mut(&taken).unwrap();
            session.meta = Some(meta.into());
        });
        let refuses = agentmc_sandbox::Fault::Status(http::StatusCode::CONFLICT);
        let rule = agentmc_sandbox::Rule::new(refuses).next(1);
        stage.sandbox.fault(rule.operation("claimAgentRealtimeSession"));
        let token = S::owner_token(&stage.realtime);
        let mut subscription = S::session(&stage.realtime, SessionOptions::best(token));
        ready(&mut subscription);
        assert_eq!(subscription.session(), Some(free));
    }
}
