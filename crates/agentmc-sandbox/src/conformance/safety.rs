//! What must never happen, whoever asks for it.

use agentmc_core::ops::boards::CreateBoard;
use agentmc_core::ops::files::ListFiles;
use agentmc_core::ops::tasks::{ListTasks, ShowTask};
use agentmc_core::transfer::NewFile;
use agentmc_core::{Credential, Error, ErrorKind, RetryPolicy};
use http::StatusCode;
use serde_json::{Value, json};

use super::bench::members;
use super::observer::observe;
use super::{Bench, Content, Driver, Sink};
use crate::{Fault, Rule};

pub(super) fn redirect_is_not_followed<D: Driver>(bench: &Bench) {
    bench.fault(Fault::ForeignRedirect);
    let error = bench.client::<D>().send(&ShowTask::new(bench.task())).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Redirect, Some(StatusCode::FOUND)));
    assert_eq!((bench.seen("showTask").len(), bench.seen_by_storage().len()), (1, 0));
}

pub(super) fn next_elsewhere_is_not_followed<D: Driver>(bench: &Bench) {
    bench.fault(Fault::ForeignNext);
    let mut ids = Vec::new();
    let walk = bench.client::<D>().walk(ListTasks::new().per_page(3), |task| {
        ids.push(task.id);
        true
    });
    walk.unwrap();
    assert!(ids.len() > 3, "{ids:?}");
    assert!(bench.seen_by_storage().is_empty());
}

pub(super) fn storage_sees_no_credential<D: Driver>(bench: &Bench) {
    let keys = bench.sandbox.keys();
    let api = bench.api().credential(Credential::session_cookie(&keys.session_cookie).unwrap());
    let client = bench.client_of::<D>(api);
    let content = Content::Bytes("secret enough".into());
    let file = client.upload(NewFile::new("notes.txt"), content).unwrap().file;
    client.download(file.id, Sink::Memory(&mut Vec::new())).unwrap();
    let seen = bench.seen_by_storage();
    assert_eq!(seen.len(), 2);
    let secrets = [&keys.host_key, &keys.session_cookie];
    for seen in seen {
        assert!(seen.status.is_success(), "{seen:?}");
        let text = format!("{} {:?}", seen.target, seen.headers);
        assert!(secrets.iter().all(|secret| !text.contains(&***secret)), "{text}");
        for name in ["x-api-key", "authorization", "cookie", "x-agent-id"] {
            assert!(!seen.headers.contains_key(name), "{name}");
        }
    }
}

pub(super) fn control_characters<D: Driver>(bench: &Bench) {
    let client = bench.client_of::<D>(bench.api().check_limits(false));
    let controls = (0..=31_u8).chain([127]).map(char::from).chain(['\u{85}', '\u{2028}']);
    let smuggled = controls.map(|control| {
        format!("a{control}{control}X-Smuggled: 1{control}\n\r\n\r\nDELETE /api/v1/boards/1 HTTP/1.1\r\n\r\n")
    });
    let mut sent = 0;
    for text in smuggled {
        // In the query, in the body, and where only a number belongs.
        let _ = client.send(&ListFiles::new().q(&*text));
        let _ = client.send(&CreateBoard::new(&*text));
        sent += 2;
        let path = client.call("showTask", members(json!({"task": text})));
        assert_eq!(path.unwrap_err().kind(), ErrorKind::Build);
        let header = client.call("listTasks", members(json!({"X-Agent-Id": text})));
        assert_eq!(header.unwrap_err().kind(), ErrorKind::Build);
        let key = Credential::api_key(&text).map(|key| {
            let _ = bench.client_of::<D>(bench.api().credential(key)).send(&ListTasks::new());
        });
        sent += usize::from(key.is_ok());
    }
    let seen = bench.sandbox.seen();
    assert_eq!(seen.len(), sent);
    for seen in seen {
        assert!(!seen.headers.contains_key("x-smuggled"), "{seen:?}");
        assert!(seen.operation.is_some_and(|id| id != "deleteBoard"), "{seen:?}");
    }
}

/// Everything an error shows of itself, and of its causes.
fn everything(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {} {}", error.explain(), error.to_json());
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}

/// One fault of every kind a call can fail by.
fn faults() -> Vec<Fault> {
    vec![
        Fault::CloseBeforeHead,
        Fault::CloseInBody,
        Fault::ResetBeforeHead,
        Fault::Status(StatusCode::UNAUTHORIZED),
        Fault::Status(StatusCode::UNPROCESSABLE_ENTITY),
        Fault::Html(StatusCode::BAD_GATEWAY),
        Fault::ForeignRedirect,
        Fault::TruncatedJson,
        Fault::WrongType("data.title".into()),
        Fault::BodyOf(1 << 40),
        Fault::Raw("?".into()),
    ]
}

/// Calls with a fault each, which all fail, with the secrets that none may show.
fn failures<D: Driver>(bench: &Bench) -> (Vec<Error>, Vec<String>) {
    let keys = bench.sandbox.keys();
    let mut api = bench.api().retry(RetryPolicy::NEVER).max_reply_bytes(64 << 10);
    let mut secrets = vec![keys.host_key.clone()];
    let credentials = [
        Credential::agent_token(&keys.agent_token),
        Credential::bearer_token(&keys.bearer_token),
        Credential::connect_token(&keys.connect_token),
        Credential::session_cookie(&keys.session_cookie),
    ];
    for credential in credentials {
        api = api.credential(credential.unwrap());
    }
    secrets.extend(
        [&keys.agent_token, &keys.bearer_token, &keys.connect_token, &keys.session_cookie]
            .map(Clone::clone),
    );
    let client = bench.client_of::<D>(api);
    let mut errors = Vec::new();
    for fault in faults() {
        bench.sandbox.fault(Rule::new(fault).next(1));
        errors.push(client.send(&ShowTask::new(bench.task())).unwrap_err());
    }
    let params = json!({"task": "no number", "owner_token": keys.host_key});
    errors.push(client.call("showTask", members(params)).unwrap_err());
    (errors, secrets)
}

pub(super) fn no_secret_in_errors<D: Driver>(bench: &Bench) {
    let (errors, secrets) = failures::<D>(bench);
    assert_eq!(errors.len(), faults().len() + 1);
    for error in errors {
        let text = everything(&error);
        assert!(secrets.iter().all(|secret| !text.contains(&**secret)), "{text}");
        let stable: Value = error.to_json();
        assert!(stable["kind"].is_string() && stable["operation"].is_string(), "{stable}");
    }
}

pub(super) fn no_secret_in_events<D: Driver>(bench: &Bench) {
    let ((_, secrets), seen) = observe(|| {
        let outcome = failures::<D>(bench);
        bench.client::<D>().send(&ShowTask::new(bench.task())).unwrap();
        outcome
    });
    let text = format!("{seen:?}");
    assert!(text.contains("showTask"), "{text}");
    assert!(secrets.iter().all(|secret| !text.contains(&**secret)), "{text}");
}
