//! Subscriptions to sessions, from claim to end.

use agentmc_core::realtime::chunk::{SplitLimits, split};
use agentmc_core::realtime::{Body, Event, Input, Outgoing, SessionOptions, Start};
use serde_json::json;

use super::service::{Service, TOKEN, chat};

const AUTH: &str = "authenticateAgentRealtimeSocket";
const LIST: &str = "listAgentRealtimeSignals";

fn options() -> SessionOptions {
    SessionOptions::session(42, TOKEN)
}

#[test]
fn a_session_is_claimed_signed_confirmed_and_only_then_listed() {
    let (service, subscription) = Service::with_session(options());
    let calls: Vec<_> = service.calls.iter().map(|(id, _)| *id).collect();
    assert_eq!(calls, ["claimAgentRealtimeSession", AUTH, LIST]);
    let ready = service.events.iter().find_map(|(_, event)| match event {
        Event::Ready(session) => Some(session.id.get()),
        _ => None,
    });
    assert_eq!(ready, Some(42));
    assert_eq!(service.realtime.last_id(subscription), Some(0.into()));
}

#[test]
fn the_best_session_is_chosen_when_none_is_given() {
    let mut service = Service::new();
    service.request(5);
    service.request(8);
    service.subscribe(SessionOptions::best(TOKEN));
    assert_eq!(service.rooms[&8].status, "claimed");
    let mut service = Service::new();
    let subscription = service.subscribe(SessionOptions::best(TOKEN));
    assert_eq!(service.end(subscription), "no session is requested");
}

#[test]
fn a_message_is_told_with_what_is_needed_to_answer_it() {
    let (mut service, subscription) = Service::with_session(options());
    let id = service.say(42, "Hello");
    let message = service.messages().next().unwrap();
    assert_eq!((message.signal_id.get(), message.request_id()), (id, Some("req-1")));
    assert!(matches!(message.body(), Body::ChatUser(chat) if chat.text == "Hello"));
    assert_eq!(service.realtime.last_id(subscription), Some(id.into()));
}

#[test]
fn what_is_said_of_a_subscription_that_is_over_is_not_taken_for_one_that_came_later() {
    let (mut service, over) = Service::with_session(options());
    service.input(Input::Unsubscribe(over));
    service.request(43);
    let later = service.subscribe(SessionOptions::session(43, TOKEN));
    service.input(Input::Pause(over));
    service.input(Input::Unsubscribe(over));
    let id = service.say(43, "Hello");
    assert_eq!(service.chats(), [r#""Hello""#]);
    assert_eq!(service.realtime.last_id(over), None);
    assert_eq!(service.realtime.last_id(later), Some(id.into()));
}

#[test]
fn where_to_start_decides_what_is_told() {
    for (start, expected) in [
        (Start::Now, vec!["3"]),
        (Start::Beginning, vec!["1", "2", "3"]),
        (Start::After(101.into()), vec!["2", "3"]),
    ] {
        let mut service = Service::new();
        service.request(42);
        for text in ["1", "2"] {
            service.store(42, "browser", "message", &chat(text));
        }
        service.subscribe(options().start(start));
        service.say(42, "3");
        let expected: Vec<_> = expected.iter().map(|text| format!("{text:?}")).collect();
        assert_eq!(service.chats(), expected, "{start:?}");
    }
}

#[test]
fn ready_is_told_when_it_is_known_where_now_is() {
    let is_ready = |(_, event): &_| matches!(event, Event::Ready(_));
    let mut service = Service::new();
    service.request(42);
    service.store(42, "browser", "message", &chat("before"));
    service.delays_listings = true;
    service.subscribe(options());
    assert!(!service.events.iter().any(is_ready));
    service.say(42, "1");
    service.answer_delayed();
    assert!(service.events.iter().any(is_ready));
    let said = service.events.iter().position(|(_, event)| matches!(event, Event::Message(_)));
    assert!(service.events.iter().position(is_ready) < said);
    service.say(42, "2");
    assert_eq!(service.chats(), [r#""1""#, r#""2""#]);

    let mut service = Service::new();
    service.request(42);
    service.delays_listings = true;
    let subscription = service.subscribe(options());
    service.seconds(46);
    assert_eq!(service.end(subscription), "the subscription was not ready in time");
}

#[test]
fn what_was_missed_comes_in_order_and_page_after_page() {
    let (mut service, _) = Service::with_session(options());
    service.say(42, "before");
    service.drop_socket(None, "");
    for number in 0..450 {
        service.store(42, "browser", "message", &chat(&number.to_string()));
    }
    service.seconds(3);
    service.say(42, "after");
    let mut expected = vec![r#""before""#.to_owned()];
    expected.extend((0..450).map(|number| format!("\"{number}\"")));
    expected.push(r#""after""#.to_owned());
    assert_eq!(service.chats(), expected);
    let missed = service.events.iter().find_map(|(_, event)| match event {
        Event::Resumed { missed } => Some(*missed),
        _ => None,
    });
    assert_eq!(missed, Some(450));
}

#[test]
fn only_browsers_ask_and_anyone_notifies() {
    let (mut service, _) = Service::with_session(options());
    let notice = json!({"type": "agent.notification", "payload": {"message": "Mentioned"}});
    for (sender, payload) in [("agent", &chat("echo")), ("system", &notice), ("browser", &notice)] {
        let id = service.store(42, sender, "message", payload);
        service.push(42, id);
    }
    service.seconds(2);
    assert_eq!(service.messages().count(), 0);
    let told = service.events.iter().filter_map(|(_, event)| match event {
        Event::Signal(signal) => Some(format!("signal by {}", signal.sender)),
        Event::Notification(message) => Some(format!("notification by {}", message.sender)),
        _ => None,
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["signal by agent", "notification by system", "notification by browser"]
    );
}

#[test]
fn pieces_are_joined_and_what_is_given_up_is_told() {
    let (mut service, subscription) = Service::with_session(options());
    let before = service.say(42, "first");
    let message = Outgoing::new("file.save", serde_json::Map::new())
        .with("file_id", "a.md")
        .with("body_markdown", "x".repeat(20_000));
    let pieces = split(&message, "c1", SplitLimits::default()).unwrap();
    for piece in &pieces {
        let id = service.store(42, "browser", "message", &piece.value());
        assert_eq!(service.realtime.whole_id(subscription), Some(before.into()));
        service.push(42, id);
    }
    let joined = service.messages().last().unwrap();
    assert!(matches!(joined.body(), Body::FileSave(save) if save.body_markdown.len() == 20_000));
    assert_eq!(service.realtime.whole_id(subscription), service.realtime.last_id(subscription));
    let id = service.store(
        42,
        "browser",
        "message",
        &pieces[1]
            .value()
            .as_object()
            .map(|it| {
                let mut it = it.clone();
                it["payload"]["chunk_id"] = "c2".into();
                serde_json::Value::from(it)
            })
            .unwrap(),
    );
    service.push(42, id);
    service.seconds(301);
    let dropped = service
        .events
        .iter()
        .any(|(_, event)| matches!(event, Event::Dropped(dropped) if &*dropped.chunk_id == "c2"));
    assert!(dropped);
}

#[test]
fn a_raw_subscription_tells_of_every_signal_as_it_is() {
    let (mut service, _) = Service::with_session(options().raw());
    service.say(42, "Hello");
    let id = service.store(42, "agent", "message", &chat("echo"));
    service.push(42, id);
    service.seconds(2);
    let signals = service.events.iter().filter(|(_, event)| matches!(event, Event::Signal(_)));
    assert_eq!((signals.count(), service.messages().count()), (2, 0));
}

#[test]
fn a_final_refusal_of_the_channel_ends_it_and_gives_the_session_back() {
    for status in [401, 403, 404, 409, 410, 422] {
        let mut service = Service::new();
        service.request(42);
        service.fail(AUTH, &[status]);
        let subscription = service.subscribe(options());
        let end = service.end(subscription);
        assert!(end.contains(&format!("{AUTH}: {status}")), "{end}");
        assert_eq!(service.count("closeAgentRealtimeSession"), 1, "{status}");
        assert_eq!(service.rooms[&42].status, "failed");
        assert_eq!((service.realtime.deadline(), service.socket), (None, None));
    }
}

#[test]
fn a_passing_failure_of_the_signature_is_tried_again() {
    let mut service = Service::new();
    service.request(42);
    service.fail(AUTH, &[429, 500, 503, 0]);
    service.subscribe(options());
    assert_eq!(service.count(AUTH), 1, "not at once");
    service.seconds(44);
    assert_eq!(service.count(AUTH), 5);
    service.say(42, "Hello");
    assert_eq!(service.chats().len(), 1);
}

#[test]
fn a_subscription_that_is_not_ready_in_time_ends() {
    let mut service = Service::new();
    service.request(42);
    service.confirms = false;
    let subscription = service.subscribe(options());
    service.seconds(44);
    assert!(service.end(subscription).contains("State"));
    service.seconds(1);
    assert_eq!(service.end(subscription), "the subscription was not ready in time");
    assert_eq!(service.realtime.subscriptions(), 0);
}

#[test]
fn a_subscription_that_was_ready_says_so_when_it_is_late_and_goes_on() {
    let (mut service, subscription) = Service::with_session(options());
    service.is_up = false;
    service.drop_socket(None, "");
    service.seconds(100);
    let late: Vec<_> = service
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Late(waited) => Some(waited.as_secs()),
            _ => None,
        })
        .collect();
    assert_eq!(late, [45, 90]);
    service.is_up = true;
    service.seconds(31);
    service.say(42, "back");
    assert_eq!(service.chats().len(), 1);
    assert_eq!(service.realtime.subscriptions(), 1, "{subscription:?}");
}

#[test]
fn a_refused_subscription_is_signed_anew_or_ends() {
    let (mut service, _) = Service::with_session(options());
    service.confirms = false;
    service.drop_socket(Some(4200), "");
    let error = |status| {
        json!({"event": "pusher:subscription_error", "channel": "private-agent-realtime.7.42",
                        "data": {"type": "AuthError", "error": "no", "status": status}})
    };
    service.receive(&error(500));
    service.settle();
    service.seconds(2);
    assert_eq!(service.count(AUTH), 3);
    service.receive(&error(403));
    service.settle();
    assert!(service.events.iter().any(|(_, event)| {
        matches!(event, Event::Ended(end) if end.to_string() == "the realtime server refused: 403: no")
    }));
}

#[test]
fn a_pushed_close_ends_the_subscription_after_it_was_told() {
    let (mut service, subscription) = Service::with_session(options());
    let id = service.store(42, "browser", "close", &json!({"reason": "Tab closed"}));
    service.push(42, id);
    assert_eq!(service.end(subscription), "closed by the browser: Tab closed");
    let told = &service.events[service.events.len() - 3..];
    assert!(
        told.iter()
            .any(|(_, event)| matches!(event, Event::Signal(signal) if signal.id.get() == id))
    );
}

#[test]
fn a_close_from_before_the_claim_does_not_end_what_comes_after() {
    let mut service = Service::new();
    service.request(42);
    service.store(42, "agent", "close", &json!({"reason": "sdk_stale_claim_recovery"}));
    service.store(42, "browser", "message", &chat("again"));
    service.subscribe(options().start(Start::Beginning));
    service.say(42, "still here");
    assert_eq!(service.chats(), [r#""again""#, r#""still here""#]);
}

#[test]
fn a_session_that_ended_while_the_websocket_was_away_ends_the_subscription() {
    let (mut service, subscription) = Service::with_session(options());
    service.drop_socket(None, "");
    service.store(42, "browser", "message", &chat("last words"));
    service.rooms.get_mut(&42).unwrap().status = "expired".to_owned();
    service.seconds(3);
    assert_eq!(service.chats(), [r#""last words""#]);
    assert_eq!(service.end(subscription), "the session is expired");
}

#[test]
fn a_session_ends_when_it_expires_unless_it_was_prolonged() {
    let mut service = Service::new();
    service.request(42);
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:10:00Z".to_owned());
    let subscription = service.subscribe(options());
    service.seconds(590);
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:20:00Z".to_owned());
    service.seconds(600);
    assert_eq!(service.realtime.subscriptions(), 1);
    service.seconds(10);
    assert_eq!(service.end(subscription), "the session has expired");
    assert_eq!(service.socket, None);
}

#[test]
fn a_session_expires_by_the_clock_of_the_service() {
    for (updated, expires) in [
        ("2025-01-01T00:00:00Z", "2025-01-01T00:10:00Z"),
        ("2027-01-01T00:00:00Z", "2027-01-01T00:10:00Z"),
    ] {
        let mut service = Service::new();
        service.request(42);
        let room = service.rooms.get_mut(&42).unwrap();
        room.updated_at = Some(updated.to_owned());
        room.expires_at = Some(expires.to_owned());
        let subscription = service.subscribe(options());
        service.seconds(599);
        assert_eq!(service.realtime.subscriptions(), 1);
        service.seconds(1);
        assert_eq!(service.end(subscription), "the session has expired");
    }
}

#[test]
fn a_session_that_is_gone_ends_the_subscription() {
    for (status, expected) in [
        (404, "the session is gone"),
        (410, "the session is gone"),
        (409, "another owner holds the session"),
        (403, "refused"),
    ] {
        let (mut service, subscription) = Service::with_session(options());
        service.fail(LIST, &[status]);
        service.drop_socket(Some(4200), "");
        service.seconds(1);
        let end = service.end(subscription);
        assert!(end.starts_with(expected), "{end}");
    }
}

#[test]
fn a_listing_that_fails_is_tried_again_with_pauses() {
    let (mut service, _) = Service::with_session(options());
    service.fail(LIST, &[500, 0, 429, 503]);
    service.drop_socket(Some(4200), "");
    service.store(42, "browser", "message", &chat("kept"));
    let before = service.count(LIST);
    service.say(42, "pushed");
    assert_eq!(service.count(LIST), before, "a push does not cut the pause short");
    service.seconds(60);
    assert_eq!(service.chats(), [r#""kept""#, r#""pushed""#]);
}

#[test]
fn a_push_that_cannot_be_read_is_listed() {
    let (mut service, _) = Service::with_session(options());
    service.store(42, "browser", "message", &chat("garbled"));
    service.receive(&json!({"event": "agent.realtime.signal", "channel": "private-agent-realtime.7.42", "data": "{\"id\":"}));
    service.settle();
    assert_eq!(service.chats(), [r#""garbled""#]);
}

#[test]
fn closing_a_session_tells_the_service_and_ends_the_subscription() {
    let (mut service, subscription) = Service::with_session(options());
    service.input(Input::Close(subscription, Some("Done".to_owned())));
    assert_eq!(service.end(subscription), "closed");
    assert_eq!(service.bodies.last().unwrap(), &json!({"reason": "Done", "status": "closed"}));
    assert_eq!((service.socket, service.realtime.deadline()), (None, None));
}

#[test]
fn a_session_is_not_subscribed_to_twice() {
    let (mut service, _) = Service::with_session(options());
    let second = service.subscribe(options());
    assert_eq!(service.end(second), "the channel is subscribed to already");
    service.say(42, "once");
    assert_eq!(service.chats().len(), 1);
}

#[test]
fn memory_of_an_idle_subscription_is_small() {
    let held = size_of::<agentmc_core::realtime::Inbox>()
        + size_of::<agentmc_core::realtime::chunk::Joiner>();
    assert!(held < 1_024, "{held}");
}
