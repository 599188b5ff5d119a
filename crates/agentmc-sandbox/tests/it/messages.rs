//! What a browser says, and what was said in a session.

use agentmc_sandbox::{BrowserMessage, Sandbox, World};
use agentmc_types::{AgentId, Object, SessionId, SignalId, SignalSender, UserId};
use serde_json::{Value, json};

use crate::visitor::Visitor;

const START: SignalId = SignalId(0);

fn session(world: &mut World) -> SessionId {
    world.request_session(AgentId(1)).unwrap()
}

fn claimed(visitor: &mut Visitor) -> SessionId {
    let session = session(&mut visitor.world);
    let body = json!({"owner_token": "agent-claim:0123456789"});
    let reply = visitor.post(&format!("/hosts/realtime/sessions/{session}/claim"), body);
    assert_eq!(reply.status, 200);
    session
}

/// The payloads of a session's signals.
fn payloads(world: &World) -> Vec<Value> {
    world.signals.values().map(|signal| json!(signal.payload)).collect()
}

#[test]
fn each_message_is_what_its_type_says() {
    let mut world = World::new(0);
    let session = session(&mut world);
    for message in [
        BrowserMessage::chat("r1", "Hello?"),
        BrowserMessage::snapshot("r2", "opened"),
        BrowserMessage::save_file("r3", "notes.md", None, "# Notes"),
        BrowserMessage::delete_file("r4", "notes.md", Some("abc")),
        BrowserMessage::update_profile("r5", "Atlas", ""),
    ] {
        assert_eq!(world.browser_sends(session, &message).unwrap().len(), 1);
    }
    assert_eq!(
        payloads(&world),
        [
            json!({"type": "chat.user", "payload": {"request_id": "r1", "content": "Hello?"}}),
            json!({"type": "snapshot.request", "payload": {"request_id": "r2", "reason": "opened"}}),
            json!({"type": "file.save", "payload":
                {"request_id": "r3", "file_id": "notes.md", "body_markdown": "# Notes"}}),
            json!({"type": "file.delete", "payload":
                {"request_id": "r4", "file_id": "notes.md", "base_hash": "abc"}}),
            json!({"type": "agent.profile.update", "payload":
                {"request_id": "r5", "name": "Atlas", "emoji": ""}}),
        ]
    );
    let kinds = world.signals.values().map(|signal| (&*signal.kind, signal.sender.clone()));
    assert!(kinds.eq(std::iter::repeat_n(("message", SignalSender::Browser), 5)));
}

#[test]
fn a_long_message_travels_in_pieces_and_is_put_together() {
    let mut world = World::new(0);
    let session = session(&mut world);
    let text = "é\"\n".repeat(5_000);
    let message = BrowserMessage::save_file("r1", "long.md", None, &text);
    let ids = world.browser_sends(session, &message).unwrap();
    assert!(ids.len() > 2);
    assert_eq!(world.take_pushes().len(), ids.len() + 1, "every piece is small enough to push");
    for (index, piece) in (1..).zip(payloads(&world)) {
        assert!(piece.to_string().len() <= 9_000);
        assert_eq!(piece["type"], "file.save");
        assert_eq!(piece["payload"]["chunk_index"], index);
        assert_eq!(piece["payload"]["chunk_total"], ids.len());
        assert_eq!(piece["payload"]["chunk_encoding"], "base64json");
        assert_eq!(piece["payload"]["request_id"], "r1");
    }
    let messages = world.messages(session, START);
    assert_eq!((messages.len(), messages[0].signals), (1, ids.len()));
    assert_eq!(messages[0].id, *ids.last().unwrap());
    assert_eq!(messages[0].body["body_markdown"], json!(text));
    assert_eq!(world.messages(session, ids[1]), messages, "its last piece came later");
    assert_eq!(world.messages(session, messages[0].id), []);
}

#[test]
fn short_messages_can_travel_in_pieces_and_cross() {
    let mut world = World::new(0);
    let session = session(&mut world);
    let chat = |text: &str| BrowserMessage::chat("r", &text.repeat(300)).envelope(256);
    let first = world.browser_sends(session, &chat("a")).unwrap();
    let second = world.browser_sends(session, &chat("b")).unwrap();
    assert!(first.len() > 4 && second.len() > 4);
    let chunks: Vec<_> = world.signals.values().map(|signal| signal.payload.clone()).collect();
    world.signals.clear();
    // The pieces cross, from the last to the first, and each comes twice.
    for chunk in chunks.into_iter().rev().flat_map(|chunk| [chunk.clone(), chunk]).flatten() {
        world.browser_says(session, "message", chunk).unwrap();
    }
    let texts: Vec<_> = world.messages(session, START).into_iter().map(|it| it.body).collect();
    assert_eq!(
        (&texts[0]["content"], &texts[1]["content"]),
        (&json!("b".repeat(300)), &json!("a".repeat(300)))
    );
}

#[test]
fn pieces_that_make_no_message_are_left_out() {
    let mut world = World::new(0);
    let session = session(&mut world);
    let mut piece = |index: u64, total: u64, data: &str| {
        let body = json!({
            "chunk_id": data, "chunk_index": index, "chunk_total": total,
            "chunk_encoding": "base64json", "chunk_data": data,
        });
        let payload = [("type", json!("chat.user")), ("payload", body)];
        world.browser_says(session, "message", Object::from_iter(payload)).unwrap();
    };
    piece(1, 1, "no base64!");
    piece(1, 1, "bm90IEpTT04=");
    piece(1, 2, "e30=");
    assert_eq!(world.messages(session, START), []);
    world.browser_says(session, "message", Object::new()).unwrap();
    world.browser_says(session, "other", Object::from_iter([("type", "chat.user")])).unwrap();
    assert_eq!(world.messages(session, START), []);
}

#[test]
fn what_the_agent_answers_is_read_like_what_the_browser_says() {
    let mut visitor = Visitor::new();
    let session = claimed(&mut visitor);
    let asked = visitor.world.browser_sends(session, &BrowserMessage::chat("r", "Hi")).unwrap();
    let payload =
        json!({"type": " Chat.Agent.Done ", "payload": {"content": "Hello", "request_id": "r"}});
    let body = json!({"type": "message", "payload": payload});
    visitor.post(&format!("/hosts/realtime/sessions/{session}/signals"), body);
    let answers = visitor.world.messages(session, asked[0]);
    assert_eq!(answers.len(), 1);
    assert_eq!((&answers[0].sender, &*answers[0].kind), (&SignalSender::Agent, "chat.agent.done"));
    assert_eq!(answers[0].body["content"], "Hello");
}

#[test]
fn a_session_may_be_asked_for_by_anybody_in_the_team_or_by_the_service() {
    let mut world = World::new(0);
    let by = |world: &mut World, user: Option<u64>| {
        let session = world.request_session_for(AgentId(1), user.map(UserId))?;
        Some(world.sessions[&session].requested_by_user_id)
    };
    assert_eq!(by(&mut world, Some(2)), Some(Some(UserId(2))));
    assert_eq!(by(&mut world, None), Some(None));
    assert_eq!(by(&mut world, Some(999)), None);
    assert_eq!(world.request_session_for(AgentId(999), None), None);
}

#[test]
fn a_browser_is_heard_from_until_its_session_ends() {
    let mut world = World::new(0);
    let session = session(&mut world);
    let heard = |world: &World| world.sessions[&session].last_browser_heartbeat_at.unwrap();
    let before = heard(&world);
    assert!(world.browser_heartbeat(session));
    assert!(heard(&world) > before);
    let farewell = world.browser_closes(session, "enough").unwrap();
    let farewell = &world.signals[&farewell];
    assert_eq!((&*farewell.kind, json!(farewell.payload)), ("close", json!({"reason": "enough"})));
    assert!(!world.browser_heartbeat(session));
    assert_eq!(world.browser_closes(session, ""), None);
    assert_eq!(world.browser_sends(session, &BrowserMessage::chat("r", "Hi")), None);
    assert!(!world.browser_heartbeat(SessionId(999)));
}

#[test]
fn pushes_are_taken_once_and_do_not_pile_up() {
    let mut world = World::new(0);
    let session = session(&mut world);
    let pushes = world.take_pushes();
    assert_eq!(pushes[0].channel, "private-agent-realtime-host.1");
    assert_eq!(pushes[0].event, "agent.realtime.host.session.requested");
    assert_eq!(world.take_pushes(), []);
    for _ in 0..10_001 {
        world.browser_says(session, "message", Object::new()).unwrap();
    }
    let pushes = world.take_pushes();
    assert_eq!(pushes.len(), 10_000);
    let first: Value = serde_json::from_str(&pushes[0].data).unwrap();
    assert_eq!(first["id"], 2, "the oldest is forgotten");
}

#[test]
fn an_agent_is_told_of_its_notifications_in_its_sessions() {
    let mut visitor = Visitor::new();
    let (open, unclaimed) = (claimed(&mut visitor), session(&mut visitor.world));
    let task = visitor.task(json!({}));
    let name = visitor.handle(AgentId(1));
    let body = json!({"body": format!("@{name} please look")});
    assert_eq!(visitor.post(&format!("/tasks/{task}/comments"), body).status, 201);
    let told = visitor.world.messages(open, START);
    assert_eq!((told.len(), &told[0].sender), (1, &SignalSender::System));
    assert_eq!(told[0].kind, "notification.created");
    let told = &told[0].body["notification"];
    let stored = visitor.world.notifications.last().unwrap();
    assert_eq!(told["id"], json!(stored.id));
    assert_eq!(told["notification_type"], json!(stored.notification_type));
    assert_eq!(visitor.world.messages(unclaimed, START), []);
    assert_eq!(visitor.world.sessions[&open].status.as_str(), "claimed", "nobody spoke yet");
}

#[test]
fn a_sandbox_has_the_side_of_the_browser_too() {
    let sandbox = Sandbox::start().unwrap();
    let session = sandbox.request_session(AgentId(1)).unwrap();
    let ids = sandbox.browser_sends(session, &BrowserMessage::chat("r", "Hi")).unwrap();
    assert_eq!(sandbox.messages(session, START)[0].id, ids[0]);
    assert!(sandbox.browser_heartbeat(session));
    assert!(sandbox.browser_closes(session, "enough").is_some());
    assert!(!sandbox.browser_heartbeat(session));
}
