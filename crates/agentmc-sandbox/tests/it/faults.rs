//! What a perfect transport makes of the faults.

use std::time::{Duration, Instant};

use agentmc_core::ops::boards::{CreateBoard, DeleteBoard, ListBoards, ShowBoard};
use agentmc_core::ops::files::DownloadFile;
use agentmc_core::ops::tasks::{ListTasks, ShowTask};
use agentmc_core::{Call, Operation, TransportError, TransportKind};
use agentmc_sandbox::{Fault, Options, Rule, Sandbox};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

type Outcome = Result<Response<Bytes>, TransportError>;

fn exchange<O: Operation>(sandbox: &Sandbox, operation: &O) -> Outcome {
    sandbox.exchange(&sandbox.api().call(operation).unwrap())
}

/// What becomes of a request for a page of tasks with this fault.
fn with(fault: Fault) -> Outcome {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(fault));
    exchange(&sandbox, &ListTasks::new())
}

fn plain() -> Response<Bytes> {
    exchange(&Sandbox::start().unwrap(), &ListTasks::new()).unwrap()
}

fn kind(outcome: Outcome) -> TransportKind {
    outcome.unwrap_err().kind
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn call(sandbox: &Sandbox, limit: usize) -> Call {
    sandbox.api().max_reply_bytes(limit).call(&ListTasks::new()).unwrap()
}

#[test]
fn without_a_fault_the_reply_is_the_worlds() {
    let (reply, sandbox) = (plain(), Sandbox::start().unwrap());
    let call = sandbox.api().call(&ListTasks::new()).unwrap();
    let own = sandbox.world(|world| world.handle(call.request()));
    let text = |response: &Response<Bytes>| json(response)["data"].clone();
    assert_eq!((reply.status(), text(&reply)), (own.status(), text(&own)));
    assert_eq!(reply.headers()["content-type"], "application/json");
    assert!(reply.headers().contains_key("date"));
}

#[test]
fn a_reply_that_does_not_arrive_whole_is_lost() {
    for fault in [
        Fault::CloseBeforeHead,
        Fault::CloseInHead,
        Fault::CloseInBody,
        Fault::ResetBeforeHead,
        Fault::ResetInBody,
        Fault::LongLength,
        Fault::Status(StatusCode::PROCESSING),
        Fault::Raw(Bytes::from_static(b"nonsense\r\n\r\n")),
        Fault::Raw(Bytes::new()),
    ] {
        assert_eq!(kind(with(fault.clone())), TransportKind::Lost, "{fault}");
    }
}

#[test]
fn a_refusal_keeps_its_status_however_much_of_it_arrives() {
    for fault in [Fault::CloseInBody, Fault::ResetInBody, Fault::LongLength] {
        let sandbox = Sandbox::start().unwrap();
        let whole = exchange(&sandbox, &ShowBoard::new(99)).unwrap();
        sandbox.fault(Rule::new(fault.clone()));
        let reply = exchange(&sandbox, &ShowBoard::new(99)).unwrap();
        assert_eq!(reply.status(), 404, "{fault}");
        assert!(whole.body().starts_with(reply.body()) && !reply.body().is_empty(), "{fault}");
    }
}

#[test]
fn a_reply_without_a_body_has_nothing_to_cut() {
    for fault in [Fault::CloseInBody, Fault::ResetInBody, Fault::LongLength, Fault::ShortLength] {
        let sandbox = Sandbox::start().unwrap();
        sandbox.fault(Rule::new(fault.clone()));
        assert_eq!(exchange(&sandbox, &DeleteBoard::new(1)).unwrap().status(), 204, "{fault}");
    }
}

#[test]
fn a_length_that_is_too_small_cuts_the_body() {
    let (whole, reply) = (plain(), with(Fault::ShortLength).unwrap());
    assert_eq!(reply.body(), &whole.body().slice(..whole.body().len() / 2));
}

#[test]
fn what_takes_as_long_as_an_attempt_may_is_late_and_nothing_waits() {
    let started = Instant::now();
    let sandbox = Sandbox::start().unwrap();
    let timeout = sandbox.api().call(&ListTasks::new()).unwrap().timeout();
    assert!(with(Fault::DelayHead(timeout - Duration::from_nanos(1))).is_ok());
    assert_eq!(kind(with(Fault::DelayHead(timeout))), TransportKind::Timeout);
    assert!(with(Fault::DripBody(timeout / 64)).is_ok());
    assert_eq!(kind(with(Fault::DripBody(timeout / 32))), TransportKind::Timeout);
    assert!(started.elapsed() < timeout);
}

#[test]
fn what_arrives_late_of_a_refusal_is_left_out() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(Fault::DripBody(Duration::from_secs(3600))));
    let reply = exchange(&sandbox, &ShowBoard::new(99)).unwrap();
    assert_eq!((reply.status().as_u16(), reply.body().len() < 10), (404, true));
}

#[test]
fn a_body_of_any_size_is_counted_but_not_held() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(Fault::BodyOf(1_000_000)));
    let reply = sandbox.exchange(&call(&sandbox, 1_000_000)).unwrap();
    assert_eq!(reply.body().len(), 1_000_000);
    assert_eq!(json(&reply)["meta"]["current_page"], 1);
    assert_eq!(kind(sandbox.exchange(&call(&sandbox, 999_999))), TransportKind::TooLarge);
    sandbox.clear_faults();
    sandbox.fault(Rule::new(Fault::BodyOf(u64::MAX)));
    assert_eq!(kind(sandbox.exchange(&call(&sandbox, 1_000))), TransportKind::TooLarge);
}

#[test]
fn refusals_on_demand_have_their_status_and_change_nothing() {
    let status = StatusCode::BAD_GATEWAY;
    for (fault, kind, body) in [
        (Fault::Status(status), Some("application/json"), r#"{"error":{"code":"sandbox.fault","#),
        (Fault::RetryAfter(status, "7".into()), Some("application/json"), r#"{"error":"#),
        (Fault::Html(status), Some("text/html; charset=utf-8"), "<!doctype html>"),
        (Fault::Empty(status), None, ""),
    ] {
        let sandbox = Sandbox::start().unwrap();
        sandbox.fault(Rule::new(fault.clone()));
        let before = sandbox.world(|world| (world.now(), world.boards.len()));
        let reply = exchange(&sandbox, &CreateBoard::new("Garden")).unwrap();
        assert_eq!(reply.status(), status, "{fault}");
        let found = reply.headers().get("content-type").map(|value| value.to_str().unwrap());
        assert_eq!(found, kind, "{fault}");
        assert!(reply.body().starts_with(body.as_bytes()), "{fault}: {:?}", reply.body());
        let wait = reply.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!(wait, matches!(fault, Fault::RetryAfter(..)).then_some("7"));
        assert_eq!(sandbox.world(|world| (world.now(), world.boards.len())), before, "{fault}");
        let seen = &sandbox.seen()[0];
        assert_eq!((seen.operation, seen.status), (Some("createBoard"), status));
        assert_eq!(seen.fault.as_ref(), Some(&fault));
    }
}

#[test]
fn a_redirect_on_demand_leads_nowhere_or_to_a_foreign_place() {
    let reply = with(Fault::Status(StatusCode::FOUND)).unwrap();
    assert!(!reply.headers().contains_key("location"));
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(Fault::ForeignRedirect));
    let reply = exchange(&sandbox, &DownloadFile::new(1)).unwrap();
    let location = reply.headers()["location"].to_str().unwrap();
    assert_eq!(reply.status(), 302);
    assert!(location.starts_with(&format!("{}/", sandbox.storage_url())));
}

#[test]
fn an_envelope_can_lack_its_message() {
    let reply = with(Fault::NoMessage).unwrap();
    assert_eq!(reply.status(), 400);
    assert_eq!(json(&reply), serde_json::json!({"error": {"code": "sandbox.fault"}}));
}

#[test]
fn a_request_whose_reply_is_lost_has_happened() {
    for fault in [Fault::CloseBeforeHead, Fault::ResetInBody, Fault::TruncatedJson] {
        let sandbox = Sandbox::start().unwrap();
        sandbox.fault(Rule::new(fault.clone()));
        let before = sandbox.world(|world| world.boards.len());
        let _ = exchange(&sandbox, &CreateBoard::new("Garden"));
        assert_eq!(sandbox.world(|world| world.boards.len()), before + 1, "{fault}");
        assert_eq!(sandbox.seen()[0].status, 201);
    }
}

#[test]
fn bodies_are_spoiled_as_the_faults_say() {
    let whole = json(&plain());
    assert!(std::str::from_utf8(with(Fault::InvalidUtf8).unwrap().body()).is_err());
    let cut = with(Fault::TruncatedJson).unwrap();
    assert!(serde_json::from_slice::<Value>(cut.body()).is_err() && cut.body().starts_with(b"{\""));

    let wrong = json(&with(Fault::WrongType("data.0.title".into())).unwrap());
    assert!(whole["data"][0]["title"].is_string() && wrong["data"][0]["title"].is_object());
    assert_eq!(wrong["data"][1], whole["data"][1]);
    assert_eq!(json(&with(Fault::WrongType("data.99.x".into())).unwrap())["data"], whole["data"]);

    let unknown = json(&with(Fault::Unknown).unwrap());
    assert_eq!(unknown["unheard_of"], "unheard_of");
    assert_eq!(unknown["data"][3]["unheard_of"], "unheard_of");
    let assigned = unknown["data"].as_array().unwrap().iter();
    assert!(assigned.map(|task| &task["assignee_type"]).any(|kind| kind == "unheard_of"));
}

#[test]
fn headers_are_spoiled_as_the_faults_say() {
    assert!(!with(Fault::NoContentType).unwrap().headers().contains_key("content-type"));
    let charset = with(Fault::Charset).unwrap();
    assert_eq!(charset.headers()["content-type"], "application/json; charset=utf-8");
    for fault in [Fault::Gzip, Fault::Brotli] {
        let reply = with(fault).unwrap();
        assert!(!reply.headers().contains_key("content-encoding"));
        assert_eq!(json(&reply)["data"], json(&plain())["data"]);
    }
}

#[test]
fn empty_objects_become_empty_arrays() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.world(|world| {
        let task = world.tasks.values_mut().next().unwrap();
        task.extra.insert("meta", serde_json::json!({"inner": {}, "items": [{}, 1]}));
    });
    sandbox.fault(Rule::new(Fault::ArrayForObject));
    let reply = json(&exchange(&sandbox, &ShowTask::new(1)).unwrap());
    assert_eq!(reply["data"]["meta"], serde_json::json!({"inner": [], "items": [[], 1]}));
}

#[test]
fn pages_can_repeat_and_lead_astray() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(Fault::RepeatPage).next(1));
    let second = ListBoards::new().page(2).per_page(1);
    let reply = json(&exchange(&sandbox, &second).unwrap());
    assert_eq!((&reply["meta"]["current_page"], &reply["data"][0]["id"]), (&1.into(), &1.into()));
    assert_eq!(reply["meta"]["per_page"], 1);
    assert!(sandbox.seen()[0].target.contains("page=2"), "what was asked is remembered as it was");

    sandbox.fault(Rule::new(Fault::ForeignNext));
    let reply = json(&exchange(&sandbox, &second).unwrap());
    let next = reply["links"]["next"].as_str().unwrap();
    assert!(next.starts_with(sandbox.storage_url()), "{next}");
}

#[test]
fn while_it_is_down_nothing_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fault(Rule::new(Fault::Down(Duration::from_secs(3600))).next(1));
    let boards = sandbox.world(|world| world.boards.len());
    assert_eq!(kind(exchange(&sandbox, &CreateBoard::new("Garden"))), TransportKind::Lost);
    assert_eq!(kind(exchange(&sandbox, &CreateBoard::new("Garden"))), TransportKind::Connect);
    assert_eq!((sandbox.seen_count(), sandbox.world(|world| world.boards.len())), (1, boards));
    sandbox.come_back().unwrap();
    assert!(exchange(&sandbox, &ListTasks::new()).is_ok());

    sandbox.go_down();
    assert_eq!(kind(exchange(&sandbox, &ListTasks::new())), TransportKind::Connect);
    sandbox.come_back().unwrap();
    assert!(exchange(&sandbox, &ListTasks::new()).is_ok());
}

#[test]
fn rules_are_told_and_forgotten() {
    let rule = Rule::new(Fault::Gzip).next(2);
    let sandbox = Sandbox::with(Options::default().faults(vec![rule.clone()])).unwrap();
    assert_eq!(sandbox.faults(), [rule]);
    exchange(&sandbox, &ListTasks::new()).unwrap();
    assert_eq!(sandbox.faults(), [Rule::new(Fault::Gzip).next(1)]);
    exchange(&sandbox, &ListTasks::new()).unwrap();
    assert_eq!(sandbox.faults(), []);
    sandbox.fault(Rule::new(Fault::Brotli));
    sandbox.clear_faults();
    assert_eq!(sandbox.faults(), []);
}

#[test]
fn faults_leave_the_world_as_the_same_requests_without_them_do() {
    let run = |faults: Vec<Rule>| {
        let sandbox = Sandbox::with(Options::default().faults(faults)).unwrap();
        let _ = exchange(&sandbox, &CreateBoard::new("Garden"));
        sandbox.clear_faults();
        exchange(&sandbox, &ListTasks::new()).unwrap().headers()["x-request-id"].clone()
    };
    let clean = run(Vec::new());
    assert_eq!(run(vec![Rule::new(Fault::Unknown).chance(0.5)]), clean);
    assert_eq!(run(vec![Rule::new(Fault::CloseInHead)]), clean);
}
