//! Encrypted websockets, and those that go through a proxy.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use agentmc_async::rustls;
use agentmc_conformance::{Live, live_on_both};
use agentmc_core::realtime::{Event, HostOptions, Loss, State, Tuning};
use agentmc_core::types::HostRealtimeSocketPayload;
use rustls::crypto::{CryptoProvider, ring};
use serde_json::json;

use super::{Stage, heard};
use crate::servers::Heads;

type Certificate = rcgen::CertifiedKey<rcgen::KeyPair>;

/// Where the host of the sandbox listens: at the sandbox, or at something before it.
pub(super) fn host_socket<S: Live>(
    stage: &Stage<S>,
    scheme: &str,
    at: Option<SocketAddr>,
) -> HostRealtimeSocketPayload {
    let host = stage.sandbox.world(|world| world.agents[&stage.agent].host_id).unwrap();
    let port = at.map_or_else(|| port(stage), |at| at.port());
    let key = &stage.sandbox.keys().socket_key;
    let socket = json!({
        "connection": {"key": key, "host": "127.0.0.1", "port": port, "scheme": scheme},
        "channel": format!("private-agent-realtime-host.{host}"),
    });
    serde_json::from_value(socket).unwrap()
}

fn port<S: Live>(stage: &Stage<S>) -> u16 {
    stage.sandbox.url().parse::<http::Uri>().unwrap().port_u16().unwrap()
}

fn self_signed() -> Certificate {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

/// Serves every connection on a thread of its own.
fn serving(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, serve) = (listener.local_addr().unwrap(), Arc::new(serve));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

/// A server with the certificate, behind which is the sandbox.
fn encrypted(certificate: &Certificate, sandbox: u16) -> SocketAddr {
    let key = certificate.signing_key.serialize_der().try_into().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    serving(move |stream| {
        let own = stream.local_addr().unwrap().port();
        let tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut client = rustls::StreamOwned::new(tls, stream);
        let mut server = TcpStream::connect(("127.0.0.1", sandbox)).unwrap();
        for socket in [&client.sock, &server] {
            socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        }
        // The sandbox compares the host it is asked for with the origin.
        let (from, to) = (format!("127.0.0.1:{own}"), format!("127.0.0.1:{sandbox}"));
        let rename = |bytes: &[u8]| match std::str::from_utf8(bytes) {
            Ok(head) if head.starts_with("GET ") => {
                head.replace(&format!("ost: {from}"), &format!("ost: {to}")).into_bytes()
            }
            _ => bytes.to_vec(),
        };
        while pass(&mut client, &mut server, rename)
            && pass(&mut server, &mut client, <[u8]>::to_vec)
        {}
    })
}

/// Passes on what is there; false at the end.
fn pass(from: &mut impl Read, to: &mut impl Write, change: impl Fn(&[u8]) -> Vec<u8>) -> bool {
    let mut buffer = [0; 16 << 10];
    match from.read(&mut buffer) {
        Ok(0) => false,
        Ok(read) => to.write_all(&change(&buffer[..read])).and_then(|()| to.flush()).is_ok(),
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// A proxy that connects to wherever it is asked to, or to nowhere.
fn proxy(lets_through: bool) -> (SocketAddr, Heads) {
    let heads = Heads::default();
    let log = Arc::clone(&heads);
    let address = serving(move |mut client| {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).is_ok_and(|read| read == 1) {
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        log.lock().unwrap().push(head.clone());
        if !lets_through {
            let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        let server = match head.strip_prefix("CONNECT ") {
            Some(head) => {
                let server = TcpStream::connect(head.split(' ').next().unwrap()).unwrap();
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
                server
            }
            // What is not encrypted may be asked of the proxy itself.
            None => {
                let target = head.split("http://").nth(1).unwrap().split('/').next().unwrap();
                let mut server = TcpStream::connect(target).unwrap();
                server.write_all(head.as_bytes()).unwrap();
                server
            }
        };
        let copy = |mut from: TcpStream, mut to: TcpStream| {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        };
        let (other, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || copy(other, back));
        copy(client, server);
    });
    (address, heads)
}

/// Listens on an encrypted websocket and hears of a session on it.
fn listens<S: Live>(stage: &Stage<S>, client: &S, at: SocketAddr) {
    listens_at(stage, client, "https", Some(at));
}

/// Listens on a websocket and hears of a session on it.
fn listens_at<S: Live>(stage: &Stage<S>, client: &S, scheme: &str, at: Option<SocketAddr>) {
    let realtime = client.realtime(Tuning::new());
    let options = HostOptions::new().socket(host_socket(stage, scheme, at));
    let mut host = S::host(&realtime, options);
    heard(&mut host, "listening", |event| matches!(event, Event::Listening).then_some(()));
    let asked = stage.request();
    heard(&mut host, "a session", |event| match event {
        Event::SessionRequested { session_id, .. } if *session_id == asked => Some(()),
        _ => None,
    });
}

/// How opening the websocket fails.
fn fails<S: Live>(stage: &Stage<S>, client: &S, at: SocketAddr) -> Loss {
    let realtime = client.realtime(Tuning::new());
    let options = HostOptions::new().socket(host_socket(stage, "https", Some(at)));
    let mut host = S::host(&realtime, options);
    heard(&mut host, "a loss", |event| match event {
        Event::State(State::Waiting { loss, .. }) => Some(loss.clone()),
        _ => None,
    })
}

live_on_both! {
    fn an_encrypted_websocket_is_opened_and_the_process_needs_no_cryptography_of_its_own<S>() {
        let (stage, certificate) = (Stage::<S>::new(), self_signed());
        let server = encrypted(&certificate, port(&stage));
        let client = S::trusting(stage.sandbox.api(), certificate.cert.der());
        listens(&stage, &client, server);
        assert!(CryptoProvider::get_default().is_none());
    }

    fn a_certificate_nobody_vouches_for_opens_no_websocket<S>() {
        let stage = Stage::<S>::new();
        let server = encrypted(&self_signed(), port(&stage));
        let client = S::trusting(stage.sandbox.api(), self_signed().cert.der());
        let loss = fails(&stage, &client, server);
        assert!(loss.text.to_lowercase().contains("certificate"), "{loss}");
    }

    fn an_encrypted_websocket_goes_through_the_proxy<S>() {
        let (stage, certificate) = (Stage::<S>::new(), self_signed());
        let server = encrypted(&certificate, port(&stage));
        let (proxy, heads) = proxy(true);
        let client = S::proxied(stage.sandbox.api(), certificate.cert.der(), proxy);
        listens(&stage, &client, server);
        let connect = format!("CONNECT {server} HTTP/1.1\r\n");
        let heads = heads.lock().unwrap();
        assert!(heads.iter().any(|head| head.starts_with(&connect)), "{heads:?}");
    }

    fn what_is_not_encrypted_goes_through_the_proxy_as_calls_do<S>() {
        let stage = Stage::<S>::new();
        let (proxy, heads) = proxy(true);
        let client = S::proxied_but(stage.sandbox.api(), proxy, "elsewhere.example");
        listens_at(&stage, &client, "http", None);
        let port = format!("127.0.0.1:{}", port(&stage));
        let is_of_websocket = |head: &String| {
            head.starts_with(&format!("CONNECT {port} ")) || head.starts_with(&format!("GET http://{port}/app/"))
        };
        assert!(heads.lock().unwrap().iter().any(is_of_websocket), "{heads:?}");
    }

    fn a_host_that_needs_no_proxy_is_reached_without_one<S>() {
        let stage = Stage::<S>::new();
        let (refusing, heads) = proxy(false);
        let client = S::proxied_but(stage.sandbox.api(), refusing, "127.0.0.1");
        listens_at(&stage, &client, "http", None);
        assert!(heads.lock().unwrap().is_empty());
    }

    fn a_proxy_that_refuses_is_no_way_to_a_websocket<S>() {
        let (stage, certificate) = (Stage::<S>::new(), self_signed());
        let server = encrypted(&certificate, port(&stage));
        let (refusing, heads) = proxy(false);
        let client = S::proxied(stage.sandbox.api(), certificate.cert.der(), refusing);
        fails(&stage, &client, server);
        assert!(!heads.lock().unwrap().is_empty());
        assert!(stage.sandbox.sockets().is_empty());
    }

    fn a_server_that_speaks_no_websocket_is_lost<S>() {
        let (stage, certificate) = (Stage::<S>::new(), self_signed());
        let refuses: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
        let plain = serving(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]).and_then(|_| stream.write_all(refuses));
        });
        let client = S::trusting(stage.sandbox.api(), certificate.cert.der());
        let loss = fails(&stage, &client, plain);
        assert!(!loss.text.is_empty());
        let realtime = client.realtime(Tuning::new());
        let options = HostOptions::new().socket(host_socket(&stage, "http", Some(plain)));
        let mut host = S::host(&realtime, options);
        let loss = heard(&mut host, "a loss", |event| match event {
            Event::State(State::Waiting { loss, .. }) => Some(loss.clone()),
            _ => None,
        });
        assert!(loss.text.contains("503"), "{loss}");
    }
}
