//! Subscribers that are slow, or go away and come back.

use std::time::Duration;

use agentmc_async::realtime::Subscription;
use agentmc_conformance::{Async, Listening, Live, live_on_both};
use agentmc_core::realtime::{Event, MailboxLimits, Start, Tuning};
use agentmc_sandbox::{BrowserMessage, SocketFault};

use super::{Stage, heard, numbers, text, texts};

fn small() -> Tuning {
    Tuning::new().mailbox(MailboxLimits::new().events(8))
}

live_on_both! {
    fn a_slow_subscriber_loses_nothing_and_keeps_nobody_waiting<S>() {
        let stage = Stage::<S>::tuned(small());
        let (slow_session, quick_session) = (stage.request(), stage.request());
        let mut slow = stage.join(slow_session);
        let mut quick = stage.join(quick_session);
        assert_eq!(stage.sandbox.sockets().len(), 1, "they share a websocket");
        for number in numbers(0..500) {
            stage.say(slow_session, &number);
        }
        for number in numbers(0..100) {
            stage.say(quick_session, &number);
            assert_eq!(texts(&mut quick, 1), [number]);
        }
        let (mut said, mut paused_after) = (Vec::new(), None);
        heard(&mut slow, "resumed", |event| {
            said.extend(text(event));
            if matches!(event, Event::Paused) {
                paused_after.get_or_insert(said.len());
            }
            matches!(event, Event::Resumed { .. }).then_some(())
        });
        assert!(paused_after.is_some_and(|count| count < 20), "{paused_after:?}: it is an event");
        said.extend(texts(&mut slow, 500 - said.len()));
        assert_eq!(said, numbers(0..500));
        stage.say(slow_session, "live");
        assert_eq!(texts(&mut slow, 1), ["live"]);
    }

    fn a_slow_subscriber_misses_nothing_of_a_websocket_that_was_lost_meanwhile<S>() {
        let stage = Stage::<S>::tuned(small());
        let session = stage.request();
        let mut subscription = stage.join(session);
        for number in numbers(0..50) {
            stage.say(session, &number);
        }
        stage.fault(SocketFault::Close(4200, String::new()));
        stage.until("it is back", |sandbox| sandbox.sockets().iter().any(|it| !it.channels.is_empty()));
        for number in numbers(50..100) {
            stage.say(session, &number);
        }
        assert_eq!(texts(&mut subscription, 100), numbers(0..100));
    }

    fn who_comes_back_with_the_last_id_hears_the_rest<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        for number in numbers(0..60) {
            stage.say(session, &number);
        }
        let (mut said, mut start) = (Vec::new(), Start::Beginning);
        for count in [0, 1, 7, 2, 50] {
            let mut subscription = stage.join_from(session, start);
            said.extend(texts(&mut subscription, count));
            start = subscription.last_id().map_or(start, Start::After);
        }
        assert_eq!(said, numbers(0..60));
    }

    fn who_leaves_in_the_middle_of_a_message_hears_it_whole_afterwards<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let long = "x".repeat(40_000);
        let message = BrowserMessage::chat("req-1", &long);
        let mut first = stage.join(session);
        stage.say(session, "before");
        assert_eq!(texts(&mut first, 1), ["before"]);
        let before = first.last_id().unwrap();
        stage.sandbox.browser_sends(session, &message).unwrap();
        stage.say(session, "after");
        drop(first);
        let mut second = stage.join_from(session, Start::After(before));
        assert_eq!(texts(&mut second, 2), [long.as_str(), "after"]);
    }
}

/// What comes within a moment, however often that moment is cut short.
async fn drip(subscription: &mut Subscription, dropped: &mut usize) -> Event {
    loop {
        match tokio::time::timeout(Duration::ZERO, subscription.next()).await {
            Ok(event) => return event.unwrap(),
            Err(_) => *dropped += 1,
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_dropped_future_loses_no_event() {
    let stage = Stage::<Async>::tuned(small());
    let session = stage.request();
    let mut subscription = stage.join(session);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (mut said, mut dropped) = (Vec::new(), 0);
    std::thread::scope(|scope| {
        scope.spawn(|| numbers(0..300).iter().for_each(|number| _ = stage.say(session, number)));
        while said.len() < 300 {
            let next = drip(subscription.get_mut(), &mut dropped);
            said.extend(text(&runtime.block_on(next)));
        }
    });
    assert_eq!(said, numbers(0..300));
    assert!(dropped > 0);
}

#[test]
fn subscriptions_and_their_futures_go_to_other_threads() {
    fn is_send<T: Send>(_: &T) {}

    let stage = Stage::<Async>::new();
    let mut subscription = Async::session(&stage.realtime, stage.options(1.into()));
    let subscription = subscription.get_mut();
    is_send(subscription);
    is_send(&subscription.publisher());
    is_send(&subscription.publish(&agentmc_core::realtime::Outgoing::chat_done("r", "x")));
    is_send(&subscription.next());
}
