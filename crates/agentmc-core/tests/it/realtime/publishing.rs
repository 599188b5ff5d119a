//! Sending messages.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentmc_core::realtime::publish::{Lane, Lanes};
use agentmc_core::realtime::{Mailbox, MailboxLimits, Outgoing, Publish, PublishStep};
use agentmc_core::types::SignalId;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::service::{Reply, api, ok, refusal};

const CREATE: &str = "createAgentRealtimeSignal";
const LIST: &str = "listAgentRealtimeSignals";

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Arrives,
    /// It is carried out, and no answer says so.
    AnswerLost,
    /// It is not carried out, and no answer says so.
    Lost,
    Busy,
    Refused,
}

/// A session in memory.
#[derive(Default)]
struct Session {
    stored: Vec<(u64, Value)>,
    calls: Vec<&'static str>,
    waited: Duration,
}

impl Session {
    fn run(
        &mut self,
        mut publish: Publish,
        fates: &[Fate],
    ) -> Result<Vec<SignalId>, (Vec<SignalId>, String)> {
        self.drive(&mut publish, &mut fates.iter().copied())
    }

    fn drive(
        &mut self,
        publish: &mut Publish,
        fates: &mut dyn Iterator<Item = Fate>,
    ) -> Result<Vec<SignalId>, (Vec<SignalId>, String)> {
        for _ in 0..10_000 {
            match publish.next() {
                PublishStep::Wait(pause) => {
                    assert!(pause <= Duration::from_secs(12));
                    self.waited += pause;
                }
                PublishStep::Done(Ok(ids)) => return Ok(ids),
                PublishStep::Done(Err(error)) => {
                    return Err((error.stored, error.error.to_string()));
                }
                PublishStep::Call(call) => {
                    let operation = call.endpoint().id;
                    self.calls.push(operation);
                    let body: Value =
                        serde_json::from_slice(call.request().body()).unwrap_or_default();
                    let query = call.request().uri().query().unwrap_or_default();
                    let fate = fates.next().unwrap_or(Fate::Arrives);
                    publish.replied(self.reply(operation, body, query, fate));
                }
            }
        }
        panic!("it does not end");
    }

    fn reply(&mut self, operation: &'static str, body: Value, query: &str, fate: Fate) -> Reply {
        match fate {
            Fate::Lost => return refusal(operation, 0, &json!({})),
            Fate::Busy => return refusal(operation, 429, &json!({})),
            Fate::Refused => return refusal(operation, 403, &json!({})),
            Fate::Arrives | Fate::AnswerLost => {}
        }
        let reply = if operation == CREATE {
            assert_eq!(body["type"], "message");
            let id = self.stored.last().map_or(10, |(id, _)| id + 3);
            self.stored.push((id, body["payload"].clone()));
            json!({"data": row(id, &body["payload"])})
        } else {
            let after = query.split('&').find_map(|part| part.strip_prefix("after_id="));
            let after: u64 = after.unwrap().parse().unwrap();
            let rows = self.stored.iter().filter(|(id, _)| *id > after).take(200);
            json!({"data": rows.map(|(id, payload)| row(*id, payload)).collect::<Vec<_>>()})
        };
        if fate == Fate::AnswerLost { refusal(operation, 500, &json!({})) } else { ok(&reply) }
    }
}

fn row(id: u64, payload: &Value) -> Value {
    json!({"id": id, "session_id": 42, "sender": "agent", "type": "message", "payload": payload})
}

fn publish(message: &Outgoing) -> Publish {
    Publish::new(api(), 42.into(), message, 5).unwrap()
}

fn large() -> Outgoing {
    Outgoing::chat_done("req-1", &"long ".repeat(8_000))
}

#[test]
fn pieces_are_sent_in_order_and_their_ids_given_back() {
    let mut session = Session::default();
    let ids = session.run(publish(&large()), &[]).unwrap();
    assert_eq!(ids.len(), 7);
    assert_eq!(ids, session.stored.iter().map(|(id, _)| SignalId(*id)).collect::<Vec<_>>());
    let indexes =
        session.stored.iter().map(|(_, it)| it["payload"]["chunk_index"].as_u64().unwrap());
    assert!(indexes.eq(1..=7));
    assert_eq!(session.waited, Duration::ZERO);
}

#[test]
fn a_piece_that_may_be_stored_is_looked_for_before_it_is_sent_again() {
    let mut session = Session::default();
    let ids = session.run(publish(&large()), &[Fate::Arrives, Fate::AnswerLost]).unwrap();
    assert_eq!(session.calls[..4], [CREATE, CREATE, LIST, CREATE]);
    assert_eq!((ids.len(), session.stored.len()), (7, 7));
    let mut session = Session::default();
    let ids = session.run(publish(&large()), &[Fate::Arrives, Fate::Lost]).unwrap();
    assert_eq!(session.calls[..5], [CREATE, CREATE, LIST, CREATE, CREATE]);
    assert_eq!((ids.len(), session.stored.len()), (7, 7));
}

#[test]
fn a_piece_that_was_surely_not_stored_is_sent_again_at_once() {
    let mut session = Session::default();
    session.run(publish(&large()), &[Fate::Busy]).unwrap();
    assert_eq!(session.calls[..3], [CREATE, CREATE, CREATE]);
}

#[test]
fn a_piece_is_found_beyond_the_first_page_and_however_php_wrote_it() {
    let message = Outgoing::new("x.y", Map::new()).with("empty", json!({})).with("text", " ");
    let stored = (1..=450).map(|id| (id, json!({"type": "x.y", "payload": {}}))).collect();
    let mut session = Session { stored, ..Session::default() };
    session.stored.push((451, json!({"type": "x.y", "payload": {"empty": [], "text": null}})));
    let ids = session.run(publish(&message).after(0.into()), &[Fate::Lost]).unwrap();
    assert_eq!((ids, session.stored.len()), (vec![SignalId(451)], 451));
    assert_eq!(session.calls, [CREATE, LIST, LIST, LIST]);
}

#[test]
fn an_equal_message_of_earlier_is_not_taken_for_this_one() {
    let message = Outgoing::chat_done("r", "Yes.");
    let mut session = Session::default();
    session.run(publish(&message), &[]).unwrap();
    let ids = session.run(publish(&message).after(10.into()), &[Fate::Lost]).unwrap();
    assert_eq!((ids, session.stored.len()), (vec![SignalId(13)], 2));
}

#[test]
fn where_a_session_stands_is_found_out_page_by_page_before_anything_is_sent() {
    let message = Outgoing::chat_done("r", "Yes.");
    let mut session = Session::default();
    for _ in 0..450 {
        session.run(publish(&message).after(0.into()), &[]).unwrap();
    }
    session.calls.clear();
    let fates = [Fate::Arrives, Fate::Busy, Fate::Arrives, Fate::Arrives, Fate::Lost];
    let ids = session.run(publish(&message), &fates).unwrap();
    assert_eq!((ids.len(), session.stored.len()), (1, 451));
    assert_eq!(session.calls, [LIST, LIST, LIST, LIST, CREATE, LIST, CREATE]);
    session.calls.clear();
    session.run(publish(&message).known(ids[0]), &[]).unwrap();
    assert_eq!(session.calls, [LIST, CREATE]);
}

#[test]
fn what_a_subscription_has_listed_need_not_be_found_out() {
    let mut mailbox = Mailbox::new(MailboxLimits::default());
    mailbox.handled(4.into());
    let message = Outgoing::chat_done("r", "Yes.");
    let mut first = Lane::default().begin(publish(&message), Some(&mailbox));
    let PublishStep::Call(call) = first.next() else { panic!() };
    assert!(call.request().uri().query().unwrap().contains("after_id=4"));
    mailbox.caught_up(9.into());
    let mut lane = Lane::default();
    let mut second = lane.begin(publish(&message), Some(&mailbox));
    let PublishStep::Call(call) = second.next() else { panic!() };
    assert_eq!(call.endpoint().id, CREATE);
    // It was given up without a word: nobody knows whether it is stored.
    let mut third = lane.begin(publish(&message), Some(&mailbox));
    let PublishStep::Call(call) = third.next() else { panic!() };
    assert!(call.request().uri().query().unwrap().contains("after_id=9"));
}

#[test]
fn a_lane_is_shared_by_all_who_publish_to_a_session_of_a_server_and_forgotten_after_them() {
    let mut lanes = Lanes::<Mutex<Lane>>::default();
    let mut of = |server, session: u64| lanes.of(server, session.into());
    let first = of("https://agentmc.ai", 42);
    assert!(Arc::ptr_eq(&first, &of("https://agentmc.ai", 42)));
    assert!(!Arc::ptr_eq(&first, &of("https://agentmc.ai", 43)));
    assert!(!Arc::ptr_eq(&first, &of("https://example.com", 42)));
    let weak = Arc::downgrade(&first);
    drop(first);
    assert!(weak.upgrade().is_none());
    for session in 0..1_000 {
        of("https://agentmc.ai", session);
    }
    let kept = format!("{lanes:?}").matches("https://agentmc.ai").count();
    assert!(kept <= 64, "{kept}");
}

#[test]
fn a_refusal_ends_it_and_tells_what_is_stored() {
    let mut session = Session::default();
    let (stored, error) =
        session.run(publish(&large()), &[Fate::Arrives, Fate::Arrives, Fate::Refused]).unwrap_err();
    assert_eq!(stored.len(), 2);
    assert_eq!(error, "createAgentRealtimeSignal: 403 Forbidden");
}

#[test]
fn attempts_are_limited() {
    let mut session = Session::default();
    session.run(publish(&large()).attempts(3), &[Fate::Lost; 100]).unwrap_err();
    assert_eq!(session.calls, [CREATE, LIST, LIST]);
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Arrives),
        1 => Just(Fate::AnswerLost),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Busy),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn equal_messages_one_after_the_other_are_stored_once_each(
        fates in proptest::collection::vec(fate(), 0..60),
        stood in 0_usize..3,
    ) {
        let message = Outgoing::chat_done("r", "Yes.");
        let (mut session, mut lane) = (Session::default(), Lane::default());
        for _ in 0..stood {
            session.run(publish(&message).after(0.into()), &[]).unwrap();
        }
        let mut fates = fates.into_iter();
        let (mut told, mut failed) = (Vec::new(), 0);
        for _ in 0..8 {
            let mut publish = lane.begin(publish(&message), None);
            match session.drive(&mut publish, &mut fates) {
                Ok(ids) => told.extend(ids),
                Err(_) => failed += 1,
            }
            lane.end(&publish);
        }
        let count = told.len();
        told.dedup();
        prop_assert_eq!((told.len(), count + failed), (count, 8));
        prop_assert!(told.iter().all(|id| session.stored[stood..].iter().any(|(it, _)| it == &id.get())));
        let stored = session.stored.len() - stood;
        prop_assert!((count..=count + failed).contains(&stored), "{} stored", stored);
    }

    #[test]
    fn whatever_is_lost_no_piece_is_stored_twice(fates in proptest::collection::vec(fate(), 0..60)) {
        let mut session = Session::default();
        let result = session.run(publish(&large()), &fates);
        let mut indexes: Vec<_> =
            session.stored.iter().map(|(_, it)| it["payload"]["chunk_index"].as_u64().unwrap()).collect();
        let count = indexes.len();
        indexes.dedup();
        prop_assert_eq!(indexes.len(), count, "no piece twice");
        match result {
            Ok(ids) => prop_assert_eq!((ids.len(), count), (7, 7)),
            // One more may be stored than is known.
            Err((stored, _)) => prop_assert!(stored.len() <= count && count <= stored.len() + 1),
        }
    }
}
