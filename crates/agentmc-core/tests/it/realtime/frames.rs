//! Whatever a server says.

use std::time::Duration;

use agentmc_core::realtime::connection::{Channel, ChannelId, Config, Owner};
use agentmc_core::realtime::connection::{Connection, Event, Input, Output};
use agentmc_core::realtime::{Address, SessionOptions, Signal};
use agentmc_core::types::HostRealtimeSocketConnection;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::service::{Service, TOKEN, api, ok};

/// Some JSON.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u64..4).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop_oneof![
            Just("message"),
            Just("close"),
            Just("browser"),
            Just("1.2"),
            Just("base64json")
        ]
        .prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("id"),
        Just("type"),
        Just("payload"),
        Just("data"),
        Just("socket_id"),
        Just("code"),
        Just("status"),
        Just("chunk_id"),
        Just("chunk_index"),
        Just("chunk_total"),
        Just("chunk_data"),
        Just("chunk_encoding"),
        Just("session"),
        Just("sender"),
        Just("created_at"),
        Just("is_read"),
        Just("activity_timeout"),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, it)| (name.to_owned(), it))
                .collect()),
        ]
    })
}

fn frame() -> impl Strategy<Value = String> {
    let event = prop_oneof![
        Just("pusher:connection_established"),
        Just("pusher:error"),
        Just("pusher:ping"),
        Just("pusher:pong"),
        Just("pusher_internal:subscription_succeeded"),
        Just("pusher:subscription_error"),
        Just("agent.realtime.signal"),
    ];
    let channel = prop_oneof![Just("private-agent-realtime.7.42"), Just("other")];
    // A piece of a message, in a signal.
    let piece =
        (0_u64..4, 0_u32..4, 0_u32..4, "[a-b]", prop_oneof![Just("MQ=="), Just("?"), Just("")]);
    let piece = piece.prop_map(|(id, index, total, chunk, data)| {
        let body = json!({"chunk_id": chunk, "chunk_index": index, "chunk_total": total,
                          "chunk_encoding": "base64json", "chunk_data": data});
        let signal = json!({"id": id, "sender": "browser", "type": "message",
                            "payload": {"type": "chat.user", "payload": body}});
        let channel = "private-agent-realtime.7.42";
        json!({"event": "agent.realtime.signal", "channel": channel, "data": signal}).to_string()
    });
    let made =
        (event, channel, json(), any::<bool>()).prop_map(|(event, channel, data, is_text)| {
            let data = if is_text { data.to_string().into() } else { data };
            json!({"event": event, "channel": channel, "data": data}).to_string()
        });
    prop_oneof![4 => made, 2 => piece, 1 => json().prop_map(|json| json.to_string()), 1 => ".{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_frame_panics_or_hangs(
        frames in proptest::collection::vec(frame(), 0..12),
        lists in any::<bool>(),
    ) {
        let mut service = Service::new();
        service.request(42);
        if !lists {
            service.fail("listAgentRealtimeSignals", &[500; 40]);
        }
        service.subscribe(SessionOptions::session(42, TOKEN));
        for frame in &frames {
            if let Some(socket) = service.socket {
                service.input(agentmc_core::realtime::Input::Received(socket, frame));
            }
        }
        service.seconds(120);
        prop_assert!(service.realtime.subscriptions() == 0 || service.realtime.deadline().is_some());
    }

    #[test]
    fn no_frame_before_the_greeting_panics_or_hangs(
        frames in proptest::collection::vec(frame(), 0..12),
        opens in any::<bool>(),
    ) {
        let described: HostRealtimeSocketConnection =
            serde_json::from_value(json!({"key": "app", "host": "localhost"})).unwrap();
        let address = Address::new(&described).unwrap();
        let mut connection = Connection::new(Config::new(api(), address, 1));
        let mut now = Duration::ZERO;
        let owner = Owner::Session { session: 42.into(), agent: None };
        let channel = Channel::new("private-agent-realtime.7.42", owner);
        connection.handle(now, Input::Subscribe(ChannelId(1), channel));
        let Some(Output::Event(_)) = connection.poll() else { panic!("connecting") };
        let Some(Output::Open { socket, .. }) = connection.poll() else { panic!("opening") };
        if opens {
            connection.handle(now, Input::Opened(socket));
        }
        for frame in &frames {
            connection.handle(now, Input::Received(socket, frame));
        }
        while connection.poll().is_some() {}
        prop_assert!(connection.is_idle() || connection.deadline().is_some());
        // Nobody answers from here on: in the end the subscription is given up.
        for _ in 0..1_000 {
            let Some(at) = connection.deadline() else { break };
            now = now.max(at);
            connection.handle(now, Input::Timeout);
            while connection.poll().is_some() {}
        }
        prop_assert!(connection.is_idle());
        prop_assert!(now <= Duration::from_secs(45));
    }

    #[test]
    fn no_text_makes_reading_a_signal_panic(text in prop_oneof![json().prop_map(|it| it.to_string()), ".{0,60}"]) {
        if let Ok(signal) = Signal::read(&text, 42.into())
            && let Some(message) = signal.message()
        {
            drop(format!("{:?}", message.body()));
        }
    }
}

#[test]
fn a_greeting_is_read_as_text_or_as_an_object() {
    let connection: HostRealtimeSocketConnection =
        serde_json::from_value(json!({"key": "app", "host": "localhost"})).unwrap();
    for data in
        [json!({"socket_id": "1.2"}), json!(r#"{"socket_id":"1.2","activity_timeout":"7"}"#)]
    {
        let address = Address::new(&connection).unwrap();
        let mut connection = Connection::new(Config::new(api(), address, 1));
        let now = Duration::ZERO;
        let owner = Owner::Session { session: 42.into(), agent: None };
        connection.handle(now, Input::Subscribe(ChannelId(1), Channel::new("private-x", owner)));
        let mut sent = Vec::new();
        while let Some(output) = connection.poll() {
            match output {
                Output::Open { socket, .. } => {
                    let hello = json!({"event": "pusher:connection_established", "data": data});
                    connection.handle(now, Input::Opened(socket));
                    connection.handle(now, Input::Received(socket, &hello.to_string()));
                }
                Output::Call(id, call) => {
                    let body: Value = serde_json::from_slice(call.request().body()).unwrap();
                    assert_eq!(body, json!({"socket_id": "1.2", "channel_name": "private-x"}));
                    let reply = ok(&json!({"auth": "app:x", "channel_data": "{}"}));
                    connection.handle(now, Input::Replied(id, reply));
                }
                Output::Send(_, text) => sent.push(text),
                _ => {}
            }
        }
        assert_eq!(
            sent,
            [
                r#"{"event":"pusher:subscribe","data":{"channel":"private-x","auth":"app:x","channel_data":"{}"}}"#
            ]
        );
    }
}

#[test]
fn a_channel_with_an_event_of_its_own_is_told_of_that_event_alone() {
    let connection: HostRealtimeSocketConnection =
        serde_json::from_value(json!({"key": "app", "host": "localhost"})).unwrap();
    let address = Address::new(&connection).unwrap();
    let mut connection = Connection::new(Config::new(api(), address, 1));
    let owner = Owner::Session { session: 42.into(), agent: None };
    for (id, channel) in [
        (1, Channel::new("private-x", owner).event("signal.of.its.own")),
        (2, Channel::new("private-y", owner)),
    ] {
        connection.handle(Duration::ZERO, Input::Subscribe(ChannelId(id), channel));
    }
    let opened = std::iter::from_fn(|| connection.poll()).find_map(|output| match output {
        Output::Open { socket, .. } => Some(socket),
        _ => None,
    });
    let mut told = Vec::new();
    for (event, channel) in [
        ("agent.realtime.signal", "private-x"),
        ("signal.of.its.own", "private-x"),
        ("agent.realtime.signal", "private-y"),
        ("signal.of.its.own", "private-y"),
    ] {
        let frame = json!({"event": event, "channel": channel, "data": {"id": 7}}).to_string();
        connection.handle(Duration::ZERO, Input::Received(opened.unwrap(), &frame));
        while let Some(output) = connection.poll() {
            if let Output::Event(Event::Signal(id, _)) = output {
                told.push((event, id));
            }
        }
    }
    assert_eq!(
        told,
        [("signal.of.its.own", ChannelId(1)), ("agent.realtime.signal", ChannelId(2))]
    );
}
