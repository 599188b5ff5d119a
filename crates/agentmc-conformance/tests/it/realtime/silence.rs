//! A server that talks and never reads.

use std::net::TcpListener;
use std::thread;

use agentmc_conformance::live_on_both;
use agentmc_core::realtime::{Event, HostOptions, State};
use tokio_tungstenite::tungstenite::{Message, accept};

use super::wires::host_socket;
use super::{Stage, heard};

live_on_both! {
    fn a_server_that_pings_and_never_reads_is_given_up<S>() {
        let stage = Stage::<S>::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut websocket = accept(stream).unwrap();
            let greeting = r#"{"event": "pusher:connection_established", "data": {"socket_id": "1.2"}}"#;
            websocket.send(Message::text(greeting)).unwrap();
            while websocket.send(Message::text(r#"{"event": "pusher:ping"}"#)).is_ok() {}
        });
        let options = HostOptions::new().socket(host_socket(&stage, "http", Some(address)));
        let mut host = S::host(&stage.client.realtime(super::impatient()), options);
        heard(&mut host, "connected", |event| {
            matches!(event, Event::State(State::Connected)).then_some(())
        });
        let loss = heard(&mut host, "a loss", |event| match event {
            Event::State(State::Waiting { loss, .. }) => Some(loss.clone()),
            _ => None,
        });
        assert_eq!(loss.code, None, "{loss}");
    }
}
