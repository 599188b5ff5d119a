//! Subscriptions that last: what is never pushed, and whether the session is still there.

use agentmc_core::realtime::chunk::{SplitLimits, split};
use agentmc_core::realtime::{Event, Gaps, Outgoing, SessionOptions};
use serde_json::json;

use super::service::{Service, TOKEN, chat};

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
    service.input(agentmc_core::realtime::Input::Unsubscribe(subscription));
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
