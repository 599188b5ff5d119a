//! Whatever happens on the way, each message is heard once, in order.

use std::time::Duration;

use agentmc_conformance::{Listening, Live, live_on_both};
use agentmc_core::realtime::{Event, Patience, Tuning};
use agentmc_sandbox::SocketFault;

use super::{Stage, heard, impatient, lost, numbers, texts};

fn say_all<S: Live>(stage: &Stage<S>, session: agentmc_core::types::SessionId, all: &[String]) {
    for text in all {
        stage.say(session, text);
    }
}

live_on_both! {
    fn what_is_said_while_the_websocket_is_away_is_heard_afterwards<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        say_all(&stage, session, &numbers(0..5));
        assert_eq!(texts(&mut subscription, 5), numbers(0..5));
        stage.fault(SocketFault::Drop);
        say_all(&stage, session, &numbers(5..300));
        assert_eq!(texts(&mut subscription, 295), numbers(5..300));
        let resumed = heard(&mut subscription, "resumed", |event| match event {
            Event::Resumed { missed } => Some(*missed),
            _ => None,
        });
        assert!(resumed > 0);
        stage.say(session, "300");
        assert_eq!(texts(&mut subscription, 1), ["300"]);
    }

    fn lost_doubled_and_reordered_pushes_are_made_good<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        for fault in [
            SocketFault::LosePushes(3),
            SocketFault::DuplicatePushes(7),
            SocketFault::ReorderPushes(5),
            SocketFault::Garbage("no JSON".to_owned()),
            SocketFault::Binary(vec![0, 159, 146, 150]),
            SocketFault::Garbage(r#"{"event": "agent.realtime.signal", "channel": 5}"#.to_owned()),
        ] {
            let shown = format!("{fault:?}");
            stage.fault(fault);
            say_all(&stage, session, &numbers(0..20));
            assert_eq!(texts(&mut subscription, 20), numbers(0..20), "{shown}");
        }
    }

    fn a_push_that_is_lost_and_that_none_follows_is_made_good_in_time<S>() {
        let mut patience = Patience::default();
        patience.recheck = Duration::from_millis(100);
        let stage = Stage::<S>::tuned(Tuning::new().patience(patience));
        let session = stage.request();
        let mut subscription = stage.join(session);
        for round in 0..3 {
            stage.fault(SocketFault::LosePushes(1));
            say_all(&stage, session, &numbers(round..round + 1));
            assert_eq!(texts(&mut subscription, 1), numbers(round..round + 1));
        }
        assert_eq!(stage.sandbox.sockets().len(), 1, "on the same websocket");
    }

    fn pushes_that_are_held_back_come_late_and_once<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.fault(SocketFault::HoldPushes);
        say_all(&stage, session, &numbers(0..10));
        stage.fault(SocketFault::ReleasePushes);
        say_all(&stage, session, &numbers(10..20));
        assert_eq!(texts(&mut subscription, 20), numbers(0..20));
    }

    fn a_frame_over_the_limit_costs_the_websocket_and_no_message<S>() {
        let stage = Stage::<S>::tuned(Tuning::new().max_message(20_000));
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.fault(SocketFault::TooLarge(20_001));
        lost(&mut subscription);
        say_all(&stage, session, &numbers(0..3));
        assert_eq!(texts(&mut subscription, 3), numbers(0..3));
    }

    fn bytes_that_are_no_frame_cost_the_websocket_and_no_message<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.fault(SocketFault::Raw(vec![0xFF; 64]));
        lost(&mut subscription);
        say_all(&stage, session, &numbers(0..3));
        assert_eq!(texts(&mut subscription, 3), numbers(0..3));
    }

    fn a_server_that_does_not_answer_pings_is_left_and_found_again<S>() {
        let stage = Stage::<S>::tuned(impatient());
        let session = stage.request();
        let mut subscription = stage.join(session);
        stage.fault(SocketFault::ForgetPongs(true));
        lost(&mut subscription);
        stage.fault(SocketFault::ForgetPongs(false));
        say_all(&stage, session, &numbers(0..3));
        assert_eq!(texts(&mut subscription, 3), numbers(0..3));
    }

    fn ten_thousand_signals_are_heard_in_order<S>() {
        const COUNT: usize = 10_000;
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        std::thread::scope(|scope| {
            scope.spawn(|| say_all(&stage, session, &numbers(0..COUNT)));
            assert_eq!(texts(&mut subscription, COUNT), numbers(0..COUNT));
        });
        assert!(subscription.last_id().is_some());
    }
}
