//! One websocket for all, and none for nobody.

use std::any::type_name;
use std::process::Command;

use agentmc_conformance::{Async, Blocking, Live, live_on_both};
use agentmc_core::realtime::{Gaps, Start};
use agentmc_sandbox::SocketFault;

use super::{Stage, numbers, ready, texts, until};

/// Set in the other process.
const CHILD: &str = "AGENTMC_TEST_REALTIME";

live_on_both! {
    fn two_hundred_sessions_share_one_websocket<S>() {
        let stage = Stage::<S>::new();
        let sessions: Vec<_> = (0..200).map(|_| stage.request()).collect();
        let subscribe = |session| S::session(&stage.realtime, stage.options(session).gaps(Gaps::Trust));
        let mut all: Vec<_> = sessions.iter().map(|session| subscribe(*session)).collect();
        all.iter_mut().for_each(|subscription| ready(subscription));
        let sockets = stage.sandbox.sockets();
        assert_eq!((sockets.len(), sockets[0].channels.len()), (1, 200));
        for session in &sessions {
            stage.say(*session, &session.to_string());
        }
        for (session, subscription) in sessions.iter().zip(&mut all) {
            // From "now" on, which may have been before or after this was said.
            assert_eq!(texts(subscription, 1), [session.to_string()]);
        }
    }

    fn thousands_of_signals_in_two_hundred_sessions_are_heard_in_order_though_pushes_are_lost<S>() {
        let stage = Stage::<S>::new();
        let sessions: Vec<_> = (0..200).map(|_| stage.request()).collect();
        let mut all: Vec<_> = sessions
            .iter()
            .map(|session| S::session(&stage.realtime, stage.options(*session).start(Start::Beginning)))
            .collect();
        all.iter_mut().for_each(|subscription| ready(subscription));
        for round in 0..20 {
            match round {
                5 => stage.fault(SocketFault::LosePushes(150)),
                10 => stage.fault(SocketFault::ReorderPushes(50)),
                15 => stage.fault(SocketFault::DuplicatePushes(300)),
                _ => {}
            }
            for session in &sessions {
                stage.say(*session, &round.to_string());
            }
        }
        for subscription in &mut all {
            assert_eq!(texts(subscription, 20), numbers(0..20));
        }
        assert_eq!(stage.sandbox.sockets().len(), 1);
    }

    fn a_dropped_subscription_leaves_its_channel_and_the_last_one_the_websocket<S>() {
        let stage = Stage::<S>::new();
        let one = stage.join(stage.request());
        let other = stage.join(stage.request());
        let channels = |count| move |sandbox: &agentmc_sandbox::Sandbox| {
            sandbox.sockets().first().map(|socket| socket.channels.len()) == Some(count)
        };
        stage.until("both are there", channels(2));
        drop(one);
        stage.until("one is there", channels(1));
        drop(other);
        stage.until("the websocket is closed", |sandbox| sandbox.sockets().is_empty());
        let again = stage.join(stage.request());
        stage.until("one is there", channels(1));
        drop(again);
    }

    fn a_dropped_subscription_leaves_the_session_as_it_is<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        drop(stage.join(session));
        stage.until("the websocket is closed", |sandbox| sandbox.sockets().is_empty());
        let status = stage.sandbox.world(|world| world.sessions[&session].status.to_string());
        assert_eq!(status, "claimed");
        assert_eq!(stage.sandbox.seen().iter().filter(|seen| seen.operation == Some("closeAgentRealtimeSession")).count(), 0);
    }

    fn the_websocket_says_where_the_api_is_and_what_it_speaks<S>() {
        let stage = Stage::<S>::new();
        let _subscription = stage.join(stage.request());
        let socket = stage.sandbox.sockets().remove(0);
        assert_eq!(socket.origin.as_deref(), Some(stage.sandbox.url().trim_end_matches("/api/v1")));
        let key = stage.sandbox.keys().socket_key.clone();
        let expected = format!("/app/{key}?protocol=7&client=agentmc-rust&version=");
        assert!(socket.target.starts_with(&expected), "{}", socket.target);
        assert!(socket.target.ends_with("&flash=false"), "{}", socket.target);
    }
}

/// Threads are counted by name, so other tests must not run in the process.
#[test]
fn everything_ends_with_the_last_handle() {
    if std::env::var_os(CHILD).is_some() {
        all_ends::<Blocking>();
        all_ends::<Async>();
        return;
    }
    let this = "realtime::sharing::everything_ends_with_the_last_handle";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", this, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
}

fn all_ends<S: Live>() {
    let stage = Stage::<S>::new();
    let busy = stage.client.busy();
    assert_eq!(busy(), 0);
    let session = stage.request();
    let mut subscription = stage.join(session);
    stage.say(session, "Hello");
    assert_eq!(texts(&mut subscription, 1), ["Hello"]);
    let clone = stage.realtime.clone();
    let Stage { sandbox, client, realtime, .. } = stage;
    drop(realtime);
    drop(subscription);
    until("the websocket is closed", || sandbox.sockets().is_empty());
    assert!(busy() > 0, "a handle is left");
    drop(clone);
    // The async client's own connections end with it.
    drop((client, sandbox));
    until(&format!("nothing is left of {}", type_name::<S>()), || busy() == 0);
}
