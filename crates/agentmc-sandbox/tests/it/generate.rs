//! Requests nobody would write.

use agentmc_core::endpoint::{Endpoint, Place, Step};
use agentmc_core::schema::{Kind, Pattern, Schema};
use agentmc_core::{OPERATIONS, Revision};
use agentmc_sandbox::World;
use agentmc_types::{
    AgentRealtimeSession, AgentRecurringTaskRun, BoardColumn, RecurringTaskRunStatus,
};
use bytes::Bytes;
use fastrand::Rng;
use http::Request;
use serde_json::{Map, Value, json};

/// A request that may mean something: a known path, with right and wrong values.
pub(crate) fn request(rng: &mut Rng, world: &World) -> Request<Bytes> {
    let endpoint = OPERATIONS[rng.usize(..OPERATIONS.len())];
    let step = &endpoint.history[rng.usize(..endpoint.history.len())];
    call(rng, world, endpoint, step)
}

/// The same for one operation in one revision.
pub(crate) fn call(
    rng: &mut Rng,
    world: &World,
    endpoint: &Endpoint,
    step: &Step,
) -> Request<Bytes> {
    let mut path: Vec<_> = step.path.split('/').map(|part| segment(rng, world, part)).collect();
    let comment =
        world.comments.values().next().filter(|_| step.path.contains("{comment}") && rng.bool());
    if let Some(comment) = comment {
        path = vec![
            "".into(),
            "tasks".into(),
            comment.task_id.to_string(),
            "comments".into(),
            comment.id.to_string(),
        ];
    }
    let method = if rng.u8(..20) == 0 { "PATCH" } else { endpoint.method.as_str() };
    let uri = format!("http://127.0.0.1/api/v1{}{}", path.join("/"), query(rng, endpoint));
    let mut request = Request::builder().method(method).uri(uri);
    let keys = world.keys();
    let keyed = [&keys.host_key, &keys.host_key, &keys.team_key, &keys.agent_key, &keys.socket_key];
    let bearers = [&keys.agent_token, &keys.bearer_token, &keys.connect_token];
    let bearer = || endpoint.step(Revision::V0_1_1).is_some();
    request = match rng.u8(..10) {
        0 => request,
        1..4 if bearer() => {
            request.header("Authorization", format!("Bearer {}", bearers[rng.usize(..3)]))
        }
        _ => request.header("X-Api-Key", keyed[rng.usize(..5)]),
    };
    if rng.u8(..6) == 0 {
        request = request.header("X-Agent-Id", segment(rng, world, "{agent}"));
    }
    request.body(Bytes::from(body(rng, world, endpoint))).unwrap()
}

fn segment(rng: &mut Rng, world: &World, part: &str) -> String {
    let odd = ["0", "-1", "x", "%00", "18446744073709551615", "99999999999999999999"];
    match (part, rng.u8(..12)) {
        (part, _) if !part.starts_with('{') => part.to_owned(),
        (_, 0) => odd[rng.usize(..odd.len())].to_owned(),
        ("{session}", 1..8) => {
            session(world).map_or_else(|| "1".into(), |session| session.id.to_string())
        }
        ("{run}", 1..10) => running(world).map_or_else(|| "1".into(), |run| run.id.to_string()),
        ("{notification}", _) => {
            world.notifications[rng.usize(..world.notifications.len())].id.to_string()
        }
        _ => rng.u64(1..5).to_string(),
    }
}

fn query(rng: &mut Rng, endpoint: &Endpoint) -> String {
    let mut pairs = Vec::new();
    for param in endpoint.params.iter().filter(|param| param.place == Place::Query) {
        if rng.u8(..4) == 0 {
            let value = value(rng, &param.field.schema, 0);
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            pairs.push(format!("{}={text}", param.field.name));
        }
    }
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn body(rng: &mut Rng, world: &World, endpoint: &Endpoint) -> Vec<u8> {
    if !endpoint.sends_body {
        return Vec::new();
    }
    match rng.u8(..30) {
        0 => std::iter::repeat_with(|| rng.u8(..)).take(20).collect(),
        1 => junk(rng, 0).to_string().into_bytes(),
        _ => {
            let mut members = Map::new();
            let column = column(rng, world).filter(|_| rng.bool());
            for param in endpoint.params.iter().filter(|param| param.place == Place::Body) {
                if param.field.required_since.is_none() && rng.bool() {
                    continue;
                }
                let value = match param.field.name {
                    "upload_id" if !world.uploads.is_empty() => upload(rng, world).into(),
                    "claim_token" if rng.bool() => {
                        json!(running(world).map(|run| run.claim_token.expose()))
                    }
                    "channel_name" if rng.bool() => channel(rng, world).into(),
                    "board_id" if column.is_some() => {
                        json!(column.as_ref().map(|column| column.board_id))
                    }
                    "column_id" if column.is_some() => {
                        json!(column.as_ref().map(|column| column.id))
                    }
                    // A task is for a person or for an agent, seldom for both.
                    "assigned_to_user_id" if rng.u8(..4) > 0 => Value::Null,
                    _ => value(rng, &param.field.schema, 0),
                };
                members.insert(param.field.name.to_owned(), value);
            }
            Value::Object(members).to_string().into_bytes()
        }
    }
}

/// The channel of a host or a session that may be there.
fn channel(rng: &mut Rng, world: &World) -> String {
    match session(world).filter(|_| rng.bool()) {
        Some(session) => format!("private-agent-realtime.{}.{}", session.agent_id, session.id),
        None => "private-agent-realtime-host.1".into(),
    }
}

/// The id of some upload.
fn upload(rng: &mut Rng, world: &World) -> String {
    rng.choice(world.uploads.keys()).cloned().unwrap_or_default()
}

/// A request to storage: mostly one that sends what an upload asks for.
pub(crate) fn transfer(rng: &mut Rng, world: &World) -> Request<Bytes> {
    let Some(upload) = world.uploads.get(&upload(rng, world)) else {
        let odd = ["/", "//", "/teams/1/files/1?expires=1", "/?expires=-9&signature=%00&expires"];
        return Request::get(odd[rng.usize(..odd.len())]).body(Bytes::new()).unwrap();
    };
    let method = if rng.u8(..10) == 0 { "GET" } else { "PUT" };
    let mut request = Request::builder().method(method).uri(upload.ticket.upload_url.expose());
    for (name, value) in upload.ticket.upload_headers.iter() {
        request = request.header(name, value.as_str().unwrap());
    }
    if rng.u8(..10) == 0 {
        request = request.header("Range", "bytes=1-").header("X-Agent-Id", "1");
    }
    let length = upload.byte_size as usize - usize::from(rng.u8(..10) == 0);
    request.body(Bytes::from(vec![b'a'; length])).unwrap()
}

/// A run that is going on.
fn running(world: &World) -> Option<&AgentRecurringTaskRun> {
    world.runs.values().find(|run| run.status == RecurringTaskRunStatus::Running)
}

/// The newest session that an agent holds, else the newest.
fn session(world: &World) -> Option<&AgentRealtimeSession> {
    let held =
        |session: &&AgentRealtimeSession| matches!(session.status.as_str(), "claimed" | "active");
    let mut newest = world.sessions.values().rev();
    newest.clone().find(held).or_else(|| newest.next())
}

fn column(rng: &mut Rng, world: &World) -> Option<BoardColumn> {
    let columns: Vec<_> = world.columns.values().collect();
    rng.choice(columns).cloned()
}

/// A value that mostly fits the schema.
fn value(rng: &mut Rng, schema: &Schema, depth: u32) -> Value {
    if rng.u8(..25) == 0 {
        return junk(rng, depth);
    }
    if schema.nullable && rng.u8(..4) == 0 {
        return Value::Null;
    }
    match schema.kind {
        Kind::Boolean => rng.bool().into(),
        Kind::Integer => number(rng),
        Kind::Number => json!(rng.f64() * 100.0),
        Kind::Text => text(rng, schema),
        Kind::OneOfTexts(values) => values[rng.usize(..values.len())].into(),
        Kind::Timestamp => {
            ["2026-02-22T17:21:00Z", "9999-12-31T23:59:59+14:00", "-009999-01-02T01:59:59Z"]
                [rng.usize(..3)]
            .into()
        }
        Kind::Uuid => "b7e2b0f6-6a0f-4d7b-9f8f-1f6f2a1c9a11".into(),
        Kind::IpAddress => "::1".into(),
        Kind::Object(fields) => {
            let chosen = fields.iter().filter(|field| field.required_since.is_some() || rng.bool());
            let chosen: Vec<_> = chosen.collect();
            chosen
                .into_iter()
                .map(|field| (field.name.to_owned(), value(rng, &field.schema, depth + 1)))
                .collect()
        }
        Kind::List(item) => (0..rng.usize(..3)).map(|_| value(rng, item, depth + 1)).collect(),
        Kind::AnyOf(choices) => {
            let choice = rng.usize(..choices.len());
            value(rng, &choices[choice], depth)
        }
        _ => json!({"a": junk(rng, depth + 1)}),
    }
}

fn number(rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0 => 0.into(),
        1 => u64::MAX.into(),
        2 => i64::MIN.into(),
        _ => rng.u64(1..5).into(),
    }
}

fn text(rng: &mut Rng, schema: &Schema) -> Value {
    let length = schema.min_len.unwrap_or(0).max(u32::from(rng.u8(..12))) as usize;
    match (schema.pattern, rng.u8(..3)) {
        (Some(Pattern::SocketId), _) => "1234.5678".into(),
        (Some(Pattern::MimeType), _) => "text/plain".into(),
        (Some(_), _) => "a".repeat(length.max(1)).into(),
        (None, 0) => "@scout @juno 🦀 \0 é@".into(),
        (None, _) => "x".repeat(length).into(),
    }
}

fn junk(rng: &mut Rng, depth: u32) -> Value {
    match rng.u8(..8) {
        0 => Value::Null,
        1 => rng.bool().into(),
        2 => rng.i64(..).into(),
        3 => json!(rng.f64() * 1e300),
        4 => "".into(),
        5 => "\u{202e}nul\0l".into(),
        6 if depth < 4 => Value::Array((0..rng.usize(..3)).map(|_| junk(rng, depth + 1)).collect()),
        _ if depth < 4 => json!({"id": junk(rng, depth + 1), "x": junk(rng, depth + 1)}),
        _ => Value::Null,
    }
}
