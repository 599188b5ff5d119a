//! What may not be sent is refused before there is a request, with a message that says what to do.

use agentmc_core::{BuildError, Error, ErrorKind, OPERATIONS, Revision};
use serde_json::{Map, Value, json};

use crate::samples::{self, heartbeat, members};
use crate::typed::TYPED;

const NEWEST: Revision = Revision::LATEST;

/// Why a call of that name in that revision is refused.
fn refusal(id: &str, revision: Revision, params: Value) -> String {
    let result = samples::api(revision).call_by_name(id, members(params));
    result.unwrap_err().to_string()
}

/// Asserts that each set of parameters is refused with its message.
fn refused(id: &str, revision: Revision, table: &[(Value, &str)]) {
    for (params, message) in table {
        assert_eq!(refusal(id, revision, params.clone()), *message, "{params}");
    }
}

#[test]
fn an_unknown_operation_is_refused_with_the_ids_most_like_it() {
    for (id, message) in [
        ("listTask", "there is no operation `listTask`; did you mean `listTasks`?"),
        ("LISTTASKS", "there is no operation `LISTTASKS`; did you mean `listTasks`?"),
        (
            "updateFi",
            "there is no operation `updateFi`; did you mean `updateFile` or `updateFileFolder`?",
        ),
        (
            "showX",
            "there is no operation `showX`; did you mean `showFile`, `showHost` or `showTask`?",
        ),
        ("zzz", "there is no operation `zzz`"),
        ("", "there is no operation ``"),
    ] {
        assert_eq!(refusal(id, NEWEST, json!({})), message);
    }
}

#[test]
fn an_operation_absent_from_the_revision_is_refused_with_the_revisions_that_have_it() {
    for (id, revision, message) in [
        ("connectAgent", NEWEST, "connectAgent is not part of revision 0.3.169; it is in 0.1.1"),
        (
            "connectAgent",
            Revision::V0_3_64,
            "connectAgent is not part of revision 0.3.64; it is in 0.1.1",
        ),
        (
            "listFiles",
            Revision::V0_1_1,
            "listFiles is not part of revision 0.1.1; it is in 0.3.64, 0.3.169",
        ),
    ] {
        assert_eq!(refusal(id, revision, json!({})), message);
    }
    let typed = TYPED.iter().find(|typed| typed.endpoint.id == "connectAgent").unwrap();
    let error = (typed.call)(&samples::api(NEWEST), Map::new()).unwrap_err();
    assert_eq!(error.to_string(), "connectAgent is not part of revision 0.3.169; it is in 0.1.1");
}

#[test]
fn every_required_parameter_is_missed_by_name_and_typed() {
    for typed in TYPED {
        for revision in typed.endpoint.revisions() {
            let full = samples::params(typed.endpoint, revision);
            let api = samples::api(revision);
            let required = samples::required(typed.endpoint, revision);
            assert!(
                api.call_by_name(typed.endpoint.id, required.clone()).is_ok(),
                "{} {revision}",
                typed.endpoint.id
            );
            for name in required.keys() {
                let mut params = full.clone();
                params.remove(name);
                let message = format!("{} needs a value for `{name}`", typed.endpoint.id);
                let error = api.call_by_name(typed.endpoint.id, params.clone()).unwrap_err();
                assert_eq!(error.to_string(), message);
                assert_eq!((typed.call)(&api, params).unwrap_err().to_string(), message);
            }
        }
    }
}

#[test]
fn every_parameter_absent_from_the_revision_is_refused() {
    let mut absent = Vec::new();
    for endpoint in OPERATIONS {
        for revision in endpoint.revisions() {
            for param in endpoint.params.iter().filter(|param| !param.field.is_in(revision)) {
                let mut params = samples::params(endpoint, revision);
                params.insert(param.field.name.to_owned(), json!(1));
                let error = samples::api(revision).call_by_name(endpoint.id, params).unwrap_err();
                assert!(matches!(error, BuildError::AbsentParameter { .. }), "{error}");
                absent.push(format!("{} {} {revision}", endpoint.id, param.field.name));
            }
        }
    }
    assert_eq!(
        absent,
        [
            "agentHeartbeat agents 0.1.1",
            "agentHeartbeat host_runtime_updates 0.1.1",
            "agentHeartbeat status 0.3.64",
            "agentHeartbeat agents 0.3.64",
            "agentHeartbeat host_runtime_updates 0.3.64",
            "agentHeartbeat status 0.3.169",
            "claimAgentRealtimeSession owner_token 0.1.1",
            "claimAgentRealtimeSession owner_token 0.3.64",
            "listAgentRealtimeSignals exclude_sender 0.3.169",
        ]
    );
    let error = samples::api(NEWEST)
        .call_by_name(
            "listAgentRealtimeSignals",
            members(json!({"session": 1, "exclude_sender": "agent"})),
        )
        .unwrap_err();
    let BuildError::AbsentParameter { name, revision, since, until, .. } = error else {
        panic!("{error}")
    };
    assert_eq!((name, revision), ("exclude_sender", NEWEST));
    assert_eq!((since, until), (Revision::V0_1_1, Revision::V0_3_64));
}

#[test]
fn an_unknown_parameter_is_refused_with_the_names_most_like_it() {
    refused(
        "listTasks",
        NEWEST,
        &[
            (json!({"board": 1}), "listTasks has no parameter `board`; did you mean `board_id`?"),
            (json!({"zzz": 1}), "listTasks has no parameter `zzz`"),
            (json!({"": 1}), "listTasks has no parameter ``"),
        ],
    );
    refused(
        "showTask",
        NEWEST,
        &[
            (
                json!({"task": 1, "tsak": 2}),
                "showTask has no parameter `tsak`; did you mean `task`?",
            ),
            (
                json!({"task": 1, "Task": 2}),
                "showTask has no parameter `Task`; did you mean `task`?",
            ),
        ],
    );
    refused(
        "listBoards",
        NEWEST,
        &[(json!({"agent_id": 7}), "listBoards has no parameter `agent_id`")],
    );
}

#[test]
fn a_path_argument_that_is_no_id_is_refused() {
    let whole = "showTask cannot send this value for `task`: it must be a whole number";
    let least = "showTask cannot send this value for `task`: it must be at least 1";
    refused(
        "showTask",
        NEWEST,
        &[
            (json!({"task": "seven"}), whole),
            (json!({"task": ""}), whole),
            (json!({"task": ".."}), whole),
            (json!({"task": "7/../8"}), whole),
            (json!({"task": " 7"}), whole),
            (json!({"task": "+7"}), whole),
            (json!({"task": "18446744073709551616"}), whole),
            (json!({"task": 1.5}), whole),
            (json!({"task": true}), whole),
            (json!({"task": [7]}), whole),
            (json!({"task": {"id": 7}}), whole),
            (json!({"task": null}), "showTask needs a value for `task`"),
            (json!({"task": 0}), least),
            (json!({"task": "0"}), least),
            (json!({"task": -1}), least),
        ],
    );
    let uuid = "markNotificationRead cannot send this value for `notification`: it must be a UUID";
    refused(
        "markNotificationRead",
        NEWEST,
        &[(json!({"notification": "17"}), uuid), (json!({"notification": 17}), uuid)],
    );
}

#[test]
fn digits_serve_as_an_id() {
    let api = samples::api(NEWEST);
    let uri = |task: Value| {
        api.call_by_name("showTask", members(json!({"task": task})))
            .unwrap()
            .request()
            .uri()
            .clone()
    };
    assert_eq!(uri(json!("7")), "https://agentmc.ai/api/v1/tasks/7");
    assert_eq!(uri(json!("007")), uri(json!(7)));
    assert_eq!(
        uri(json!("18446744073709551615")),
        "https://agentmc.ai/api/v1/tasks/18446744073709551615"
    );
}

#[test]
fn query_values_of_the_wrong_type_or_beyond_a_limit_are_refused() {
    let date = "listTasks cannot send this value for `due_from`: it must be a date and time with an offset, such as 2026-02-22T17:21:00Z";
    refused(
        "listTasks",
        NEWEST,
        &[
            (
                json!({"per_page": 0}),
                "listTasks cannot send this value for `per_page`: it must be at least 1",
            ),
            (
                json!({"per_page": 101}),
                "listTasks cannot send this value for `per_page`: it must be at most 100",
            ),
            (
                json!({"per_page": "101"}),
                "listTasks cannot send this value for `per_page`: it must be at most 100",
            ),
            (
                json!({"page": 0}),
                "listTasks cannot send this value for `page`: it must be at least 1",
            ),
            (
                json!({"archived": "yes"}),
                "listTasks cannot send this value for `archived`: it must be true or false",
            ),
            (
                json!({"board_id": [1]}),
                "listTasks cannot send this value for `board_id`: it must be a whole number",
            ),
            (json!({"due_from": "tomorrow"}), date),
            (json!({"due_from": "2026-02-22"}), date),
            (json!({"due_from": "2026-02-22T10:00:00"}), date),
            (json!({"due_from": 1_771_780_860}), date),
        ],
    );
    let long = "é".repeat(256);
    refused(
        "listHosts",
        NEWEST,
        &[
            (
                json!({"status": "asleep"}),
                "listHosts cannot send this value for `status`: it must be one of online, offline",
            ),
            (
                json!({"search": long}),
                "listHosts cannot send this value for `search`: it must have at most 255 characters",
            ),
        ],
    );
}

#[test]
fn body_values_of_the_wrong_type_or_beyond_a_limit_are_refused() {
    let task = |name: &str, value: Value| {
        let mut task = json!({"board_id": 1, "column_id": 1, "title": "t", "description": ""});
        task[name] = value;
        task
    };
    refused(
        "createTask",
        NEWEST,
        &[
            (
                task("title", json!(7)),
                "createTask cannot send this value for `title`: it must be a string",
            ),
            (
                task("title", json!(null)),
                "createTask cannot send this value for `title`: it must not be null",
            ),
            (
                task("title", json!("é".repeat(256))),
                "createTask cannot send this value for `title`: it must have at most 255 characters",
            ),
            (
                task("position", json!(0)),
                "createTask cannot send this value for `position`: it must be at least 1",
            ),
        ],
    );
    assert!(
        samples::api(NEWEST)
            .call_by_name("createTask", members(task("title", json!("é".repeat(255)))))
            .is_ok()
    );

    let upload = |name: &str, value: Value| {
        let mut upload = json!({"filename": "f", "byte_size": 1, "mime_type": "text/plain"});
        upload[name] = value;
        upload
    };
    refused(
        "createFileUpload",
        NEWEST,
        &[
            (
                upload("byte_size", json!(0)),
                "createFileUpload cannot send this value for `byte_size`: it must be at least 1",
            ),
            (
                upload("mime_type", json!("Text/Plain")),
                r"createFileUpload cannot send this value for `mime_type`: it must match ^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$",
            ),
            (
                upload("checksum_sha256", json!("abc")),
                "createFileUpload cannot send this value for `checksum_sha256`: it must match ^[A-Fa-f0-9]{64}$",
            ),
        ],
    );
    let token = |token: &str| json!({"session": 1, "owner_token": token});
    refused(
        "claimAgentRealtimeSession",
        NEWEST,
        &[
            (
                token("short"),
                "claimAgentRealtimeSession cannot send this value for `owner_token`: it must have at least 16 characters",
            ),
            (
                token("with a space in it"),
                "claimAgentRealtimeSession cannot send this value for `owner_token`: it must match ^[A-Za-z0-9:_-]+$",
            ),
        ],
    );
}

#[test]
fn a_nested_member_is_named_by_its_path() {
    for (pointer, value, problem) in [
        ("/host/meta/cpu_cores", json!(0), "it must be at least 1"),
        ("/host/meta/cpu_cores", json!(4097), "it must be at most 4096"),
        ("/host/meta/cpu_cores", json!(8.5), "it must be a whole number"),
        ("/host/meta/ip", json!("10.0.0"), "it must be an IP address"),
        ("/host/meta/ram_gb", json!(-0.5), "it must be at least 0"),
        ("/host/meta/ram_gb", json!("much"), "it must be a number"),
        ("/host/fingerprint", json!("abc"), "it must have at least 64 characters"),
        ("/host/meta", json!("text"), "it must be an object"),
        ("/meta/cache_hit_rate_percent", json!(100.5), "it must be at most 100"),
        ("/meta/thinking_mode", json!("x".repeat(65)), "it must have at most 64 characters"),
        ("/meta/tool_availability/browser", json!("yes"), "it must be true or false"),
        ("/meta/models", json!({}), "it must be a list"),
        ("/agents/0/type", json!("other"), "it must be one of openclaw"),
        ("/agents/0/id", json!(0), "it must be at least 1"),
        ("/agents/0/name", json!(null), "it must not be null"),
    ] {
        let name = pointer[1..].replace("/0/", "[0].").replace('/', ".");
        let message = format!("agentHeartbeat cannot send this value for `{name}`: {problem}");
        assert_eq!(refusal("agentHeartbeat", NEWEST, heartbeat(pointer, Some(value))), message);
    }
    for pointer in [
        "/host/meta/cpu_cores",
        "/host/meta/disk/free_bytes",
        "/agents/0/identity",
        "/agent/name",
        "/meta/runtime",
    ] {
        let message = format!(
            "agentHeartbeat needs a value for `{}`",
            pointer[1..].replace("/0/", "[0].").replace('/', ".")
        );
        assert_eq!(refusal("agentHeartbeat", NEWEST, heartbeat(pointer, None)), message);
    }
}

#[test]
fn a_header_takes_no_control_characters() {
    let fingerprint = |text: String| heartbeat("/X-Host-Fingerprint", Some(json!(text)));
    for bad in ["\n", "\r\nX-Agent-Id: 1", "\0", "\u{7f}", "é"] {
        let params = fingerprint(format!("{}{bad}", "a".repeat(64)));
        let problem = "agentHeartbeat cannot send this value for `X-Host-Fingerprint`: it must match ^[A-Za-z0-9._-]+$";
        assert_eq!(refusal("agentHeartbeat", NEWEST, params.clone()), problem);

        // Limits or not, it is no header value.
        let error = samples::api(NEWEST)
            .check_limits(false)
            .call_by_name("agentHeartbeat", members(params))
            .unwrap_err();
        let problem = "agentHeartbeat cannot send this value for `X-Host-Fingerprint`: a header value must be visible ASCII, without blanks around it";
        assert_eq!(error.to_string(), problem, "{bad:?}");
    }
}

#[test]
fn a_refusal_names_the_operation_and_the_parameter_and_never_the_value() {
    let error = samples::api(NEWEST).call_by_name(
        "createFileUpload",
        members(json!({
            "filename": "hunter2".repeat(50), "byte_size": 1, "mime_type": "text/plain",
        })),
    );
    let error = error.unwrap_err();
    assert_eq!(
        (error.operation(), error.parameter()),
        (Some("createFileUpload"), Some("filename"))
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"));

    let error = Error::from(error);
    assert_eq!((error.kind(), error.status()), (ErrorKind::Build, None));
    assert_eq!(
        error.to_json(),
        json!({
            "kind": "build",
            "message": "createFileUpload cannot send this value for `filename`: it must have at most 255 characters",
            "operation": "createFileUpload",
            "parameter": "filename",
        })
    );
}
