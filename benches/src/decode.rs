//! Reading a page of 100 full tasks.

use agentmc_core::ops::tasks::ListTasks;
use agentmc_core::reply::Reply;
use agentmc_core::{Operation, Output};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::measure::{Effort, compare};
use crate::report::Report;
use crate::sample;

pub(crate) const SUBJECT: &str = "Reading a page of 100 full tasks";

/// What a derive gives: every text a `String`, times among them; unknown members are dropped.
#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
pub(crate) struct PlainPage {
    data: Vec<PlainTask>,
    links: PlainLinks,
    meta: PlainMeta,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct PlainLinks {
    first: Option<String>,
    last: Option<String>,
    prev: Option<String>,
    next: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct PlainMeta {
    current_page: u32,
    from: Option<u64>,
    last_page: u32,
    path: String,
    per_page: u32,
    to: Option<u64>,
    total: u64,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
pub(crate) struct PlainTask {
    id: u64,
    team_id: u64,
    board_id: u64,
    column_id: u64,
    title: String,
    description: Option<String>,
    archived_at: Option<String>,
    is_archived: bool,
    position: i64,
    due_at: Option<String>,
    created_by_user_id: Option<u64>,
    assigned_to_user_id: Option<u64>,
    assigned_to_agent_id: Option<u64>,
    assigned_agent: Option<PlainAgent>,
    attachments: Vec<PlainAttachment>,
    assignee_type: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct PlainAgent {
    id: u64,
    name: String,
    meta: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct PlainAttachment {
    id: u64,
    team_file_id: u64,
    preview_url: Option<String>,
    download_url: Option<String>,
    markdown_embed: Option<String>,
    file: Option<PlainFile>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what counts is that the members are read")]
struct PlainFile {
    id: u64,
    display_name: String,
    original_filename: String,
    mime_type: String,
    size_bytes: u64,
    preview_kind: String,
    created_at: Option<String>,
    updated_at: Option<String>,
}

pub(crate) fn reply(tasks: usize) -> http::Response<Bytes> {
    http::Response::new(sample::page(tasks).into())
}

pub(crate) fn ours(reply: &http::Response<Bytes>) -> Output<ListTasks> {
    <ListTasks as Operation>::Reply::read(ListTasks::ENDPOINT.id, reply).expect("a page")
}

pub(crate) fn plain(reply: &http::Response<Bytes>) -> PlainPage {
    serde_json::from_slice(reply.body()).expect("a page")
}

fn tree(reply: &http::Response<Bytes>) -> Value {
    serde_json::from_slice(reply.body()).expect("JSON")
}

fn floor(reply: &http::Response<Bytes>) -> IgnoredAny {
    serde_json::from_slice(reply.body()).expect("JSON")
}

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let reply = reply(100);
    let size = format!("{} KB", reply.body().len() / 1000);
    let ratio = compare(effort, || ours(&reply), || plain(&reply));
    report.ratio(
        SUBJECT,
        &format!("{size}, over plain serde_json into `String`s"),
        Some(0.6),
        ratio,
    );
    let ratio = compare(effort, || ours(&reply), || floor(&reply));
    report.ratio(SUBJECT, "over the floor, `IgnoredAny`", Some(2.2), ratio);
    let ratio = compare(effort, || ours(&reply), || tree(&reply));
    report.ratio(SUBJECT, "over `serde_json::Value`", None, ratio);
    let lines = http::Response::new(sample::page_with_lines(100).into());
    let ratio = compare(effort, || ours(&lines), || plain(&lines));
    let what = "with eight lines in each description, over plain serde_json into `String`s";
    report.ratio(SUBJECT, what, None, ratio);
}
