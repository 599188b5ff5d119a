//! Requests that the schema allows, made from it.

use agentmc_core::Revision;
use agentmc_core::endpoint::{Endpoint, Param, Place, Step};
use agentmc_core::schema::{Kind, Pattern, Schema};
use agentmc_sandbox::Keys;
use bytes::Bytes;
use http::Request;
use http::request::Builder;
use serde_json::{Map, Value, json};

/// What a credential is, and the header that carries it.
pub(crate) fn credentials(keys: &Keys) -> [(&'static str, &'static str, String); 7] {
    let bearer = |token: &str| format!("Bearer {token}");
    [
        ("team key", "X-Api-Key", keys.team_key.clone()),
        ("host key", "X-Api-Key", keys.host_key.clone()),
        ("agent key", "X-Api-Key", keys.agent_key.clone()),
        ("agent token", "Authorization", bearer(&keys.agent_token)),
        ("bearer token", "Authorization", bearer(&keys.bearer_token)),
        ("connect token", "Authorization", bearer(&keys.connect_token)),
        ("cookie", "Cookie", format!("laravel_session={}", keys.session_cookie)),
    ]
}

/// A value that the schema allows.
pub(crate) fn value(schema: &Schema, revision: Revision) -> Value {
    match schema.kind {
        Kind::Boolean => true.into(),
        Kind::Integer | Kind::Number => schema.min.unwrap_or_default().max(1).into(),
        Kind::Text => text(schema, schema.min_len.unwrap_or_default().max(1) as usize).into(),
        Kind::OneOfTexts(values) => values[0].into(),
        Kind::Timestamp => "2026-02-22T17:21:00Z".into(),
        Kind::Uuid => "b7e2b0f6-6a0f-4d7b-9f8f-1f6f2a1c9a11".into(),
        Kind::IpAddress => "::1".into(),
        Kind::Object(fields) => fields
            .iter()
            .filter(|field| field.is_required_in(revision))
            .map(|field| (field.name.to_owned(), value(&field.schema, revision)))
            .collect(),
        Kind::MapOf(item) => json!({"a": value(item, revision)}),
        Kind::List(item) => list(item, schema.min_items.unwrap_or_default(), revision),
        Kind::AnyOf(choices) => value(&choices[0], revision),
        _ => json!({}),
    }
}

/// A list of so many.
pub(crate) fn list(item: &Schema, count: u32, revision: Revision) -> Value {
    (0..count).map(|_| value(item, revision)).collect()
}

/// A text of so many characters and of the form that is asked for, if any has so many.
pub(crate) fn text(schema: &Schema, length: usize) -> String {
    match schema.pattern {
        Some(Pattern::MimeType) => format!("a/{}", "b".repeat(length.saturating_sub(2).max(1))),
        Some(Pattern::Sha256) => "a".repeat(64),
        Some(Pattern::SocketId) => format!("1.{}", "2".repeat(length.saturating_sub(2).max(1))),
        Some(_) => "a".repeat(length),
        // Characters, not bytes, are counted.
        None => "é".repeat(length),
    }
}

/// The parameters of a step that are required.
pub(crate) fn required(endpoint: &Endpoint, revision: Revision) -> Map<String, Value> {
    let params = endpoint.params.iter().filter(|it| it.field.is_required_in(revision));
    params.map(|it| (it.field.name.to_owned(), value(&it.field.schema, revision))).collect()
}

/// The request for a step with these parameters, on behalf of the first agent where the path names one.
pub(crate) fn request(
    endpoint: &Endpoint,
    step: &Step,
    params: &Map<String, Value>,
    headers: impl FnOnce(Builder) -> Builder,
) -> Request<Bytes> {
    let mut path = step.path.replace("{agent}", "1");
    let (mut query, mut body) = (Vec::new(), Map::new());
    let mut request = Request::builder().method(endpoint.method.as_str());
    for (name, value) in params {
        let param: &Param = endpoint.param(name).unwrap();
        let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let escaped = || text().bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        match param.place {
            Place::Path => path = path.replace(&format!("{{{name}}}"), &escaped()),
            Place::Query => query.push(format!("{name}={}", escaped())),
            Place::Header => request = request.header(name, text()),
            _ => drop(body.insert(name.clone(), value.clone())),
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let body = if endpoint.sends_body { Value::Object(body).to_string() } else { String::new() };
    let request = headers(request.uri(format!("http://a/api/v1{path}{query}")));
    request.body(Bytes::from(body)).unwrap()
}
