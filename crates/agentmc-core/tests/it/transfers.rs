//! Downloads, step by step, without a socket.

use std::time::Duration;

use agentmc_core::transfer::{Checksum, Content, Download, DownloadStep};
use agentmc_core::types::TeamFile;
use agentmc_core::{
    Api, BaseUrl, Error, ErrorKind, RetryPolicy, Revision, TransportError, TransportKind,
};
use bytes::Bytes;
use http::header::{HeaderMap, IF_RANGE, RANGE};
use http::{Response, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixtures::{COMPLETE, reply, reply_with};
use crate::samples;

pub(crate) const URL: &str = "https://storage.example/a%20b?signature=x%2Fy&expires=9";

pub(crate) fn api() -> Api {
    let policy = RetryPolicy::new(3, Duration::from_millis(100), Duration::from_secs(1));
    samples::api(Revision::LATEST).retry(policy)
}

pub(crate) fn fixture(id: &str) -> Value {
    COMPLETE.iter().find(|fixture| fixture.id == id).unwrap().json()
}

/// The record of a file with that content.
pub(crate) fn record(id: &str, content: &[u8]) -> Response<Bytes> {
    let mut json = fixture(id);
    json["data"]["size_bytes"] = json!(content.len());
    json["data"]["checksum_sha256"] = json!(Checksum::of(content).to_string().to_uppercase());
    reply(if id == "createFile" { 201 } else { 200 }, json.to_string())
}

fn redirect() -> Response<Bytes> {
    reply_with(302, "Location", URL)
}

pub(crate) fn lost() -> TransportError {
    TransportError::new(TransportKind::Lost, "cut")
}

/// What storage does with one request for content.
#[derive(Clone, Debug)]
enum Answer {
    /// All that is asked for, less what is cut off.
    Part {
        cut: usize,
    },
    /// The whole, whatever is asked for, less what is cut off.
    Whole {
        cut: usize,
    },
    Status(u16),
    Unreachable,
}

/// A download from a storage that answers so, and then as it should. Gives the result, what was written, the requests
/// to storage and how often the address was asked for.
struct Run {
    result: Result<TeamFile, Error>,
    written: Vec<u8>,
    asked: Vec<http::Request<()>>,
    addresses: usize,
    waited: Duration,
}

fn download(content: &[u8], answers: &[Answer]) -> Run {
    let mut machine = Download::new(&api(), 7.into());
    let mut answers = answers.iter().cloned();
    let mut run = Run {
        result: Err(lost().into()),
        written: Vec::new(),
        asked: Vec::new(),
        addresses: 0,
        waited: Duration::ZERO,
    };
    loop {
        match machine.step() {
            DownloadStep::Call(call) if call.endpoint().id == "showFile" => {
                machine.replied(Ok(record("showFile", content)));
            }
            DownloadStep::Call(_) => {
                run.addresses += 1;
                machine.replied(Ok(redirect()));
            }
            DownloadStep::Wait(delay) => run.waited += delay,
            DownloadStep::Done(result) => {
                run.result = *result;
                return run;
            }
            DownloadStep::Get(request) => {
                let answer = answers.next().unwrap_or(Answer::Part { cut: 0 });
                let from = start(&request);
                run.asked.push(*request);
                answer_with(&mut machine, content, from, &answer, &mut run.written);
            }
        }
    }
}

fn start(request: &http::Request<()>) -> usize {
    let range = request.headers().get(RANGE).map(|range| range.to_str().unwrap());
    range.map_or(0, |range| range["bytes=".len()..range.len() - 1].parse().unwrap())
}

fn answer_with(
    machine: &mut Download,
    content: &[u8],
    from: usize,
    answer: &Answer,
    written: &mut Vec<u8>,
) {
    let mut headers = HeaderMap::new();
    headers.insert("etag", "\"one\"".parse().unwrap());
    let (status, from, cut) = match answer {
        Answer::Part { .. } if from > 0 && from == content.len() => {
            return machine.ended(Ok(reply(416, "")), 0.0);
        }
        Answer::Part { cut } if from > 0 => {
            let range = format!("bytes {from}-{}/{}", content.len() - 1, content.len());
            headers.insert("content-range", range.parse().unwrap());
            (StatusCode::PARTIAL_CONTENT, from, *cut)
        }
        Answer::Part { cut } | Answer::Whole { cut } => (StatusCode::OK, 0, *cut),
        Answer::Status(status) => {
            let refusal = reply(*status, "<Error>no</Error>");
            assert_eq!(
                machine.head(refusal.status(), refusal.headers()).unwrap(),
                Content::Refusal
            );
            return machine.ended(Ok(refusal), 0.0);
        }
        Answer::Unreachable => return machine.ended(Err(lost()), 0.0),
    };
    assert_eq!(machine.head(status, &headers).unwrap(), Content::Content);
    let end = content.len().saturating_sub(cut).max(from);
    for piece in content[from..end].chunks(7) {
        written.extend_from_slice(machine.take(piece).unwrap());
    }
    let outcome = if cut == 0 { Ok(Response::new(Bytes::new())) } else { Err(lost()) };
    machine.ended(outcome, 0.0);
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let run = download(b"0123456789", &[Answer::Part { cut: 6 }, Answer::Part { cut: 1 }]);
    assert_eq!((run.result.unwrap().size_bytes, &run.written[..]), (10, &b"0123456789"[..]));
    let ranges: Vec<_> = run.asked.iter().map(start).collect();
    assert_eq!((ranges, run.addresses), (vec![0, 4, 9], 1));
    assert_eq!(run.asked[1].headers()[IF_RANGE], "\"one\"");
    assert_eq!(run.waited, Duration::from_millis(200), "progress forgives what was before");
}

#[test]
fn a_storage_without_ranges_is_read_past_what_is_there_already() {
    let run = download(b"0123456789", &[Answer::Part { cut: 6 }, Answer::Whole { cut: 0 }]);
    assert_eq!((run.result.is_ok(), &run.written[..]), (true, &b"0123456789"[..]));
}

#[test]
fn an_address_that_has_expired_is_asked_for_once_more() {
    let run = download(b"0123456789", &[Answer::Status(403)]);
    assert_eq!((run.result.is_ok(), run.addresses), (true, 2));
    let run = download(b"0123456789", &[Answer::Status(403), Answer::Status(403)]);
    let error = run.result.unwrap_err();
    assert_eq!((error.status(), run.addresses), (Some(StatusCode::FORBIDDEN), 2));
    let moves = [Answer::Status(410), Answer::Part { cut: 3 }, Answer::Status(401)];
    let run = download(b"0123456789", &moves);
    assert_eq!((run.result.is_ok(), run.addresses), (true, 3), "once each time it has moved");
}

#[test]
fn what_may_pass_is_repeated_so_often_and_no_more() {
    let run = download(b"0123456789", &[Answer::Unreachable, Answer::Status(503)]);
    assert_eq!((run.result.is_ok(), run.asked.len()), (true, 3));
    let run = download(b"0123456789", &vec![Answer::Unreachable; 9]);
    assert_eq!((run.result.unwrap_err().kind(), run.asked.len()), (ErrorKind::Lost, 3));
    let run = download(b"0123456789", &[Answer::Status(404)]);
    assert_eq!((run.result.unwrap_err().kind(), run.asked.len()), (ErrorKind::NotFound, 1));
}

#[test]
fn content_that_is_cut_off_at_its_very_end_is_complete() {
    let run = download(b"0123456789", &[Answer::Whole { cut: 0 }]);
    assert!(run.result.is_ok());
    let mut machine = fetching(&record("showFile", b"0123456789"));
    machine.head(StatusCode::OK, &HeaderMap::new()).unwrap();
    machine.take(b"0123456789").unwrap();
    machine.ended(Err(lost()), 0.0);
    let DownloadStep::Wait(_) = machine.step() else { panic!("the connection broke") };
    let DownloadStep::Get(request) = machine.step() else { panic!("there may be more") };
    assert_eq!(start(&request), 10);
    machine.ended(Ok(reply(416, "")), 0.0);
    let DownloadStep::Done(result) = machine.step() else { panic!("there is no more") };
    assert_eq!(result.unwrap().size_bytes, 10);
}

/// A download whose content is about to arrive.
fn fetching(record: &Response<Bytes>) -> Download {
    let mut machine = Download::new(&api(), 7.into());
    for outcome in [record.clone(), redirect()] {
        let DownloadStep::Call(_) = machine.step() else { panic!("it begins with two calls") };
        machine.replied(Ok(outcome));
    }
    let DownloadStep::Get(_) = machine.step() else { panic!("then it goes to storage") };
    machine
}

#[test]
fn content_that_is_not_what_the_record_says_is_an_error() {
    let mut machine = fetching(&record("showFile", b"0123456789"));
    machine.head(StatusCode::OK, &HeaderMap::new()).unwrap();
    machine.take(b"0123456780").unwrap();
    machine.ended(Ok(Response::new(Bytes::new())), 0.0);
    let DownloadStep::Done(result) = machine.step() else { panic!("it is complete") };
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity);
    assert_eq!(error.to_json()["operation"], "downloadFile");
    let message = format!("instead of {}", Checksum::of(b"0123456789"));
    assert!(error.to_string().ends_with(&message), "{error}");

    let mut machine = fetching(&record("showFile", b"0123456789"));
    machine.head(StatusCode::OK, &HeaderMap::new()).unwrap();
    let error = machine.take(b"01234567890").unwrap_err();
    assert_eq!(error.to_string(), "downloadFile: the content has 11 bytes instead of 10");
}

#[test]
fn content_that_changes_on_the_way_is_not_pieced_together() {
    let header = |name: &'static str, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    for (status, headers) in [
        (StatusCode::OK, header("etag", "\"two\"")),
        (StatusCode::PARTIAL_CONTENT, HeaderMap::new()),
        (StatusCode::PARTIAL_CONTENT, header("content-range", "bytes 5-9/10")),
        (StatusCode::PARTIAL_CONTENT, header("content-range", "pages 4-9/10")),
    ] {
        let mut machine = fetching(&record("showFile", b"0123456789"));
        machine.head(StatusCode::OK, &header("etag", "\"one\"")).unwrap();
        machine.take(b"0123").unwrap();
        machine.ended(Err(lost()), 0.0);
        let DownloadStep::Wait(_) = machine.step() else { panic!("it waits") };
        let DownloadStep::Get(_) = machine.step() else { panic!("it goes on") };
        let error = machine.head(status, &headers).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{headers:?}");
    }
}

proptest! {
    #[test]
    fn however_often_it_breaks_what_is_written_is_the_content_or_its_beginning(
        content in prop::collection::vec(any::<u8>(), 0..200),
        answers in prop::collection::vec(
            prop_oneof![
                (0_usize..300).prop_map(|cut| Answer::Part { cut }),
                (0_usize..300).prop_map(|cut| Answer::Whole { cut }),
                prop::sample::select(vec![401, 403, 404, 410, 429, 500, 503]).prop_map(Answer::Status),
                Just(Answer::Unreachable),
            ],
            0..12,
        ),
    ) {
        let run = download(&content, &answers);
        prop_assert!(content.starts_with(&run.written));
        if run.result.is_ok() {
            prop_assert_eq!(run.written, content);
        }
        prop_assert!(run.asked.len() <= answers.len() + 1);
    }
}

#[test]
fn storage_gets_no_credential_and_what_is_stored_is_not_encoded_on_the_way() {
    let run = download(b"0123456789", &[Answer::Part { cut: 6 }]);
    for request in &run.asked {
        assert_eq!(request.uri(), URL);
        assert!(!format!("{request:?}").contains(samples::SECRET), "{request:?}");
        assert_eq!(request.headers()["accept-encoding"], "identity");
        assert!(
            ["x-api-key", "authorization", "cookie", "x-agent-id"]
                .iter()
                .all(|name| !request.headers().contains_key(*name))
        );
    }
}

#[test]
fn an_address_that_is_no_better_protected_than_the_api_is_needed() {
    let at = |location: &str, base: &str| {
        let base = BaseUrl::allowing_plain_http(base).unwrap();
        let mut machine = Download::new(&api().at(base), 7.into());
        machine.step_and(record("showFile", b"x"));
        machine.step_and(reply_with(302, "Location", location));
        match machine.step() {
            DownloadStep::Get(_) => None,
            DownloadStep::Done(result) => Some(result.unwrap_err().explain()),
            step => panic!("{step:?}"),
        }
    };
    let (plain, tls) = ("http://api.example/api/v1", "https://api.example/api/v1");
    assert_eq!(at("https://s.example/x", tls), None);
    assert_eq!(at("http://s.example/x", plain), None);
    let unencrypted = at("http://s.example/x?signature=s3cr3t", tls).unwrap();
    assert!(unencrypted.ends_with("the address of storage is not encrypted"), "{unencrypted}");
    assert!(!unencrypted.contains(samples::SECRET));
    for nowhere in ["/relative", "ftp://s.example/x", "https://", "file:///etc/passwd", "no url"] {
        assert!(at(nowhere, plain).is_some(), "{nowhere}");
    }
}

trait StepAnd {
    fn step_and(&mut self, outcome: Response<Bytes>);
}

impl StepAnd for Download {
    fn step_and(&mut self, outcome: Response<Bytes>) {
        let DownloadStep::Call(_) = self.step() else { panic!("a call is next") };
        self.replied(Ok(outcome));
    }
}
