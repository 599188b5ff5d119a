//! One websocket: greeting, staying alive, closing, coming back.

use std::time::Duration;

use agentmc_core::realtime::{Event, Input, SessionOptions, State};
use serde_json::json;

use super::service::{Service, TOKEN};

fn options(session: u64) -> SessionOptions {
    SessionOptions::session(session, TOKEN)
}

/// The pauses before the websocket was opened again.
fn pauses(service: &Service) -> Vec<Duration> {
    let pause = |event: &Event| match event {
        Event::State(State::Waiting { pause, .. }) => Some(*pause),
        _ => None,
    };
    service.events.iter().filter_map(|(_, event)| pause(event)).collect()
}

#[test]
fn a_quiet_websocket_is_pinged_and_kept_if_it_answers() {
    let (mut service, _) = Service::with_session(options(42));
    let pings = |service: &Service| {
        service.frames.iter().filter(|frame| frame["event"] == "pusher:ping").count()
    };
    service.seconds(29);
    assert_eq!(pings(&service), 0);
    service.seconds(2);
    assert_eq!(pings(&service), 1);
    service.seconds(300);
    assert_eq!((pings(&service), service.sockets.len()), (11, 1));
}

#[test]
fn the_server_may_ask_for_more_pings_and_not_for_fewer() {
    for (asked, expected) in [(5, 5), (120, 30), (0, 30)] {
        let mut service = Service::new();
        service.activity_timeout = asked;
        service.request(42);
        service.subscribe(options(42));
        let deadline = service.realtime.deadline().unwrap();
        assert_eq!(deadline, Duration::from_secs(expected));
    }
}

#[test]
fn traffic_puts_off_the_ping() {
    let (mut service, _) = Service::with_session(options(42));
    for _ in 0..10 {
        service.seconds(20);
        service.receive(&json!({"event": "pusher:pong"}));
    }
    assert!(service.frames.iter().all(|frame| frame["event"] != "pusher:ping"));
}

#[test]
fn no_pong_in_ten_seconds_means_another_websocket() {
    let (mut service, subscription) = Service::with_session(options(42));
    service.answers_pings = false;
    service.seconds(39);
    assert_eq!((service.sockets.len(), service.closed_by_client), (1, 0));
    service.seconds(4);
    assert_eq!((service.sockets.len(), service.closed_by_client), (2, 1));
    assert_eq!(service.count("authenticateAgentRealtimeSocket"), 2);
    let resumed = |(id, event): &(_, Event)| {
        *id == subscription && matches!(event, Event::Resumed { missed: 0 })
    };
    assert!(service.events.iter().any(resumed));
}

#[test]
fn the_servers_pings_are_answered() {
    let (mut service, _) = Service::with_session(options(42));
    service.receive(&json!({"event": "pusher:ping", "data": {}}));
    service.settle();
    assert_eq!(service.frames.last().unwrap()["event"], "pusher:pong");
}

#[test]
fn close_codes_say_what_to_do() {
    for code in [None, Some(1000), Some(1006), Some(1015), Some(3999), Some(4100), Some(4199)] {
        let (mut service, _) = Service::with_session(options(42));
        service.drop_socket(code, "");
        let pause = pauses(&service)[0];
        assert!(
            pause >= Duration::from_secs(1) && pause <= Duration::from_secs(2),
            "{code:?} {pause:?}"
        );
        assert_eq!(service.sockets.len(), 1);
        service.advance(pause);
        assert_eq!(service.sockets.len(), 2, "{code:?}");
    }
    for code in [4200, 4299] {
        let (mut service, _) = Service::with_session(options(42));
        service.drop_socket(Some(code), "");
        assert_eq!((pauses(&service)[0], service.sockets.len()), (Duration::ZERO, 2));
    }
}

#[test]
fn a_final_close_code_ends_every_subscription_with_code_and_text() {
    for code in [4000, 4001, 4099, 4300, 4999] {
        let (mut service, first) = Service::with_session(options(42));
        service.request(43);
        let second = service.subscribe(options(43));
        service.drop_socket(Some(code), "Over quota");
        for id in [first, second] {
            let expected = format!("the realtime server refused: {code}: Over quota");
            assert_eq!(service.end(id), expected);
        }
        assert_eq!((service.realtime.deadline(), service.sockets.len()), (None, 1));
    }
}

#[test]
fn a_server_that_complains_and_then_just_closes_has_said_why() {
    let (mut service, subscription) = Service::with_session(options(42));
    let error = json!({"event": "pusher:error", "data": {"code": null, "message": "Odd"}});
    service.receive(&error);
    service.settle();
    assert!(service.socket.is_some(), "a complaint without a code changes nothing");
    let error =
        json!({"event": "pusher:error", "data": r#"{"code": 4001, "message": "No such app"}"#});
    service.receive(&error);
    service.settle();
    assert_eq!(service.end(subscription), "the realtime server refused: 4001: No such app");
    assert_eq!(service.closed_by_client, 1);
}

#[test]
fn a_complaint_about_one_subscription_spares_the_others() {
    let (mut service, first) = Service::with_session(options(42));
    service.request(43);
    service.confirms = false;
    let second = service.subscribe(options(43));
    let error = json!({"event": "pusher:error", "data": {"code": 4009, "message": "Unauthorized"}});
    service.receive(&error);
    service.settle();
    assert_eq!(service.end(second), "the realtime server refused: 4009: Unauthorized");
    assert_eq!(service.rooms[&43].status, "failed");
    assert!(
        service.socket.is_some() && service.end(first).contains("Ready"),
        "{}",
        service.end(first)
    );
}

#[test]
fn a_server_that_sends_the_client_away_again_and_again_is_given_time() {
    let (mut service, _) = Service::with_session(options(42));
    for _ in 0..5 {
        if service.socket.is_some() {
            service.drop_socket(Some(4200), "");
        }
    }
    assert_eq!(service.sockets.len(), 2);
    assert!(pauses(&service)[1] >= Duration::from_secs(1));
}

#[test]
fn pauses_grow_while_nothing_listens_and_stay_within_bounds() {
    let (mut service, _) = Service::with_session(options(42));
    service.is_up = false;
    service.drop_socket(None, "");
    service.seconds(600);
    let pauses = pauses(&service);
    assert!(pauses.len() > 20 && pauses.len() < 120, "{}", pauses.len());
    let bounds = Duration::from_secs(1)..=Duration::from_secs(30);
    assert!(pauses.iter().all(|pause| bounds.contains(pause)), "{pauses:?}");
    assert!(pauses.iter().max().unwrap() > &Duration::from_secs(10));
    service.is_up = true;
    service.seconds(31);
    assert!(service.socket.is_some());
    service.say(42, "back");
    assert_eq!(service.chats(), [r#""back""#]);
}

#[test]
fn what_a_websocket_says_after_it_was_given_up_does_not_count() {
    let (mut service, _) = Service::with_session(options(42));
    let old = service.socket.unwrap();
    service.drop_socket(Some(4200), "");
    let events = service.events.len();
    let frame = json!({"event": "pusher:error", "data": {"code": 4001}}).to_string();
    service.input(Input::Received(old, &frame));
    service.input(Input::Closed(old, Some(4001), ""));
    service.input(Input::Opened(old));
    assert_eq!((service.events.len(), service.sockets.len()), (events, 2));
}

#[test]
fn channels_with_one_address_share_a_websocket_that_closes_with_the_last() {
    let (mut service, first) = Service::with_session(options(42));
    service.request(43);
    service.request(44);
    service.rooms.get_mut(&44).unwrap().host = Some("other.example.com".to_owned());
    let second = service.subscribe(options(43));
    assert_eq!((service.sockets.len(), service.subscribed.len()), (1, 2));
    service.input(Input::Unsubscribe(first));
    assert_eq!(service.end(first), "unsubscribed");
    assert_eq!(
        (service.frames.last().unwrap()["event"].as_str(), service.closed_by_client),
        (Some("pusher:unsubscribe"), 0)
    );
    service.say(43, "still here");
    assert_eq!(service.chats().len(), 1);
    service.input(Input::Unsubscribe(second));
    assert_eq!((service.closed_by_client, service.realtime.deadline()), (1, None));
    assert_eq!(service.count("closeAgentRealtimeSession"), 0, "the sessions go on");
    service.subscribe(options(44));
    assert!(service.sockets[1].1.starts_with("ws://other.example.com:6001/app/app?"));
}

#[test]
fn a_thousand_sessions_share_a_websocket_and_come_back_together() {
    let mut service = Service::new();
    for id in 1..=1_000 {
        service.request(id);
        service.subscribe(options(id));
    }
    assert_eq!((service.sockets.len(), service.subscribed.len()), (1, 1_000));
    service.drop_socket(None, "");
    for id in 1..=1_000 {
        service.store(id, "browser", "message", &super::service::chat("missed"));
    }
    service.seconds(3);
    assert_eq!((service.sockets.len(), service.subscribed.len()), (2, 1_000));
    assert_eq!(service.chats().len(), 1_000);
}
