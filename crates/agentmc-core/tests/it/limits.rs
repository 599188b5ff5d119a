//! Limits: kept to by default, and let go on demand.

use agentmc_core::error::Problem;
use agentmc_core::ops::hosts::{CreateAgentRealtimeSignal, ListHosts};
use agentmc_core::ops::tasks::{CreateTask, ListTasks};
use agentmc_core::types::Object;
use agentmc_core::{BuildError, Revision};
use serde_json::{Value, json};

use crate::samples::{self, heartbeat, members};

const NEWEST: Revision = Revision::LATEST;

#[test]
fn an_empty_list_is_refused_where_one_item_is_the_least() {
    let error = samples::api(NEWEST)
        .call_by_name("agentHeartbeat", members(heartbeat("/agents", Some(json!([])))));
    let Err(BuildError::Invalid { name, problem, .. }) = error else { panic!("{error:?}") };
    assert_eq!((&*name, problem), ("agents", Problem::TooFewItems(1)));
}

#[test]
fn without_limits_only_types_and_required_parameters_count() {
    let api = samples::api(NEWEST).check_limits(false);
    for (id, params) in [
        ("listTasks", json!({"per_page": 1000, "page": 0})),
        ("listHosts", json!({"status": "asleep", "search": "é".repeat(300)})),
        (
            "createFileUpload",
            json!({"filename": "f".repeat(300), "byte_size": 0, "mime_type": "Text/Plain", "checksum_sha256": "abc"}),
        ),
        ("claimAgentRealtimeSession", json!({"session": 1, "owner_token": "short"})),
        ("agentHeartbeat", heartbeat("/agents", Some(json!([])))),
        ("agentHeartbeat", heartbeat("/host/meta/cpu_cores", Some(json!(5000)))),
    ] {
        let params = members(params);
        assert!(samples::api(NEWEST).call_by_name(id, params.clone()).is_err(), "{id}");
        assert!(api.call_by_name(id, params).is_ok(), "{id}");
    }
    for (id, params) in [
        ("listTasks", json!({"per_page": "many"})),
        ("listTasks", json!({"due_from": "tomorrow"})),
        ("claimAgentRealtimeSession", json!({"session": 1})),
        ("agentHeartbeat", heartbeat("/host/meta/cpu_cores", Some(json!("eight")))),
        ("agentHeartbeat", heartbeat("/host/meta/cpu_cores", None)),
        ("listTasks", json!({"zzz": 1})),
    ] {
        assert!(api.call_by_name(id, members(params)).is_err(), "{id}");
    }
}

#[test]
fn a_typed_call_keeps_to_the_same_limits() {
    let api = samples::api(NEWEST);
    let error = api.call(&ListTasks::new().per_page(101)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "listTasks cannot send this value for `per_page`: it must be at most 100"
    );
    let error = api.call(&CreateTask::new(1, 1, "t".repeat(256), "")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "createTask cannot send this value for `title`: it must have at most 255 characters"
    );
    let host = ListHosts::new().status("asleep");
    assert!(api.call(&host).is_err());
    assert!(api.check_limits(false).call(&host).is_ok());
}

#[test]
fn parameters_that_make_a_url_too_long_are_refused() {
    let api = samples::api(NEWEST).check_limits(false);
    let error = api.call(&ListHosts::new().search("a".repeat(70_000))).unwrap_err();
    assert_eq!(error, BuildError::UrlTooLong { operation: "listHosts" });
    assert_eq!(error.to_string(), "listHosts: the parameters make a URL that is too long");
}

#[test]
fn an_empty_list_is_an_empty_object_where_an_object_is_free() {
    let call = |payload: Value| {
        let params = members(json!({"session": 1, "type": "message", "payload": payload}));
        samples::api(NEWEST).call_by_name("createAgentRealtimeSignal", params)
    };
    assert_eq!(call(json!([])).unwrap().request().body(), r#"{"type":"message","payload":{}}"#);
    assert_eq!(
        call(json!("text")).unwrap_err().to_string(),
        "createAgentRealtimeSignal cannot send this value for `payload`: it must be an object"
    );
    let typed = CreateAgentRealtimeSignal::new(1, "message").payload(Object::new());
    assert_eq!(
        samples::api(NEWEST).call(&typed).unwrap().request().body(),
        r#"{"type":"message","payload":{}}"#
    );
}
