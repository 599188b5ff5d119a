//! Every kind of reply, and what makes a reply none.

use agentmc_core::ops::boards::ListBoards;
use agentmc_core::ops::files::DownloadFile;
use agentmc_core::ops::hosts::{ClaimAgentRealtimeSession, CreateAgentRealtimeSignal};
use agentmc_core::ops::tasks::{CreateTask, DeleteTask, ListTasks, ShowTask};
use agentmc_core::{Error, ErrorKind};
use agentmc_types::Object;
use http::StatusCode;
use serde_json::{Value, json};

use super::bench::members;
use super::{Bench, Driver};
use crate::Fault;

pub(super) fn data<D: Driver>(bench: &Bench) {
    let (client, id) = (bench.client::<D>(), bench.task());
    let task = client.send(&ShowTask::new(id)).unwrap();
    assert_eq!(task.id, id);
    let whole = client.call("showTask", members(json!({"task": id}))).unwrap();
    assert_eq!(whole["data"]["title"], task.title);
}

pub(super) fn page<D: Driver>(bench: &Bench) {
    let page = bench.client::<D>().send(&ListTasks::new().per_page(2).page(2)).unwrap();
    assert_eq!((page.data.len(), page.meta.current_page, page.meta.per_page), (2, 2, 2));
    assert!(page.meta.total > 4, "{:?}", page.meta);
}

pub(super) fn empty<D: Driver>(bench: &Bench) {
    let (client, id) = (bench.client::<D>(), bench.task());
    client.send(&DeleteTask::new(id)).unwrap();
    let (board, column) = bench.column();
    let task = client.send(&CreateTask::new(board, column, "x", "y")).unwrap();
    let reply = client.call("deleteTask", members(json!({"task": task.id}))).unwrap();
    assert_eq!(reply, Value::Null);
}

pub(super) fn location<D: Driver>(bench: &Bench) {
    let file = bench.sandbox.world(|world| *world.files.keys().next().unwrap());
    let client = bench.client::<D>();
    let location = client.send(&DownloadFile::new(file)).unwrap();
    assert!(location.starts_with(bench.sandbox.storage_url()), "{location}");
    let reply = client.call("downloadFile", members(json!({"id": file}))).unwrap();
    assert!(reply["location"].is_string(), "{reply}");
    assert!(bench.seen_by_storage().is_empty());
}

pub(super) fn unknown<D: Driver>(bench: &Bench) {
    bench.fault(Fault::Unknown);
    let (client, id) = (bench.client::<D>(), bench.task());
    let task = client.send(&ShowTask::new(id)).unwrap();
    assert!(task.extra.get("unheard_of").is_some(), "{:?}", task.extra);
    let agents = client.send(&agentmc_core::ops::teams::ListAgents::new()).unwrap();
    assert_eq!(agents.data[0].status.as_str(), "unheard_of");
}

/// The boards as they come without a fault, and with it.
fn same_boards<D: Driver>(bench: &Bench, fault: Fault) {
    let client = bench.client::<D>();
    let plain = client.send(&ListBoards::new()).unwrap();
    assert!(!plain.data.is_empty());
    bench.fault(fault);
    assert_eq!(client.send(&ListBoards::new()).unwrap(), plain);
}

pub(super) fn gzip<D: Driver>(bench: &Bench) {
    same_boards::<D>(bench, Fault::Gzip);
}

pub(super) fn brotli<D: Driver>(bench: &Bench) {
    same_boards::<D>(bench, Fault::Brotli);
}

pub(super) fn no_content_type<D: Driver>(bench: &Bench) {
    same_boards::<D>(bench, Fault::NoContentType);
}

pub(super) fn charset<D: Driver>(bench: &Bench) {
    same_boards::<D>(bench, Fault::Charset);
}

pub(super) fn list_for_object<D: Driver>(bench: &Bench) {
    let agent = bench.sandbox.world(|world| *world.agents.keys().next().unwrap());
    let session = bench.sandbox.request_session(agent).unwrap();
    let client = bench.client_of::<D>(bench.api().acting_as(agent));
    let claim = ClaimAgentRealtimeSession::new(session).owner_token("agent-claim:conformance");
    client.send(&claim).unwrap();
    bench.fault(Fault::ArrayForObject);
    let signal = CreateAgentRealtimeSignal::new(session, "message").payload(Object::default());
    let signal = client.send(&signal).unwrap().data;
    assert_eq!(signal.payload, Some(Object::default()));
    let params = json!({"session": session, "type": "message", "payload": {}});
    let raw = client.call("createAgentRealtimeSignal", members(params)).unwrap();
    assert_eq!(raw["data"]["payload"], json!([]), "the fault strikes");
}

/// What is wrong with showing a task when the reply has the fault; how often it was asked for.
fn fails<D: Driver>(bench: &Bench, fault: Fault) -> (Error, usize) {
    bench.fault(fault);
    let error = bench.client::<D>().send(&ShowTask::new(bench.task())).unwrap_err();
    (error, bench.seen("showTask").len())
}

#[track_caller]
fn is_not_understood((error, asked): (Error, usize), path: &str) {
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    assert_eq!((decode.operation, &*decode.path, asked), ("showTask", path, 1));
    assert_eq!(error.kind(), ErrorKind::Decode);
}

pub(super) fn wrong_type<D: Driver>(bench: &Bench) {
    is_not_understood(fails::<D>(bench, Fault::WrongType("data.title".into())), "data.title");
}

pub(super) fn truncated_json<D: Driver>(bench: &Bench) {
    let (error, asked) = fails::<D>(bench, Fault::TruncatedJson);
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    assert!(decode.line == 1 && decode.column > 1, "{decode:?}");
    assert_eq!(asked, 1);
}

pub(super) fn invalid_utf8<D: Driver>(bench: &Bench) {
    let (error, _) = fails::<D>(bench, Fault::InvalidUtf8);
    assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
}

pub(super) fn page_of_html<D: Driver>(bench: &Bench) {
    let (error, asked) = fails::<D>(bench, Fault::Html(StatusCode::OK));
    assert!(!error.explain().contains("<html"), "{}", error.explain());
    is_not_understood((error, asked), ".");
}

pub(super) fn nothing<D: Driver>(bench: &Bench) {
    is_not_understood(fails::<D>(bench, Fault::Empty(StatusCode::OK)), ".");
}
