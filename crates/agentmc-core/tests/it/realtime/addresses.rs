//! Where websockets go.

use agentmc_core::BaseUrl;
use agentmc_core::realtime::address::{Address, AddressError, origin};
use agentmc_core::types::HostRealtimeSocketConnection;
use serde_json::{Value, json};

fn connection(more: Value) -> HostRealtimeSocketConnection {
    let mut connection = json!({"key": "app", "host": "ws.example.com"});
    connection.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(connection).unwrap()
}

fn url(more: Value) -> String {
    let url = Address::new(&connection(more)).unwrap().url();
    let (start, query) = url.split_once('?').unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!("protocol=7&client=agentmc-rust&version={version}&flash=false");
    assert_eq!(query, expected);
    start.to_owned()
}

#[test]
fn scheme_port_and_path_follow_the_contract() {
    for (more, expected) in [
        (json!({}), "wss://ws.example.com:443/app/app"),
        (json!({"scheme": "https"}), "wss://ws.example.com:443/app/app"),
        (json!({"scheme": "wss", "port": 6001}), "wss://ws.example.com:6001/app/app"),
        (json!({"scheme": "gopher"}), "wss://ws.example.com:443/app/app"),
        (json!({"scheme": "HTTP"}), "ws://ws.example.com:80/app/app"),
        (json!({"scheme": "Ws", "port": 0}), "ws://ws.example.com:80/app/app"),
        (json!({"port": -1}), "wss://ws.example.com:443/app/app"),
        (json!({"port": 70_000}), "wss://ws.example.com:443/app/app"),
        (json!({"path": "  "}), "wss://ws.example.com:443/app/app"),
        (json!({"path": "reverb"}), "wss://ws.example.com:443/reverb/app/app"),
        (json!({"path": " /reverb/live/ "}), "wss://ws.example.com:443/reverb/live/app/app"),
        (json!({"path": "/?x=1#y"}), "wss://ws.example.com:443/%3Fx%3D1%23y/app/app"),
        (json!({"key": "a/b?c"}), "wss://ws.example.com:443/app/a/b%3Fc"),
        (json!({"host": "::1", "cluster": "eu"}), "wss://[::1]:443/app/app"),
    ] {
        assert_eq!(url(more.clone()), expected, "{more}");
    }
}

#[test]
fn a_host_that_would_change_the_url_is_refused() {
    for host in ["", " ", "a b", "a/b", "user@host", "host:1", "host?x", "host#x"] {
        let address = Address::new(&connection(json!({"host": host})));
        assert_eq!(address, Err(AddressError::Host), "{host}");
    }
    assert_eq!(Address::new(&connection(json!({"key": " "}))), Err(AddressError::NoKey));
}

#[test]
fn only_key_host_port_tls_and_path_keep_websockets_apart() {
    let address = |more| Address::new(&connection(more)).unwrap();
    let usual = address(json!({}));
    for same in [
        json!({"port": 443, "scheme": "wss", "path": "/"}),
        json!({"host": "WS.example.com", "cluster": "eu", "driver": "pusher"}),
    ] {
        assert_eq!(address(same.clone()), usual, "{same}");
    }
    for other in [
        json!({"key": "other"}),
        json!({"host": "other"}),
        json!({"port": 444}),
        json!({"scheme": "http", "port": 443}),
        json!({"path": "x"}),
    ] {
        assert_ne!(address(other.clone()), usual, "{other}");
    }
}

#[test]
fn the_origin_is_that_of_the_api() {
    for (base, expected) in [
        ("https://agentmc.ai/api/v1", "https://agentmc.ai"),
        ("https://AgentMC.ai:443/api/v1", "https://agentmc.ai"),
        ("https://agentmc.ai:8443/api/v1", "https://agentmc.ai:8443"),
        ("http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080"),
        ("http://localhost:80", "http://localhost"),
    ] {
        assert_eq!(origin(&BaseUrl::new(base).unwrap()), expected);
    }
}
