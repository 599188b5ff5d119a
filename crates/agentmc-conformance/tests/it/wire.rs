//! What is on the wire is what the core built, seen by a server that is not ours.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentmc_conformance::on_both;
use agentmc_core::ops::boards::{DeleteBoardColumn, ListBoards, UpdateBoard};
use agentmc_core::ops::calendar::UpdateCalendarItem;
use agentmc_core::ops::files::DownloadFile;
use agentmc_core::ops::hosts::ClaimAgentRealtimeSession;
use agentmc_core::ops::notifications::MarkNotificationRead;
use agentmc_core::ops::tasks::{CreateTask, DeleteTask, ListTasks, ShowTask, UpdateTask};
use agentmc_core::{Api, Credential, Error, ErrorKind, Operation, RetryPolicy, TransportKind};
use bytes::Bytes;
use http::StatusCode;
use httpmock::MockServer;
use serde_json::{Map, Value, json};

/// The requests that arrived.
type Seen = Arc<Mutex<Vec<http::Request<Bytes>>>>;

fn api(server: &MockServer) -> Api {
    let credential = Credential::api_key("cc_wire").unwrap();
    let quick = RetryPolicy::new(3, Duration::from_millis(1), Duration::from_millis(5));
    Api::new(credential).base_url(&server.url("/api/v1")).unwrap().acting_as(7).retry(quick)
}

/// A server that answers everything alike, and what it sees.
fn answering(status: u16, headers: &[(&str, &str)], body: &str) -> (MockServer, Seen) {
    let (server, seen) = (MockServer::start(), Seen::default());
    let log = Arc::clone(&seen);
    server.mock(|when, then| {
        when.is_true(move |request| {
            log.lock().unwrap().push(request.to_http_request());
            true
        });
        let mut then = then.status(status).body(body);
        for (name, value) in headers {
            then = then.header(*name, *value);
        }
        let _ = then;
    });
    (server, seen)
}

fn json_answer(status: u16, body: &Value) -> (MockServer, Seen) {
    answering(status, &[("content-type", "application/json")], &body.to_string())
}

/// Sends `operation` and holds what arrived against what the core built.
#[track_caller]
fn arrives<S: agentmc_conformance::Subject, O: Operation>(
    operation: &O,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) {
    let (server, seen) = answering(status, headers, body);
    let api = api(&server);
    let built = api.call(operation).unwrap().request().clone();
    S::new(api).send(operation).map(|_| ()).unwrap();

    let seen = seen.lock().unwrap();
    let [arrived] = &seen[..] else { panic!("{} requests arrived", seen.len()) };
    assert_eq!(arrived.method(), built.method());
    assert_eq!(arrived.uri().path_and_query(), built.uri().path_and_query());
    assert_eq!(arrived.body(), built.body());
    for (name, value) in built.headers() {
        assert_eq!(arrived.headers().get_all(name).iter().collect::<Vec<_>>(), [value], "{name}");
    }
    let added: Vec<_> =
        arrived.headers().keys().filter(|name| !built.headers().contains_key(*name)).collect();
    let framing = ["host", "content-length", "connection"];
    assert!(
        added.iter().all(|name| framing.contains(&name.as_str())),
        "the transport adds {added:?}"
    );
}

fn task() -> Value {
    json!({
        "id": 5, "team_id": 1, "board_id": 3, "column_id": 2, "title": "Ship", "description": null,
        "archived_at": null, "is_archived": false, "position": 1, "due_at": null, "created_by_user_id": null,
        "assigned_to_user_id": null, "assigned_to_agent_id": null, "attachments": [], "assignee_type": null,
        "created_at": null, "updated_at": null,
    })
}

fn board() -> Value {
    json!({"id": 3, "team_id": 1, "name": "B", "description": null, "visibility": "team", "created_at": null})
}

fn page_of(items: &[Value], current: u64, last: u64) -> Value {
    json!({
        "data": items,
        "links": {"first": null, "last": null, "prev": null, "next": null},
        "meta": {"current_page": current, "last_page": last, "path": "/", "per_page": 2, "total": items.len()},
    })
}

fn session() -> Value {
    json!({"id": 42, "team_id": 1, "agent_id": 7, "status": "claimed", "meta": null})
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json; charset=utf-8")];

on_both! {
    fn a_get_with_a_query_arrives_as_built<S>() {
        let list = ListTasks::new().board_id(3).archived(true).due_from("2026-02-22T17:21:00Z".parse::<agentmc_core::types::Timestamp>().unwrap());
        arrives::<S, _>(&list, 200, JSON, &page_of(&[task()], 1, 1).to_string());
    }

    fn a_post_arrives_as_built<S>() {
        let create = CreateTask::new(3, 2, "Ship “it” ☂", "line\nbreak\u{0}");
        arrives::<S, _>(&create, 201, JSON, &json!({"data": task()}).to_string());
    }

    fn a_patch_with_null_arrives_as_built<S>() {
        let update = UpdateTask::new(5).due_at(None).assigned_to_user_id(9).title("New");
        arrives::<S, _>(&update, 200, JSON, &json!({"data": task()}).to_string());
    }

    fn a_patch_with_nothing_arrives_as_an_empty_object<S>() {
        arrives::<S, _>(&UpdateBoard::new(3), 200, JSON, &json!({"data": board()}).to_string());
    }

    fn a_put_arrives_as_built<S>() {
        let item = json!({
            "id": 1, "team_id": 1, "type": "event", "title": "T", "all_day": false, "visibility": "team", "assignees": [],
        });
        arrives::<S, _>(&UpdateCalendarItem::new(1).title("T").location(None), 200, JSON, &json!({"data": item}).to_string());
    }

    fn a_delete_without_a_body_arrives_as_built<S>() {
        arrives::<S, _>(&DeleteTask::new(5), 204, &[], "");
    }

    fn a_delete_with_a_body_arrives_as_built<S>() {
        arrives::<S, _>(&DeleteBoardColumn::new(3, 8), 204, &[], "");
    }

    fn an_uuid_in_the_path_and_an_empty_object_arrive_as_built<S>() {
        let id = "7b0c9f0e-2f55-4b57-8a53-1f0f4b1f3a11";
        let read: MarkNotificationRead = MarkNotificationRead::new(id.parse::<agentmc_core::types::NotificationId>().unwrap());
        let body = json!({"data": {
            "id": id, "notification_type": "mention", "source_type": "task", "message": "m", "is_read": true,
        }});
        arrives::<S, _>(&read, 200, JSON, &body.to_string());
    }

    /// A redirect to another host is the reply; the other host hears nothing.
    fn a_redirect_is_handed_over_and_not_followed<S>() {
        let (elsewhere, followed) = answering(200, &[], "the file");
        let location = elsewhere.url("/signed?token=1");
        let (server, seen) = answering(302, &[("location", &location)], "");
        let got = S::new(api(&server)).send(&DownloadFile::new(4)).unwrap();
        assert_eq!(got, location);
        assert_eq!((seen.lock().unwrap().len(), followed.lock().unwrap().len()), (1, 0));
    }

    fn a_redirect_where_none_belongs_is_refused_and_not_followed<S>() {
        let (elsewhere, followed) = answering(200, &[], "");
        let (server, _) = answering(307, &[("location", &elsewhere.url("/"))], "");
        let error = S::new(api(&server)).send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Redirect, Some(StatusCode::TEMPORARY_REDIRECT)));
        assert!(followed.lock().unwrap().is_empty());
    }

    fn every_error_status_is_a_refusal_with_its_envelope<S>() {
        let statuses = [400, 401, 402, 403, 404, 405, 409, 410, 418, 422, 429, 500, 501, 502, 503, 504];
        for status in statuses {
            let body = json!({"error": {
                "code": "some.code", "message": "Not so.", "details": {"fields": {"title": ["Too long."]}},
            }});
            let (server, seen) = json_answer(status, &body);
            let error = S::new(api(&server)).send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
            let Error::Api(refusal) = &error else { panic!("{status}: {error:?}") };
            assert_eq!(refusal.status.as_u16(), status);
            assert_eq!((&*refusal.code, &*refusal.message), ("some.code", "Not so."));
            assert_eq!(refusal.fields["title"], ["Too long."]);
            // A create is repeated only where the server cannot have acted on it.
            assert_eq!(seen.lock().unwrap().len(), if status == 429 { 3 } else { 1 }, "{status}");
        }
    }

    fn an_error_page_of_a_proxy_keeps_status_type_and_beginning<S>() {
        let html = "<html>".to_owned() + &"Bad gateway ".repeat(500);
        let (server, seen) = answering(502, &[("content-type", "text/html")], &html);
        let error = S::new(api(&server)).send(&ShowTask::new(5)).unwrap_err();
        let Error::Api(refusal) = &error else { panic!("{error:?}") };
        assert_eq!((refusal.status.as_u16(), refusal.content_type.as_deref()), (502, Some("text/html")));
        assert_eq!(refusal.excerpt, html.as_bytes()[..1024]);
        assert_eq!(error.to_string(), "showTask: 502 Bad Gateway");
        assert_eq!(seen.lock().unwrap().len(), 3, "a GET is repeated");
    }

    fn a_claim_is_repeated_with_the_same_bytes<S>() {
        let (server, seen) = answering(503, &[], "");
        let claim = ClaimAgentRealtimeSession::new(42).owner_token("agent-claim:0123456789");
        let error = S::new(api(&server)).send(&claim).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 3);
        let wire = |request: &http::Request<Bytes>| (request.uri().clone(), request.headers().clone(), request.body().clone());
        assert!(seen.iter().all(|request| wire(request) == wire(&seen[0])));
    }

    fn a_reply_of_another_shape_names_the_place<S>() {
        let mut wrong = json!({"data": task()});
        wrong["data"]["created_at"] = json!("yesterday");
        let (server, _) = json_answer(200, &wrong);
        let error = S::new(api(&server)).send(&ShowTask::new(5)).unwrap_err();
        let Error::Decode(error) = &error else { panic!("{error:?}") };
        assert_eq!((error.operation, &*error.path, error.line), ("showTask", "data.created_at", 1));
    }

    fn a_call_by_name_gives_the_json_whole<S>() {
        let (server, seen) = json_answer(200, &json!({"data": session(), "more": 1}));
        let params = json!({"session": 42, "owner_token": "agent-claim:0123456789"});
        let reply = S::new(api(&server)).call("claimAgentRealtimeSession", params.as_object().unwrap().clone()).unwrap();
        assert_eq!(reply, json!({"data": session(), "more": 1}));
        assert_eq!(seen.lock().unwrap()[0].headers()["x-agent-id"], "7");
    }

    fn nothing_is_sent_when_the_request_cannot_be_built<S>() {
        let (server, seen) = json_answer(200, &json!({}));
        let error = S::new(api(&server)).call("createTask", Map::new()).unwrap_err();
        assert_eq!(error.to_string(), "createTask needs a value for `board_id`");
        assert!(seen.lock().unwrap().is_empty());
    }

    fn with_changes_one_call_alone<S>() {
        let (server, seen) = json_answer(200, &json!({"data": task()}));
        let client = S::new(api(&server));
        client.with(|api| api.acting_as(8)).send(&ShowTask::new(5)).unwrap();
        client.with(|api| api.credential(Credential::api_key("cc_other").unwrap())).send(&ShowTask::new(5)).unwrap();
        client.send(&ShowTask::new(5)).unwrap();
        let seen = seen.lock().unwrap();
        let header = |index: usize, name: &str| seen[index].headers()[name].to_str().unwrap().to_owned();
        let (agent, key) = (|index| header(index, "x-agent-id"), |index| header(index, "x-api-key"));
        assert_eq!([agent(0), agent(1), agent(2)], ["8", "7", "7"]);
        assert_eq!([key(0), key(1), key(2)], ["cc_wire", "cc_other", "cc_wire"]);
    }

    fn a_reply_over_the_limit_is_refused<S>() {
        let (server, _) = answering(200, JSON, &" ".repeat(4096));
        let client = S::new(api(&server).max_reply_bytes(1024));
        let error = client.send(&ShowTask::new(5)).unwrap_err();
        let Error::Transport(error) = &error else { panic!("{error:?}") };
        assert_eq!(error.kind, TransportKind::TooLarge);
    }

    fn a_server_that_is_not_there_is_a_failure_to_connect<S>() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let api = Api::new(Credential::api_key("cc_wire").unwrap());
        let api = api.base_url(&format!("http://127.0.0.1:{port}")).unwrap().retry(RetryPolicy::NEVER);
        let error = S::new(api).send(&CreateTask::new(3, 2, "x", "y")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.to_string(), "createTask: could not connect");
    }

    fn a_server_that_says_nothing_is_a_timeout<S>() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let api = Api::new(Credential::api_key("cc_wire").unwrap()).retry(RetryPolicy::NEVER);
        let api = api.base_url(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
        let error = S::new(api.timeout(Duration::from_millis(60))).send(&ShowTask::new(5)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    }

    fn a_server_that_hangs_up_is_a_loss_and_a_create_is_not_repeated<S>() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let api = Api::new(Credential::api_key("cc_wire").unwrap());
        let quick = RetryPolicy::new(3, Duration::from_millis(1), Duration::from_millis(5));
        let api = api.base_url(&format!("http://{}", listener.local_addr().unwrap())).unwrap().retry(quick);
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

    fn a_listing_is_walked_page_by_page_and_no_further_than_asked<S>() {
        let (server, log) = (MockServer::start(), Seen::default());
        for (number, titles) in [(1, 2), (2, 0), (3, 1)] {
            let log = Arc::clone(&log);
            server.mock(|when, then| {
                let items: Vec<Value> = (0..titles).map(|_| task()).collect();
                when.query_param("page", number.to_string()).is_true(move |request| {
                    if request.uri().query().unwrap_or_default().contains(&format!("page={number}")) {
                        log.lock().unwrap().push(request.to_http_request());
                    }
                    true
                });
                let mut page = page_of(&items, number, 3);
                page["links"]["next"] = json!("https://elsewhere.example/tasks?page=9");
                then.status(200).json_body(page);
            });
        }
        let client = S::new(api(&server));
        let list = || ListTasks::new().board_id(3).per_page(2);
        assert_eq!(client.list(list(), 10).unwrap().len(), 3);
        assert_eq!(log.lock().unwrap().len(), 3);
        log.lock().unwrap().clear();
        assert_eq!(client.list(list(), 2).unwrap().len(), 2);
        assert_eq!(log.lock().unwrap().len(), 1, "the second page is not fetched before it is needed");
        let params = json!({"board_id": 3, "per_page": 2}).as_object().unwrap().clone();
        assert_eq!(client.list_by_name("listTasks", params, 10).unwrap().len(), 3);
    }

    fn an_error_ends_a_listing<S>() {
        let (server, _) = json_answer(403, &json!({"error": {"code": "auth.forbidden", "message": "No."}}));
        let error = S::new(api(&server)).list(ListBoards::new(), 10).unwrap_err();
        assert_eq!(error.to_string(), "listBoards: 403 Forbidden: No.");
    }
}
