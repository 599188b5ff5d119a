//! What signals say.

use agentmc_core::realtime::message::{FileProblem, base_hash};
use agentmc_core::realtime::{Body, ChannelType, Message, Outgoing, Signal, SignalKind};
use agentmc_core::types::SignalSender;
use serde_json::{Value, json};

fn signal(sender: &str, payload: &Value) -> Signal {
    let json = json!({"id": "9", "session_id": "42", "sender": sender, "type": "message",
                      "payload": payload, "created_at": null});
    Signal::read(&json.to_string(), 42.into()).unwrap()
}

fn message(kind: &str, body: Value) -> Message {
    signal("browser", &json!({"type": kind, "payload": body})).message().unwrap()
}

fn sent(outgoing: &Outgoing) -> Message {
    let payload = json!({"type": outgoing.channel_type(), "payload": outgoing.payload()});
    signal("agent", &payload).message().unwrap()
}

#[test]
fn a_signal_is_read_however_its_numbers_are_written() {
    let signal = signal("browser", &json!({}));
    assert_eq!((signal.id.get(), signal.session_id.get()), (9, 42));
    assert_eq!((signal.kind, signal.created_at), (SignalKind::Message, None));
    let odd = Signal::read(
        r#"{"id": 1, "sender": "robot", "type": "x.y", "created_at": "soon"}"#,
        5.into(),
    );
    let odd = odd.unwrap();
    assert_eq!(odd.session_id.get(), 5);
    assert_eq!(odd.sender, SignalSender::Other("robot".into()));
    assert_eq!((odd.kind.as_str(), odd.payload, odd.created_at), ("x.y", None, None));
}

#[test]
fn a_chat_is_the_first_text_that_is_not_empty() {
    for body in [
        json!({"content": "Hi", "message": "no", "text": "no"}),
        json!({"content": "", "message": "Hi", "text": "no"}),
        json!({"content": null, "text": "Hi"}),
    ] {
        for kind in ["chat.user", " Chat.Request "] {
            let message = message(kind, body.clone());
            assert_eq!(message.channel_type, ChannelType::ChatUser);
            let Body::ChatUser(chat) = message.body() else { panic!("{message:?}") };
            assert_eq!(chat.text, "Hi");
        }
    }
}

#[test]
fn other_names_of_members_are_read_too() {
    let chat =
        message("chat.user", json!({"text": "x", "queued_message_id": 12, "timezone": "UTC"}));
    let Body::ChatUser(chat) = chat.body() else { panic!() };
    assert_eq!((chat.message_id.as_deref(), chat.timezone.as_deref()), (Some("12"), Some("UTC")));
    let save =
        message("file.save", json!({"doc_id": "SOUL.md", "base_hash": null, "body_markdown": "é"}));
    let Body::FileSave(save) = save.body() else { panic!() };
    assert_eq!((&*save.file_id, save.base_hash, &*save.body_markdown), ("SOUL.md", None, "é"));
}

#[test]
fn an_emptied_emoji_is_not_an_absent_one() {
    let emptied = message("agent.profile.update", json!({"emoji": ""}));
    let Body::ProfileUpdate(profile) = emptied.body() else { panic!() };
    assert_eq!((profile.emoji.as_deref(), profile.name), (Some(""), None));
}

#[test]
fn a_request_id_is_the_bodys_else_the_envelopes() {
    let id = |payload| {
        let message = signal("browser", &payload).message().unwrap();
        message.request_id().map(str::to_owned)
    };
    let kind = "snapshot.request";
    for (payload, expected) in [
        (json!({"type": kind, "request_id": "e", "payload": {"request_id": "b"}}), Some("b")),
        (json!({"type": kind, "request_id": "e", "payload": {}}), Some("e")),
        (json!({"type": kind, "request_id": "e", "payload": []}), Some("e")),
        (json!({"type": kind, "request_id": 5}), Some("5")),
        (json!({"type": kind}), None),
    ] {
        assert_eq!(id(payload.clone()).as_deref(), expected, "{payload}");
    }
}

#[test]
fn notifications_are_known_by_type_or_by_a_member() {
    for (kind, body) in [
        ("agent.Notification.created", json!({})),
        ("x", json!({"notification": {"id": 1}})),
        ("x", json!({"notification_type": "mention"})),
        ("x", json!({"subject_type": "task"})),
        ("x", json!({"response_action": {}})),
        ("x", json!({"is_read": false})),
    ] {
        let message = message(kind, body.clone());
        assert!(message.is_notification(), "{kind} {body}");
        let Body::Notification(notification) = message.body() else { panic!() };
        let inner = body.get("notification").unwrap_or(&body);
        assert_eq!(&serde_json::from_str::<Value>(notification.as_str()).unwrap(), inner);
    }
    assert!(
        !message("chat.user", json!({"content": "is_read", "is_read": null})).is_notification()
    );
}

#[test]
fn what_is_not_known_stays_readable() {
    let unknown = message("Agent.Dance", json!({"steps": [1, 2.5]}));
    assert_eq!(unknown.channel_type, ChannelType::Other("agent.dance".into()));
    let Body::Other(json) = unknown.body() else { panic!() };
    assert_eq!(json.value(), json!({"steps": [1, 2.5]}));
    let odd = message("file.save", json!("just text"));
    assert!(matches!(odd.body(), Body::Other(_)));
}

#[test]
fn what_an_agent_sends_is_read_back() {
    let delta = sent(&Outgoing::chat_delta("r", "d1", " x"));
    let Body::ChatDelta(delta) = delta.body() else { panic!() };
    assert_eq!((&*delta.delta, delta.delta_mode.as_deref()), (" x", Some("append")));
    let status = sent(&Outgoing::chat_status("r", "d2", "Thinking"));
    let Body::ChatDelta(delta) = status.body() else { panic!() };
    assert_eq!(
        (delta.delta_kind.as_deref(), delta.delta_mode.as_deref()),
        (Some("status"), Some("replace"))
    );
    let failed = sent(&Outgoing::chat_failed("r", "No model"));
    let Body::ChatDone(done) = failed.body() else { panic!() };
    assert_eq!(&*done.content, "No model");
    assert_eq!(done.meta().unwrap().status.as_deref(), Some("error"));
    let snapshot = sent(&Outgoing::snapshot("r", Some("open"), [("a.md", "A", "text")]));
    let Body::SnapshotResponse(snapshot) = snapshot.body() else { panic!() };
    let docs = snapshot.docs();
    assert_eq!((&*docs[0].id, &*docs[0].title, &*docs[0].body_markdown), ("a.md", "A", "text"));
    assert_eq!(docs[0].base_hash.as_deref(), Some(&*base_hash("text")));
    let saved = sent(&Outgoing::file_saved("r", "a.md", "A", "text"));
    let Body::FileSaved(saved) = saved.body() else { panic!() };
    let doc = saved.doc().unwrap();
    assert_eq!((&*saved.file_id, &*doc.id, doc.base_hash.is_some()), ("a.md", "a.md", true));
    let conflict =
        Outgoing::file_save_failed("r", "a.md", FileProblem::Conflict, "changed", Some("h"));
    let conflict = sent(&conflict);
    let Body::FileSaveFailed(failure) = conflict.body() else { panic!() };
    assert_eq!((&*failure.code, failure.current_hash.as_deref()), ("conflict", Some("h")));
    let deleted = sent(&Outgoing::file_deleted("r", "a.md", Some("h")));
    assert!(matches!(deleted.body(), Body::FileDeleted(deleted) if deleted.deleted));
    let failed = Outgoing::file_delete_failed("r", "a.md", FileProblem::DeleteFailed, "no", None);
    assert!(
        matches!(sent(&failed).body(), Body::FileDeleteFailed(it) if it.code == "delete_failed")
    );
    let updated = sent(&Outgoing::profile_updated("r", "openclaw", "main", "Ada", None));
    let Body::ProfileUpdated(updated) = updated.body() else { panic!() };
    let profile = updated.profile().unwrap();
    assert_eq!((&*profile.name, profile.emoji), ("Ada", None));
    let failed = sent(&Outgoing::profile_failed("r", "invalid", "too long"));
    assert!(matches!(failed.body(), Body::ProfileFailed(it) if it.error == "too long"));
    assert!(!failed.is_request() && failed.request_id() == Some("r"));
}

#[test]
fn a_text_is_known_by_its_sha256() {
    assert_eq!(
        base_hash("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}
