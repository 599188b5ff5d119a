//! Messages in pieces.

use std::time::Duration;

use agentmc_core::realtime::chunk::{DropReason, JoinLimits, Joiner, SplitLimits, split};
use agentmc_core::realtime::{Message, Outgoing, Signal};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const SECOND: Duration = Duration::from_secs(1);

fn letters(count: usize) -> Outgoing {
    let text = "a".repeat(count);
    Outgoing::new("snapshot.response", Map::new()).with("request_id", "req-1").with("x", text)
}

fn data(piece: &str) -> usize {
    let piece: Value = serde_json::from_str(piece).unwrap();
    piece["payload"]["chunk_data"].as_str().unwrap().len()
}

fn signal(id: u64, payload: &Value) -> Signal {
    let json = json!({"id": id, "sender": "browser", "type": "message", "payload": payload});
    Signal::read(&json.to_string(), 42.into()).unwrap()
}

/// A piece whose data is the JSON `1` if it is alone.
fn piece(id: u64, chunk: &str, index: u32, total: u32) -> Signal {
    custom(id, "file.save", chunk, index, total, "MQ==")
}

fn custom(id: u64, kind: &str, chunk: &str, index: u32, total: u32, data: &str) -> Signal {
    let body = json!({"chunk_id": chunk, "chunk_index": index, "chunk_total": total,
                      "chunk_encoding": "base64json", "chunk_data": data});
    signal(id, &json!({"type": kind, "payload": body}))
}

#[test]
fn sizes_are_those_of_the_contract() {
    let pieces = |letter_count| {
        split(&letters(letter_count), "chunk_fixed", SplitLimits::default()).unwrap()
    };
    let whole = pieces(8_930);
    assert_eq!((whole.len(), whole[0].as_str().len()), (1, 8_998));
    assert!(!whole[0].as_str().contains("chunk_id"));
    for (letter_count, count, first_bytes, first, last) in [
        (8_940, 2, 9_000, 8_836, 3_124),
        (20_000, 4, 9_000, 8_836, 200),
        (100_000, 16, 8_999, 8_834, 862),
    ] {
        let pieces = pieces(letter_count);
        assert_eq!(pieces.len(), count);
        assert_eq!(pieces[0].as_str().len(), first_bytes);
        assert_eq!(data(pieces[0].as_str()), first);
        assert_eq!(data(pieces[count - 1].as_str()), last);
    }
}

#[test]
fn a_piece_has_its_members_in_order() {
    let pieces = split(&letters(9_000), "c", SplitLimits::default()).unwrap();
    let start = r#"{"type":"snapshot.response","payload":{"chunk_id":"c","chunk_index":2,"chunk_total":2,"chunk_encoding":"base64json","chunk_data":""#;
    assert!(pieces[1].as_str().starts_with(start), "{}", pieces[1]);
    assert!(pieces[1].as_str().ends_with(r#"","request_id":"req-1"}}"#));
}

#[test]
fn a_limit_without_room_for_data_is_an_error() {
    let message = Outgoing::new("x".repeat(2_000), Map::new()).with("x", "y".repeat(3_000));
    assert!(split(&message, "c", SplitLimits::new(1, 1)).is_err());
}

/// Any JSON, some of it long.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        ".{0,4000}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((".{0,8}", inner), 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

#[test]
fn a_message_that_is_too_large_is_given_up_once() {
    let mut limits = JoinLimits::default();
    limits.message_bytes = 100;
    let mut joiner = Joiner::new(limits);
    for index in 1..=10 {
        let piece = custom(u64::from(index), "x", "c", index, 10, &"A".repeat(40));
        assert!(joiner.add(Duration::ZERO, &piece).is_none());
    }
    joiner.expire(SECOND * 1_000);
    let dropped: Vec<_> = std::iter::from_fn(|| joiner.poll()).collect();
    assert_eq!(dropped.len(), 1, "{dropped:?}");
    assert_eq!((dropped[0].reason, joiner.bytes()), (DropReason::TooLarge, 0));
    assert_eq!(joiner.oldest_signal(), None);
}

#[test]
fn endless_patience_is_no_panic() {
    let mut limits = JoinLimits::default();
    limits.patience = Duration::MAX;
    let mut joiner = Joiner::new(limits);
    joiner.add(SECOND, &piece(1, "c", 1, 2));
    joiner.expire(SECOND * 1_000_000);
    assert_eq!((joiner.deadline(), joiner.poll()), (Some(Duration::MAX), None));
}

#[test]
fn what_is_remembered_of_whole_messages_is_bounded_too() {
    let mut limits = JoinLimits::default();
    limits.session_bytes = 64 << 20;
    let mut joiner = Joiner::new(limits);
    let mut send =
        |id, index, data| joiner.add(Duration::ZERO, &custom(id, "x", "c", index, 20_000, data));
    assert!((1..20_000).all(|index| send(u64::from(index), index, "").is_none()));
    assert!(send(20_000, 20_000, "MQ==").is_some());
    // Too long to be remembered: the same again begins anew.
    assert!(send(20_001, 1, "").is_none());
    assert!(joiner.bytes() > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn joining_undoes_splitting_in_any_order_and_with_repetitions(
        text in ".{0,6000}",
        limit in 1_024_usize..3_000,
        order in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let sent = Outgoing::chat_done("req-1", &text);
        let pieces = split(&sent, "c", SplitLimits::new(limit, 10_000)).unwrap();
        prop_assert!(pieces.iter().all(|piece| piece.as_str().len() <= limit));
        let mut order: Vec<usize> = order.iter().map(|index| index.index(pieces.len())).collect();
        order.extend(0..pieces.len());
        let mut joiner = Joiner::new(JoinLimits::default());
        let mut joined: Vec<Message> = Vec::new();
        for (id, index) in order.into_iter().enumerate() {
            let signal = signal(id as u64 + 1, &pieces[index].value());
            joined.extend(joiner.add(Duration::ZERO, &signal));
        }
        if pieces.len() > 1 {
            prop_assert_eq!(joined.len(), 1);
        }
        prop_assert_eq!(joined[0].payload.value(), Value::Object(sent.payload().clone()));
        prop_assert_eq!(joined[0].request_id(), Some("req-1"));
        prop_assert_eq!(joiner.poll(), None);
    }

    #[test]
    fn splitting_keeps_to_both_limits_and_joining_undoes_it_for_any_json(
        members in proptest::collection::vec((".{0,12}", value()), 0..12),
        kind in "[a-z.]{1,40}",
        request_id in proptest::option::of(".{1,40}"),
        envelope in 0_usize..12_000,
        whole in 0_usize..12_000,
    ) {
        let mut sent = Outgoing::new(&kind, members.into_iter().collect());
        if let Some(request_id) = &request_id {
            sent = sent.with("request_id", request_id.as_str());
        }
        let pieces = split(&sent, "chunk_1", SplitLimits::new(envelope, whole)).unwrap();
        let mut joiner = Joiner::new(JoinLimits::default());
        let mut joined = Vec::new();
        for (id, piece) in (1..).zip(&pieces) {
            prop_assert!(piece.as_str().len() <= envelope.max(1_024));
            let pushed = format!(
                r#"{{"id":0,"session_id":0,"sender":"agent","type":"message","payload":{piece},"created_at":"2000-01-01T00:00:00Z"}}"#
            );
            prop_assert!(pushed.len() <= whole.max(1_024));
            let json = format!(r#"{{"id": {id}, "sender": "agent", "type": "message", "payload": {piece}}}"#);
            joined.extend(joiner.add(Duration::ZERO, &Signal::read(&json, 42.into()).unwrap()));
        }
        prop_assert_eq!(joined.len(), 1);
        prop_assert_eq!(joined[0].payload.as_str(), serde_json::to_string(sent.payload()).unwrap());
        prop_assert_eq!(joined[0].channel_type.as_str(), kind.trim());
        prop_assert_eq!((joiner.bytes(), joiner.poll()), (0, None));
    }

    #[test]
    fn memory_stays_within_its_bounds(
        pieces in proptest::collection::vec((0_u32..20, 1_u32..9, 1_u32..9, 0_usize..400), 0..300),
    ) {
        let mut limits = JoinLimits::default();
        (limits.message_bytes, limits.session_bytes, limits.messages) = (1_000, 3_000, 5);
        let mut joiner = Joiner::new(limits);
        let (mut told, mut given_up) = (0, 0);
        for (id, (chunk, index, total, size)) in pieces.iter().enumerate() {
            let data = "A".repeat(*size);
            let signal = custom(id as u64 + 1, "x", &chunk.to_string(), *index, *total, &data);
            told += usize::from(joiner.add(SECOND * id as u32, &signal).is_some());
            while joiner.poll().is_some() {
                given_up += 1;
            }
            prop_assert!(joiner.bytes() <= 3_000, "{}", joiner.bytes());
        }
        joiner.expire(SECOND * 100_000);
        let left = std::iter::from_fn(|| joiner.poll()).count();
        prop_assert!(left <= 5);
        prop_assert!(joiner.deadline().is_none());
        prop_assert!(told + given_up + left <= pieces.len());
    }
}

#[test]
fn what_makes_pieces_belong_together_is_chunk_sender_and_type() {
    let mut joiner = Joiner::new(JoinLimits::default());
    assert!(joiner.add(SECOND, &custom(1, "file.save", "c", 1, 2, "Mg==")).is_none());
    assert!(joiner.add(SECOND, &custom(2, "file.delete", "c", 2, 2, "")).is_none());
    let mut other = custom(3, "file.save", "c", 2, 2, "");
    other.sender = "agent".into();
    assert!(joiner.add(SECOND, &other).is_none());
    let joined = joiner.add(SECOND, &custom(4, "FILE.save", "c", 2, 2, "")).unwrap();
    assert_eq!((joined.payload.as_str(), joined.signal_id.get()), ("2", 4));
}

#[test]
fn what_is_given_up_is_named() {
    let reason = |signals: &[Signal]| {
        let mut joiner = Joiner::new(JoinLimits::default());
        for signal in signals {
            assert!(joiner.add(SECOND, signal).is_none());
        }
        joiner.poll()
    };
    let dropped = reason(&[piece(1, "c", 1, 2), piece(2, "c", 2, 3)]).unwrap();
    assert_eq!((&*dropped.chunk_id, dropped.reason), ("c", DropReason::Total));
    assert_eq!((dropped.received, dropped.total, dropped.first_signal.get()), (1, 2, 1));
    let encoding = reason(&[custom(1, "x", "c", 1, 1, "***")]).unwrap();
    assert_eq!(encoding.reason, DropReason::Encoding);
    let json = reason(&[custom(1, "x", "c", 1, 1, "e30x")]).unwrap();
    assert_eq!(json.reason, DropReason::Json);
    assert_eq!(
        json.to_string(),
        r#"x message "c" from browser, 1 of 1 pieces: its data is not JSON"#
    );
}

#[test]
fn a_message_too_large_or_too_late_is_given_up() {
    let mut limits = JoinLimits::default();
    limits.message_bytes = 100;
    let mut joiner = Joiner::new(limits);
    joiner.add(SECOND, &custom(1, "x", "big", 1, 2, &"A".repeat(101)));
    assert_eq!(joiner.poll().unwrap().reason, DropReason::TooLarge);
    joiner.add(SECOND, &piece(2, "slow", 1, 3));
    joiner.add(SECOND * 200, &piece(3, "slow", 2, 3));
    assert_eq!(joiner.deadline(), Some(SECOND * 500));
    joiner.expire(SECOND * 499);
    assert_eq!(joiner.poll(), None);
    joiner.expire(SECOND * 500);
    assert_eq!(joiner.poll().unwrap().reason, DropReason::Expired);
}

#[test]
fn the_message_that_waited_longest_makes_room() {
    let mut limits = JoinLimits::default();
    limits.messages = 2;
    let mut joiner = Joiner::new(limits);
    for (at, chunk) in [(1, "a"), (2, "b"), (3, "a"), (4, "c")] {
        joiner.add(SECOND * at, &piece(at.into(), chunk, if at == 3 { 2 } else { 1 }, 3));
    }
    let dropped = joiner.poll().unwrap();
    assert_eq!((&*dropped.chunk_id, dropped.reason), ("b", DropReason::NoRoom));
    assert_eq!(joiner.oldest_signal(), Some(1.into()));
}

#[test]
fn a_body_with_an_index_beyond_its_total_is_no_piece() {
    let mut joiner = Joiner::new(JoinLimits::default());
    for (index, total) in [(0, 1), (3, 2)] {
        assert!(joiner.add(SECOND, &piece(1, "c", index, total)).is_some());
    }
}
