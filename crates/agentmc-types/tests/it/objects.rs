//! Objects that are kept as text until somebody looks.

use agentmc_types::{Extra, Nullable, Object, Task, TextOrObject};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::generate::{anything, object_of};

fn read(text: &str) -> Object {
    serde_json::from_str(text).unwrap()
}

/// An object that is `depth` deep.
fn nested(depth: usize) -> String {
    let (opening, closing) = (r#"{"a":"#.repeat(depth - 1), "}".repeat(depth - 1));
    format!("{opening}{{}}{closing}")
}

proptest! {
    #[test]
    fn an_object_is_the_map_of_the_same_text(members in object_of(anything()), pretty in any::<bool>()) {
        let text = if pretty { format!("{members:#}") } else { members.to_string() };
        let map: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let object = read(&text);
        prop_assert_eq!(serde_json::to_value(&object).unwrap(), Value::from(map.clone()));
        prop_assert_eq!(&read(&serde_json::to_string(&object).unwrap()), &object);
        prop_assert_eq!(&*object, &map);
        prop_assert_eq!(&serde_json::from_slice::<Object>(text.as_bytes()).unwrap(), &object);
        prop_assert_eq!(&serde_json::from_value::<Object>(members).unwrap(), &object);
        prop_assert_eq!(&Object::from(map.clone()), &object);
        prop_assert_eq!(object.clone().into_map(), map.clone());
        prop_assert_eq!(Map::from(object), map);
    }

    #[test]
    fn whatever_is_no_map_is_no_object(text in r#"[{]("a":([{\[]|[0-9e.-]{0,4}|"[\\"u0d8]{0,7}")?[,}\]]?){0,3}"#) {
        let map = serde_json::from_str::<Map<String, Value>>(&text);
        let object = serde_json::from_str::<Object>(&text);
        prop_assert_eq!(
            object.map(Object::into_map).map_err(|error| error.to_string()),
            map.map_err(|error| error.to_string())
        );
    }
}

#[test]
fn a_broken_object_is_refused_when_it_is_read_and_where_it_is_broken() {
    for text in [
        r#"{"a":1e999}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":01}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":{"b"}}"#,
        "{\"a\":\"\n\"}",
        r#"{"a":1"#,
        r#"{"a":nul}"#,
        r#"{"a":1}}"#,
    ] {
        let expected = serde_json::from_str::<Map<String, Value>>(text).unwrap_err().to_string();
        let error = serde_json::from_str::<Object>(text).unwrap_err().to_string();
        assert_eq!(error, expected, "{text}");
    }
    assert!(serde_json::from_slice::<Object>(b"{\"a\":\"\xff\"}").is_err());
    let error = serde_json::from_str::<Object>("7").unwrap_err().to_string();
    assert!(error.starts_with("invalid type: integer `7`, expected an object"), "{error}");
}

#[test]
fn objects_nest_as_deep_as_text_may_and_no_deeper() {
    let deepest = nested(127);
    assert_eq!(read(&deepest).into_map(), serde_json::from_str(&deepest).unwrap());
    assert_eq!(serde_json::to_string(&read(&deepest)).unwrap(), deepest);
    let error = serde_json::from_str::<Object>(&nested(128)).unwrap_err().to_string();
    assert!(error.starts_with("recursion limit exceeded at line 1 column"), "{error}");

    let deeper = |value: Value| json!({"a": value});
    let value: Value = serde_json::from_str(&deepest).unwrap();
    assert!(serde_json::from_value::<Object>(value.clone()).is_ok());
    let error = serde_json::from_value::<Object>(deeper(value)).unwrap_err().to_string();
    assert_eq!(error, "recursion limit exceeded");
}

#[test]
fn an_object_is_changed_like_the_map_it_is() {
    let object = read(r#"{"z":1,"a":{"y":[],"b":-0.5},"z":2,"m":"é\n"}"#);
    assert_eq!(object["z"], 2, "of members with one name, the last counts");
    let text = r#"{"a":{"b":-0.5,"y":[]},"m":"é\n","z":2}"#;
    assert_eq!(serde_json::to_string(&object).unwrap(), text);
    assert_eq!(serde_json::to_string(&object.clone()).unwrap(), text);

    let mut changed = object.clone();
    changed.insert("k".to_owned(), Value::Null);
    changed.remove("m");
    assert_eq!(
        serde_json::to_string(&changed).unwrap(),
        r#"{"a":{"b":-0.5,"y":[]},"k":null,"z":2}"#
    );
    assert_eq!(changed.clone(), changed);
    assert_ne!(changed, object);
    changed.clear();
    assert_eq!((serde_json::to_string(&changed).unwrap(), &changed), ("{}".into(), &Object::new()));
}

#[test]
fn numbers_are_as_exact_as_in_a_map() {
    let text = r#"{"a":18446744073709551615,"b":-9223372036854775808,"c":0.1,"d":1e300,"e":5e-324,"f":1e2}"#;
    let map: Map<String, Value> = serde_json::from_str(text).unwrap();
    assert_eq!(*read(text), map);
    assert_eq!(serde_json::to_value(read(text)).unwrap(), Value::from(map));
}

#[test]
fn two_texts_of_one_object_are_equal() {
    assert_eq!(read(r#"{"a":1,"b":"\u00e9"}"#), read(r#"{ "b": "é", "a": 1 }"#));
    assert_eq!(read(r#"{"a":1,"a":2}"#), read(r#"{"a":2}"#));
    assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1.0}"#));
    assert_eq!(read(" { } "), Object::default());
    assert_eq!(format!("{:?}", read(r#"{"a":1}"#)), r#"Object({"a": Number(1)})"#);
}

#[test]
fn an_object_is_read_out_of_whatever_holds_it() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        kind: String,
        #[serde(flatten)]
        inner: Inner,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        meta: Object,
        gone: Option<Nullable<Object>>,
    }

    let text = r#"{"kind":"x","meta":{"a":[1,null,{"b":"c"}]},"gone":{"d":-1.5}}"#;
    let outer: Outer = serde_json::from_str(text).unwrap();
    assert_eq!(outer.inner.meta, read(r#"{"a":[1,null,{"b":"c"}]}"#));
    assert_eq!(outer.inner.gone, Some(Nullable::Value(read(r#"{"d":-1.5}"#))));
    assert_eq!(serde_json::from_value::<Outer>(text.parse().unwrap()).unwrap(), outer);

    let either: TextOrObject = serde_json::from_str(r#"{"a":true}"#).unwrap();
    assert_eq!(either, read(r#"{"a":true}"#).into());
}

#[test]
fn an_object_can_be_looked_at_from_many_threads_and_makes_a_record_no_wider() {
    let object = read(r#"{"a":1}"#);
    std::thread::scope(|scope| {
        let looks = [(); 4].map(|()| scope.spawn(|| object["a"].as_u64()));
        assert_eq!(looks.map(|look| look.join().unwrap()), [Some(1); 4]);
    });
    assert!(size_of::<Option<Object>>() <= size_of::<Option<Map<String, Value>>>());
    assert!(size_of::<Task>() <= 400, "{}", size_of::<Task>());
}

#[test]
fn what_is_secret_by_its_name_is_not_shown() {
    let object: Object = serde_json::from_value(json!({
        "claim_owner_token": "s3cret", "Password": "s3cret", "nested": [{"api_key": "s3cret", "emoji": "🦀"}],
        "tokens_used": 5, "refresh_token": null,
    }))
    .unwrap();
    let shown = format!("{object:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("🦀") && shown.contains("5") && shown.contains("[redacted]"), "{shown}");
    assert_eq!(object["claim_owner_token"], "s3cret", "it is there for who asks");

    let mut extra = Extra::new();
    extra.insert("agent_token", "s3cret");
    extra.insert("emoji", "🦀");
    assert_eq!(format!("{extra:?}"), r#"{"agent_token": [redacted], "emoji": String("🦀")}"#);
}
