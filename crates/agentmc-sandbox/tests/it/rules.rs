//! Rules as text.

use std::time::Duration;

use agentmc_sandbox::{Fault, Rule};
use bytes::Bytes;
use http::StatusCode;
use proptest::prelude::*;

fn status() -> impl Strategy<Value = StatusCode> {
    (100_u16..1_000).prop_map(|code| StatusCode::from_u16(code).unwrap())
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        any::<(u64, u32)>()
            .prop_map(|(seconds, rest)| Duration::new(seconds, rest % 1_000_000_000)),
        any::<u32>().prop_map(|rest| Duration::from_millis(rest.into())),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    let plain = prop::sample::select(vec![
        Fault::CloseBeforeHead,
        Fault::CloseInHead,
        Fault::CloseInBody,
        Fault::ResetBeforeHead,
        Fault::ResetInBody,
        Fault::LongLength,
        Fault::ShortLength,
        Fault::InvalidUtf8,
        Fault::TruncatedJson,
        Fault::Unknown,
        Fault::RepeatPage,
        Fault::ForeignNext,
        Fault::ForeignRedirect,
        Fault::Gzip,
        Fault::Brotli,
        Fault::NoContentType,
        Fault::Charset,
        Fault::ArrayForObject,
        Fault::NoMessage,
    ]);
    prop_oneof![
        19 => plain,
        1 => time().prop_map(Fault::Down),
        1 => time().prop_map(Fault::DelayHead),
        1 => time().prop_map(Fault::DripBody),
        1 => status().prop_map(Fault::Status),
        1 => (status(), "[^\\p{Cc}]*").prop_map(|(status, value)| Fault::RetryAfter(status, value)),
        1 => status().prop_map(Fault::Html),
        1 => status().prop_map(Fault::Empty),
        1 => ".+".prop_map(Fault::WrongType),
        1 => any::<u64>().prop_map(Fault::BodyOf),
        1 => any::<Vec<u8>>().prop_map(|bytes| Fault::Raw(Bytes::from(bytes))),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let target = prop::option::of(prop::sample::select(vec!["storage", "listTasks", "showBoard"]));
    (fault(), target, 0.0..=1.0_f64, any::<Option<u32>>(), any::<u32>()).prop_map(
        |(fault, target, chance, next, after)| {
            let rule = Rule::new(fault).chance(chance).after(after);
            let rule = match next {
                Some(next) => rule.next(next),
                None => rule,
            };
            match target {
                None => rule,
                Some("storage") => rule.storage(),
                Some(operation) => rule.operation(operation),
            }
        },
    )
}

proptest! {
    #[test]
    fn a_rule_is_read_as_it_was_written(rule in rule()) {
        let text = rule.to_string();
        prop_assert!(!text.chars().any(char::is_control), "{text:?}");
        prop_assert_eq!(text.parse::<Rule>().unwrap(), rule);
    }

    #[test]
    fn no_text_makes_reading_a_rule_panic(text in ".{0,80}") {
        let _ = text.parse::<Rule>();
    }
}

#[test]
fn rules_are_written_as_the_documents_say() {
    for text in [
        "close-in-body",
        "delay-head=250ms",
        "down=2s",
        "status=503,operation=listTasks,chance=0.5,next=2,after=1",
        "retry-after=429:2",
        "retry-after=503:Wed%2C 21 Oct 2026 07:28:00 GMT",
        "body-of=10000000,storage",
        "wrong-type=data.0.title",
        "raw=HTTP/1.1 200 OK%0D%0A%0D%0A",
    ] {
        assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
    }
}

#[test]
fn an_operation_is_known_by_its_old_ids_too() {
    let endpoint = agentmc_core::OPERATIONS.iter().find(|endpoint| endpoint.aliases().count() > 0);
    let endpoint = endpoint.unwrap();
    let old = endpoint.aliases().next().unwrap();
    let rule: Rule = format!("gzip,operation={old}").parse().unwrap();
    assert_eq!(rule, Rule::new(Fault::Gzip).operation(endpoint.id));
}

#[test]
fn a_rule_that_cannot_be_read_says_what_is_known() {
    let error = |text: &str| text.parse::<Rule>().unwrap_err().to_string();
    let unknown = error("close-in-bod");
    assert!(
        unknown.starts_with("there is no fault `close-in-bod`; there are down=TIME, "),
        "{unknown}"
    );
    assert!(unknown.contains("retry-after=STATUS:VALUE") && unknown.ends_with("raw=TEXT"));
    assert!(error("gzip,operation=listTask").contains("listTasks"));
    for (text, why) in [
        ("status", "written `status=STATUS`"),
        ("status=99", "from 100 to 999"),
        ("gzip=9", "takes no argument"),
        ("down=5", "such as 250ms or 2s"),
        ("down=99999999999999999999999999999999999999999s", "such as 250ms or 2s"),
        ("retry-after=429", "no colon"),
        ("body-of=-1", "a number of bytes"),
        ("gzip,chance=2", "from 0 to 1"),
        ("gzip,chance=NaN", "from 0 to 1"),
        ("gzip,next=many", "a number of requests"),
        ("gzip,storage,operation=listTasks", "one operation or about storage"),
        ("gzip,often", "narrows no rule"),
        ("retry-after=429:Wed, 21 Oct", "%2C"),
        ("wrong-type=%ff", "not UTF-8"),
        ("wrong-type=", "must be a path"),
        ("retry-after=503:1%0A2", "no header can have"),
        ("retry-after=503:%00", "no header can have"),
        ("gzip,next=1,next=2", "`next` is given twice"),
        ("gzip,chance=1,after=1,chance=1", "`chance` is given twice"),
        ("gzip,storage,storage", "`storage` is given twice"),
    ] {
        assert!(error(text).contains(why), "{text}: {}", error(text));
    }
}

#[test]
fn each_fault_that_is_named_as_known_can_be_given() {
    let unknown = "x".parse::<Fault>().unwrap_err().to_string();
    let (_, known) = unknown.split_once("there are ").unwrap();
    let names: Vec<_> = known.split(", ").collect();
    assert_eq!(names.len(), 29);
    for name in names {
        let text = name.replace("TIME", "1s").replace("STATUS", "503").replace("BYTES", "9");
        assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
    }
}
