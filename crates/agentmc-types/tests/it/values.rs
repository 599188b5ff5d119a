//! Enums, nullable members, setters and unknown members.

use agentmc_types::{
    AgentType, BriefSource, CalendarItemStatus, ConnectAgentResponse, Extra, HeartbeatHostAgent,
    HeartbeatMeta, MapOf, Nullable, Object, Secret, StoreBrief, Task, TaskAssigneeType, TextOrFlag,
    TextOrObject, Timestamp, UpdateBrief,
};
use serde_json::json;

#[test]
fn an_unknown_enum_value_is_kept_unchanged() {
    let status: CalendarItemStatus = serde_json::from_str("\"on_hold\"").unwrap();
    assert_eq!(status, CalendarItemStatus::Other("on_hold".into()));
    assert_eq!(status.to_string(), "on_hold");
    assert_eq!(serde_json::to_string(&status).unwrap(), "\"on_hold\"");
}

#[test]
fn a_known_enum_value_is_never_kept_as_unknown() {
    for text in CalendarItemStatus::VALUES {
        let status = CalendarItemStatus::from(*text);
        assert!(!matches!(status, CalendarItemStatus::Other(_)), "{text}");
        assert_eq!(status.as_str(), *text);
    }
    assert_eq!(CalendarItemStatus::from("Done"), CalendarItemStatus::Other("Done".into()));
    assert!(serde_json::from_str::<CalendarItemStatus>("7").is_err());
}

#[test]
fn leaving_clearing_and_setting_are_three_different_things() {
    let left = UpdateBrief::new();
    let cleared = UpdateBrief::new().headline(None);
    let set = UpdateBrief::new().headline("Rain");
    for (update, written) in [
        (left, json!({})),
        (cleared, json!({"headline": null})),
        (set, json!({"headline": "Rain"})),
    ] {
        assert_eq!(serde_json::to_value(&update).unwrap(), written);
        assert_eq!(serde_json::from_value::<UpdateBrief>(written).unwrap(), update);
    }
    assert_eq!(Nullable::Value(1).into_option(), Some(1));
    assert_eq!(Nullable::<u8>::Null.as_option(), None);
    assert_eq!(Nullable::from(Some(1)), Nullable::Value(1));
}

#[test]
fn a_setter_takes_what_is_at_hand() {
    let moment: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let brief = StoreBrief::new("daily", "Daily", "# Today")
        .external_id("7")
        .content_json(Object::from_iter([("mood", "good")]))
        .generated_at(moment)
        .timezone(Some("Europe/Vienna".to_owned()));
    assert_eq!(
        serde_json::to_value(brief).unwrap(),
        json!({
            "key": "daily", "name": "Daily", "content_markdown": "# Today", "external_id": "7",
            "content_json": {"mood": "good"}, "generated_at": "2026-01-01T00:00:00Z", "timezone": "Europe/Vienna",
        })
    );
    let meta = HeartbeatMeta::new()
        .models(["gpt".into(), Object::from_iter([("model_id", "o")]).into()])
        .thinking_mode(true)
        .cache_hit_rate_percent(12.5)
        .tool_availability(MapOf::from_iter([("browser", true)]));
    assert_eq!(
        serde_json::to_value(meta).unwrap(),
        json!({
            "models": ["gpt", {"model_id": "o"}], "thinking_mode": true, "cache_hit_rate_percent": 12.5,
            "tool_availability": {"browser": true},
        })
    );
    let agent = HeartbeatHostAgent::new("Ada", Object::new()).kind("openclaw").id(7);
    assert_eq!(agent.kind, Some(AgentType::Openclaw));
    assert_eq!(agent.id, Some(Nullable::Value(7.into())));
    assert_eq!(BriefSource::new().agent_id(None).agent_id, Some(Nullable::Null));
}

#[test]
fn either_type_of_a_choice_converts() {
    assert_eq!(TextOrObject::from("x"), TextOrObject::Text("x".to_owned()));
    assert_eq!(TextOrObject::from("x".to_owned()), TextOrObject::Text("x".to_owned()));
    assert_eq!(TextOrObject::from(Object::new()), TextOrObject::Object(Object::new()));
    assert_eq!(TextOrFlag::from("x"), TextOrFlag::Text("x".to_owned()));
    assert_eq!(TextOrFlag::from("x".to_owned()), TextOrFlag::Text("x".to_owned()));
    assert_eq!(TextOrFlag::from(true), TextOrFlag::Flag(true));
}

#[test]
fn a_member_called_type_is_kind_here() {
    let task = Task::new(1, 2, 3, 4, "t", false, 1).assignee_type(TaskAssigneeType::Human);
    let mention = agentmc_types::TaskCommentMention::new("k", "agent", 7, "Ada", "ada", "@ada");
    assert_eq!(serde_json::to_value(&mention).unwrap()["type"], "agent");
    assert_eq!(serde_json::to_value(&task).unwrap()["assignee_type"], "human");
}

#[test]
fn unknown_members_can_be_read_and_set() {
    let mut meta = HeartbeatMeta::new();
    assert!(meta.extra.is_empty());
    meta.extra.insert("uptime_seconds", 43_200);
    assert!(!meta.extra.is_empty());
    assert_eq!(meta.extra.get("uptime_seconds"), Some(&json!(43_200)));
    assert_eq!(meta.extra.iter().count(), 1);
    assert_eq!(serde_json::to_value(&meta).unwrap(), json!({"uptime_seconds": 43_200}));
    assert_eq!(format!("{:?}", meta.extra), r#"{"uptime_seconds": Number(43200)}"#);
    assert_eq!(Extra::new(), Extra::default());
}

#[test]
fn names_tell_what_is_secret() {
    for name in [
        "token",
        "claim_owner_token",
        "apiKey",
        "api_key",
        "X-Api-Key",
        "PASSWORD",
        "session_cookie",
        "upload_url",
        "Auth",
        "secretKey",
        "private-key",
        "access_key",
        "credentials",
        "refreshToken",
        "passphrase",
    ] {
        assert!(Secret::is_name(name), "{name}");
    }
    for name in [
        "external_key",
        "object_key",
        "app_key",
        "runtime_key",
        "agent_key",
        "tokens_in",
        "total_tokens",
        "author",
        "key",
        "",
        "é",
        "_",
        "upload_url_expires_at",
    ] {
        assert!(!Secret::is_name(name), "{name}");
    }
}

#[test]
fn a_secret_is_shown_to_whoever_asks_and_not_to_logs() {
    let json = json!({
        "agent_id": 1, "agent_token": "agent_s3cr3t", "agent_instructions_endpoint": "https://agentmc.example/i",
        "agent_authenticated_instructions_endpoint": "https://agentmc.example/a",
        "openapi_url": "https://agentmc.example/o", "workspace": {"id": 1, "name": "Garden"},
        "server_time": "2026-02-22T17:21:02Z", "first_sync_required": true,
    });
    let connected: ConnectAgentResponse = serde_json::from_value(json).unwrap();
    let debug = format!("{connected:?}");
    assert!(debug.contains("agent_token: Secret(redacted)"), "{debug}");
    assert!(!debug.contains("s3cr3t"), "{debug}");
    assert_eq!(connected.agent_token.expose(), "agent_s3cr3t");
    assert_eq!(connected.agent_token, Secret::from(String::from("agent_s3cr3t")));
    assert_eq!(serde_json::to_value(&connected).unwrap()["agent_token"], "agent_s3cr3t");
}
