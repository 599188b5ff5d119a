//! Schemas of OpenAPI 3.0 and 3.1 as what is compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::Node;
use crate::parse::ReadError;

/// How many nodes a document may unfold to; one of this API is a hundredth of that.
const MOST_NODES: usize = 1_000_000;

/// How deep schemas may stand within each other.
const DEEPEST: usize = 64;

/// The keywords that are compared as they stand, where limits are.
const LIMITS: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
];

/// The formats that types of this project tell apart.
const FORMATS: &[&str] = &["date-time", "ipv4", "ipv6", "uuid"];

/// Who sends what a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The caller: everything counts.
    Request,
    /// The service: members, types and listed values count.
    Reply,
}

/// A document, and how much of it has been unfolded.
pub(crate) struct Document<'a> {
    root: &'a Value,
    nodes: usize,
    depth: usize,
    /// The references that lead to where we are.
    trail: Vec<&'a str>,
}

/// What a schema says, together with what it refers to and is composed of.
#[derive(Default)]
struct Keywords<'a> {
    plain: BTreeMap<&'a str, &'a Value>,
    properties: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    choices: Vec<&'a Value>,
    nullable: bool,
}

impl<'a> Document<'a> {
    pub(crate) const fn new(root: &'a Value) -> Self {
        Self { root, nodes: 0, depth: 0, trail: Vec::new() }
    }

    /// The ways to authenticate where an operation names none.
    pub(crate) fn security(&self) -> Option<&'a Value> {
        self.root.get("security")
    }

    /// What an object refers to, or itself.
    pub(crate) fn referred(&self, value: &'a Value) -> Result<&'a Value, ReadError> {
        let mut value = value;
        for _ in 0..DEEPEST {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok(value);
            };
            value = self.target(reference)?;
        }
        Err(ReadError::TooLarge)
    }

    fn target(&self, reference: &str) -> Result<&'a Value, ReadError> {
        let nowhere = || ReadError::Reference(reference.to_owned());
        let pointer = reference.strip_prefix('#').ok_or_else(nowhere)?;
        self.root.pointer(pointer).ok_or_else(nowhere)
    }

    /// A schema as a node.
    pub(crate) fn schema(&mut self, schema: &'a Value, side: Side) -> Result<Node, ReadError> {
        self.nodes += 1;
        self.depth += 1;
        if self.nodes > MOST_NODES || self.depth > DEEPEST {
            return Err(ReadError::TooLarge);
        }
        let trail = self.trail.len();
        let node = self.unfolded(schema, side);
        self.trail.truncate(trail);
        self.depth -= 1;
        node
    }

    fn unfolded(&mut self, schema: &'a Value, side: Side) -> Result<Node, ReadError> {
        let mut keywords = Keywords::default();
        self.gather(schema, &mut keywords)?;
        let mut choices = self.choices(&mut keywords)?;
        while let [only] = choices[..] {
            self.gather(only, &mut keywords)?;
            choices = self.choices(&mut keywords)?;
        }
        let mut node = Node::default();
        for choice in choices {
            let choice = self.schema(choice, side)?;
            add_choice(&mut node, choice);
        }
        keywords.add_types(&mut node);
        keywords.add_facts(&mut node, side);
        move_to_choices(&mut node);
        for (name, property) in &keywords.properties {
            let mut part = self.schema(property, side)?;
            if side == Side::Request && keywords.required.contains(name) {
                part.facts.insert("required", true.into());
            }
            node.parts.insert(format!(".{name}"), part);
        }
        for (keyword, place) in [("items", "[]"), ("additionalProperties", "{}")] {
            let inner = keywords.plain.get(keyword).filter(|inner| says_something(inner));
            if let Some(inner) = inner {
                let part = self.schema(inner, side)?;
                node.parts.insert(place.to_owned(), part);
            }
        }
        Ok(node)
    }

    /// Adds what a schema says to what is said already.
    fn gather(&mut self, schema: &'a Value, into: &mut Keywords<'a>) -> Result<(), ReadError> {
        let Some(members) = schema.as_object() else { return Ok(()) };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            // What contains itself is unfolded once.
            if self.trail.contains(&reference) {
                return Ok(());
            }
            let target = self.target(reference)?;
            self.trail.push(reference);
            self.gather(target, into)?;
        }
        for (name, value) in members {
            match (name.as_str(), value) {
                ("allOf", Value::Array(parts)) => {
                    for part in parts {
                        self.gather(part, into)?;
                    }
                }
                ("oneOf" | "anyOf", Value::Array(choices)) => into.choices.extend(choices),
                ("nullable", value) => into.nullable |= value == &Value::Bool(true),
                ("properties", Value::Object(properties)) => {
                    let properties = properties.iter().map(|(name, value)| (name.as_str(), value));
                    into.properties.extend(properties);
                }
                ("required", Value::Array(names)) => {
                    into.required.extend(names.iter().filter_map(Value::as_str));
                }
                (name, value) => {
                    into.plain.insert(name, value);
                }
            }
        }
        Ok(())
    }

    /// The alternatives that are told apart: neither null, nor the list that an empty object is written as.
    fn choices(&self, keywords: &mut Keywords<'a>) -> Result<Vec<&'a Value>, ReadError> {
        let mut choices = Vec::new();
        let (mut open, mut lists) = (false, Vec::new());
        for choice in std::mem::take(&mut keywords.choices) {
            let referred = self.referred(choice)?;
            if referred.get("type") == Some(&"null".into()) {
                keywords.nullable = true;
                continue;
            }
            open |= is_free_form(referred);
            let items = referred.get("items").map(|items| self.referred(items)).transpose()?;
            if items.is_some_and(is_free_form) {
                lists.push(choices.len());
            }
            choices.push(choice);
        }
        if open {
            for list in lists.into_iter().rev() {
                choices.remove(list);
            }
        }
        Ok(choices)
    }
}

impl Keywords<'_> {
    /// Says which types a value may have; several are alternatives.
    fn add_types(&mut self, node: &mut Node) {
        let mut types: Vec<&str> = match self.plain.get("type") {
            Some(Value::String(only)) => vec![only],
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        self.nullable |= types.contains(&"null");
        types.retain(|name| *name != "null");
        let implied =
            [("object", !self.properties.is_empty()), ("array", self.plain.contains_key("items"))];
        if types.is_empty() && node.parts.is_empty() {
            types.extend(implied.iter().filter(|(_, holds)| *holds).map(|(name, _)| *name));
        }
        match types[..] {
            [only] => {
                node.facts.insert("type", only.into());
            }
            _ => {
                for name in types {
                    let mut choice = Node::default();
                    choice.facts.insert("type", name.into());
                    add_choice(node, choice);
                }
            }
        }
    }

    fn add_facts(&self, node: &mut Node, side: Side) {
        let format = self.plain.get("format").and_then(|format| format.as_str());
        if let Some(format) = format.filter(|format| FORMATS.contains(format)) {
            node.facts.insert("format", format.into());
        }
        let listed = match (self.plain.get("enum"), self.plain.get("const")) {
            (Some(Value::Array(values)), _) => Some(values.as_slice()),
            (_, Some(value)) => Some(std::slice::from_ref(*value)),
            _ => None,
        };
        if let Some(listed) = listed {
            let values = listed.iter().filter(|value| !value.is_null());
            let text =
                |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            node.values = Some(values.map(text).collect());
        }
        if side == Side::Reply {
            return;
        }
        if self.nullable {
            node.facts.insert("nullable", true.into());
        }
        for name in LIMITS {
            let Some(limit) = self.plain.get(name).map(|limit| whole(limit)) else { continue };
            let is_natural = *name == "minimum" && limit == 0;
            if !(is_natural && node.facts.get("type") == Some(&"integer".into())) {
                node.facts.insert(name, limit);
            }
        }
    }
}

/// Adds an alternative, called after its type.
fn add_choice(node: &mut Node, choice: Node) {
    let word = |name| choice.facts.get(name).and_then(Value::as_str);
    let words: Vec<&str> = [word("type"), word("format")].into_iter().flatten().collect();
    let label = if words.is_empty() { "any".to_owned() } else { words.join(" ") };
    let mut place = format!("({label})");
    let mut number = 2;
    while node.parts.contains_key(&place) {
        place = format!("({label} {number})");
        number += 1;
    }
    node.parts.insert(place, choice);
}

/// What limits texts is said of the alternative that is a text.
fn move_to_choices(node: &mut Node) {
    let Some(text) = node.parts.get_mut("(string)") else { return };
    for name in ["maxLength", "minLength", "pattern"] {
        if let Some(limit) = node.facts.remove(name) {
            text.facts.entry(name).or_insert(limit);
        }
    }
}

/// An object of which nothing more is said.
fn is_free_form(schema: &Value) -> bool {
    schema.get("type") == Some(&"object".into())
        && schema.get("properties").is_none()
        && !schema.get("additionalProperties").is_some_and(says_something)
}

/// Whether a schema says anything of a value.
fn says_something(schema: &Value) -> bool {
    schema.as_object().is_some_and(|members| !members.is_empty())
}

/// `255.0` is the same limit as `255`.
fn whole(limit: &Value) -> Value {
    let number = limit.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
    match number {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        Some(number) => (number as i64).into(),
        None => limit.clone(),
    }
}
