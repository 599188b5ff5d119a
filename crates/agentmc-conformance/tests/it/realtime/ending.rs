//! How subscriptions end.

use std::time::Duration;

use agentmc_conformance::{Listening, live_on_both};
use agentmc_core::Error;
use agentmc_core::realtime::{End, Event, Outgoing, Patience, SessionOptions, Start, Tuning};
use agentmc_core::types::{RealtimeSessionStatus, SignalSender};
use agentmc_sandbox::{BrowserMessage, Fault, Rule, Sandbox, SocketFault};
use http::StatusCode;

use super::{Stage, end, lost, numbers, texts};

live_on_both! {
    fn a_browser_closes_the_session_after_all_that_was_said<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.say(session, "bye");
        stage.sandbox.browser_closes(session, "window closed").unwrap();
        assert_eq!(texts(&mut subscription, 1), ["bye"]);
        let end = end(&mut subscription);
        let End::Closed { sender, reason } = end else { panic!("{end:?}") };
        assert_eq!((sender, reason.as_deref()), (SignalSender::Browser, Some("window closed")));
        assert!(subscription.is_over());
        stage.until("the websocket is closed", |sandbox| sandbox.sockets().is_empty());
    }

    fn a_session_that_expired_ends_when_that_is_learnt<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.say(session, "last words");
        assert_eq!(texts(&mut subscription, 1), ["last words"]);
        let years = Duration::from_secs(11 * 365 * 24 * 60 * 60);
        stage.sandbox.advance(years);
        stage.fault(SocketFault::Close(4200, String::new()));
        // Which of its calls is told so first is the service's choice.
        let end = end(&mut subscription);
        let expired = matches!(&end, End::Over(status) if *status == RealtimeSessionStatus::Expired);
        assert!(expired || matches!(end, End::Taken(_)), "{end:?}");
    }

    fn a_session_ends_when_its_time_is_over<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        stage.sandbox.world(|world| {
            let soon = world.now().checked_add(Duration::from_secs(3)).unwrap();
            world.sessions.get_mut(&session).unwrap().expires_at = Some(soon);
        });
        let mut subscription = stage.join(session);
        let end = end(&mut subscription);
        let expired = matches!(&end, End::Over(status) if *status == RealtimeSessionStatus::Expired);
        assert!(expired || matches!(end, End::Expired), "{end:?}");
    }

    fn a_final_close_code_ends_every_subscription_with_code_and_text<S>() {
        let stage = Stage::<S>::new();
        let mut all: Vec<_> = (0..3).map(|_| stage.join(stage.request())).collect();
        stage.fault(SocketFault::Close(4004, "over quota".to_owned()));
        for subscription in &mut all {
            let end = end(subscription);
            let End::Rejected(loss) = end else { panic!("{end:?}") };
            assert_eq!((loss.code, loss.text.as_str()), (Some(4004), "over quota"));
        }
        assert!(stage.sandbox.sockets().is_empty());
    }

    fn a_passing_close_code_is_followed_by_another_websocket<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        for (round, code) in [4200, 4100, 1012].into_iter().enumerate() {
            stage.fault(SocketFault::Close(code, "restart".to_owned()));
            lost(&mut subscription);
            stage.say(session, &round.to_string());
            assert_eq!(texts(&mut subscription, 1), numbers(round..round + 1));
        }
    }

    fn a_session_is_closed_even_if_the_subscription_has_ended<S>() {
        let stage = Stage::<S>::new();
        for takes_end in [true, false] {
            let session = stage.request();
            let mut subscription = stage.join(session);
            stage.fault(SocketFault::Close(4004, "over quota".to_owned()));
            match takes_end {
                true => assert!(matches!(end(&mut subscription), End::Rejected(_))),
                false => stage.until("it is closed", |sandbox| sandbox.sockets().is_empty()),
            }
            subscription.close(Some("done")).unwrap();
            let status = stage.sandbox.world(|world| world.sessions[&session].status.clone());
            assert_eq!(status, RealtimeSessionStatus::Closed);
        }
    }

    fn an_end_that_was_not_taken_does_not_keep_the_session_open<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let refuses = Fault::Status(StatusCode::FORBIDDEN);
        stage.sandbox.fault(Rule::new(refuses).next(1).operation("listAgentRealtimeSignals"));
        let options = stage.options(session).start(Start::Beginning);
        let subscription = S::session(&stage.realtime, options);
        stage.until("it has listed", |sandbox| {
            sandbox.seen().iter().any(|seen| seen.operation == Some("listAgentRealtimeSignals"))
        });
        stage.until("the websocket is closed", |sandbox| sandbox.sockets().is_empty());
        subscription.close(Some("done")).unwrap();
        let status = stage.sandbox.world(|world| world.sessions[&session].status.clone());
        assert_eq!(status, RealtimeSessionStatus::Closed);
    }

    fn a_session_is_closed_though_it_is_still_being_claimed<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let slow = Fault::DelayHead(Duration::from_millis(300));
        stage.sandbox.fault(Rule::new(slow).next(1).operation("claimAgentRealtimeSession"));
        S::session(&stage.realtime, stage.options(session)).close(None).unwrap();
        let status = stage.sandbox.world(|world| world.sessions[&session].status.clone());
        assert_eq!(status, RealtimeSessionStatus::Closed);
    }

    fn a_session_that_is_over_is_not_closed_again<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.sandbox.browser_closes(session, "window closed").unwrap();
        end(&mut subscription);
        let refuses = Fault::Status(StatusCode::FORBIDDEN);
        stage.sandbox.fault(Rule::new(refuses).operation("closeAgentRealtimeSession"));
        subscription.close(Some("done")).unwrap();

        let other = stage.request();
        let refused = stage.join(other).close(None).unwrap_err();
        assert_eq!(refused.status(), Some(StatusCode::FORBIDDEN));
        let status = stage.sandbox.world(|world| world.sessions[&other].status.clone());
        assert_eq!(status, RealtimeSessionStatus::Claimed);
    }

    fn a_subscription_the_server_refuses_for_good_ends_and_gives_the_session_back<S>() {
        let stage = Stage::<S>::new();
        for status in [401, 403, 404, 422] {
            let session = stage.request();
            stage.fault(SocketFault::RefuseSubscriptions(1, status));
            let mut subscription = S::session(&stage.realtime, stage.options(session));
            let end = end(&mut subscription);
            let End::Rejected(loss) = &end else { panic!("{end:?}") };
            assert_eq!(loss.code, Some(status));
            assert!(loss.text.contains("refused"), "{loss}");
            let status = stage.sandbox.world(|world| world.sessions[&session].status.clone());
            assert_eq!(status, RealtimeSessionStatus::Failed, "it was given back before");
        }
    }

    fn a_subscription_the_server_has_no_time_for_is_tried_again<S>() {
        let stage = Stage::<S>::new();
        for status in [429, 500] {
            stage.fault(SocketFault::RefuseSubscriptions(2, status));
            let session = stage.request();
            let mut subscription = stage.join(session);
            stage.say(session, "Hello");
            assert_eq!(texts(&mut subscription, 1), ["Hello"]);
        }
    }

    fn a_refused_signature_ends_the_subscription_with_the_error<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let rule = Rule::new(Fault::Status(StatusCode::FORBIDDEN)).next(1);
        stage.sandbox.fault(rule.operation("authenticateAgentRealtimeSocket"));
        let mut subscription = S::session(&stage.realtime, stage.options(session));
        let end = end(&mut subscription);
        let End::Refused(Error::Api(error)) = &end else { panic!("{end:?}") };
        assert_eq!(error.status, StatusCode::FORBIDDEN);
        let status = stage.sandbox.world(|world| world.sessions[&session].status.clone());
        assert_eq!(status, RealtimeSessionStatus::Failed, "it was given back before");
    }

    fn a_passing_failure_of_the_signature_is_tried_again<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        for fault in [Fault::Status(StatusCode::SERVICE_UNAVAILABLE), Fault::CloseInHead] {
            let rule = Rule::new(fault).next(1);
            stage.sandbox.fault(rule.operation("authenticateAgentRealtimeSocket"));
        }
        stage.join(session);
    }

    fn a_subscription_that_is_never_ready_ends_in_time<S>() {
        let mut patience = Patience::default();
        patience.ready = Duration::from_millis(300);
        let stage = Stage::<S>::tuned(Tuning::new().patience(patience));
        let session = stage.request();
        let rule = Rule::new(Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
        stage.sandbox.fault(rule.operation("authenticateAgentRealtimeSocket"));
        let mut subscription = S::session(&stage.realtime, stage.options(session));
        let end = end(&mut subscription);
        assert!(matches!(end, End::Timeout), "{end:?}");
        assert!(subscription.publish(&Outgoing::chat_done("r", "x")).is_err());
    }

    fn a_session_that_is_not_there_is_gone<S>() {
        let stage = Stage::<S>::new();
        let mut subscription = S::session(&stage.realtime, stage.options(999_999.into()));
        let end = end(&mut subscription);
        assert!(matches!(end, End::Gone(_)), "{end:?}");
    }

    fn an_api_that_is_away_for_a_moment_is_waited_for<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        for _ in 0..2 {
            let rule = Rule::new(Fault::Status(StatusCode::BAD_GATEWAY)).next(1);
            stage.sandbox.fault(rule.operation("listAgentRealtimeSignals"));
        }
        stage.fault(SocketFault::Close(4200, String::new()));
        stage.say(session, "kept");
        assert_eq!(texts(&mut subscription, 1), ["kept"]);
    }
}

/// What a runtime took along with it must not act on what another has begun since.
#[test]
fn a_subscription_of_a_runtime_that_is_gone_leaves_others_alone() {
    let sandbox = Sandbox::start().unwrap();
    let agent = sandbox.world(|world| *world.agents.keys().next().unwrap());
    let new = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = agentmc_async::Client::new(sandbox.api()).unwrap();
    let realtime = client.realtime();
    let join = |runtime: &tokio::runtime::Runtime| {
        let session = sandbox.request_session(agent).unwrap();
        let options = SessionOptions::session(session, realtime.owner_token()).agent(agent);
        runtime.block_on(async {
            let mut subscription = realtime.subscribe_session(options);
            while !matches!(subscription.next().await.unwrap(), Event::Ready(_)) {}
            subscription
        })
    };
    let first = new();
    let old = join(&first);
    drop(first);
    let second = new();
    let mut young = join(&second);
    drop(old);
    let session = young.session().unwrap();
    sandbox.browser_sends(session, &BrowserMessage::chat("req-1", "Still there?")).unwrap();
    second.block_on(async {
        loop {
            match young.next().await.unwrap() {
                Event::Message(_) => break,
                Event::Ended(end) => panic!("{end}"),
                _ => {}
            }
        }
    });
}
