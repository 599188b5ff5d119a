//! Replies that do not arrive, or not whole.

use std::io::Write;
use std::time::Duration;

use agentmc_core::ops::tasks::{CreateTask, ShowTask};
use agentmc_core::{Api, BaseUrl, Error, ErrorKind, RetryPolicy};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::bench::kind;
use super::{Bench, Driver};
use crate::{Fault, Rule};

/// A reply larger than any memory.
const ENDLESS: u64 = 1 << 50;

fn show<D: Driver>(bench: &Bench, api: Api) -> Result<(), Error> {
    bench.client_of::<D>(api).send(&ShowTask::new(bench.task())).map(drop)
}

/// A fault after which the reply of what reads is asked for again, to the last attempt.
fn is_lost<D: Driver>(bench: &Bench, fault: Fault) {
    bench.fault(fault);
    assert_eq!(kind(show::<D>(bench, bench.api())), ErrorKind::Lost);
    assert_eq!(bench.seen("showTask").len(), 3);
    let (board, column) = bench.column();
    let create = CreateTask::new(board, column, "x", "y");
    assert_eq!(kind(bench.client::<D>().send(&create)), ErrorKind::Lost);
    assert_eq!(bench.seen("createTask").len(), 1);
}

pub(super) fn no_such_host<D: Driver>(bench: &Bench) {
    let nowhere = BaseUrl::allowing_plain_http("http://no-such-host.invalid").unwrap();
    let error = show::<D>(bench, bench.api().at(nowhere)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.to_string(), "showTask: could not connect");
}

pub(super) fn refused_connection<D: Driver>(bench: &Bench) {
    bench.sandbox.go_down();
    let (board, column) = bench.column();
    let client = bench.client::<D>();
    let create = CreateTask::new(board, column, "x", "y");
    assert_eq!(kind(client.send(&create)), ErrorKind::Connect);
    bench.sandbox.come_back().unwrap();
    client.send(&create).unwrap();
    assert_eq!(bench.seen("createTask").len(), 1);
}

pub(super) fn closed_before_the_head<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::CloseBeforeHead);
}

pub(super) fn closed_in_the_head<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::CloseInHead);
}

pub(super) fn closed_in_the_body<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::CloseInBody);
}

pub(super) fn reset_before_the_head<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::ResetBeforeHead);
}

pub(super) fn reset_in_the_body<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::ResetInBody);
}

pub(super) fn slow_head<D: Driver>(bench: &Bench) {
    bench.fault(Fault::DelayHead(Duration::from_secs(3600)));
    let api = bench.api().timeout(Duration::from_millis(60)).retry(RetryPolicy::NEVER);
    let error = show::<D>(bench, api).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.to_string(), "showTask: no reply in time");
}

pub(super) fn slow_body<D: Driver>(bench: &Bench) {
    bench.fault(Fault::DripBody(Duration::from_millis(20)));
    let api = bench.api().timeout(Duration::from_millis(150)).retry(RetryPolicy::NEVER);
    assert_eq!(kind(show::<D>(bench, api)), ErrorKind::Timeout);
}

pub(super) fn too_few_bytes<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::LongLength);
}

pub(super) fn too_many_bytes<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(Fault::ShortLength).next(1));
    let client = bench.client::<D>();
    let task = ShowTask::new(bench.task());
    assert_eq!(kind(client.send(&task)), ErrorKind::Decode);
    client.send(&task).unwrap();
}

pub(super) fn over_the_limit<D: Driver>(bench: &Bench) {
    bench.fault(Fault::BodyOf(ENDLESS));
    let error = show::<D>(bench, bench.api().max_reply_bytes(64 << 10)).unwrap_err();
    assert_eq!((error.kind(), bench.seen("showTask").len()), (ErrorKind::TooLarge, 1));
}

pub(super) fn just_the_limit<D: Driver>(bench: &Bench) {
    bench.fault(Fault::BodyOf(64 << 10));
    show::<D>(bench, bench.api().max_reply_bytes(64 << 10)).unwrap();
    let error = show::<D>(bench, bench.api().max_reply_bytes((64 << 10) - 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

pub(super) fn compressed_over_the_limit<D: Driver>(bench: &Bench) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let piece = vec![b' '; 1 << 20];
    (0..64).for_each(|_| encoder.write_all(&piece).unwrap());
    let body = encoder.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    bench.fault(Fault::Raw([head.as_bytes(), &body].concat().into()));
    assert!(body.len() < 128 << 10, "{} bytes unfold to 64 MiB", body.len());
    assert_eq!(kind(show::<D>(bench, bench.api().max_reply_bytes(1 << 20))), ErrorKind::TooLarge);
}

pub(super) fn no_http<D: Driver>(bench: &Bench) {
    is_lost::<D>(bench, Fault::Raw("SSH-2.0-OpenSSH_9.6\r\n".into()));
}

/// A server whose certificate nobody vouches for. It tells how many bytes it could read in the end: none.
pub(super) fn self_signed<D: Driver>(bench: &Bench) {
    use std::io::Read;
    use std::net::TcpListener;
    use std::sync::Arc;

    use rustls::pki_types::PrivatePkcs8KeyDer;

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]);
    let rcgen::CertifiedKey { cert, signing_key } = made.unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, listener.accept().unwrap().0);
        let mut read = Vec::new();
        // The handshake fails; nothing that was sent can be read.
        let _ = stream.read_to_end(&mut read);
        read.len()
    });
    let base = BaseUrl::new(&format!("https://127.0.0.1:{port}")).unwrap();
    let error = show::<D>(bench, bench.api().at(base).retry(RetryPolicy::NEVER)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(server.join().unwrap(), 0);
}

pub(super) fn afterwards<D: Driver>(bench: &Bench) {
    let api = bench.api().retry(RetryPolicy::NEVER).timeout(Duration::from_millis(250));
    let client = bench.client_of::<D>(api.max_reply_bytes(64 << 10));
    for fault in [
        Fault::CloseBeforeHead,
        Fault::CloseInHead,
        Fault::CloseInBody,
        Fault::ResetBeforeHead,
        Fault::ResetInBody,
        Fault::DelayHead(Duration::from_secs(3600)),
        Fault::DripBody(Duration::from_millis(30)),
        Fault::LongLength,
        Fault::ShortLength,
        Fault::BodyOf(ENDLESS),
        Fault::TruncatedJson,
        Fault::Raw("?".into()),
    ] {
        bench.sandbox.fault(Rule::new(fault.clone()).next(1));
        client.send(&ShowTask::new(bench.task())).unwrap_err();
        // A slow machine may need more than one attempt; the fault is used up.
        let patient = bench.client::<D>();
        patient
            .send(&ShowTask::new(bench.task()))
            .unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        client.send(&ShowTask::new(bench.task())).map_or_else(
            |error| assert_eq!(error.kind(), ErrorKind::Timeout, "{fault:?}: {error:?}"),
            |task| assert_eq!(task.id, bench.task()),
        );
    }
}
