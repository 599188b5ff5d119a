//! Successful replies: understood, and nothing of them lost.

use std::time::Duration;

use agentmc_core::call::Step;
use agentmc_core::endpoint::Endpoint;
use agentmc_core::ops::{boards, calendar, files, notifications, tasks};
use agentmc_core::reply::{Reply, Shape};
use agentmc_core::types::{CalendarItemStatus, FilePreviewKind, NotificationType};
use agentmc_core::{Error, OPERATIONS, Operation, Output, Revision, find};
use serde_json::{Value, json};

use crate::fixtures::{COMPLETE, Fixture, OLDER, reply, reply_with};
use crate::samples;

/// What of `read` is missing or different in `written`, and what was added that says something.
fn lost(read: &Value, written: &Value, path: &str, report: &mut Vec<String>) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (name, value) in read {
                lost(
                    value,
                    written.get(name).unwrap_or(&Value::Null),
                    &format!("{path}.{name}"),
                    report,
                );
            }
            let added = written
                .iter()
                .filter(|(name, value)| !read.contains_key(*name) && !says_nothing(value));
            report.extend(added.map(|(name, value)| format!("{path}.{name}: {value} was added")));
        }
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            let pairs = read.iter().zip(written).enumerate();
            pairs.for_each(|(i, (read, written))| {
                lost(read, written, &format!("{path}[{i}]"), report);
            });
        }
        _ if read == written => {}
        _ => report.push(format!("{path}: {read} became {written}")),
    }
}

/// Whether a value says no more than its absence.
fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn read_back(endpoint: &Endpoint, fixture: &Fixture) -> Value {
    let written = (endpoint.read_typed)(endpoint.id, &reply(200, fixture.text));
    written.unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)))
}

#[test]
fn every_operation_with_a_body_in_its_reply_has_a_fixture() {
    let has_body =
        |endpoint: &&&Endpoint| !matches!(endpoint.shape, Shape::Empty | Shape::Location);
    let ids: Vec<_> = OPERATIONS.iter().filter(has_body).map(|endpoint| endpoint.id).collect();
    assert_eq!(COMPLETE.iter().map(|fixture| fixture.id).collect::<Vec<_>>(), ids);
}

#[test]
fn every_reply_is_written_back_as_it_was_read() {
    for fixture in COMPLETE {
        let endpoint = find(fixture.id).unwrap();
        let written = read_back(endpoint, fixture);
        let mut report = Vec::new();
        lost(&fixture.json(), &written, fixture.id, &mut report);
        assert!(report.is_empty(), "{}", report.join("\n"));
        assert_eq!(written, fixture.json(), "{}", fixture.id);
    }
}

#[test]
fn replies_of_older_revisions_are_read_without_loss() {
    for (revision, fixtures) in OLDER {
        for fixture in *fixtures {
            let endpoint = find(fixture.id).unwrap();
            assert!(endpoint.step(*revision).is_some(), "{} is not in {revision}", fixture.id);
            let mut report = Vec::new();
            lost(&fixture.json(), &read_back(endpoint, fixture), fixture.id, &mut report);
            assert!(report.is_empty(), "{revision}: {}", report.join("\n"));
        }
    }
}

#[test]
fn the_comparison_notices_what_is_lost_changed_or_added() {
    let read = json!({"data": [{"id": 1, "meta": {"a": null}}]});
    for (written, complaint) in [
        (json!({"data": []}), "r.data: [{\"id\":1,\"meta\":{\"a\":null}}] became []"),
        (json!({"data": [{"id": 2, "meta": {"a": null}}]}), "r.data[0].id: 1 became 2"),
        (json!({"data": [{"id": 1}]}), "r.data[0].meta: {\"a\":null} became null"),
        (json!({"data": [{"id": 1, "meta": {"a": null}, "b": 0}]}), "r.data[0].b: 0 was added"),
    ] {
        let mut report = Vec::new();
        lost(&read, &written, "r", &mut report);
        assert_eq!(report, [complaint]);
    }
}

/// What a driver and a client do with a reply.
fn answer<O: Operation>(
    operation: &O,
    response: http::Response<bytes::Bytes>,
) -> Result<Output<O>, Error> {
    let mut call = samples::api(Revision::LATEST).call(operation).unwrap();
    match call.resolve(Ok(response), Duration::ZERO, 0.0) {
        Step::Done(result) => Ok(O::Reply::read(O::ENDPOINT.id, &result?)?),
        Step::Again(delay) => panic!("again in {delay:?}"),
    }
}

fn text_of(id: &str) -> &'static str {
    COMPLETE.iter().find(|fixture| fixture.id == id).unwrap().text
}

#[test]
fn members_are_read_as_what_they_are() {
    let task = answer(&tasks::ShowTask::new(1204), reply(200, text_of("showTask"))).unwrap();
    assert_eq!((task.id.get(), task.board_id.get(), task.is_archived), (1204, 15, true));
    assert_eq!(task.due_at.unwrap().to_string(), "2026-03-01T17:00:00Z");
    let file = task.attachments[0].file.as_ref().unwrap();
    assert_eq!((&file.preview_kind, file.size_bytes), (&FilePreviewKind::Markdown, 4812));
    assert!(task.extra.is_empty());

    let page = answer(&calendar::ListCalendar::new(), reply(200, text_of("listCalendar"))).unwrap();
    assert_eq!((page.meta.current_page, page.meta.last_page, page.data.len()), (2, 3, 1));
    assert_eq!(page.data[0].status, Some(CalendarItemStatus::InProgress));

    let id: agentmc_core::types::NotificationId =
        "0198c5f0-7d3a-7b1e-9f42-3c5a1e0d7b68".parse().unwrap();
    let read = notifications::MarkNotificationRead::new(id);
    let notification = answer(&read, reply(200, text_of("markNotificationRead"))).unwrap();
    assert_eq!((notification.id, notification.notification_type), (id, NotificationType::Mention));
}

#[test]
fn a_reply_is_read_as_json_whole_by_name() {
    let endpoint = find("listBoards").unwrap();
    let json = endpoint.read_json(&reply(200, text_of("listBoards"))).unwrap();
    assert_eq!(json, serde_json::from_str::<Value>(text_of("listBoards")).unwrap());
    assert_eq!(find("deleteBoard").unwrap().read_json(&reply(204, "")).unwrap(), Value::Null);

    let redirect = reply_with(302, "Location", "https://storage.example.com/f?signature=a");
    let json = find("downloadFile").unwrap().read_json(&redirect).unwrap();
    assert_eq!(json, json!({"location": "https://storage.example.com/f?signature=a"}));
}

#[test]
fn a_reply_may_be_had_as_the_text_it_came_as() {
    let raw = |id: &str, status, text: &'static str| {
        find(id).unwrap().read_raw(&reply(status, text)).map(|raw| raw.get().to_owned())
    };
    let text = r#"{"data": {"z":1.10, "a":123456789012345678901234567890, "b":1e999,"b":"\u00e9\/\ud800"}, "n":[ ]}"#;
    assert_eq!(raw("showTask", 200, text).unwrap(), text);
    assert_eq!(raw("listBoards", 200, " [1] \n").unwrap(), "[1]");
    assert_eq!(raw("deleteBoard", 204, "").unwrap(), "null");
    for broken in ["", "{\"data\": ", "<html>", "[1] 2", "01"] {
        let error = raw("showTask", 200, broken).unwrap_err();
        assert_eq!((error.operation, &*error.path), ("showTask", "."), "{broken}");
    }
    let redirect = reply_with(302, "Location", "https://storage.example.com/f?signature=a");
    let raw = find("downloadFile").unwrap().read_raw(&redirect).unwrap();
    assert_eq!(raw.get(), r#"{"location":"https://storage.example.com/f?signature=a"}"#);
    let body = bytes::Bytes::from_static(b"{\"data\": \"\xff\"}");
    assert!(find("showTask").unwrap().read_raw(&http::Response::new(body)).is_err());
}

#[test]
fn any_success_status_is_a_success() {
    for status in [200, 201, 202] {
        assert!(answer(&boards::ShowBoard::new(15), reply(status, text_of("showBoard"))).is_ok());
    }
    for status in [200, 202, 204] {
        answer(&boards::DeleteBoard::new(15), reply(status, "")).unwrap();
    }
    answer(&boards::DeleteBoard::new(15), reply(200, "<html>deleted</html>")).unwrap();
}

#[test]
fn a_redirect_is_the_reply_of_a_download_and_is_not_followed() {
    let redirect =
        |status| reply_with(status, "Location", "https://storage.example.com/f?signature=a%2Fb");
    for status in [301, 302, 303, 307] {
        let location = answer(&files::DownloadFile::new(301), redirect(status)).unwrap();
        assert_eq!(location, "https://storage.example.com/f?signature=a%2Fb");
    }
    let location = answer(&files::PreviewFile::new(301), redirect(302)).unwrap();
    assert_eq!(location, "https://storage.example.com/f?signature=a%2Fb");
}

#[test]
fn a_redirect_that_leads_nowhere_is_told_apart() {
    let error = answer(&files::DownloadFile::new(301), reply(302, "")).unwrap_err();
    let Error::Decode(error) = error else { panic!("{error}") };
    assert_eq!(
        error.to_string(),
        "downloadFile: 302 Found, but the reply does not have the expected shape at `location`"
    );
    assert_eq!(
        std::error::Error::source(&*error).unwrap().to_string(),
        "the redirect has no Location header"
    );
    assert_eq!((error.line, error.column), (0, 0));
}

#[test]
fn a_redirect_where_none_is_expected_is_an_error() {
    let error =
        answer(&boards::ShowBoard::new(15), reply_with(302, "Location", "/login")).unwrap_err();
    assert_eq!(error.kind(), agentmc_core::ErrorKind::Redirect);
    assert_eq!(error.to_string(), "showBoard: 302 Found");
}

#[test]
fn a_download_that_answers_with_content_is_an_error() {
    let error = answer(&files::DownloadFile::new(301), reply(200, "the file")).unwrap_err();
    assert_eq!(error.kind(), agentmc_core::ErrorKind::Other);
    assert_eq!(error.to_string(), "downloadFile: 200 OK");
}
