//! Error replies: what the server said is kept, whatever it sent.

use std::time::Duration;

use agentmc_core::call::{Call, Step};
use agentmc_core::ops::boards::CreateBoard;
use agentmc_core::retry::RetryPolicy;
use agentmc_core::{ApiError, Error, ErrorKind, Revision, find};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::fixtures::reply;
use crate::generate;
use crate::samples;

fn creating() -> Call {
    let api = samples::api(Revision::LATEST).retry(RetryPolicy::NEVER);
    api.call(&CreateBoard::new("Operations")).unwrap()
}

fn error(response: Response<Bytes>) -> Error {
    match creating().resolve(Ok(response), Duration::ZERO, 0.0) {
        Step::Done(Err(error)) => error,
        step => panic!("{step:?}"),
    }
}

fn refusal(response: Response<Bytes>) -> ApiError {
    match error(response) {
        Error::Api(error) => *error,
        error => panic!("{error:?}"),
    }
}

/// The service's own error envelope.
fn envelope() -> Value {
    json!({"error": {
        "code": "validation.failed",
        "message": "Validation failed.",
        "details": {"fields": {
            "name": ["The name field is required.", "The name must be a string."],
            "visibility": ["The selected visibility is invalid."],
        }},
    }})
}

#[test]
fn every_status_is_of_a_kind() {
    for (status, kind) in [
        (301, ErrorKind::Redirect),
        (304, ErrorKind::Redirect),
        (400, ErrorKind::Other),
        (401, ErrorKind::Unauthorized),
        (402, ErrorKind::PaymentRequired),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::Other),
        (409, ErrorKind::Conflict),
        (422, ErrorKind::Validation),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (503, ErrorKind::Server),
        (599, ErrorKind::Server),
        (600, ErrorKind::Other),
        (100, ErrorKind::Other),
    ] {
        let error = error(reply(status, ""));
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
}

#[test]
fn an_envelope_is_taken_apart() {
    let response = Response::builder()
        .status(422)
        .header("Content-Type", "application/json")
        .header("X-Request-Id", "req-7")
        .body(envelope().to_string().into())
        .unwrap();
    let error = refusal(response);
    assert_eq!(
        (error.operation, error.code.as_str(), error.message.as_str()),
        ("createBoard", "validation.failed", "Validation failed.")
    );
    assert_eq!(error.fields["name"], ["The name field is required.", "The name must be a string."]);
    assert_eq!(error.fields["visibility"], ["The selected visibility is invalid."]);
    assert_eq!(error.details.as_ref(), Some(&envelope()["error"]["details"]));
    assert_eq!(
        (error.request_id.as_deref(), error.content_type.as_deref()),
        (Some("req-7"), Some("application/json"))
    );
    assert!(error.excerpt.is_empty());
    assert_eq!(
        error.to_string(),
        "createBoard: 422 Unprocessable Entity: Validation failed. \
         name: The name field is required. The name must be a string. \
         visibility: The selected visibility is invalid."
    );
}

#[test]
fn an_envelope_that_lacks_something_is_read_as_far_as_it_goes() {
    let read = |body: Value| refusal(reply(409, body.to_string()));
    let error = read(json!({"error": {}}));
    assert_eq!((error.code.as_str(), error.message.as_str()), ("", ""));
    assert_eq!(error.to_string(), "createBoard: 409 Conflict");
    let error = read(json!({"error": {"code": "session.owned", "message": null, "details": null}}));
    assert_eq!(
        (error.code.as_str(), error.message.as_str(), &error.details),
        ("session.owned", "", &None)
    );
    let error = read(
        json!({"error": {"message": "Owned.", "details": {"owner": 7}, "more": true}, "more": 1}),
    );
    assert_eq!(error.to_string(), "createBoard: 409 Conflict: Owned.");
    assert_eq!((error.details, error.fields.len()), (Some(json!({"owner": 7})), 0));
    let error = read(json!({"error": {"message": "Owned.", "details": []}}));
    assert_eq!((error.details, error.fields.len()), (Some(json!([])), 0));
}

#[test]
fn a_single_message_may_come_without_its_list() {
    let details =
        json!({"fields": {"name": "The name field is required.", "odd": 7, "mixed": ["one", 2]}});
    let error =
        refusal(reply(422, json!({"error": {"message": "No.", "details": details}}).to_string()));
    assert_eq!(error.fields["name"], ["The name field is required."]);
    assert_eq!(error.fields["mixed"], ["one"]);
    assert!(error.fields["odd"].is_empty());
}

#[test]
fn a_body_that_is_no_envelope_is_kept_and_not_shown() {
    let bodies: [&[u8]; 9] = [
        b"<html><h1>secret page</h1></html>",
        b"secret",
        b"\xff\xfe secret",
        b"{\"error\": {\"code\": \"secret",
        b"{\"error\": \"secret\"}",
        b"{\"message\": \"secret\"}",
        b"[\"secret\"]",
        b"null",
        b"",
    ];
    for body in bodies {
        let response =
            Response::builder().status(502).header("Content-Type", "text/html; charset=utf-8");
        let error = refusal(response.body(Bytes::from_static(body)).unwrap());
        assert_eq!(error.excerpt, body);
        assert_eq!(error.content_type.as_deref(), Some("text/html; charset=utf-8"));
        assert_eq!(
            (error.status.as_u16(), error.code.as_str(), error.message.as_str()),
            (502, "", "")
        );
        assert_eq!(error.to_string(), "createBoard: 502 Bad Gateway");
        assert!(!format!("{error:?}").contains("secret"));
        let json = Error::from(error).to_json();
        assert_eq!(json["excerpt"], String::from_utf8_lossy(body).as_ref());
        assert!(!json["message"].to_string().contains("secret"));
    }
}

#[test]
fn of_a_long_body_only_the_beginning_is_kept() {
    let body = "x".repeat(5000);
    assert_eq!(refusal(reply(500, body.clone())).excerpt, body[..1024]);
    assert_eq!(refusal(reply(500, body[..1024].to_owned())).excerpt.len(), 1024);
}

#[test]
fn how_long_to_wait_is_kept() {
    let wait =
        |value: &str| refusal(crate::fixtures::reply_with(429, "Retry-After", value)).retry_after;
    assert_eq!(wait("120"), Some(Duration::from_secs(120)));
    assert_eq!(wait("soon"), None);
}

#[test]
fn a_refusal_as_json_has_what_its_kind_has() {
    let response =
        Response::builder().status(422).header("X-Request-Id", "req-7").header("Retry-After", "3");
    let error = error(response.body(envelope().to_string().into()).unwrap());
    assert_eq!(
        error.to_json(),
        json!({
            "kind": "validation",
            "message": error.to_string(),
            "operation": "createBoard",
            "status": 422,
            "code": "validation.failed",
            "details": envelope()["error"]["details"],
            "fields": {
                "name": ["The name field is required.", "The name must be a string."],
                "visibility": ["The selected visibility is invalid."],
            },
            "request_id": "req-7",
            "content_type": null,
            "excerpt": "",
            "retry_after": 3,
        })
    );
    let error = self::error(reply(404, ""));
    assert_eq!(
        error.to_json(),
        json!({
            "kind": "not_found", "message": "createBoard: 404 Not Found", "operation": "createBoard", "status": 404,
            "code": "", "details": null, "fields": {}, "request_id": null, "retry_after": null,
            "content_type": null, "excerpt": "",
        })
    );
}

#[test]
fn a_reply_that_is_not_understood_as_json_says_where() {
    let endpoint = find("showTask").unwrap();
    let error =
        (endpoint.read_typed)("showTask", &reply(200, "{\"data\":\n{\"id\": true}}")).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    let error = Error::from(error);
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, None));
    assert_eq!(
        error.to_json(),
        json!({
            "kind": "decode",
            "message": format!("showTask: 200 OK, but the reply does not have the expected shape at `data.id`: {cause}"),
            "operation": "showTask",
            "status": 200,
            "path": "data.id",
            "line": 2,
            "column": 11,
        })
    );
}

#[test]
fn the_names_of_kinds_are_stable() {
    let kinds = [
        ErrorKind::Build,
        ErrorKind::Decode,
        ErrorKind::Connect,
        ErrorKind::Lost,
        ErrorKind::Timeout,
        ErrorKind::TooLarge,
        ErrorKind::Unauthorized,
        ErrorKind::PaymentRequired,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Conflict,
        ErrorKind::Validation,
        ErrorKind::RateLimited,
        ErrorKind::Redirect,
        ErrorKind::Server,
        ErrorKind::Other,
    ];
    let names = "build decode connect lost timeout too_large unauthorized payment_required forbidden not_found \
                 conflict validation rate_limited redirect server other";
    assert_eq!(kinds.map(ErrorKind::as_str).join(" "), names);
    assert_eq!(format!("{:>9}|", ErrorKind::Conflict), " conflict|");
}

#[test]
fn an_error_is_small_and_may_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Error>();
    assert!(size_of::<Error>() <= 64, "{}", size_of::<Error>());
}

#[test]
fn no_error_body_makes_it_panic() {
    let text = envelope().to_string();
    let damage =
        (0..text.len(), proptest::collection::vec((0..text.len(), proptest::num::u8::ANY), 0..4));
    let result = generate::run(512, &damage, |(end, flips)| {
        let mut body = text.clone().into_bytes();
        flips.into_iter().for_each(|(at, byte)| body[at] = byte);
        let refusal = refusal(reply(422, body[..end].to_vec()));
        if refusal.kind() == ErrorKind::Validation && refusal.excerpt.len() <= 1024 {
            Ok(())
        } else {
            Err(format!("{refusal:?}"))
        }
    });
    assert_eq!(result, Ok(()));
}

/// A parser quotes what it read; that is part of a body, and may be a token.
#[test]
fn a_reply_that_is_not_understood_is_not_quoted() {
    let endpoint = find("connectAgent").unwrap();
    let long = "secret \\\" ".repeat(1000);
    for body in [
        json!("secret"),
        json!({"agent_id": "secret"}),
        json!({"agent_id": 1, "agent_token": {"secret": 1}}),
        json!({"server_time": long}),
    ] {
        let error =
            (endpoint.read_typed)("connectAgent", &reply(201, body.to_string())).unwrap_err();
        let shown = format!("{error:?} ") + &Error::from(error).explain();
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.len() < 600, "{shown}");
    }
}

#[test]
fn a_server_cannot_write_on_a_terminal() {
    let body = json!({"error": {"code": 404, "message": "a\u{1b}[31m\nb\u{9b}", "details": {"fields": {"x\n": ["y\r"]}}}});
    let error = refusal(reply(400, body.to_string()));
    assert_eq!(error.code, "404");
    assert!(!error.to_string().contains(char::is_control), "{error}");
}
