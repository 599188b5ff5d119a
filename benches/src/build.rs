//! Building requests.

use agentmc_core::ops::tasks::CreateTask;
use agentmc_core::{Api, Call, Credential};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::measure::{Effort, compare};
use crate::report::Report;

const BASE: &str = "https://agentmc.ai/api/v1";
const KEY: &str = "cc_0123456789abcdef0123456789abcdef";
const TITLE: &str = "Rotate the signing keys";
const DESCRIPTION: &str = "The keys are a year old. Make new ones and revoke the old ones.";
pub(crate) const SUBJECT: &str = "Building createTask";

#[derive(Serialize)]
struct Body<'a> {
    board_id: u64,
    column_id: u64,
    title: &'a str,
    description: &'a str,
    assigned_to_agent_id: u64,
}

const BODY: Body<'static> = Body {
    board_id: 3,
    column_id: 8,
    title: TITLE,
    description: DESCRIPTION,
    assigned_to_agent_id: 42,
};

/// What a careful hand prepares once.
pub(crate) struct Prepared {
    key: HeaderValue,
    agent: HeaderValue,
}

impl Prepared {
    pub(crate) fn new() -> Self {
        let mut key = HeaderValue::from_static(KEY);
        key.set_sensitive(true);
        // As a key that was read from somewhere is kept.
        let key = HeaderValue::from_bytes(key.as_bytes()).expect("a key");
        Self { key, agent: HeaderValue::from(42_u64) }
    }

    /// The hand-written minimum: everything that can be prepared is.
    pub(crate) fn request(&self) -> Request<Bytes> {
        let body = serde_json::to_vec(&BODY).expect("a body");
        Request::builder()
            .method(Method::POST)
            .uri(format!("{BASE}/tasks"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static("agentmc-rust/0.1.0"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(HeaderName::from_static("x-agent-id"), self.agent.clone())
            .header(HeaderName::from_static("x-api-key"), self.key.clone())
            .body(Bytes::from(body))
            .expect("a request")
    }
}

/// The same as most write it.
pub(crate) fn unprepared() -> Request<Bytes> {
    let body = serde_json::to_vec(&BODY).expect("a body");
    Request::builder()
        .method("POST")
        .uri(format!("{BASE}/tasks"))
        .header("Accept", "application/json")
        .header("User-Agent", "agentmc-rust/0.1.0")
        .header("Content-Type", "application/json")
        .header("X-Agent-Id", 42.to_string())
        .header("X-Api-Key", KEY.to_owned())
        .body(Bytes::from(body))
        .expect("a request")
}

pub(crate) fn api() -> Api {
    Api::new(Credential::api_key(KEY).expect("a key")).acting_as(42)
}

/// The operation at hand.
pub(crate) fn task() -> CreateTask {
    CreateTask::new(3, 8, TITLE, DESCRIPTION).assigned_to_agent_id(42)
}

/// From the arguments to the request.
pub(crate) fn typed(api: &Api) -> Call {
    api.call(&task()).expect("a call")
}

pub(crate) fn params() -> Map<String, Value> {
    let Value::Object(params) = json!({
        "board_id": 3, "column_id": 8, "title": TITLE, "description": DESCRIPTION, "assigned_to_agent_id": 42,
    }) else {
        unreachable!("an object")
    };
    params
}

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let (api, prepared) = (api(), Prepared::new());
    assert_eq!(typed(&api).request().body(), prepared.request().body());
    assert_eq!(typed(&api).request().headers().len(), prepared.request().headers().len());
    let minimum = || prepared.request();
    let ratio = compare(effort, || typed(&api), minimum);
    report.ratio(SUBJECT, "typed, over the minimum with prepared headers", Some(1.15), ratio);
    let task = task();
    let ratio = compare(effort, || api.call(&task).expect("a call"), minimum);
    report.ratio(SUBJECT, "the same of an operation at hand", None, ratio);
    let ratio = compare(effort, || typed(&api), unprepared);
    report.ratio(SUBJECT, "typed, over the minimum with unprepared headers", None, ratio);
    let params = params();
    let by_name = || api.call_by_name("createTask", params.clone()).expect("a call");
    let ratio = compare(effort, by_name, || typed(&api));
    report.ratio(SUBJECT, "by name, over typed", Some(4.0), ratio);
}
