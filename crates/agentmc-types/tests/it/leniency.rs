//! Where reading is lenient, and where it is not.

use std::fmt::Debug;

use agentmc_types::{
    AgentHeartbeatResponse, AgentRealtimeSignal, HostRealtimeSocketPayload, MapOf, Nullable,
    Object, Page, PaginationLinks, ResponseActionHeaders, Task, TaskAssignedAgent,
    TeamFileAttachment, TextOrFlag, TextOrObject, Timestamp,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn task() -> Value {
    json!({
        "id": 7, "team_id": 1, "board_id": 2, "column_id": 3, "title": "Water the plants", "is_archived": false,
        "position": 1,
    })
}

/// Why `json` is no `T`.
fn refusal<T: DeserializeOwned + Debug>(json: Value) -> String {
    serde_json::from_str::<T>(&json.to_string()).unwrap_err().to_string()
}

fn page_meta() -> Value {
    json!({"current_page": 1, "last_page": 1, "path": "/tasks", "per_page": 25, "total": 0})
}

#[test]
fn an_empty_list_reads_as_an_empty_object() {
    assert_eq!(serde_json::from_str::<Object>("[]").unwrap(), Object::new());
    assert_eq!(serde_json::from_str::<MapOf<bool>>("[]").unwrap(), MapOf::default());
    assert_eq!(serde_json::from_str::<TaskAssignedAgent>("[]").unwrap(), TaskAssignedAgent::new());
    assert_eq!(
        serde_json::from_str::<ResponseActionHeaders>("[]").unwrap(),
        ResponseActionHeaders::new()
    );
    assert_eq!(
        serde_json::from_str::<TextOrObject>("[]").unwrap(),
        TextOrObject::Object(Object::new())
    );
    assert_eq!(serde_json::to_string(&Object::new()).unwrap(), "{}");
    assert_eq!(
        serde_json::to_string(&TaskAssignedAgent::new()).unwrap(),
        r#"{"id":null,"name":null,"meta":null}"#
    );
}

#[test]
fn a_list_reads_as_the_object_its_places_make() {
    let object: Object = serde_json::from_str(r#"[{}, {"b": 1}]"#).unwrap();
    assert_eq!(serde_json::to_value(object).unwrap(), json!({"0": {}, "1": {"b": 1}}));
    assert!(refusal::<Object>(json!(["a"])).contains("expected a map"));
    assert!(refusal::<MapOf<bool>>(json!([true])).contains("expected an object, not a list"));
}

#[test]
fn a_moment_beyond_the_last_reads_as_the_last() {
    let read = |text: &str| {
        let mut json = task();
        json["due_at"] = text.into();
        serde_json::from_value::<Task>(json).map(|task| task.due_at)
    };
    for never in [
        "9999-12-31T23:59:59Z",
        "9999-12-30T23:00:00.5+00:00",
        "9999-12-31T23:59:59.999999999-23:59",
    ] {
        assert_eq!(read(never).unwrap(), Some(Timestamp::MAX), "{never}");
    }
    for wrong in [
        "9999-12-31",
        "9999-12-32T00:00:00Z",
        "9999-12-31T24:00:00Z",
        "9999-12-31T23:59:59",
        "10000-01-01T00:00:00Z",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_list_with_items_is_no_record() {
    let error = refusal::<TaskAssignedAgent>(json!([1]));
    assert!(error.contains("an object for TaskAssignedAgent"), "{error}");
}

#[test]
fn an_empty_list_lacks_what_a_record_requires() {
    let error = refusal::<Task>(json!([]));
    assert!(error.contains("missing field `id`"), "{error}");
}

#[test]
fn a_required_member_that_is_missing_is_named() {
    for name in ["id", "team_id", "board_id", "column_id", "title", "is_archived", "position"] {
        let mut json = task();
        json.as_object_mut().unwrap().remove(name);
        let error = refusal::<Task>(json);
        assert!(error.contains(&format!("missing field `{name}`")), "{error}");
    }
}

#[test]
fn a_required_member_is_not_null() {
    let mut json = task();
    json["title"] = Value::Null;
    let error = refusal::<Task>(json);
    assert!(error.contains("null"), "{error}");
}

#[test]
fn the_name_of_a_type_is_in_the_error_of_a_wrong_one() {
    let error = refusal::<Task>(json!(7));
    assert!(error.contains("an object for Task"), "{error}");
    let error = refusal::<TextOrFlag>(json!(7));
    assert!(error.contains("a string or a boolean"), "{error}");
    let error = refusal::<TextOrObject>(json!(7));
    assert!(error.contains("a string or an object"), "{error}");
}

#[test]
fn absence_and_null_are_the_default_of_a_list() {
    let mut json = task();
    assert_eq!(serde_json::from_value::<Task>(json.clone()).unwrap().attachments, []);
    json["attachments"] = Value::Null;
    assert_eq!(serde_json::from_value::<Task>(json).unwrap().attachments, []);
}

#[test]
fn the_last_of_two_members_with_one_name_counts() {
    let agent: TaskAssignedAgent =
        serde_json::from_str(r#"{"id": 1, "x": 1, "id": 2, "x": 2}"#).unwrap();
    assert_eq!(agent.id, Some(2.into()));
    assert_eq!(agent.extra.get("x"), Some(&json!(2)));
}

#[test]
fn records_within_records_keep_members_they_do_not_know() {
    let json = json!({
        "id": 1, "team_file_id": 2, "preview_url": null, "download_url": null, "markdown_embed": null,
        "virus": {"found": false},
        "file": {
            "id": 2, "display_name": "a", "original_filename": "a", "mime_type": "text/plain", "size_bytes": 1,
            "preview_kind": "text", "created_at": null, "updated_at": null, "pages": 3,
        },
    });
    let attachment: TeamFileAttachment = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(attachment.extra.get("virus"), Some(&json!({"found": false})));
    assert_eq!(serde_json::to_value(attachment).unwrap(), json);
}

#[test]
fn a_page_needs_no_links_but_its_meta() {
    let page: Page<Task> =
        serde_json::from_value(json!({"data": [task()], "meta": page_meta()})).unwrap();
    assert_eq!(page.data.len(), 1);
    assert_eq!(page.links, PaginationLinks::new());
    for links in [Value::Null, json!([]), json!({})] {
        let json = json!({"data": [], "links": links, "meta": page_meta(), "took": 3});
        let page: Page<Task> = serde_json::from_value(json).unwrap();
        assert_eq!(page.links, PaginationLinks::new());
        assert_eq!(page.extra.get("took"), Some(&json!(3)));
    }
    let error = refusal::<Page<Task>>(json!({"data": []}));
    assert!(error.contains("missing field `meta`"), "{error}");
    let error = refusal::<Page<Task>>(json!({"meta": page_meta()}));
    assert!(error.contains("missing field `data`"), "{error}");
}

#[test]
fn a_moment_is_read_with_any_offset_and_written_in_utc() {
    for (text, utc) in [
        ("2026-02-22T17:21:02Z", "2026-02-22T17:21:02Z"),
        ("2026-02-22t17:21:02z", "2026-02-22T17:21:02Z"),
        ("2026-02-22T17:21:02+00:00", "2026-02-22T17:21:02Z"),
        ("2026-02-22T17:21:02.123456+05:45", "2026-02-22T11:36:02.123456Z"),
        ("2026-02-22T00:00:00-12:00", "2026-02-22T12:00:00Z"),
        ("2026-02-22T23:59:60Z", "2026-02-22T23:59:59Z"),
    ] {
        let moment: Timestamp = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(serde_json::to_value(moment).unwrap(), utc, "{text}");
    }
    for text in ["", "2026-02-22", "2026-02-22T17:21:02", "yesterday", "2026-13-01T00:00:00Z"] {
        assert!(serde_json::from_value::<Timestamp>(json!(text)).is_err(), "{text}");
    }
}

#[test]
fn a_heartbeat_answer_tells_a_withdrawn_channel_from_one_not_mentioned() {
    let answer = |json: Value| serde_json::from_value::<AgentHeartbeatResponse>(json).unwrap();
    let plain = json!({"ok": true, "server_time": "2026-02-22T17:21:02Z"});
    assert_eq!(answer(plain.clone()).host_realtime, None);
    assert_eq!(answer(plain.clone()).defaults, None);
    let mut withdrawn = plain;
    withdrawn["host_realtime"] = Value::Null;
    assert_eq!(answer(withdrawn).host_realtime, Some(Nullable::Null));
}

#[test]
fn a_pushed_signal_is_a_signal() {
    let pushed = json!({
        "id": "9", "session_id": "42", "sender": "browser", "type": "message", "payload": [], "created_at": null,
    });
    let signal: AgentRealtimeSignal = serde_json::from_value(pushed).unwrap();
    assert_eq!((signal.id.get(), signal.session_id.get(), signal.team_id), (9, 42, None));
    assert_eq!(signal.payload, Some(Object::new()));
}

/// What a websocket needs is its host, its key and the channel; the rest has a reading when it is absent.
#[test]
fn a_socket_needs_no_more_than_where_it_is_and_what_to_listen_to() {
    let socket =
        json!({"connection": {"key": "app", "host": "ws.agentmc.ai"}, "channel": "private-x"});
    let read: HostRealtimeSocketPayload = serde_json::from_value(socket.clone()).unwrap();
    assert_eq!((&read.event, read.connection.port), (&None, None));
    assert_eq!(serde_json::to_value(read).unwrap(), socket);
    let error =
        refusal::<HostRealtimeSocketPayload>(json!({"connection": {"key": "app"}, "channel": "x"}));
    assert!(error.contains("missing field `host`"), "{error}");
}
