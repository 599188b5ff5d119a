//! TLS with certificates made for the test.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use agentmc_async::rustls;
use agentmc_conformance::{Subject, on_both};
use agentmc_core::ops::tasks::{CreateTask, ShowTask};
use agentmc_core::types::Task;
use agentmc_core::{Error, ErrorKind, RetryPolicy};
use rustls::crypto::{CryptoProvider, ring};
use serde_json::json;

use crate::servers::{answer, api_at, listening, task};

type Certificate = rcgen::CertifiedKey<rcgen::KeyPair>;

fn self_signed() -> Certificate {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

/// A server with the certificate, which answers everything with a task.
fn encrypted(certificate: &Certificate) -> SocketAddr {
    let key = certificate.signing_key.serialize_der().try_into().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let body = json!({"data": task()}).to_string();
    let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    listening(move |stream| {
        let tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        answer(rustls::StreamOwned::new(tls, stream), reply.as_bytes(), &Mutex::default());
    })
}

/// A server that answers the beginning of a handshake with `reply`.
fn greeting(reply: &'static [u8]) -> SocketAddr {
    listening(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]).and_then(|_| stream.write_all(reply));
    })
}

fn show<S: Subject>(server: SocketAddr, root: &Certificate) -> Result<Task, Error> {
    let api = api_at(&format!("https://{server}")).retry(RetryPolicy::NEVER);
    S::trusting(api, root.cert.der()).send(&ShowTask::new(5))
}

/// No connection, so nothing was sent: a create may be repeated.
#[track_caller]
fn cannot_connect<S: Subject>(server: SocketAddr) {
    let api = api_at(&format!("https://{server}")).retry(RetryPolicy::NEVER);
    let client = S::trusting(api, self_signed().cert.der());
    let error = client.send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
}

on_both! {
    fn a_trusted_certificate_is_enough_and_the_process_needs_no_cryptography_of_its_own<S>() {
        let certificate = self_signed();
        let task = show::<S>(encrypted(&certificate), &certificate).unwrap();
        assert_eq!(task.title, "Ship");
        assert!(CryptoProvider::get_default().is_none());
    }

    fn a_certificate_nobody_vouches_for_is_a_failure_to_connect<S>() {
        cannot_connect::<S>(encrypted(&self_signed()));
    }

    fn a_server_that_speaks_no_tls_is_a_failure_to_connect<S>() {
        cannot_connect::<S>(greeting(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"));
    }

    fn a_server_that_hangs_up_in_the_handshake_is_a_failure_to_connect<S>() {
        cannot_connect::<S>(listening(drop));
    }

    fn a_server_that_refuses_the_handshake_is_a_failure_to_connect<S>() {
        let handshake_failure = &[21, 3, 3, 0, 2, 2, 40];
        cannot_connect::<S>(greeting(handshake_failure));
    }
}
