//! Messages to the browser: each stored once, whatever happens to calls and callers.

use std::collections::BTreeSet;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use agentmc_async::realtime::{Publisher, SessionOptions as Options};
use agentmc_conformance::{Listening, Publishing, live_on_both};
use agentmc_core::realtime::chunk::SplitLimits;
use agentmc_core::realtime::{Event, Outgoing, Tuning};
use agentmc_core::types::{SessionId, SignalId};
use agentmc_core::{ErrorKind, RetryPolicy};
use agentmc_sandbox::{Fault, Rule, Sandbox, SocketFault};
use http::StatusCode;
use tokio::time::timeout;

use super::{Stage, heard, ready};

const CREATE: &str = "createAgentRealtimeSignal";

/// How often the session was told so.
fn stored(sandbox: &Sandbox, session: SessionId) -> usize {
    sandbox.messages(session, SignalId(0)).len()
}

fn yes() -> Outgoing {
    Outgoing::chat_done("req-1", "Yes.")
}

live_on_both! {
    fn messages_wait_for_the_session_to_be_claimed_and_listened_to<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let slow = Fault::DelayHead(Duration::from_millis(300));
        stage.sandbox.fault(Rule::new(slow).next(1).operation("claimAgentRealtimeSession"));
        let subscription = S::session(&stage.realtime, stage.options(session));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| subscription.publish(&yes()).unwrap());
            }
        });
        assert_eq!(stored(&stage.sandbox, session), 3);
    }

    fn equal_messages_of_many_are_stored_once_each_though_answers_are_lost<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let subscription = stage.join(session);
        let publisher = S::publisher(&stage.realtime, session);
        for (fault, chance) in [(Fault::CloseInHead, 0.2), (Fault::Status(StatusCode::BAD_GATEWAY), 0.2)] {
            stage.sandbox.fault(Rule::new(fault).chance(chance).next(20).operation(CREATE));
        }
        let told = thread::scope(|scope| {
            let several = |_| {
                let (publisher, subscription) = (publisher.clone(), &subscription);
                scope.spawn(move || {
                    (0..10).flat_map(|round| match round % 2 {
                        0 => publisher.publish(&yes()).unwrap(),
                        _ => subscription.publish(&yes()).unwrap(),
                    }).collect::<Vec<_>>()
                })
            };
            let threads: Vec<_> = (0..4).map(several).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(stored(&stage.sandbox, session), 40);
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), 40, "each has an id of its own");
    }

    fn an_equal_message_of_an_earlier_life_is_not_taken_for_this_one<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let subscription = stage.join(session);
        let before = subscription.publish(&yes()).unwrap();
        let client = S::new(stage.sandbox.api().acting_as(stage.agent));
        for publisher in [
            S::publisher(&client.realtime(Tuning::new()), session),
            S::publisher(&client.realtime(Tuning::new()), session),
        ] {
            // Not carried out, though the answer does not say so.
            let failure = Fault::Status(StatusCode::BAD_GATEWAY);
            stage.sandbox.fault(Rule::new(failure).next(1).operation(CREATE));
            let ids = publisher.publish(&yes()).unwrap();
            assert!(ids > before, "{ids:?} is not {before:?}");
        }
        assert_eq!(stored(&stage.sandbox, session), 3);
    }

fn a_message_is_stored_once_however_its_reply_is_lost<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let client = stage.client.with(|api| api.retry(RetryPolicy::NEVER));
        let realtime = client.realtime(Tuning::new());
        let mut subscription = S::session(&realtime, stage.options(session));
        ready(&mut subscription);
        let operation = "createAgentRealtimeSignal";
        stage.sandbox.fault(Rule::new(Fault::CloseInHead).next(1).operation(operation));
        let long = "x".repeat(30_000);
        let ids = subscription.publish(&Outgoing::chat_done("req-1", &long)).unwrap();
        let said = stage.sandbox.messages(session, 0.into());
        assert_eq!((said.len(), said[0].signals), (1, ids.len()));
        let stored = stage.sandbox.world(|world| {
            world.signals.values().filter(|signal| signal.session_id == session).count()
        });
        assert_eq!(stored, ids.len(), "no piece twice");
        let told = heard(&mut subscription, "its own signal", |event| match event {
            Event::Signal(signal) => Some(signal.id),
            _ => None,
        });
        assert_eq!(told, ids[0]);
    }

    fn what_one_handle_has_published_another_does_not_take_for_its_own<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let subscription = stage.join(session);
        let other = stage.client.with(|api| api.acting_as(stage.agent)).realtime(Tuning::new());
        for round in 1..=3 {
            // Not pushed yet when the next is published, and the answer to that is lost.
            stage.sandbox.socket_fault(SocketFault::HoldPushes);
            S::publisher(&other, session).publish(&yes()).unwrap();
            let failure = Fault::Status(StatusCode::BAD_GATEWAY);
            stage.sandbox.fault(Rule::new(failure).next(1).operation(CREATE));
            subscription.publish(&yes()).unwrap();
            assert_eq!(stored(&stage.sandbox, session), 2 * round);
        }
    }

    fn how_large_signals_are_and_how_often_they_are_tried_can_be_chosen<S>() {
        let tuning = Tuning::new().split(SplitLimits::new(1_024, 1_024)).attempts(2);
        let stage = Stage::<S>::tuned(tuning);
        let session = stage.request();
        let subscription = stage.join(session);
        let ids = subscription.publish(&Outgoing::chat_done("req-1", &"x".repeat(5_000))).unwrap();
        assert!(ids.len() >= 8, "{ids:?}");
        assert_eq!(stored(&stage.sandbox, session), 1);
        let seen = stage.sandbox.seen_count();
        stage.sandbox.fault(Rule::new(Fault::Status(StatusCode::TOO_MANY_REQUESTS)).operation(CREATE));
        let error = subscription.publish(&yes()).unwrap_err();
        assert_eq!(error.error.kind(), ErrorKind::RateLimited, "{error:?}");
        assert_eq!((error.stored.len(), error.pieces), (0, 1));
        let tried = stage.sandbox.seen();
        let tried = tried[seen..].iter().filter(|seen| seen.operation == Some(CREATE)).count();
        assert_eq!(tried, 2);
    }
}

/// A future that is dropped while its answer is on its way leaves the next message to find out.
#[test]
fn a_dropped_publish_is_not_taken_for_the_next_nor_the_next_for_it() {
    let sandbox = Sandbox::start().unwrap();
    let agent = sandbox.world(|world| *world.agents.keys().next().unwrap());
    let session = sandbox.request_session(agent).unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(async {
        let api = sandbox.api().retry(RetryPolicy::NEVER);
        let realtime = agentmc_async::Client::new(api).unwrap().realtime();
        let mut subscription = realtime
            .subscribe_session(Options::session(session, realtime.owner_token()).agent(agent));
        while subscription.session().is_none() {
            subscription.next().await.unwrap();
        }
        let publisher: Publisher = subscription.publisher();
        for round in 1..=5 {
            // Carried out, but the answer never comes.
            let hour = Duration::from_secs(3_600);
            sandbox.fault(Rule::new(Fault::DelayHead(hour)).next(1).operation(CREATE));
            let seen = sandbox.seen_count();
            let dropped = tokio::spawn({
                let publisher = publisher.clone();
                async move { publisher.publish(&yes()).await }
            });
            while sandbox.seen()[seen..].iter().all(|it| it.operation != Some(CREATE)) {
                tokio::task::yield_now().await;
            }
            dropped.abort();
            let _ = dropped.await;
            let before = stored(&sandbox, session);
            let failure = Fault::Status(StatusCode::BAD_GATEWAY);
            sandbox.fault(Rule::new(failure).next(1).operation(CREATE));
            let ids = publisher.publish(&yes()).await.unwrap();
            assert_eq!((ids.len(), stored(&sandbox, session)), (1, before + 1), "round {round}");
        }
    });
}

/// Whom a runtime took along does not keep others waiting.
#[test]
fn a_message_does_not_wait_for_a_session_whose_runtime_is_gone() {
    let sandbox = Sandbox::start().unwrap();
    let new = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (new(), new());
    let realtime = agentmc_async::Client::new(sandbox.api()).unwrap().realtime();
    let options = Options::best(realtime.owner_token());
    // Nothing drives it, so that it is never claimed.
    let subscription = first.block_on(async { realtime.subscribe_session(options) });
    second.block_on(async {
        let (message, patience) = (yes(), Duration::from_secs(30));
        let mut waiting = pin!(subscription.publish(&message));
        timeout(Duration::ZERO, &mut waiting).await.unwrap_err();
        first.shutdown_background();
        timeout(patience, waiting).await.expect("it is told").unwrap_err();
    });
}
