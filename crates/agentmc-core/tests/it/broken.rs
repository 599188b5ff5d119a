//! Replies that are not what they should be: an error says where, and nothing panics.

use agentmc_core::types::Object;
use agentmc_core::{DecodeError, Endpoint, find};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fixtures::{COMPLETE, reply};
use crate::generate;

/// One step from a value to a part of it.
#[derive(Clone, Debug)]
enum Part {
    Member(String),
    Item(usize),
}

/// The paths of every member and item, outermost first.
fn paths(value: &Value, at: &[Part], all: &mut Vec<Vec<Part>>) {
    let parts: Vec<(Part, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (Part::Member(name.clone()), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(i, value)| (Part::Item(i), value)).collect()
        }
        _ => Vec::new(),
    };
    for (part, value) in parts {
        let path = [at, &[part]].concat();
        all.push(path.clone());
        paths(value, &path, all);
    }
}

/// The path as errors write it.
fn written(path: &[Part]) -> String {
    let mut text = String::new();
    for part in path {
        match part {
            Part::Member(name) if text.is_empty() => text.push_str(name),
            Part::Member(name) => text.push_str(&format!(".{name}")),
            Part::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

fn part_of<'a>(value: &'a mut Value, path: &[Part]) -> &'a mut Value {
    path.iter().fold(value, |value, part| match part {
        Part::Member(name) => &mut value[name.as_str()],
        Part::Item(index) => &mut value[*index],
    })
}

fn read(endpoint: &Endpoint, body: impl Into<bytes::Bytes>) -> Result<Value, DecodeError> {
    (endpoint.read_typed)(endpoint.id, &reply(200, body))
}

#[test]
fn a_removed_member_is_named_or_not_missed() {
    let mut missed = 0;
    for fixture in COMPLETE {
        let endpoint = find(fixture.id).unwrap();
        let mut all = Vec::new();
        paths(&fixture.json(), &[], &mut all);
        for path in all {
            let (last, parent) = path.split_last().unwrap();
            let Part::Member(name) = last else { continue };
            let mut json = fixture.json();
            part_of(&mut json, parent).as_object_mut().unwrap().remove(name);
            if let Err(error) = read(endpoint, json.to_string()) {
                assert_eq!(error.path, written(&path), "{}", fixture.id);
                assert_eq!(error.operation, fixture.id);
                missed += 1;
            }
        }
    }
    assert!(missed > 500, "only {missed} members are missed");
}

#[test]
fn a_value_of_the_wrong_type_is_pointed_at_or_read() {
    let wrong = [
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5),
        json!("text"),
        json!(["text"]),
        json!({"unknown": 1}),
    ];
    let mut refused = 0;
    for fixture in COMPLETE {
        let endpoint = find(fixture.id).unwrap();
        let mut all = Vec::new();
        paths(&fixture.json(), &[], &mut all);
        for path in all {
            let expected = written(&path);
            for wrong in &wrong {
                let mut json = fixture.json();
                *part_of(&mut json, &path) = wrong.clone();
                let Err(error) = read(endpoint, json.to_string()) else { continue };
                let below = error.path.strip_prefix(expected.as_str());
                let below =
                    below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
                assert!(
                    below,
                    "{}: {wrong} at {expected} is reported at {}",
                    fixture.id, error.path
                );
                assert!(error.line == 1 && error.column > 0, "{}: {error:?}", fixture.id);
                refused += 1;
            }
        }
    }
    assert!(refused > 5000, "only {refused} wrong values are refused");
}

#[test]
fn the_line_and_the_column_are_where_the_value_ends() {
    let body = "{\n  \"data\": {\n    \"id\": true\n  }\n}";
    let error = read(find("showTask").unwrap(), body).unwrap_err();
    assert_eq!((error.path.as_str(), error.line, error.column), ("data.id", 3, 14));
    assert_eq!(
        error.to_string(),
        "showTask: 200 OK, but the reply does not have the expected shape at `data.id`"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("expected a whole number for TaskId at line 3 column 14"), "{cause}");
}

#[test]
fn an_empty_body_is_called_so_and_the_status_it_came_with_is_kept() {
    for status in [200, 201, 204] {
        let reply = reply(status, "");
        let error = find("createBoard").unwrap().read_json(&reply).unwrap_err();
        assert_eq!((error.status, error.path.as_str()), (Some(reply.status()), "."));
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!((cause.as_str(), error.line), ("it is empty", 0));
    }
}

#[test]
fn a_body_that_is_no_json_is_at_fault_as_a_whole() {
    for body in ["", " ", "<html></html>", "null", "7", "\"text\"", "{\"data\"", "\u{feff}{}"] {
        let error = read(find("showTask").unwrap(), body).unwrap_err();
        assert_eq!(error.path, ".", "{body}");
    }
    let error = read(find("showTask").unwrap(), "{}").unwrap_err();
    assert_eq!(error.path, "data");
    let error =
        read(find("showTask").unwrap(), &b"{\"data\": {\"title\": \"\xff\"}}"[..]).unwrap_err();
    assert_eq!(error.path, "data.title");
}

#[test]
fn a_free_form_object_that_is_broken_is_refused_with_its_reply_and_where_it_is_broken() {
    for broken in ["1e999", r#""\ud800""#] {
        let body =
            format!(r#"{{"data":{{"assigned_agent":{{"meta":{{"a":{{"b":[0,{broken}]}}}}}}}}}}"#);
        let error = read(find("showTask").unwrap(), body).unwrap_err();
        assert_eq!(error.path, "data.assigned_agent.meta.a.b[1]");
        assert!(error.line == 1 && error.column > 46, "{error:?}");
    }
}

#[test]
fn a_name_that_the_reader_of_json_keeps_for_itself_is_read_as_in_any_value() {
    for json in ["[7]", "no JSON"] {
        let text = format!(r#"{{"a":{{"$serde_json::private::RawValue":"{json}"}}}}"#);
        let expected = serde_json::from_str::<Map<String, Value>>(&text).ok();
        let object = serde_json::from_str::<Object>(&text).ok();
        assert_eq!(object.map(Object::into_map), expected, "{text}");
    }
    let text = r##"{"$ref":"#/a","b":{"$ref":1}}"##;
    let object: Object = serde_json::from_str(text).unwrap();
    assert_eq!((object["$ref"].as_str(), object["b"]["$ref"].as_u64()), (Some("#/a"), Some(1)));
}

#[test]
fn text_after_the_reply_is_refused() {
    let fixture = COMPLETE.iter().find(|fixture| fixture.id == "showTask").unwrap();
    let error = read(find("showTask").unwrap(), format!("{}garbage", fixture.text)).unwrap_err();
    assert_eq!(error.path, ".");
}

#[test]
fn no_damage_to_a_reply_makes_it_panic() {
    for fixture in COMPLETE {
        let endpoint = find(fixture.id).unwrap();
        let bytes = fixture.text.as_bytes();
        let flips = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
        let damage = (any::<prop::sample::Index>(), any::<bool>(), flips);
        let result = generate::run(64, &damage, |(end, cut, flips)| {
            let end = if cut { end.index(bytes.len()) } else { bytes.len() };
            let mut bytes = bytes[..end].to_vec();
            for (at, byte) in flips {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            let whole = !cut || end >= fixture.text.trim_end().len();
            match read(endpoint, bytes) {
                Ok(_) if whole => Ok(()),
                Ok(_) => Err(format!("{} bytes were enough", end)),
                Err(error) if error.path.is_empty() => Err("the error has no path".to_owned()),
                Err(_) => Ok(()),
            }
        });
        assert!(result.is_ok(), "{}: {}", fixture.id, result.unwrap_err());
    }
}

#[test]
fn a_very_deep_reply_is_refused_and_does_not_exhaust_the_stack() {
    let deep = format!("{{\"data\": {{\"meta\": {}", "[".repeat(100_000));
    assert!(read(find("showTask").unwrap(), deep).is_err());
}
