//! Subscribers that can take no more for now.

use agentmc_core::realtime::chunk::{SplitLimits, split};
use agentmc_core::realtime::{Event, HostOptions, Input, Outgoing, SessionOptions};

use super::service::{Service, TOKEN, chat};

const LIST: &str = "listAgentRealtimeSignals";

fn paused() -> (Service, agentmc_core::realtime::SubscriptionId) {
    let (mut service, subscription) = Service::with_session(SessionOptions::session(42, TOKEN));
    service.input(Input::Pause(subscription));
    (service, subscription)
}

fn said(service: &mut Service, count: usize) -> Vec<String> {
    let texts = (0..count).map(|number| number.to_string());
    texts.inspect(|text| _ = service.say(42, text)).map(|text| format!("{text:?}")).collect()
}

#[test]
fn nothing_is_told_while_paused_and_everything_afterwards() {
    let (mut service, subscription) = paused();
    let expected = said(&mut service, 3_000);
    assert!(service.chats().is_empty());
    assert_eq!(service.count(LIST), 1, "nothing is listed meanwhile");
    service.input(Input::Resume(subscription));
    assert_eq!(service.chats(), expected);
    let resumed = service.events.iter().any(|(_, event)| matches!(event, Event::Resumed { .. }));
    assert!(resumed);
    service.say(42, "live");
    assert_eq!(service.chats().len(), 3_001);
}

#[test]
fn a_websocket_that_is_lost_while_paused_loses_nothing() {
    let (mut service, subscription) = paused();
    let expected = said(&mut service, 5);
    service.drop_socket(None, "");
    service.input(Input::Resume(subscription));
    assert!(service.chats().is_empty(), "it is not listened to");
    service.seconds(3);
    assert_eq!(service.chats(), expected);

    let (mut service, subscription) = paused();
    let expected = said(&mut service, 5);
    service.drop_socket(None, "");
    service.seconds(3);
    assert!(service.chats().is_empty(), "it is paused");
    service.input(Input::Resume(subscription));
    assert_eq!(service.chats(), expected);
}

#[test]
fn a_session_that_ends_while_paused_is_told_to_the_end() {
    let (mut service, subscription) = paused();
    let expected = said(&mut service, 5);
    let close = service.store(42, "browser", "close", &chat("bye"));
    service.rooms.get_mut(&42).unwrap().status = "closed".to_owned();
    service.push(42, close);
    assert_eq!(service.realtime.subscriptions(), 1);
    service.input(Input::Resume(subscription));
    assert_eq!(service.chats(), expected);
    assert_eq!(service.end(subscription), "closed by the browser");
}

#[test]
fn a_session_that_expires_while_paused_is_told_to_the_end() {
    let mut service = Service::new();
    service.request(42);
    service.rooms.get_mut(&42).unwrap().expires_at = Some("2026-02-22T17:01:00Z".to_owned());
    let subscription = service.subscribe(SessionOptions::session(42, TOKEN));
    service.input(Input::Pause(subscription));
    let expected = said(&mut service, 450);
    service.rooms.get_mut(&42).unwrap().status = "expired".to_owned();
    service.seconds(120);
    assert_eq!(service.realtime.subscriptions(), 1);
    service.input(Input::Resume(subscription));
    service.seconds(5);
    assert_eq!(service.chats(), expected);
    assert_eq!(service.end(subscription), "the session is expired");
}

#[test]
fn a_listing_that_was_asked_for_before_the_loss_does_not_end_what_follows_it() {
    let (mut service, subscription) = Service::with_session(SessionOptions::session(42, TOKEN));
    let missed = service.store(42, "browser", "message", &chat("missed"));
    service.drop_socket(None, "");
    service.rooms.get_mut(&42).unwrap().status = "closed".to_owned();
    service.delays_listings = true;
    service.seconds(3);
    service.drop_socket(None, "");
    service.delays_listings = false;
    service.answer_delayed();
    assert_eq!(service.realtime.subscriptions(), 1);
    service.seconds(10);
    assert_eq!(service.chats(), [r#""missed""#]);
    assert_eq!(service.handled[&subscription], missed);
    assert_eq!(service.end(subscription), "the session is closed");
}

#[test]
fn sessions_that_are_requested_while_a_host_is_paused_are_told_afterwards() {
    let mut service = Service::new();
    let host = service.realtime.subscribe_host(service.now, HostOptions::new());
    service.settle();
    service.input(Input::Pause(host));
    service.request(42);
    service.seconds(10);
    assert!(service.events.is_empty());
    service.input(Input::Resume(host));
    service.seconds(1);
    let told = service.events.iter().filter(|(_, event)| {
        matches!(event, Event::SessionRequested { session_id, .. } if session_id.get() == 42)
    });
    assert_eq!(told.count(), 1);
    assert!(matches!(service.events.last(), Some((_, Event::Resumed { missed: 1 }))));
    service.seconds(10);
    let resumed = service.events.iter().filter(|(_, it)| matches!(it, Event::Resumed { .. }));
    assert_eq!(resumed.count(), 1);
}

#[test]
fn what_is_handled_stays_before_a_message_that_is_unfinished() {
    let (mut service, subscription) = Service::with_session(SessionOptions::session(42, TOKEN));
    let before = service.say(42, "before");
    let long = Outgoing::new("chat.user", Default::default()).with("content", "x".repeat(20_000));
    let pieces = split(&long, "chunk_1", SplitLimits::default()).unwrap();
    for piece in &pieces[1..] {
        let id = service.store(42, "browser", "message", &piece.value());
        service.push(42, id);
    }
    service.say(42, "between");
    assert_eq!(service.handled[&subscription], before);
    let last = service.store(42, "browser", "message", &pieces[0].value());
    service.push(42, last);
    assert_eq!(service.handled[&subscription], last);
}
