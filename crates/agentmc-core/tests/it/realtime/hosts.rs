//! Hearing of sessions that are requested.

use agentmc_core::realtime::{End, Event, HostOptions, Input};
use agentmc_core::types::{AgentId, HostRealtimeSocketPayload};
use serde_json::{Value, json};

use super::service::{HOST_CHANNEL, Service, socket};

const LIST: &str = "listAgentRealtimeRequestedSessions";

fn host_socket(channel: &str) -> HostRealtimeSocketPayload {
    let mut socket = socket(channel, "127.0.0.1");
    socket["event"] = "agent.realtime.host.session.requested".into();
    serde_json::from_value(socket).unwrap()
}

fn announce(service: &mut Service, data: &Value) {
    service.receive(&json!({
        "event": "agent.realtime.host.session.requested", "channel": HOST_CHANNEL, "data": data.to_string(),
    }));
    service.settle();
}

fn requested(service: &Service) -> Vec<(u64, Option<u64>, bool)> {
    let told = |event: &Event| match event {
        Event::SessionRequested { session_id, agent_id, session } => {
            Some((session_id.get(), agent_id.map(AgentId::get), session.is_some()))
        }
        _ => None,
    };
    service.events.iter().filter_map(|(_, event)| told(event)).collect()
}

#[test]
fn an_announcement_is_told_at_once_wherever_its_ids_are() {
    for (data, agent) in [
        (json!({"session_id": 5, "agent_id": 7}), Some(7)),
        (json!({"session_id": "5", "agent_id": "7"}), Some(7)),
        (json!({"payload": {"session_id": 5, "agent_id": 7}}), Some(7)),
        (json!({"session": {"id": 5, "agent_id": 7}}), Some(7)),
        (json!({"session": {"id": 5}, "agent": {"id": 7}}), Some(7)),
        (json!({"session_id": 5}), None),
    ] {
        let mut service = Service::new();
        service
            .realtime
            .subscribe_host(service.now, HostOptions::new().socket(host_socket(HOST_CHANNEL)));
        service.settle();
        announce(&mut service, &data);
        assert_eq!(requested(&service), [(5, agent, false)], "{data}");
    }
}

#[test]
fn closing_a_host_ends_its_subscription() {
    let mut service = Service::new();
    let options = HostOptions::new().socket(host_socket(HOST_CHANNEL));
    let host = service.realtime.subscribe_host(service.now, options);
    service.settle();
    service.realtime.handle(service.now, Input::Close(host, None));
    service.settle();
    let ended =
        |(id, event): &(_, Event)| *id == host && matches!(event, Event::Ended(End::Unsubscribed));
    assert_eq!(service.events.iter().filter(|event| ended(event)).count(), 1);
    assert_eq!(service.realtime.subscriptions(), 0);
}

#[test]
fn a_session_is_told_once_although_it_is_pushed_and_listed() {
    let mut service = Service::new();
    service
        .realtime
        .subscribe_host(service.now, HostOptions::new().socket(host_socket(HOST_CHANNEL)));
    service.settle();
    service.request(5);
    announce(&mut service, &json!({"session_id": 5}));
    announce(&mut service, &json!({"session_id": 5}));
    service.seconds(200);
    assert_eq!(requested(&service).len(), 1);
    service.rooms.get_mut(&5).unwrap().status = "claimed".to_owned();
    service.seconds(61);
    service.rooms.get_mut(&5).unwrap().status = "requested".to_owned();
    service.seconds(61);
    assert_eq!(requested(&service).len(), 2, "requested anew");
}

#[test]
fn an_announcement_that_was_lost_is_found_within_a_minute() {
    let mut service = Service::new();
    service
        .realtime
        .subscribe_host(service.now, HostOptions::new().socket(host_socket(HOST_CHANNEL)));
    service.settle();
    service.seconds(1);
    let before = service.count(LIST);
    service.request(5);
    service.seconds(58);
    assert_eq!(service.count(LIST), before);
    service.seconds(2);
    assert_eq!(requested(&service), [(5, Some(7), true)]);
}

#[test]
fn pushes_that_cannot_be_read_are_made_good_by_one_listing_at_a_time() {
    let mut service = Service::new();
    let socket = host_socket(HOST_CHANNEL);
    service.realtime.subscribe_host(service.now, HostOptions::new().socket(socket));
    service.settle();
    let before = service.count(LIST);
    service.delays_listings = true;
    for _ in 0..500 {
        announce(&mut service, &json!({"nothing": "of use"}));
    }
    assert_eq!(service.count(LIST), before + 1, "one is under way");
    service.request(5);
    service.delays_listings = false;
    service.answer_delayed();
    service.seconds(1);
    assert_eq!(service.count(LIST), before + 2, "and one more, once it is answered");
    assert_eq!(requested(&service), [(5, Some(7), true)]);
}

#[test]
fn without_a_socket_sessions_are_listed_every_two_seconds() {
    let mut service = Service::new();
    service.realtime.subscribe_host(service.now, HostOptions::new());
    service.settle();
    service.seconds(100);
    let count = service.count(LIST);
    assert!((40..=67).contains(&count), "{count}");
    assert!(service.sockets.is_empty());
}

#[test]
fn a_heartbeat_moves_the_channel_or_takes_it_away() {
    let mut service = Service::new();
    let host = service.realtime.subscribe_host(service.now, HostOptions::new());
    service.settle();
    service.input(Input::HostSocket(host, Some(Box::new(host_socket(HOST_CHANNEL)))));
    assert!(service.subscribed.contains(HOST_CHANNEL));
    service.input(Input::HostSocket(host, Some(Box::new(host_socket("private-other")))));
    assert!(service.subscribed.contains("private-other") && service.subscribed.len() == 1);
    let sockets = service.sockets.len();
    service.input(Input::HostSocket(host, Some(Box::new(host_socket("private-other")))));
    assert_eq!(service.sockets.len(), sockets, "the same again changes nothing");
    service.input(Input::HostSocket(host, None));
    assert_eq!(service.socket, None);
    service.request(5);
    service.seconds(4);
    assert_eq!(requested(&service).len(), 1);
}

#[test]
fn while_the_websocket_is_away_sessions_are_listed_more_often() {
    let mut service = Service::new();
    service
        .realtime
        .subscribe_host(service.now, HostOptions::new().socket(host_socket(HOST_CHANNEL)));
    service.settle();
    service.confirms = false;
    service.drop_socket(None, "");
    let before = service.count(LIST);
    service.seconds(40);
    assert!(service.count(LIST) >= before + 14);
    assert_eq!(service.realtime.subscriptions(), 1);
}

#[test]
fn a_final_refusal_ends_a_host_and_a_passing_one_does_not() {
    for status in [401, 403] {
        let mut service = Service::new();
        service.fail(LIST, &[status]);
        let host = service.realtime.subscribe_host(service.now, HostOptions::new());
        service.settle();
        assert!(service.end(host).starts_with("refused"));
    }
    let mut service = Service::new();
    service.fail(LIST, &[500, 0, 429]);
    service.realtime.subscribe_host(service.now, HostOptions::new());
    service.settle();
    service.request(5);
    service.seconds(30);
    assert_eq!(requested(&service).len(), 1);
    let mut service = Service::new();
    service.fail("authenticateHostRealtimeSocket", &[403]);
    let options = HostOptions::new().socket(host_socket(HOST_CHANNEL));
    let host = service.realtime.subscribe_host(service.now, options);
    service.settle();
    assert!(service.end(host).contains("403"));
}
