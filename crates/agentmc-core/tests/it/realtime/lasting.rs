//! Subscriptions that last: what is never pushed, and whether the session is still there.

use std::time::Duration;

use agentmc_core::realtime::chunk::{SplitLimits, split};
use agentmc_core::realtime::{
    Config, Event, Gaps, Input, Outgoing, Output, Patience, Realtime, SessionOptions, Start,
};
use serde_json::json;

use super::service::{START, Service, TOKEN, api, chat};

const AUTH: &str = "authenticateAgentRealtimeSocket";
const CLOSE: &str = "closeAgentRealtimeSession";
const LIST: &str = "listAgentRealtimeSignals";

fn options() -> SessionOptions {
    SessionOptions::session(42, TOKEN)
}

#[test]
fn a_signal_that_is_never_pushed_and_that_none_follows_is_listed_in_time() {
    let (mut service, _) = Service::with_session(options());
    for round in 1..=3 {
        service.store(42, "browser", "message", &chat("unheard"));
        assert_eq!(service.chats().len(), round - 1);
        service.seconds(90);
        assert_eq!(service.chats().len(), round);
    }
    let count = service.count(LIST);
    assert!((4..=6).contains(&count), "{count}: once a minute, or a little later");
}

#[test]
fn who_trusts_gaps_does_not_list_for_nothing() {
    let (mut service, _) = Service::with_session(options().gaps(Gaps::Trust));
    let before = service.count(LIST);
    service.seconds(3_600);
    assert_eq!(service.count(LIST), before);
}

#[test]
fn looking_for_what_was_not_pushed_goes_on_after_a_loss_and_ends_with_the_subscription() {
    let (mut service, subscription) = Service::with_session(options());
    service.drop_socket(None, "");
    service.seconds(100);
    service.store(42, "browser", "message", &chat("unheard"));
    service.seconds(90);
    assert_eq!(service.chats().len(), 1);
    service.input(Input::Unsubscribe(subscription));
    assert_eq!(service.realtime.deadline(), None);
}

#[test]
fn a_service_that_does_not_answer_does_not_end_a_session_that_may_have_been_prolonged() {
    let mut service = Service::new();
    service.request(42);
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:00:30Z".to_owned());
    let subscription = service.subscribe(options());
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T18:00:00Z".to_owned());
    service.fail(LIST, &[500, 429, 0]);
    service.seconds(60);
    assert_eq!(service.realtime.subscriptions(), 1);
    service.say(42, "still here");
    assert_eq!(service.chats().len(), 1);

    let mut service = Service::new();
    service.request(42);
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:00:30Z".to_owned());
    let other = service.subscribe(options());
    service.fail(LIST, &[0; 40]);
    service.seconds(120);
    assert_eq!(service.end(other), "the session has expired", "nobody ever says otherwise");
    assert_eq!(subscription, other, "the first of its machine");
}

#[test]
fn what_the_system_says_in_pieces_is_joined_whatever_it_turns_out_to_be() {
    for (channel_type, body, is_notification) in [
        ("task.update", json!({"subject_type": "task"}), true),
        ("task.notification", json!({}), true),
        ("task.update", json!({"status": "done"}), false),
    ] {
        let (mut service, subscription) = Service::with_session(options());
        let message = Outgoing::new(channel_type, body.as_object().unwrap().clone())
            .with("text", "x".repeat(30_000));
        let pieces = split(&message, "chunk_1", SplitLimits::default()).unwrap();
        let mut last = 0;
        for piece in &pieces {
            last = service.store(42, "system", "message", &piece.value());
            service.push(42, last);
        }
        let told = service.events.iter().filter_map(|(_, event)| match event {
            Event::Notification(message) => {
                Some((true, message.signal_id, message.payload.value()))
            }
            Event::Signal(signal) => {
                let envelope = signal.payload.as_ref().unwrap().value();
                assert_eq!(envelope["type"], channel_type);
                Some((false, signal.id, envelope["payload"].clone()))
            }
            _ => None,
        });
        let told: Vec<_> = told.collect();
        let [(kind, id, payload)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((*kind, id.get()), (is_notification, last));
        assert_eq!(payload["text"].as_str().unwrap().len(), 30_000);
        assert_eq!(service.handled[&subscription], last);
    }
}

/// What was told of pauses and resumptions, and how many chats before.
fn story(service: &Service) -> Vec<(&'static str, usize)> {
    let mut chats = 0;
    let step = |(_, event): &(_, Event)| match event {
        Event::Message(_) => {
            chats += 1;
            None
        }
        Event::Resumed { .. } => Some(("resumed", chats)),
        Event::Ended(_) => Some(("ended", chats)),
        _ => None,
    };
    service.events.iter().filter_map(step).collect()
}

#[test]
fn who_is_paused_or_cut_off_while_it_catches_up_first_is_told_when_that_is_made_good() {
    for is_cut_off in [false, true] {
        let mut service = Service::new();
        service.request(42);
        for number in 0..300 {
            service.store(42, "browser", "message", &chat(&number.to_string()));
        }
        service.delays_listings = true;
        let subscription = service.subscribe(options().start(Start::Beginning));
        service.delays_listings = false;
        if is_cut_off {
            service.drop_socket(None, "");
            service.seconds(5);
        } else {
            service.input(Input::Pause(subscription));
            service.input(Input::Resume(subscription));
        }
        assert_eq!(story(&service), [("resumed", 300)], "{is_cut_off}");
    }
}

#[test]
fn a_close_that_is_listed_and_not_pushed_ends_the_subscription() {
    let (mut service, subscription) = Service::with_session(options());
    service.drop_socket(None, "");
    for number in 0..250 {
        service.store(42, "browser", "message", &chat(&number.to_string()));
    }
    service.store(42, "browser", "close", &json!({"reason": "window closed"}));
    service.seconds(5);
    assert_eq!(service.chats().len(), 250);
    assert_eq!(service.end(subscription), "closed by the browser: window closed");

    let (mut service, subscription) = Service::with_session(options());
    service.store(42, "browser", "close", &json!({"reason": "window closed"}));
    service.seconds(90);
    assert_eq!(service.end(subscription), "closed by the browser: window closed");
}

#[test]
fn a_channel_that_is_refused_after_it_was_ready_is_told_to_be_late_and_caught_up_with() {
    let (mut service, _) = Service::with_session(options().gaps(Gaps::Trust));
    service.confirms = false;
    service.receive(&json!({
        "event": "pusher:subscription_error", "channel": "private-agent-realtime.7.42",
        "data": {"type": "AuthError", "error": "busy", "status": 500},
    }));
    service.settle();
    service.store(42, "browser", "message", &chat("unheard"));
    service.seconds(46);
    let late = service.events.iter().filter(|(_, it)| matches!(it, Event::Late(_))).count();
    assert_eq!((late, service.chats().len()), (1, 0));
    service.confirms = true;
    service.seconds(30);
    assert_eq!(story(&service), [("resumed", 1)]);
}

#[test]
fn a_row_without_an_id_is_told_once() {
    let (mut service, _) = Service::with_session(options());
    service.store(42, "browser", "message", &chat("fine"));
    let row = json!({"type": "message", "sender": "browser"});
    service.rooms.get_mut(&42).unwrap().signals.insert(200, row);
    service.seconds(600);
    let told = service.events.iter().filter(|(_, it)| matches!(it, Event::Unreadable(None)));
    assert_eq!((told.count(), service.chats().len()), (1, 1));
}

#[test]
fn the_session_is_given_back_before_the_end_is_told() {
    let mut service = Service::new();
    service.request(42);
    service.fail(AUTH, &[403]);
    service.fail(CLOSE, &[500]);
    service.subscribe(options());
    // The failure of that does not hide why.
    assert_eq!(service.count(CLOSE), 1);
    let (_, Event::Ended(end)) = service.events.last().unwrap() else { panic!() };
    assert!(end.to_string().contains("403"), "{end}");
    assert_eq!(service.realtime.deadline(), None);
}

#[test]
fn the_end_is_told_in_time_though_the_session_is_not_given_back() {
    let mut service = Service::new();
    service.request(42);
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:00:05Z".to_owned());
    service.fail(AUTH, &[403]);
    service.ignores_closing = true;
    let subscription = service.subscribe(options());
    service.seconds(9);
    assert_eq!(service.realtime.subscriptions(), 1);
    service.seconds(1);
    assert!(service.end(subscription).contains("403"), "{}", service.end(subscription));
    assert_eq!(service.realtime.deadline(), None);
}

#[test]
fn a_session_that_is_closed_while_it_is_claimed_is_closed_once_it_is() {
    let mut service = Service::new();
    service.request(42);
    let subscription = service.realtime.subscribe_session(service.now, options());
    service
        .realtime
        .handle(service.now, Input::Close(subscription, Some("changed my mind".into())));
    service.settle();
    assert_eq!(service.rooms[&42].status, "closed");
    assert_eq!(service.end(subscription), "closed");
    assert!(service.sockets.is_empty());

    let mut service = Service::new();
    let gone = service.realtime.subscribe_session(service.now, options());
    service.realtime.handle(service.now, Input::Close(gone, None));
    service.settle();
    assert!(service.end(gone).starts_with("the session is gone"), "{}", service.end(gone));
}

#[test]
fn a_service_that_does_not_close_the_session_is_said_to() {
    let (mut service, subscription) = Service::with_session(options());
    service.fail(CLOSE, &[403]);
    service.input(Input::Close(subscription, None));
    let end = service.end(subscription);
    assert!(end.starts_with("the session is not closed") && end.contains("403"), "{end}");
}

#[test]
fn no_patience_at_all_and_patience_without_end_neither_panic_nor_hang() {
    for time in [Duration::ZERO, Duration::MAX] {
        let mut patience = Patience::default();
        (patience.open, patience.activity, patience.pong) = (time, time, time);
        (patience.ready, patience.recheck) = (time, time);
        let mut service = Service::new();
        let config = Config::new(api(), 7, START.parse().unwrap());
        service.realtime = Realtime::new(config.patience(patience));
        service.request(42);
        service.subscribe(options());
        for _ in 0..20 {
            service.seconds(1);
            if service.socket.is_some() {
                service.drop_socket(None, "");
            }
        }
        if time == Duration::MAX {
            service.seconds(60);
            service.say(42, "Hello");
            assert_eq!(service.chats().len(), 1);
        }
    }
}

#[test]
fn a_session_that_is_over_is_told_to_the_last_though_a_push_waits_behind_a_gap() {
    let (mut service, subscription) = Service::with_session(options());
    service.delays_listings = true;
    service.seconds(90);
    service.rooms.get_mut(&42).unwrap().status = "closed".to_owned();
    service.store(42, "browser", "message", &chat("never pushed"));
    let last = service.store(42, "browser", "message", &chat("last words"));
    service.push(42, last);
    service.delays_listings = false;
    // The listing that was under way tells of the end, and not yet of what was said before.
    service.answer_delayed();
    service.seconds(5);
    assert_eq!(service.chats(), [r#""never pushed""#, r#""last words""#]);
    assert_eq!(service.end(subscription), "the session is closed");
}

#[test]
fn a_session_that_is_closed_while_its_claim_is_slow_is_closed_after_all() {
    let mut service = Service::new();
    service.request(42);
    let subscription = service.realtime.subscribe_session(service.now, options());
    let Some(Output::Call(claim, call)) = service.realtime.poll() else { panic!() };
    service.realtime.handle(service.now, Input::Close(subscription, None));
    service.seconds(60);
    assert_eq!(service.realtime.subscriptions(), 1, "it waits for the claim");
    let reply = service.answer(&call).unwrap();
    service.input(Input::Replied(claim, reply));
    assert_eq!(service.rooms[&42].status, "closed");
    assert_eq!(service.end(subscription), "closed");
}

#[test]
fn a_refusal_of_the_question_whether_a_session_has_expired_is_told_as_it_is() {
    for (status, expected) in
        [(401, "refused"), (404, "the session is gone"), (410, "the session is gone")]
    {
        let mut service = Service::new();
        service.request(42);
        service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:00:30Z".to_owned());
        let subscription = service.subscribe(options());
        service.fail(LIST, &[status]);
        service.seconds(31);
        let end = service.end(subscription);
        assert!(end.starts_with(expected), "{end}");
    }
}
