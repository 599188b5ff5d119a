//! One full set of parameters for every operation, and a configuration that may call each.

use agentmc_core::schema::{Field, Kind, Pattern, Schema};
use agentmc_core::{Api, Credential, Endpoint, Revision, find};
use serde_json::{Map, Value, json};

/// What every secret contains, to look for where none may be.
pub(crate) const SECRET: &str = "s3cr3t";

/// The acting agent of [`api`].
pub(crate) const AGENT: u64 = 42;

/// A configuration with a credential of each kind and an acting agent.
pub(crate) fn api(revision: Revision) -> Api {
    Api::anonymous()
        .credential(Credential::api_key("cc_s3cr3t").unwrap())
        .credential(Credential::agent_token("agent_s3cr3t").unwrap())
        .credential(Credential::bearer_token("bearer_s3cr3t").unwrap())
        .credential(Credential::connect_token("connect_s3cr3t").unwrap())
        .credential(Credential::session_cookie("session_s3cr3t").unwrap())
        .revision(revision)
        .acting_as(AGENT)
}

/// A value for every parameter `endpoint` has in `revision`, members of the caller's choice included.
pub(crate) fn params(endpoint: &Endpoint, revision: Revision) -> Map<String, Value> {
    let fields = endpoint.params.iter().map(|param| &param.field);
    let mut params = members_of(fields, revision);
    if endpoint.open_body {
        params.insert("name".to_owned(), json!("worker-01"));
    }
    params
}

/// Only the parameters that `revision` requires.
pub(crate) fn required(endpoint: &Endpoint, revision: Revision) -> Map<String, Value> {
    let is_required =
        |name: &str| endpoint.param(name).is_some_and(|param| param.field.is_required_in(revision));
    params(endpoint, revision).into_iter().filter(|(name, _)| is_required(name)).collect()
}

fn members_of<'a>(
    fields: impl Iterator<Item = &'a Field>,
    revision: Revision,
) -> Map<String, Value> {
    let present = fields.filter(|field| field.is_in(revision));
    present
        .map(|field| (field.name.to_owned(), value(field.name, &field.schema, revision)))
        .collect()
}

fn value(name: &str, schema: &Schema, revision: Revision) -> Value {
    let number: u64 = name.bytes().map(u64::from).sum();
    let min = schema.min.unwrap_or_default().max(1);
    let count = number % schema.max.map_or(90, |max| (max - min + 1).min(90));
    match schema.kind {
        Kind::Any => json!(name),
        Kind::Boolean => json!(true),
        Kind::Integer => json!(min + count),
        Kind::Number => json!(count as f64 + 0.5),
        Kind::Text => json!(text(name, schema)),
        Kind::OneOfTexts(values) => json!(values[values.len() - 1]),
        Kind::Timestamp => json!("2026-02-22T17:21:00Z"),
        Kind::Uuid => json!("0198c5f0-7d3a-7b1e-9f42-3c5a1e0d7b68"),
        Kind::IpAddress => json!("203.0.113.7"),
        Kind::Object(fields) => members_of(fields.iter(), revision).into(),
        Kind::FreeForm => json!({"key": "value"}),
        Kind::MapOf(item) => json!({"browser": value("browser", item, revision)}),
        Kind::List(item) => json!([value(name, item, revision)]),
        Kind::AnyOf(choices) => value(name, &choices[0], revision),
        kind => panic!("{kind:?} has no sample yet"),
    }
}

fn text(name: &str, schema: &Schema) -> String {
    match schema.pattern {
        Some(Pattern::Fingerprint) => {
            "a3f56f330f311a2159f8c101eaf1439a29f1d57f007375d56aa79f304bc4f112".to_owned()
        }
        Some(Pattern::Key) => format!("{name}.v1:a-b"),
        Some(Pattern::MimeType) => "text/markdown".to_owned(),
        Some(Pattern::OwnerToken) => "agent-claim:16f4a0c2d9".to_owned(),
        Some(Pattern::Sha256) => {
            "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08".to_owned()
        }
        Some(Pattern::SocketId) => "1234.567890".to_owned(),
        Some(pattern) => panic!("{pattern:?} has no sample yet"),
        None => {
            let words = format!("some {}", name.replace('_', " "));
            words.chars().take(schema.max_len.map_or(usize::MAX, |len| len as usize)).collect()
        }
    }
}

/// The members of an object, as parameters by name.
pub(crate) fn members(params: Value) -> Map<String, Value> {
    serde_json::from_value(params).unwrap()
}

/// A heartbeat whose member at `pointer` is `value`; nothing there if that is not given.
pub(crate) fn heartbeat(pointer: &str, value: Option<Value>) -> Value {
    let mut params = Value::from(params(find("agentHeartbeat").unwrap(), Revision::LATEST));
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = params.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (parent, Some(value)) => parent[name] = value,
        (parent, None) => _ = parent.as_object_mut().unwrap().remove(name),
    }
    params
}
