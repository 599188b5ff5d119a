//! Every way to be refused.

use std::time::Duration;

use agentmc_core::ops::tasks::{CreateTask, ShowTask};
use agentmc_core::{ApiError, Credential, Error, ErrorKind};
use agentmc_types::TaskId;
use http::StatusCode;

use super::{Bench, Driver};
use crate::Fault;

/// How a call of showTask is refused when the sandbox answers so, and how often it was sent.
fn refused<D: Driver>(bench: &Bench, fault: Fault) -> (ApiError, ErrorKind, usize) {
    bench.fault(fault);
    let error = bench.client::<D>().send(&ShowTask::new(bench.task())).unwrap_err();
    let (kind, text) = (error.kind(), error.to_string());
    let Error::Api(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.operation, "showTask");
    let status = refusal.status.as_str();
    assert!(text.starts_with(&format!("showTask: {status}")), "{text}");
    (*refusal, kind, bench.seen("showTask").len())
}

/// One that is not repeated.
#[track_caller]
fn is_final<D: Driver>(bench: &Bench, status: StatusCode, expected: ErrorKind) {
    let (refusal, kind, sent) = refused::<D>(bench, Fault::Status(status));
    assert_eq!((refusal.status, kind, sent), (status, expected, 1));
    assert_eq!(refusal.code, "sandbox.fault");
    assert!(!refusal.message.is_empty() && refusal.request_id.is_some(), "{refusal:?}");
}

pub(super) fn unauthorized<D: Driver>(bench: &Bench) {
    let wrong = bench.api().credential(Credential::api_key("cc_wrong").unwrap());
    let error = bench.client_of::<D>(wrong).send(&ShowTask::new(bench.task())).unwrap_err();
    assert_eq!((error.kind(), bench.seen("showTask").len()), (ErrorKind::Unauthorized, 1));
}

pub(super) fn payment_required<D: Driver>(bench: &Bench) {
    is_final::<D>(bench, StatusCode::PAYMENT_REQUIRED, ErrorKind::PaymentRequired);
}

pub(super) fn forbidden<D: Driver>(bench: &Bench) {
    is_final::<D>(bench, StatusCode::FORBIDDEN, ErrorKind::Forbidden);
}

pub(super) fn not_found<D: Driver>(bench: &Bench) {
    let nowhere = ShowTask::new(TaskId(u64::MAX >> 2));
    let error = bench.client::<D>().send(&nowhere).unwrap_err();
    assert_eq!((error.kind(), bench.seen("showTask").len()), (ErrorKind::NotFound, 1));
}

pub(super) fn method_not_allowed<D: Driver>(bench: &Bench) {
    is_final::<D>(bench, StatusCode::METHOD_NOT_ALLOWED, ErrorKind::Other);
}

pub(super) fn conflict<D: Driver>(bench: &Bench) {
    is_final::<D>(bench, StatusCode::CONFLICT, ErrorKind::Conflict);
}

pub(super) fn validation<D: Driver>(bench: &Bench) {
    let (board, column) = bench.column();
    let client = bench.client_of::<D>(bench.api().check_limits(false));
    let error = client.send(&CreateTask::new(board, column, "x".repeat(256), "y")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    let Error::Api(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<_> = refusal.fields.iter().map(|(name, why)| (&**name, why.len())).collect();
    assert_eq!((fields, bench.seen("createTask").len()), (vec![("title", 1)], 1));
}

pub(super) fn rate_limited_for_seconds<D: Driver>(bench: &Bench) {
    let fault = Fault::RetryAfter(StatusCode::TOO_MANY_REQUESTS, "7".into());
    let (refusal, kind, sent) = refused::<D>(bench, fault);
    assert_eq!((kind, refusal.retry_after), (ErrorKind::RateLimited, Some(Duration::from_secs(7))));
    assert_eq!(sent, 1, "7 s are longer than it waits");
}

pub(super) fn rate_limited_until_a_date<D: Driver>(bench: &Bench) {
    // The reply brings its own date with it, so that no clock has a say.
    let reply = "HTTP/1.1 429 Too Many Requests\r\ndate: Sun, 01 Mar 2026 09:00:00 GMT\r\n\
                 retry-after: Sun, 01 Mar 2026 09:00:40 GMT\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (refusal, kind, sent) = refused::<D>(bench, Fault::Raw(reply.into()));
    let wait = Some(Duration::from_secs(40));
    assert_eq!((kind, refusal.retry_after, sent), (ErrorKind::RateLimited, wait, 1));
}

/// One that is repeated for what only reads.
#[track_caller]
fn is_repeated<D: Driver>(bench: &Bench, fault: Fault, status: StatusCode) -> ApiError {
    let (refusal, kind, sent) = refused::<D>(bench, fault);
    assert_eq!((refusal.status, kind, sent), (status, ErrorKind::Server, 3));
    refusal
}

pub(super) fn server_error<D: Driver>(bench: &Bench) {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    assert_eq!(is_repeated::<D>(bench, Fault::Status(status), status).code, "sandbox.fault");
}

pub(super) fn bad_gateway_in_html<D: Driver>(bench: &Bench) {
    let status = StatusCode::BAD_GATEWAY;
    let refusal = is_repeated::<D>(bench, Fault::Html(status), status);
    assert_eq!((&*refusal.code, &*refusal.message), ("", ""));
    assert!(refusal.excerpt.starts_with(b"<!doctype html>"), "{:?}", refusal.excerpt);
    assert_eq!(refusal.content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert!(!refusal.to_string().contains('<'), "{refusal}");
}

pub(super) fn unavailable<D: Driver>(bench: &Bench) {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    assert_eq!(is_repeated::<D>(bench, Fault::Status(status), status).retry_after, None);
}

pub(super) fn unavailable_for_seconds<D: Driver>(bench: &Bench) {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let (refusal, kind, sent) = refused::<D>(bench, Fault::RetryAfter(status, "90".into()));
    assert_eq!((kind, refusal.retry_after), (ErrorKind::Server, Some(Duration::from_secs(90))));
    assert_eq!(sent, 1);
}

pub(super) fn gateway_timeout_without_body<D: Driver>(bench: &Bench) {
    let status = StatusCode::GATEWAY_TIMEOUT;
    let refusal = is_repeated::<D>(bench, Fault::Empty(status), status);
    assert_eq!((&*refusal.message, refusal.excerpt.len()), ("", 0));
}

pub(super) fn unknown_status<D: Driver>(bench: &Bench) {
    is_final::<D>(bench, StatusCode::IM_A_TEAPOT, ErrorKind::Other);
}

pub(super) fn no_message<D: Driver>(bench: &Bench) {
    let (refusal, kind, sent) = refused::<D>(bench, Fault::NoMessage);
    assert_eq!((&*refusal.code, &*refusal.message), ("sandbox.fault", ""));
    assert_eq!((kind, refusal.status, sent), (ErrorKind::Other, StatusCode::BAD_REQUEST, 1));
}

pub(super) fn cut_off<D: Driver>(bench: &Bench) {
    let reply = "HTTP/1.1 403 Forbidden\r\ncontent-length: 500\r\n\r\nno entr";
    let (refusal, kind, sent) = refused::<D>(bench, Fault::Raw(reply.into()));
    assert_eq!((kind, &refusal.excerpt[..], sent), (ErrorKind::Forbidden, &b"no entr"[..], 1));
}
