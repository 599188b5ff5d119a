//! What is read is what `serde_json` reads, and replies are read.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::IpAddr;

use agentmc_types::{AgentHeartbeatResponse, AgentRealtimeSignal, Board, Object, Page, Task};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::read;

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    A { x: u8 },
    B { x: u8 },
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Fraction(f64),
    Text(String),
    Many(Vec<Self>),
    Unit(()),
    Choice(Choice),
    Other(BTreeMap<String, Self>),
}

#[derive(Debug, PartialEq, serde::Deserialize)]
enum Choice {
    Plain,
    With(u8),
}

/// Asserts that what is read, if anything is, is what `serde_json` reads; says whether something was.
#[track_caller]
fn agrees<T: DeserializeOwned + Debug + PartialEq>(text: &str) -> bool {
    let Some(value) = read::<T>(text) else { return false };
    match serde_json::from_str::<T>(text) {
        Ok(theirs) => assert_eq!(value, theirs, "{text}"),
        Err(error) => panic!("read {value:?} from {text}, where serde_json says: {error}"),
    }
    true
}

#[track_caller]
fn agrees_on_all(text: &str) {
    agrees::<Value>(text);
    agrees::<bool>(text);
    agrees::<f32>(text);
    agrees::<f64>(text);
    agrees::<char>(text);
    agrees::<(u8, u8)>(text);
    agrees::<()>(text);
    agrees::<Tagged>(text);
    agrees::<Vec<Untagged>>(text);
    agrees::<BTreeMap<u8, IpAddr>>(text);
    agrees::<BTreeMap<bool, Option<f32>>>(text);
    agrees::<i64>(text);
    agrees::<u8>(text);
    agrees::<u64>(text);
    agrees::<String>(text);
    agrees::<Option<i8>>(text);
    agrees::<Vec<Object>>(text);
    agrees::<Map<String, Value>>(text);
    agrees::<Task>(text);
    agrees::<Page<Task>>(text);
    if agrees::<Object>(text) {
        let members = read::<Object>(text).unwrap().into_map();
        assert_eq!(members, serde_json::from_str::<Object>(text).unwrap().into_map(), "{text}");
    }
    if read::<IgnoredAny>(text).is_some() {
        assert!(serde_json::from_str::<Value>(text).is_ok(), "{text}");
    }
    if let Some(raw) = read::<&RawValue>(text) {
        assert_eq!(raw.get(), serde_json::from_str::<&RawValue>(text).unwrap().get());
    }
    if let Some(items) = read::<Vec<Box<RawValue>>>(text) {
        let theirs = serde_json::from_str::<Vec<&RawValue>>(text).unwrap();
        let theirs = theirs.iter().map(|raw| raw.get());
        assert!(items.iter().map(|raw| raw.get()).eq(theirs), "{text}");
    }
    if let Some(members) = read::<BTreeMap<String, &RawValue>>(text) {
        let theirs = serde_json::from_str::<BTreeMap<String, &RawValue>>(text).unwrap();
        let texts = |raw: BTreeMap<String, &RawValue>| {
            raw.into_iter().map(|(name, raw)| (name, raw.get().to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(texts(members), texts(theirs), "{text}");
    }
}

fn task(n: u64) -> Value {
    json!({
        "id": n, "team_id": 7, "board_id": 3, "column_id": "12", "title": "Täglich: keys / tokens",
        "description": "line\nline \"quoted\"", "archived_at": null, "is_archived": false, "position": -1,
        "due_at": "2026-02-22T17:21:02Z", "assignee_type": "robot", "unknown": {"deep": [1, {"er": null}]},
        "assigned_agent": {"id": 42, "name": "Ada", "meta": {"load": 0.5, "v": [1, "/"]}}, "attachments": [],
    })
}

fn page(tasks: Vec<Value>) -> Value {
    let meta = json!({"current_page": 1, "last_page": 1, "path": "https://x/y", "per_page": 9, "total": 9});
    json!({"data": tasks, "links": {}, "meta": meta})
}

/// Any JSON that `serde_json` can write.
fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z$_]{0,12}",
        any::<String>(),
        vec(any::<char>(), 0..20).prop_map(|chars| chars.into_iter().collect()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
        Just("2026-02-22T17:21:02Z".into()),
    ];
    let name = prop_oneof![text, Just("$serde_json::private::Number".to_owned())];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Writes a value in one of the ways it may be written, as `choices` have it.
fn spell(value: &Value, choices: &mut impl Iterator<Item = u8>, out: &mut String) {
    fn space(choices: &mut impl Iterator<Item = u8>, out: &mut String) {
        out.push_str(["", "", "", " ", "\n\t", "\r"][usize::from(choices.next().unwrap()) % 6]);
    }
    fn text(text: &str, choices: &mut impl Iterator<Item = u8>, out: &mut String) {
        out.push('"');
        for char in text.chars() {
            let choice = choices.next().unwrap();
            match char {
                '"' | '\\' => out.extend(['\\', char]),
                '/' if choice.is_multiple_of(2) => out.push_str("\\/"),
                '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' if choice.is_multiple_of(2) => {
                    out.push_str(
                        &char
                            .escape_default()
                            .to_string()
                            .replace("\\u{8}", "\\b")
                            .replace("\\u{c}", "\\f"),
                    );
                }
                char if char < ' ' || choice.is_multiple_of(8) => {
                    for unit in char.encode_utf16(&mut [0; 2]) {
                        out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                char => out.push(char),
            }
        }
        out.push('"');
    }
    match value {
        Value::String(value) => text(value, choices, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                space(choices, out);
                spell(item, choices, out);
                space(choices, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                space(choices, out);
                text(name, choices, out);
                space(choices, out);
                out.push(':');
                space(choices, out);
                spell(value, choices, out);
                space(choices, out);
            }
            out.push('}');
        }
        value => out.push_str(&value.to_string()),
    }
}

proptest! {
    #[test]
    fn what_is_read_of_any_json_is_what_serde_json_reads(
        value in values(),
        choices in vec(any::<u8>(), 1..200),
    ) {
        let mut text = String::new();
        spell(&value, &mut choices.into_iter().cycle(), &mut text);
        agrees_on_all(&text);
        prop_assert!(agrees::<Value>(&text), "{}", text);
        prop_assert!(read::<IgnoredAny>(&text).is_some(), "{}", text);
        prop_assert!(read::<&RawValue>(&text).is_some(), "{}", text);
        if value.is_object() {
            prop_assert!(agrees::<Object>(&text), "{}", text);
        }
    }

    #[test]
    fn what_is_read_of_broken_json_is_what_serde_json_reads(
        seed in prop_oneof![Just(page(vec![task(1), task(2), task(3)])), Just(task(9)), values()],
        edits in vec((any::<Index>(), 0..4_usize, "[ \\[\\]{}\":,0-9eE+.truefalsn\\\\u\u{0}\u{1f}é-]{0,3}"), 1..4),
    ) {
        let mut chars: Vec<char> = seed.to_string().chars().collect();
        for (at, len, more) in edits {
            let at = at.index(chars.len() + 1);
            let end = (at + len).min(chars.len());
            chars.splice(at..end, more.chars());
        }
        agrees_on_all(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn records_are_read_whatever_the_order_of_their_members(
        orders in vec((any::<u64>(), 0..20_usize), 1..8),
        choices in vec(any::<u8>(), 1..200),
    ) {
        let mut out = String::from("[");
        let mut choices = choices.into_iter().cycle();
        for (n, (order, absent)) in orders.into_iter().enumerate() {
            let Value::Object(members) = task(n as u64) else { unreachable!() };
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by_key(|(name, _)| {
                let places = name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
                places.wrapping_mul(order | 1)
            });
            let is_optional = |name: &str| matches!(name, "description" | "due_at" | "attachments" | "unknown");
            if members.get(absent).is_some_and(|(name, _)| is_optional(name)) {
                members.remove(absent);
            }
            // One member comes twice; the last counts.
            members.insert(absent.min(members.len()), ("title".to_owned(), "twice".into()));
            out.push_str(if n == 0 { "{" } else { ",{" });
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                spell(&name.as_str().into(), &mut choices, &mut out);
                out.push(':');
                out.push_str(&value.to_string());
            }
            out.push('}');
        }
        out.push(']');
        prop_assert!(agrees::<Vec<Task>>(&out), "{}", out);
    }
}

#[test]
fn replies_are_read() {
    let many = |value: &Value| page(vec![value.clone(); 3]).to_string();
    assert!(agrees::<Page<Task>>(&many(&task(1))));
    assert!(agrees::<Page<Task>>(&format!("\n{:#}\n", page(vec![task(1), task(2)]))));
    assert!(agrees::<Page<Task>>(&many(&task(1)).replace('/', "\\/").replace("ä", "\\u00e4")));
    assert!(agrees::<Page<Task>>(include_str!("../../tests/fixtures/listTasks.json")));
    assert!(agrees::<Page<Board>>(include_str!("../../tests/fixtures/listBoards.json")));
    assert!(agrees::<AgentHeartbeatResponse>(include_str!(
        "../../tests/fixtures/agentHeartbeat.json"
    )));
    let signals: Value =
        serde_json::from_str(include_str!("../../tests/fixtures/listAgentRealtimeSignals.json"))
            .unwrap();
    assert!(agrees::<Vec<AgentRealtimeSignal>>(&signals["data"].to_string()));
}

#[test]
fn an_empty_record_may_be_an_empty_list() {
    let page = page(vec![task(1)]).to_string();
    assert!(agrees::<Page<Task>>(&page.replace("\"links\":{}", "\"links\":[]")));
    assert!(!agrees::<Page<Task>>(&page.replace("\"links\":{}", "\"links\":[1]")));
}

#[test]
fn what_is_no_json_is_not_read() {
    let no_json = [
        "",
        " ",
        "\u{0}",
        "1\u{0}",
        "1 2",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{1:2}",
        "{\"a\":1 \"b\":2}",
        "01",
        "-",
        "-01",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x1",
        "1_0",
        "NaN",
        "Infinity",
        "tru",
        "nul",
        "truex",
        "nulll",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\t\"",
        "\"\u{1f}12345678\"",
        "[",
        "]",
        "{",
        "}",
        "[1}",
        "{\"a\":1]",
        "[1]]",
        "'a'",
        "/**/1",
        "\u{feff}1",
        "\u{a0}1",
    ];
    for text in no_json {
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        assert!(read::<Value>(text).is_none(), "{text}");
        assert!(read::<IgnoredAny>(text).is_none(), "{text}");
        for text in [format!("{{\"a\":{text}}}"), format!("[{text}]")] {
            if serde_json::from_str::<Value>(&text).is_err() {
                assert!(read::<Object>(&text).is_none(), "{text}");
                assert!(read::<Vec<IgnoredAny>>(&text).is_none(), "{text}");
            }
        }
    }
}

#[test]
fn numbers_that_fit_no_type_are_not_read() {
    for text in ["1e999", "-1e999", "[1e400]", "{\"a\":[1e400]}"] {
        agrees_on_all(text);
        assert!(read::<IgnoredAny>(text).is_none(), "{text}");
    }
    for text in [
        "-0",
        "0",
        "-1",
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "0.1",
        "1E2",
        "1e-400",
    ] {
        agrees_on_all(text);
        agrees_on_all(&format!("{{\"a\":{text}}}"));
        assert!(agrees::<Object>(&format!("{{\"a\":{text}}}")), "{text}");
        assert!(agrees::<f64>(text), "{text}");
    }
}

#[test]
fn values_nest_as_deep_as_serde_json_reads_them() {
    for depth in 1..200 {
        let lists = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let objects = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        for text in [lists, objects] {
            assert_eq!(read::<Value>(&text).is_some(), depth <= 127, "{depth}");
            assert_eq!(serde_json::from_str::<Value>(&text).is_ok(), depth <= 127, "{depth}");
            assert_eq!(read::<IgnoredAny>(&text).is_some(), depth <= 127, "{depth}");
        }
        let within = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(agrees::<Object>(&within), depth < 127, "{depth}");
        agrees_on_all(&within);
    }
}

#[test]
fn a_visitor_that_stops_early_reads_nothing() {
    #[derive(Debug)]
    struct First;

    impl<'de> serde::Deserialize<'de> for First {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;

            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = First;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a list")
                }

                fn visit_seq<A: serde::de::SeqAccess<'de>>(
                    self,
                    mut seq: A,
                ) -> Result<First, A::Error> {
                    seq.next_element::<u8>().map(|_| First)
                }
            }

            deserializer.deserialize_seq(Visitor)
        }
    }

    assert!(read::<First>("[]").is_some());
    assert!(read::<First>("[1]").is_none());
    assert!(read::<First>("[1,2]").is_none());
}

#[test]
fn what_is_derived_is_read_as_serde_json_reads_it() {
    for text in [
        r#"{"type":"B","x":1}"#,
        r#"{"type":1,"x":1}"#,
        r#"[1,2]"#,
        r#"["B",2]"#,
        r#"[1,-2,1.5,"a",["b"],null,{"c":{}},{"With":1},"Plain"]"#,
        r#"{"1":"::1","2":"192.0.2.7"}"#,
        r#"{"01":"::1"}"#,
        r#"{"true":16777217.0000000000000001,"false":null}"#,
        "16777217.0000000000000001",
        "\"\\u00e4\"",
    ] {
        agrees_on_all(text);
    }
    assert!(agrees::<Tagged>(r#"{"type":"B","x":1}"#));
    assert!(agrees::<Vec<Untagged>>(r#"[1,-2,1.5,"a",["b"],null,{"c":{}}]"#));
}

#[test]
fn structs_that_are_derived_are_read_by_name() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Derived {
        #[serde(alias = "a")]
        first: u64,
        #[serde(default, rename = "zwei")]
        second: Option<String>,
    }

    let text = r#"[{"a":1,"zwei":"x"},{"a":2,"zwei":"y"},{"zwei":null,"first":3},{"a":4}]"#;
    assert!(agrees::<Vec<Derived>>(text));
}
