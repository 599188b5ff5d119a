//! Replies that do not arrive, or not whole.

use std::time::Duration;

use agentmc_conformance::{Subject, on_both};
use agentmc_core::ops::tasks::{CreateTask, ShowTask};
use agentmc_core::{BaseUrl, Error, ErrorKind, RetryPolicy};
use serde_json::json;

use crate::servers::{api_at, saying, task};

const LIMIT: usize = 1024;

/// A task in exactly `size` bytes.
fn task_of(size: usize) -> String {
    format!("{:<size$}", json!({"data": task()}).to_string())
}

fn sized(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn chunked(body: &str) -> String {
    let (one, two) = body.split_at(body.len() / 2);
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    format!("{head}{}{}0\r\n\r\n", chunk(one), chunk(two))
}

/// What becomes of asking for a task when the server says `reply`, and how often it is asked.
fn asking<S: Subject>(reply: impl Into<Vec<u8>>) -> (Result<(), Error>, usize) {
    let (address, heads) = saying(reply);
    let api = api_at(&format!("http://{address}")).max_reply_bytes(LIMIT);
    let outcome = S::new(api).send(&ShowTask::new(5)).map(|_| ());
    let asked = heads.lock().unwrap().len();
    (outcome, asked)
}

#[track_caller]
fn is_refused(outcome: Result<(), Error>, status: u16, excerpt: &str) {
    let Err(Error::Api(refusal)) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((refusal.status.as_u16(), &refusal.excerpt[..]), (status, excerpt.as_bytes()));
}

on_both! {
    fn a_reply_of_just_the_limit_is_accepted<S>() {
        asking::<S>(sized(&task_of(LIMIT))).0.unwrap();
        asking::<S>(chunked(&task_of(LIMIT))).0.unwrap();
    }

    fn a_reply_over_the_limit_by_one_byte_is_refused_and_not_asked_for_again<S>() {
        for reply in [sized(&task_of(LIMIT + 1)), chunked(&task_of(LIMIT + 1))] {
            let (outcome, asked) = asking::<S>(reply);
            assert_eq!((outcome.unwrap_err().kind(), asked), (ErrorKind::TooLarge, 1));
        }
    }

    fn a_reply_that_is_cut_off_is_a_loss<S>() {
        let sized = sized(&task_of(500));
        let chunked = chunked(&task_of(500));
        for reply in [&sized[..sized.len() - 1], &chunked[..chunked.len() - 9]] {
            let (outcome, asked) = asking::<S>(reply);
            assert_eq!((outcome.unwrap_err().kind(), asked), (ErrorKind::Lost, 3));
        }
    }

    fn a_refusal_that_is_cut_off_keeps_its_status<S>() {
        let (outcome, asked) = asking::<S>("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 500\r\n\r\nbroken");
        is_refused(outcome, 502, "broken");
        assert_eq!(asked, 3);
        let (outcome, asked) = asking::<S>("HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n9\r\nnot");
        is_refused(outcome, 404, "not");
        assert_eq!(asked, 1);
    }

    fn a_refusal_over_the_limit_keeps_its_status_and_its_beginning<S>() {
        let page = "no ".repeat(LIMIT);
        let (outcome, asked) = asking::<S>(sized(&page).replace("200 OK", "403 Forbidden"));
        is_refused(outcome, 403, &page[..LIMIT]);
        assert_eq!(asked, 1);
    }

    fn a_host_without_an_address_is_a_failure_to_connect<S>() {
        let nowhere = BaseUrl::allowing_plain_http("http://no-such-host.invalid").unwrap();
        let api = api_at("http://127.0.0.1:9").at(nowhere).retry(RetryPolicy::NEVER);
        let error = S::new(api).send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    }

    fn with_changes_the_patience_of_one_call_alone<S>() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let api = api_at(&format!("http://{}", silent.local_addr().unwrap())).retry(RetryPolicy::NEVER);
        let impatient = S::new(api).with(|api| api.timeout(Duration::from_millis(60)));
        let error = impatient.send(&ShowTask::new(5)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    }

    fn a_server_that_is_not_there_is_a_failure_to_connect<S>() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let api = api_at(&format!("http://127.0.0.1:{port}")).retry(RetryPolicy::NEVER);
        let error = S::new(api).send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.to_string(), "createTask: could not connect");
    }

    fn a_server_that_says_nothing_is_a_timeout<S>() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let api = api_at(&format!("http://{}", silent.local_addr().unwrap())).retry(RetryPolicy::NEVER);
        let error = S::new(api.timeout(Duration::from_millis(60))).send(&ShowTask::new(5)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    }

    fn a_server_that_hangs_up_is_a_loss_and_a_create_is_not_repeated<S>() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let api = api_at(&format!("http://{}", listener.local_addr().unwrap()));
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 1024];
            let read = std::io::Read::read(&mut stream, &mut head).unwrap();
            drop(stream);
            listener.set_nonblocking(true).unwrap();
            (read, listener)
        });
        let error = S::new(api).send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Lost, "{error:?}");
        let (read, listener) = server.join().unwrap();
        assert!(read > 0, "the request was sent");
        assert!(listener.accept().is_err(), "and not sent again");
    }
}
