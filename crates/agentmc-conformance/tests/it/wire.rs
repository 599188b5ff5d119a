//! What is on the wire is what the core built, seen by a server that is not ours.

use agentmc_conformance::on_both;
use agentmc_core::ops::boards::{DeleteBoardColumn, UpdateBoard};
use agentmc_core::ops::calendar::UpdateCalendarItem;
use agentmc_core::ops::files::DownloadFile;
use agentmc_core::ops::hosts::ClaimAgentRealtimeSession;
use agentmc_core::ops::notifications::MarkNotificationRead;
use agentmc_core::ops::tasks::{CreateTask, DeleteTask, ListTasks, ShowTask, UpdateTask};
use agentmc_core::{Credential, Error, ErrorKind, Operation, Revision};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, json};

use crate::servers::{JSON, answering, api, board, json_answer, page_of, session, task};

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
    let mut added: Vec<_> =
        arrived.headers().keys().filter(|name| !built.headers().contains_key(*name)).collect();
    let framing: &[&str] = if built.body().is_empty() {
        &["accept-encoding", "host"]
    } else {
        &["accept-encoding", "content-length", "host"]
    };
    added.sort_by_key(|name| name.as_str());
    assert_eq!(added, framing, "what the transport adds");
}

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

    fn a_get_is_repeated_where_another_attempt_may_succeed<S>() {
        let repeated = |status: &u16| matches!(status, 429 | 500 | 502 | 503 | 504);
        let statuses = [400, 401, 402, 403, 404, 405, 409, 410, 418, 422, 429, 500, 501, 502, 503, 504];
        for status in statuses {
            let (server, seen) = json_answer(status, &json!({}));
            let error = S::new(api(&server)).send(&ShowTask::new(5)).unwrap_err();
            assert_eq!(error.status().unwrap().as_u16(), status);
            assert_eq!(seen.lock().unwrap().len(), if repeated(&status) { 3 } else { 1 }, "{status}");
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
    fn with_changes_the_revision_of_one_call_alone<S>() {
        let (server, seen) = json_answer(200, &json!({"data": task()}));
        let client = S::new(api(&server));
        client.with(|api| api.revision(Revision::V0_3_64)).send(&ShowTask::new(5)).unwrap();
        client.send(&ShowTask::new(5)).unwrap();
        let agents = seen.lock().unwrap().iter().map(|seen| seen.headers().contains_key("x-agent-id")).collect::<Vec<_>>();
        assert_eq!(agents, [false, true], "0.3.64 knows no acting agent");
    }
}
