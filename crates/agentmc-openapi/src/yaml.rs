//! YAML 1.2 as JSON: the parser's events, put together.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde_json::{Map, Value};

mod scalar;

/// How deep values may stand in each other, as with JSON.
const DEPTH: usize = 128;

/// How much may be copied for anchors and aliases. Without an end to it, a few lines could fill the memory.
const COPIES: usize = 8 << 20;

/// What a value counts as one of the copies, besides its text: about what it takes.
const WEIGHT: usize = 32;

/// What an object counts besides, if it has members.
const OBJECT: usize = 640;

/// Reads the one document of a text. What has no document is null.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| at(error.info(), error.marker()))?;
        reader.take(event).map_err(|problem| at(&problem, &span.start))?;
    }
    Ok(reader.document.unwrap_or_default())
}

fn at(problem: &str, place: &Marker) -> String {
    format!("{problem} at line {} column {}", place.line(), place.col() + 1)
}

/// A document in the making.
#[derive(Default)]
struct Reader {
    document: Option<Value>,
    /// What has begun and not ended, the outermost first.
    open: Vec<Open>,
    /// What aliases stand for.
    anchors: HashMap<usize, Value>,
    copied: usize,
}

struct Open {
    anchor: usize,
    holder: Holder,
}

enum Holder {
    List(Vec<Value>),
    Object { members: Map<String, Value>, name: Option<String> },
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::DocumentStart(_) if self.document.is_some() => {
                Err("a second document begins".to_owned())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = if !self.awaits_name() {
                    scalar::value(&text, style, tag.as_deref())?
                } else if style == ScalarStyle::Plain && text == "<<" {
                    return Err("`<<` merges nothing in YAML 1.2".to_owned());
                } else {
                    // `204` is the name "204".
                    Value::String(text.into_owned())
                };
                self.put(anchor, value)
            }
            Event::SequenceStart(anchor, tag) => {
                scalar::refuse_other(tag.as_deref(), "seq")?;
                self.begin(anchor, Holder::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                scalar::refuse_other(tag.as_deref(), "map")?;
                self.begin(anchor, Holder::Object { members: Map::new(), name: None })
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { anchor, holder: Holder::List(items) }) => {
                    self.put(anchor, Value::Array(items))
                }
                Some(Open { anchor, holder: Holder::Object { members, .. } }) => {
                    self.put(anchor, Value::Object(members))
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).ok_or("an alias stands in what it names")?;
                let value = value.clone();
                self.count(&value)?;
                self.put(0, value)
            }
            _ => Ok(()),
        }
    }

    fn awaits_name(&self) -> bool {
        matches!(self.open.last(), Some(Open { holder: Holder::Object { name: None, .. }, .. }))
    }

    fn begin(&mut self, anchor: usize, holder: Holder) -> Result<(), String> {
        if self.open.len() >= DEPTH {
            return Err(format!("more than {DEPTH} values stand in each other"));
        }
        self.open.push(Open { anchor, holder });
        Ok(())
    }

    /// Puts a whole value where it belongs.
    fn put(&mut self, anchor: usize, value: Value) -> Result<(), String> {
        if anchor != 0 {
            self.count(&value)?;
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.holder) {
            None => self.document = Some(value),
            Some(Holder::List(items)) => items.push(value),
            Some(Holder::Object { members, name }) => match (name.take(), value) {
                (Some(name), value) => {
                    members.insert(name, value);
                }
                (None, Value::String(text)) if members.contains_key(&text) => {
                    return Err(format!("there is another member called {}", Value::from(text)));
                }
                (None, Value::String(text)) => *name = Some(text),
                (None, _) => return Err("the name of a member is no text".to_owned()),
            },
        }
        Ok(())
    }

    /// Counts a copy, and how deep what it holds will stand.
    fn count(&mut self, value: &Value) -> Result<(), String> {
        let (weight, height) = measure(value);
        self.copied = self.copied.saturating_add(weight);
        if self.copied > COPIES || self.open.len() + height > DEPTH {
            return Err("its aliases unfold to more than can be read".to_owned());
        }
        Ok(())
    }
}

/// How much a value weighs, and how many values stand in each other in it.
fn measure(value: &Value) -> (usize, usize) {
    let sum = |parts: &mut dyn Iterator<Item = (usize, &Value)>| {
        parts.fold((WEIGHT, 1), |(weight, height), (name, part)| {
            let (more, below) = measure(part);
            (weight + name + more, height.max(below + 1))
        })
    };
    match value {
        Value::String(text) => (WEIGHT + text.len(), 0),
        Value::Array(items) => sum(&mut items.iter().map(|item| (0, item))),
        Value::Object(members) => {
            let members = &mut members.iter();
            let own = if members.len() == 0 { 0 } else { OBJECT };
            let (weight, height) =
                sum(&mut members.map(|(name, member)| (WEIGHT + name.len(), member)));
            (own + weight, height)
        }
        _ => (WEIGHT, 0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn blocks_flows_and_aliases_are_read() {
        let text = "\
%YAML 1.2
---
# What all have.
base: &base {type: string, 'x': [1, two]}
&name list:
  - *base
  - |
    two
    lines
  - - nested
    -
204: !!str 204
copy: *name
";
        let base = json!({"type": "string", "x": [1, "two"]});
        let expected = json!({
            "base": base, "list": [base, "two\nlines\n", ["nested", null]], "204": "204", "copy": "list",
        });
        assert_eq!(parse(text), Ok(expected));
        assert_eq!(parse(""), Ok(json!(null)));
        assert_eq!(parse("# nothing\n"), Ok(json!(null)));
    }

    #[test]
    fn what_cannot_be_json_is_refused_with_its_place() {
        for (text, problem) in [
            ("a: 1\nb:\n  c: 1\n  c: 2", "there is another member called \"c\" at line 4 column 3"),
            ("a: 1\n\"a\": 2", "there is another member called \"a\" at line 2 column 1"),
            ("? [a]\n: 1", "the name of a member is no text at line 1 column 5"),
            ("a: 1\n---\nb: 2", "a second document begins at line 2 column 1"),
            ("a: &a\n  b: *a", "an alias stands in what it names at line 2 column 6"),
            ("a: !include b.yaml", "there is no tag `!include` here at line 1 column 4"),
            ("a: !!set {b}", "there is no tag `tag:yaml.org,2002:set` here at line 1 column 4"),
            ("a: !!int b", "`b` is no int at line 1 column 4"),
            ("a: 1e400", "`1e400` is too large for a number at line 1 column 4"),
            ("a: &a {}\nb:\n  <<: *a", "`<<` merges nothing in YAML 1.2 at line 3 column 3"),
        ] {
            assert_eq!(parse(text), Err(problem.to_owned()), "{text}");
        }
        assert!(parse("a: *b").is_err_and(|problem| problem.ends_with("at line 1 column 4")));
    }

    #[test]
    fn what_unfolds_without_end_is_refused() {
        let refused = Err("its aliases unfold to more than can be read".to_owned());
        let without_place = |text: &str| {
            parse(text).map_err(|problem| problem.split(" at ").next().unwrap_or("").to_owned())
        };
        let mut laughs = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
        for level in 1..20 {
            let below = format!("*a{}, ", level - 1).repeat(8);
            laughs.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert_eq!(without_place(&laughs), refused);
        let text = "x".repeat(1 << 20);
        assert_eq!(without_place(&format!("- &a {text}\n{}", "- *a\n".repeat(20))), refused);
        let objects = "{a: 1}, ".repeat(1000);
        let aliases = "- *a\n".repeat(320);
        assert_eq!(without_place(&format!("- &a [{objects}]\n{aliases}")), refused);
        let mut chain = "- &a0 []\n".to_owned();
        for level in 1..200 {
            chain.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
        }
        assert_eq!(without_place(&chain), refused);
    }

    #[test]
    fn depth_is_limited_in_every_style() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&deep(128)).is_ok());
        let refused = "more than 128 values stand in each other";
        assert!(parse(&deep(129)).is_err_and(|problem| problem.starts_with(refused)));
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"- ".repeat(100_000)).is_err());
        assert!(parse(&"{a: ".repeat(100_000)).is_err());
    }
}
