//! The way back: from a method and a path to an operation, and from a request to its parameters.

use agentmc_core::endpoint::route::{Incoming, Match, Route, route};
use agentmc_core::types::AgentId;
use agentmc_core::{OPERATIONS, Revision};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;

fn found(method: &str, path: &str) -> Match {
    match route(&method.parse().unwrap(), path) {
        Route::Found(found) => found,
        other => panic!("{method} {path}: {other:?}"),
    }
}

fn read(
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Result<Incoming, serde_json::Error> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
    found(method, request.uri().path()).read(&request)
}

#[test]
fn a_literal_segment_beats_a_placeholder() {
    assert_eq!(found("GET", "/files/folders").endpoint.id, "listFileFolders");
    assert_eq!(found("GET", "/files/7").endpoint.id, "showFile");
    assert_eq!(found("POST", "/files/uploads").endpoint.id, "createFileUpload");
    assert_eq!(found("GET", "/agents/instructions").endpoint.id, "getAgentInstructions");
    assert_eq!(found("GET", "/agents/7/instructions").endpoint.id, "agentConnectedInstructions");
    assert_eq!(found("POST", "/notifications/read-all").endpoint.id, "markAllNotificationsRead");
}

#[test]
fn a_path_tells_the_revisions_that_have_it() {
    assert_eq!(found("GET", "/tasks/7").revisions, Revision::ALL);
    assert_eq!(found("POST", "/hosts/heartbeat").revisions, [Revision::V0_3_169]);
    assert_eq!(found("POST", "/agents/heartbeat").revisions, [Revision::V0_3_64]);
    let old = found("POST", "/agents/7/heartbeat");
    assert_eq!((old.revisions, old.agent.as_deref()), (vec![Revision::V0_1_1], Some("7")));
}

#[test]
fn every_template_leads_to_its_operation() {
    for endpoint in OPERATIONS {
        for step in endpoint.history {
            let path: Vec<_> = step
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { "7" } else { part })
                .collect();
            let found = found(endpoint.method.as_str(), &path.join("/"));
            assert_eq!(found.endpoint.id, endpoint.id, "{}", step.path);
            assert!(found.revisions.contains(&step.revision), "{}", step.path);
            assert_eq!(
                found.arguments.len() + usize::from(found.agent.is_some()),
                step.path.matches('{').count()
            );
        }
    }
}

#[test]
fn a_path_nobody_has_is_told_from_a_method_it_lacks() {
    for path in [
        "",
        "/",
        "/nothing",
        "/tasks/",
        "/tasks//comments",
        "/tasks/7/",
        "/tasks/7/comments/8/9",
        "tasks/7",
        "/Tasks",
    ] {
        assert!(matches!(route(&Method::GET, path), Route::NoPath), "{path}");
    }
    let Route::NoMethod(methods) = route(&Method::PUT, "/tasks/7") else {
        panic!("PUT /tasks/7 is no operation")
    };
    let mut methods: Vec<_> = methods.iter().map(|method| method.as_str()).collect();
    methods.sort_unstable();
    assert_eq!(methods, ["DELETE", "GET", "PATCH"]);
    assert!(matches!(route(&Method::HEAD, "/tasks"), Route::NoMethod(_)));
}

#[test]
fn parameters_are_read_from_where_they_are() {
    let incoming = read(
        "PATCH",
        "/boards/15/columns?column_id=9",
        &[("x-agent-id", "4")],
        r#"{"column_id": 3, "name": "Done"}"#,
    )
    .unwrap();
    assert_eq!(
        incoming.params,
        crate::samples::members(json!({"board": 15, "column_id": 3, "name": "Done"}))
    );

    let uri = "/calendar?type=event&q=a+b%26c&per_page=50&page=&unknown=1&end=";
    let incoming = read("GET", uri, &[], "").unwrap();
    let expected = json!({"type": "event", "q": "a b&c", "per_page": 50, "page": "", "end": ""});
    assert_eq!(incoming.params, crate::samples::members(expected));
}

#[test]
fn the_acting_agent_is_read_from_path_header_or_query() {
    let agent = |method, uri: &str, headers: &[(&str, &str)]| {
        read(method, uri, headers, "").unwrap().agent.map(AgentId::get)
    };
    assert_eq!(agent("GET", "/tasks/7", &[("X-Agent-Id", "4")]), Some(4));
    assert_eq!(agent("GET", "/tasks/7?agent_id=5", &[]), Some(5));
    assert_eq!(agent("GET", "/tasks/7?agent_id=5", &[("X-Agent-Id", "4")]), Some(4));
    assert_eq!(agent("POST", "/agents/6/realtime/sessions/1/claim", &[]), Some(6));
    assert_eq!(agent("GET", "/tasks/7", &[("X-Agent-Id", "four")]), None);
    assert_eq!(agent("GET", "/tasks/7", &[]), None);
}

#[test]
fn what_is_of_the_wrong_type_stays_as_it_was_written() {
    let params = |uri: &str| read("GET", uri, &[], "").unwrap().params;
    assert_eq!(params("/tasks/seven")["task"], "seven");
    assert_eq!(params("/tasks/7%2F8")["task"], "7/8");
    assert_eq!(params("/tasks?archived=yes&board_id=-1")["archived"], "yes");
    assert_eq!(params("/tasks?archived=1")["archived"], true);
    assert_eq!(params("/tasks?archived=false")["archived"], false);
}

#[test]
fn a_body_is_an_object_or_the_list_that_stands_for_one() {
    let body = |body| read("POST", "/boards", &[], body).map(|incoming| incoming.params);
    assert!(body("").unwrap().is_empty());
    assert!(body("{}").unwrap().is_empty());
    assert!(body("[]").unwrap().is_empty());
    assert_eq!(body(r#"{"name": "Operations", "unknown": 1}"#).unwrap().len(), 1);
    for bad in ["7", "null", "\"text\"", "{", "{} {}"] {
        assert!(body(bad).is_err(), "{bad}");
    }
}
