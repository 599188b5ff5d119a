//! What goes wrong on websockets on demand.

use agentmc_sandbox::{Sandbox, SocketFault};
use agentmc_types::SessionId;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Client, closed, data, say, session};

/// A sandbox, a session, and a client that listens to it.
fn listening() -> (Sandbox, SessionId, Client) {
    let sandbox = Sandbox::start().unwrap();
    let (session, channel) = session(&sandbox);
    let mut client = Client::new(&sandbox);
    client.subscribe(&sandbox, &channel);
    (sandbox, session, client)
}

fn say_all(sandbox: &Sandbox, session: SessionId, texts: &str) {
    for text in texts.chars() {
        say(sandbox, session, &text.to_string());
    }
}

fn heard(client: &mut Client, count: usize) -> String {
    client.texts(count).concat()
}

#[test]
fn every_socket_is_dropped_without_a_word() {
    let (sandbox, session, mut client) = listening();
    sandbox.socket_fault(SocketFault::Drop);
    assert!(sandbox.sockets().is_empty());
    say_all(&sandbox, session, "a");
    assert!(!matches!(client.socket.read(), Ok(_) | Err(Error::ConnectionClosed)));
    Client::new(&sandbox);
}

#[test]
fn every_socket_is_closed_with_a_code_after_what_was_sent_before() {
    let (sandbox, session, mut client) = listening();
    let mut other = Client::new(&sandbox);
    say_all(&sandbox, session, "a");
    sandbox.socket_fault(SocketFault::Close(4200, "é".repeat(100)));
    say_all(&sandbox, session, "b");
    assert!(sandbox.sockets().is_empty());
    assert_eq!(heard(&mut client, 1), "a");
    assert_eq!(closed(&mut client.socket), (4200, "é".repeat(61)));
    assert_eq!(closed(&mut other.socket).0, 4200);
}

#[test]
fn the_next_subscriptions_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let (_, channel) = session(&sandbox);
    let mut client = Client::new(&sandbox);
    sandbox.socket_fault(SocketFault::RefuseSubscriptions(2, 403));
    for _ in 0..2 {
        client.ask(&channel, &sandbox.keys().sign(&client.id, &channel));
        let error = client.frame();
        assert_eq!(error["event"], "pusher:subscription_error");
        assert_eq!(data(&error)["status"], 403);
    }
    client.subscribe(&sandbox, &channel);
}

#[test]
fn pushes_are_held_back_until_they_are_released() {
    let (sandbox, session, mut client) = listening();
    sandbox.socket_fault(SocketFault::HoldPushes);
    say_all(&sandbox, session, "abc");
    client.has_nothing_more();
    sandbox.socket_fault(SocketFault::ReleasePushes);
    say_all(&sandbox, session, "d");
    assert_eq!(heard(&mut client, 4), "abcd");
}

#[test]
fn the_next_pushes_are_doubled() {
    let (sandbox, session, mut client) = listening();
    sandbox.socket_fault(SocketFault::DuplicatePushes(2));
    say_all(&sandbox, session, "abc");
    assert_eq!(heard(&mut client, 5), "aabbc");
    client.has_nothing_more();
}

#[test]
fn the_next_pushes_arrive_in_reverse() {
    let (sandbox, session, mut client) = listening();
    sandbox.socket_fault(SocketFault::ReorderPushes(3));
    say_all(&sandbox, session, "ab");
    client.has_nothing_more();
    say_all(&sandbox, session, "cde");
    assert_eq!(heard(&mut client, 5), "cbade");

    sandbox.socket_fault(SocketFault::ReorderPushes(9));
    say_all(&sandbox, session, "fg");
    sandbox.socket_fault(SocketFault::ReleasePushes);
    say_all(&sandbox, session, "h");
    assert_eq!(heard(&mut client, 3), "gfh");
}

#[test]
fn the_next_pushes_are_lost_and_stored() {
    let (sandbox, session, mut client) = listening();
    sandbox.socket_fault(SocketFault::LosePushes(2));
    say_all(&sandbox, session, "abc");
    assert_eq!(heard(&mut client, 1), "c");
    assert_eq!(sandbox.world(|world| world.signals.len()), 3);
}

#[test]
fn faults_of_several_kinds_come_together() {
    let (sandbox, session, mut client) = listening();
    for fault in [
        SocketFault::LosePushes(1),
        SocketFault::DuplicatePushes(1),
        SocketFault::ReorderPushes(2),
        SocketFault::HoldPushes,
    ] {
        sandbox.socket_fault(fault);
    }
    say_all(&sandbox, session, "abcd");
    client.has_nothing_more();
    sandbox.socket_fault(SocketFault::ReleasePushes);
    assert_eq!(heard(&mut client, 4), "cbbd");
}

#[test]
fn pings_stay_without_an_answer() {
    let (sandbox, session, mut client) = listening();
    sandbox.socket_fault(SocketFault::ForgetPongs(true));
    client.send(&json!({"event": "pusher:ping"}));
    client.ask("none", "");
    assert_eq!(client.frame()["event"], "pusher:subscription_error");
    say_all(&sandbox, session, "a");
    assert_eq!(heard(&mut client, 1), "a");
    sandbox.socket_fault(SocketFault::ForgetPongs(false));
    client.has_nothing_more();
}

#[test]
fn garbage_is_sent_as_it_is() {
    let (sandbox, _, mut client) = listening();
    sandbox.socket_fault(SocketFault::Garbage("{\"event\":".to_owned()));
    assert_eq!(client.socket.read().unwrap(), Message::text("{\"event\":"));
    sandbox.socket_fault(SocketFault::Binary(vec![1, 2]));
    assert_eq!(client.socket.read().unwrap(), Message::binary(vec![1, 2]));
    client.has_nothing_more();
    sandbox.socket_fault(SocketFault::Raw(vec![0x83, 0]));
    assert!(matches!(client.socket.read(), Err(Error::Protocol(_))));
}

#[test]
fn an_event_of_any_size_is_sent() {
    let (sandbox, _, mut client) = listening();
    for size in [35, 100, 5_000_000] {
        sandbox.socket_fault(SocketFault::TooLarge(size));
        let Message::Text(text) = client.socket.read().unwrap() else { panic!("it is no text") };
        assert_eq!(text.len(), size);
        assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["event"].is_string());
    }
    client.has_nothing_more();
}
