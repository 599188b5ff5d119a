//! The websocket, frame by frame.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use agentmc_core::Operation;
use agentmc_core::ops::hosts::{
    AuthenticateAgentRealtimeSocket, AuthenticateHostRealtimeSocket, ClaimAgentRealtimeSession,
    CloseAgentRealtimeSession, CreateAgentRealtimeSignal,
};
use agentmc_sandbox::{Options, Sandbox};
use agentmc_types::{AgentId, Object, Secret, SessionId};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{
    Client, PATIENCE, authority, closed, connect, data, frame, say, session, target,
};

fn exchange<O: Operation>(sandbox: &Sandbox, operation: &O) -> Value {
    let call = sandbox.api().call(operation).unwrap();
    let reply = sandbox.exchange(&call).unwrap();
    assert!(reply.status().is_success(), "{:?}", reply.body());
    serde_json::from_slice(reply.body()).unwrap_or_default()
}

fn claim(sandbox: &Sandbox, session: SessionId) -> Value {
    let owner = Secret::from("agent-claim:0123456789");
    exchange(sandbox, &ClaimAgentRealtimeSession::new(session).owner_token(owner))
}

/// The code and the text of an error, and those of the close frame after it.
fn refused(sandbox: &Sandbox, target: &str, origin: Option<&str>) -> (u16, String) {
    let mut socket = connect(sandbox, target, origin);
    let error = frame(&mut socket);
    assert_eq!(error["event"], "pusher:error");
    let close = closed(&mut socket);
    assert_eq!(data(&error), json!({"code": close.0, "message": close.1}));
    close
}

fn wait_until(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "it does not come");
        std::thread::yield_now();
    }
}

#[test]
fn a_socket_is_greeted_with_its_id() {
    let sandbox = Sandbox::start().unwrap();
    let mut socket = connect(&sandbox, &target(&sandbox), None);
    let greeting = data(&frame(&mut socket));
    assert_eq!(greeting["activity_timeout"], 30);
    let id = greeting["socket_id"].as_str().unwrap();
    let (first, second) = id.split_once('.').unwrap();
    assert!(first.parse::<u64>().is_ok() && second.parse::<u64>().is_ok());
    assert_ne!(Client::new(&sandbox).id, id);
}

#[test]
fn the_handshake_is_among_what_arrived() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new(&sandbox);
    let seen = sandbox.seen();
    assert_eq!((seen.len(), seen[0].status.as_u16(), seen[0].operation), (1, 101, None));
    assert_eq!(seen[0].target, target(&sandbox));
    let sockets = sandbox.sockets();
    assert_eq!((sockets.len(), &sockets[0].id), (1, &client.id));
    assert_eq!((sockets[0].origin.as_deref(), &sockets[0].target), (None, &seen[0].target));
}

#[test]
fn sockets_that_may_not_connect_are_told_why_and_closed() {
    let sandbox = Sandbox::start().unwrap();
    let good = target(&sandbox);
    let key = &sandbox.keys().socket_key;
    assert_eq!(
        refused(&sandbox, "/app/nothing?protocol=7", None),
        (4001, "Application does not exist".into())
    );
    assert_eq!(refused(&sandbox, &format!("/app/{key}/x?protocol=7"), None).0, 4001);
    assert_eq!(refused(&sandbox, &format!("/app/{key}?protocol=4"), None).0, 4007);
    assert_eq!(refused(&sandbox, &format!("/app/{key}?protocol=seven"), None).0, 4007);
    assert_eq!(refused(&sandbox, &format!("/app/{key}"), None).0, 4008);
    for foreign in ["http://example.com", "null", "127.0.0.1", "http://127.0.0.1:1"] {
        assert_eq!(refused(&sandbox, &good, Some(foreign)).0, 4009, "{foreign}");
    }
    assert!(sandbox.sockets().is_empty());
    let own = format!("http://{}", authority(&sandbox));
    assert_eq!(
        frame(&mut connect(&sandbox, &good, Some(&own)))["event"],
        "pusher:connection_established"
    );
    assert_eq!(sandbox.sockets()[0].origin, Some(own));
}

#[test]
fn what_is_no_websocket_is_told_to_become_one() {
    let sandbox = Sandbox::start().unwrap();
    let mut stream = TcpStream::connect(authority(&sandbox)).unwrap();
    let target = target(&sandbox);
    write!(stream, "GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 426 Upgrade Required\r\n"), "{reply}");
    assert!(reply.contains("upgrade: websocket\r\n"));
    assert_eq!(sandbox.seen()[0].status.as_u16(), 426);
}

#[test]
fn both_sides_may_ping() {
    let sandbox = Sandbox::with(Options::default().activity_timeout(Duration::from_millis(400)));
    let sandbox = sandbox.unwrap();
    let mut client = Client::new(&sandbox);
    client.has_nothing_more();
    for _ in 0..3 {
        assert_eq!(client.frame()["event"], "pusher:ping");
        client.send(&json!({"event": "pusher:pong", "data": {}}));
    }
    assert_eq!(client.frame()["event"], "pusher:ping");
    assert_eq!(closed(&mut client.socket), (4201, "Pong reply not received".into()));
    wait_until(|| sandbox.sockets().is_empty());
}

#[test]
fn a_time_of_less_than_a_second_is_told_as_one() {
    let options = Options::default().activity_timeout(Duration::from_millis(1_200));
    let sandbox = Sandbox::with(options).unwrap();
    let mut socket = connect(&sandbox, &target(&sandbox), None);
    assert_eq!(data(&frame(&mut socket))["activity_timeout"], 2);
}

#[test]
fn a_subscription_needs_the_signature_of_its_socket_and_channel() {
    let sandbox = Sandbox::start().unwrap();
    let (_, channel) = session(&sandbox);
    let mut client = Client::new(&sandbox);
    let keys = sandbox.keys();
    let wrong =
        [String::new(), keys.sign("1.1", &channel), keys.sign(&client.id, "private-another")];
    for auth in wrong {
        client.ask(&channel, &auth);
        let error = client.frame();
        assert_eq!(error["event"], "pusher:subscription_error");
        assert_eq!(error["channel"], channel.as_str());
        let error = data(&error);
        assert_eq!((&error["type"], &error["status"]), (&json!("AuthError"), &json!(401)));
        assert!(error["error"].is_string());
    }
    client.ask("public", &keys.sign(&client.id, "public"));
    assert_eq!(data(&client.frame())["status"], 404);
    assert!(sandbox.sockets()[0].channels.is_empty());
    client.subscribe(&sandbox, &channel);
    client.subscribe(&sandbox, &channel);
    assert_eq!(sandbox.sockets()[0].channels, [channel]);
}

#[test]
fn the_api_signs_what_the_socket_takes() {
    let sandbox = Sandbox::start().unwrap();
    let (id, channel) = session(&sandbox);
    let claimed = claim(&sandbox, id)["data"]["socket"].clone();
    assert_eq!(claimed["channel"], channel.as_str());
    let connection = &claimed["connection"];
    let place = format!("{}:{}", connection["host"].as_str().unwrap(), connection["port"]);
    assert_eq!((place.as_str(), &connection["scheme"]), (authority(&sandbox), &json!("http")));
    let mut client = Client::new(&sandbox);
    let operation = AuthenticateAgentRealtimeSocket::new(id, client.id.as_str(), channel.as_str());
    let auth = exchange(&sandbox, &operation)["auth"].as_str().unwrap().to_owned();
    client.ask(&channel, &auth);
    assert_eq!(client.frame()["event"], "pusher_internal:subscription_succeeded");

    let host = "private-agent-realtime-host.1";
    let operation = AuthenticateHostRealtimeSocket::new(client.id.as_str(), host);
    let auth = exchange(&sandbox, &operation)["auth"].as_str().unwrap().to_owned();
    client.ask(host, &auth);
    assert_eq!(client.frame()["event"], "pusher_internal:subscription_succeeded");
}

#[test]
fn signals_of_either_side_are_pushed_in_order() {
    let sandbox = Sandbox::start().unwrap();
    let (id, channel) = session(&sandbox);
    let mut client = Client::new(&sandbox);
    client.subscribe(&sandbox, &channel);
    claim(&sandbox, id);
    let asked = say(&sandbox, id, "Hello?");
    let payload = Object::from_iter([("text", "Hi")]);
    let sent = exchange(&sandbox, &CreateAgentRealtimeSignal::new(id, "message").payload(payload));
    exchange(&sandbox, &CloseAgentRealtimeSession::new(id).reason("done".to_owned()));

    let first = client.signal();
    assert_eq!((&first["id"], &first["sender"]), (&json!(asked), &json!("browser")));
    assert_eq!(first["payload"], json!({"text": "Hello?"}));
    assert_eq!((&first["session_id"], &first["type"]), (&json!(id), &json!("message")));
    assert!(first["created_at"].is_string() && first.get("team_id").is_none());
    let second = client.signal();
    assert_eq!((&second["id"], &second["sender"]), (&sent["data"]["id"], &json!("agent")));
    let third = client.signal();
    assert_eq!((&third["type"], &third["payload"]), (&json!("close"), &json!({"reason": "done"})));
    client.has_nothing_more();
}

#[test]
fn what_happens_at_once_is_pushed_in_the_order_of_ids() {
    let sandbox = Sandbox::start().unwrap();
    let (id, channel) = session(&sandbox);
    let (mut first, mut second) = (Client::new(&sandbox), Client::new(&sandbox));
    first.subscribe(&sandbox, &channel);
    second.subscribe(&sandbox, &channel);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    say(&sandbox, id, "x");
                }
            });
        }
    });
    let stored: Vec<_> = sandbox.world(|world| world.signals.keys().map(|id| id.get()).collect());
    for client in [&mut first, &mut second] {
        let pushed = (0..2_000).map(|_| client.signal()["id"].as_u64().unwrap());
        assert_eq!(pushed.collect::<Vec<_>>(), stored);
    }
}

#[test]
fn a_session_somebody_asks_for_is_pushed_to_the_host_of_its_agent() {
    let sandbox = Sandbox::start().unwrap();
    let mut client = Client::new(&sandbox);
    client.subscribe(&sandbox, "private-agent-realtime-host.1");
    let (id, _) = session(&sandbox);
    let pushed = client.frame();
    assert_eq!(pushed["event"], "agent.realtime.host.session.requested");
    assert_eq!(pushed["channel"], "private-agent-realtime-host.1");
    let pushed = data(&pushed);
    assert_eq!((&pushed["session_id"], &pushed["agent_id"]), (&json!(id), &json!(1)));
    assert_eq!(pushed["requested_by_user_id"], 1);

    let service = sandbox.world(|world| world.request_session_for(AgentId(2), None)).unwrap();
    let pushed = data(&client.frame());
    assert_eq!(pushed["session_id"], json!(service));
    assert_eq!(pushed["requested_by_user_id"], Value::Null);
}

#[test]
fn one_socket_has_many_channels_and_leaves_them_one_by_one() {
    let sandbox = Sandbox::start().unwrap();
    let sessions: Vec<_> = (0..200).map(|_| session(&sandbox)).collect();
    let mut client = Client::new(&sandbox);
    for (_, channel) in &sessions {
        client.subscribe(&sandbox, channel);
    }
    assert_eq!(sandbox.sockets()[0].channels.len(), 200);
    for (id, channel) in &sessions {
        say(&sandbox, *id, channel);
    }
    for (_, channel) in &sessions {
        assert_eq!(client.texts(1), [channel.as_str()]);
    }
    let (id, channel) = &sessions[7];
    client.send(&json!({"event": "pusher:unsubscribe", "data": {"channel": channel}}));
    client.has_nothing_more();
    say(&sandbox, *id, "unheard");
    say(&sandbox, sessions[8].0, "heard");
    assert_eq!(client.texts(1), ["heard"]);
    assert_eq!(sandbox.sockets()[0].channels.len(), 199);
}

#[test]
fn a_frame_may_carry_its_data_in_a_string() {
    let sandbox = Sandbox::start().unwrap();
    let (_, channel) = session(&sandbox);
    let mut client = Client::new(&sandbox);
    let auth = sandbox.keys().sign(&client.id, &channel);
    let data = json!({"channel": channel, "auth": auth}).to_string();
    client.send(&json!({"event": "pusher:subscribe", "data": data}));
    assert_eq!(client.frame()["event"], "pusher_internal:subscription_succeeded");
}

#[test]
fn a_signal_too_large_to_push_is_stored_alone() {
    let sandbox = Sandbox::start().unwrap();
    let (id, channel) = session(&sandbox);
    let mut client = Client::new(&sandbox);
    client.subscribe(&sandbox, &channel);
    let large = say(&sandbox, id, &"x".repeat(10_000));
    let after = say(&sandbox, id, "small");
    assert_eq!(client.signal()["id"], after);
    assert!(sandbox.world(|world| world.signals.contains_key(&large.into())));
}

#[test]
fn what_cannot_be_understood_is_answered_and_the_socket_stays() {
    let sandbox = Sandbox::start().unwrap();
    let mut client = Client::new(&sandbox);
    let mut code = |message: Message| {
        client.socket.send(message).unwrap();
        let frame = frame(&mut client.socket);
        assert_eq!(frame["event"], "pusher:error");
        data(&frame)["code"].clone()
    };
    assert_eq!(code(Message::text("{")), 4200);
    assert_eq!(code(Message::text("[]")), 4200);
    assert_eq!(code(Message::text(r#"{"event":"pusher:unheard"}"#)), 4200);
    assert_eq!(code(Message::binary(vec![0, 159])), 4200);
    assert_eq!(code(Message::text(r#"{"event":"client-typing","data":{}}"#)), 4301);
    client.has_nothing_more();
    assert_eq!(sandbox.sockets()[0].frames, 6);
}

#[test]
fn a_message_over_the_limit_closes_the_socket() {
    let sandbox = Sandbox::start().unwrap();
    let mut client = Client::new(&sandbox);
    client.send(&json!({"event": "pusher:ping", "data": "x".repeat(16_000)}));
    assert_eq!(client.frame()["event"], "pusher:pong");
    client.send(&json!({"event": "pusher:ping", "data": "x".repeat(17_000)}));
    assert_eq!(closed(&mut client.socket), (1009, "Message too large".into()));
    wait_until(|| sandbox.sockets().is_empty());
}

#[test]
fn a_client_that_leaves_is_gone() {
    let sandbox = Sandbox::start().unwrap();
    let mut client = Client::new(&sandbox);
    client.socket.close(None).unwrap();
    assert!(matches!(client.socket.read(), Ok(Message::Close(None))));
    wait_until(|| sandbox.sockets().is_empty());
    drop(Client::new(&sandbox));
    wait_until(|| sandbox.sockets().is_empty());
}

#[test]
fn a_client_that_does_not_read_is_let_go() {
    let sandbox = Sandbox::start().unwrap();
    let (id, channel) = session(&sandbox);
    let mut deaf = Client::new(&sandbox);
    deaf.subscribe(&sandbox, &channel);
    let mut hearing = Client::new(&sandbox);
    hearing.subscribe(&sandbox, &channel);
    let text = "x".repeat(9_000);
    let mut sent = 0;
    while sandbox.sockets().iter().any(|socket| socket.id == deaf.id) {
        assert!(sent < 10_000, "what it does not read piles up");
        say(&sandbox, id, &text);
        hearing.signal();
        sent += 1;
    }
    assert_eq!(sandbox.sockets().len(), 1);
    say(&sandbox, id, "still here");
    assert_eq!(hearing.texts(1), ["still here"]);
}

#[test]
fn there_are_only_so_many_sockets() {
    let sandbox = Sandbox::start().unwrap();
    let mut clients: Vec<_> = (0..256).map(|_| Client::new(&sandbox)).collect();
    assert_eq!(refused(&sandbox, &target(&sandbox), None), (4100, "Over capacity".into()));
    clients.pop();
    wait_until(|| sandbox.sockets().len() == 255);
    Client::new(&sandbox);
}

#[test]
fn a_sandbox_that_goes_down_or_ends_takes_its_sockets_along() {
    let sandbox = Sandbox::start().unwrap();
    let mut client = Client::new(&sandbox);
    sandbox.go_down();
    assert!(sandbox.sockets().is_empty());
    assert!(client.socket.read().is_err());
    sandbox.come_back().unwrap();
    let mut client = Client::new(&sandbox);
    drop(sandbox);
    assert!(client.socket.read().is_err());
}

fn text() -> impl Strategy<Value = String> {
    let event = prop_oneof![
        Just("pusher:subscribe"),
        Just("pusher:unsubscribe"),
        Just("pusher:pong"),
        Just("client-x"),
        Just("other"),
    ];
    let data = prop_oneof![
        Just(json!(null)),
        Just(json!("{\"channel\":1}")),
        any::<String>().prop_map(|text| json!({"channel": text, "auth": text})),
        Just(json!({"channel": "private-x", "auth": ["private-x"]})),
        Just(json!([{}])),
    ];
    let formed = (event, data).prop_map(|(event, data)| json!({"event": event, "data": data}));
    prop_oneof![any::<String>(), formed.prop_map(|frame| frame.to_string())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_frames_break_a_socket(texts in proptest::collection::vec(text(), 0..32)) {
        let sandbox = Sandbox::start().unwrap();
        let mut client = Client::new(&sandbox);
        for text in &texts {
            client.socket.send(Message::text(text.as_str())).unwrap();
        }
        client.send(&json!({"event": "pusher:ping"}));
        let answers = std::iter::from_fn(|| {
            let frame = client.frame();
            (frame["event"] != "pusher:pong").then_some(frame)
        });
        prop_assert!(answers.count() <= texts.len());
    }
}
