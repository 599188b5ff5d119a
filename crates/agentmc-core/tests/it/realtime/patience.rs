//! How long is waited for what.

use std::time::Duration;

use agentmc_core::realtime::{Event, HostOptions, SessionOptions, State};
use serde_json::json;

use super::service::{HOST_CHANNEL, Service, TOKEN, socket};

const AUTH: &str = "authenticateAgentRealtimeSocket";

fn losses(service: &Service) -> Vec<String> {
    let loss = |event: &Event| match event {
        Event::State(State::Waiting { loss, .. }) => Some(loss.to_string()),
        _ => None,
    };
    service.events.iter().filter_map(|(_, event)| loss(event)).collect()
}

#[test]
fn a_websocket_that_is_not_greeted_is_given_up_after_twenty_seconds() {
    let mut service = Service::new();
    service.request(42);
    service.greets = false;
    let subscription = service.subscribe(SessionOptions::session(42, TOKEN));
    service.advance(Duration::from_millis(19_999));
    assert_eq!((service.sockets.len(), service.closed_by_client), (1, 0));
    service.greets = true;
    service.seconds(3);
    assert_eq!((service.sockets.len(), service.closed_by_client), (2, 1));
    assert_eq!(losses(&service), ["connection lost: no greeting in time"]);
    assert_eq!(service.realtime.last_id(subscription), Some(0.into()), "ready after all");
}

#[test]
fn a_subscription_that_is_not_confirmed_is_asked_for_again_after_fifteen_seconds() {
    let mut service = Service::new();
    service.request(42);
    service.confirms = false;
    let subscription = service.subscribe(SessionOptions::session(42, TOKEN));
    service.advance(Duration::from_millis(14_999));
    assert_eq!(service.count(AUTH), 1);
    service.confirms = true;
    service.advance(Duration::from_millis(1));
    assert_eq!(service.count(AUTH), 2, "signed anew");
    assert_eq!(service.sockets.len(), 1, "on the same websocket");
    assert!(service.realtime.last_id(subscription).is_some());
}

#[test]
fn a_host_whose_channel_is_not_there_is_told_so_and_hears_of_sessions_all_the_same() {
    let mut service = Service::new();
    service.confirms = false;
    let described = serde_json::from_value(json!(socket(HOST_CHANNEL, "127.0.0.1"))).unwrap();
    service.realtime.subscribe_host(service.now, HostOptions::new().socket(described));
    service.settle();
    service.request(42);
    service.seconds(46);
    let late = service.events.iter().filter(|(_, it)| matches!(it, Event::Late(_))).count();
    let told = service.events.iter().filter(|(_, event)| {
        matches!(event, Event::SessionRequested { session_id, .. } if session_id.get() == 42)
    });
    assert_eq!((late, told.count()), (1, 1));
    assert_eq!(service.realtime.subscriptions(), 1);
}
