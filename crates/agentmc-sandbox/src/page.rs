//! The sandbox's own page, and what it asks for: a place for people, which the real service does not have.
//! The requests are listed at the top of the crate.
//!
//! Bodies and replies are JSON; refusals are as those of the API. It takes no credential, so it answers only where a
//! page of another origin could not ask: under a name of this machine, and to no foreign `Origin`.

use agentmc_types::{AgentId, HostId, SessionId, SignalId, UserId};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, ORIGIN,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::reply::{Refusal, respond};
use crate::socket::SocketSeen;
use crate::world::{BrowserMessage, World};

mod asked;
mod view;

use asked::{Farewell, NewCommand, NewMessage, NewSession, NewSignal};

/// What every path starts with.
const BASE: &str = "/sandbox";

const PAGE: &str = include_str!("page/page.html");

/// What the page may do: run what stands in it, and ask the server it comes from.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The signals of one reply.
const SIGNALS: usize = 200;

/// The longest kind of a signal, in characters.
const KIND: usize = 64;

type Answer = Result<(StatusCode, Value), Refusal>;

/// Whether a request leads here.
pub(crate) fn is_meant(request: &Request<Bytes>) -> bool {
    let rest = request.uri().path().strip_prefix(BASE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The reply to a request from elsewhere.
pub(crate) fn refuse(headers: &HeaderMap) -> Option<Response<Bytes>> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(HOST).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let name = name.map_or(host, |(name, _)| name);
    let here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|it| name.eq_ignore_ascii_case(it));
    let own = text(ORIGIN).is_none_or(|origin| {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    });
    let refusal = Refusal::forbidden("Only this machine's own pages may ask here.");
    (!here || !own).then(|| refusal.into_response(Uuid::nil()))
}

/// Answers a request. Only `POST` changes anything.
pub(crate) fn answer(
    world: &mut World,
    sockets: &[SocketSeen],
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let path = request.uri().path().strip_prefix(BASE).unwrap_or_default();
    if path.is_empty() || path == "/" {
        return page(request.method());
    }
    let mut response = match reply(world, sockets, request, path) {
        Ok((status, body)) => respond(status, Some(&body), Uuid::nil()),
        Err(refusal) => refusal.into_response(Uuid::nil()),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn page(method: &Method) -> Response<Bytes> {
    if *method != Method::GET {
        return Refusal::wrong_method("GET").into_response(Uuid::nil());
    }
    let mut response = Response::new(Bytes::from_static(PAGE.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn reply(
    world: &mut World,
    sockets: &[SocketSeen],
    request: &Request<Bytes>,
    path: &str,
) -> Answer {
    if request.body().len() > crate::handler::MAX_BODY {
        return Err(Refusal::too_large());
    }
    let (get, post) = (request.method() == Method::GET, request.method() == Method::POST);
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match *segments.as_slice() {
        ["state"] if get => Ok((StatusCode::OK, view::state(world, sockets))),
        ["state"] => Err(Refusal::wrong_method("GET")),
        ["sessions"] if post => request_session(world, &read(request)?),
        ["sessions"] => Err(Refusal::wrong_method("POST")),
        ["sessions", id, what] => {
            let id = id.parse().ok().map(SessionId).filter(|id| world.sessions.contains_key(id));
            let id = id.ok_or_else(|| Refusal::not_found("session"))?;
            match what {
                "signals" if get => Ok((StatusCode::OK, signals(world, id, after(request)?))),
                "messages" if get => {
                    let messages = world.messages(id, after(request)?);
                    Ok((StatusCode::OK, json!({"data": messages})))
                }
                "signals" if post => send_signal(world, id, read(request)?),
                "messages" if post => send_message(world, id, read(request)?),
                "heartbeat" if post => {
                    let lives = world.browser_heartbeat(id);
                    lives.then(|| session(world, id)).ok_or_else(ended)
                }
                "close" if post => {
                    let reason = read::<Farewell>(request)?.reason.unwrap_or_default();
                    world.browser_closes(id, &reason).ok_or_else(ended)?;
                    Ok(session(world, id))
                }
                "signals" | "messages" => Err(Refusal::wrong_method("GET, POST")),
                "heartbeat" | "close" => Err(Refusal::wrong_method("POST")),
                _ => Err(Refusal::not_found("path")),
            }
        }
        ["hosts", id, "commands"] => {
            let id = id.parse().ok().map(HostId).filter(|id| world.hosts.contains_key(id));
            let id = id.ok_or_else(|| Refusal::not_found("host"))?;
            if post {
                queue_command(world, id, read(request)?)
            } else if get {
                let commands = world.commands.values().filter(|it| it.host_id == id);
                Ok((StatusCode::OK, json!({"data": commands.collect::<Vec<_>>()})))
            } else {
                Err(Refusal::wrong_method("GET, POST"))
            }
        }
        _ => Err(Refusal::not_found("path")),
    }
}

fn queue_command(world: &mut World, host: HostId, asked: NewCommand) -> Answer {
    let queued = world.queue_command(host, &asked.kind, asked.payload);
    let queued = queued.and_then(|id| world.commands.get(&id));
    Ok((StatusCode::CREATED, json!({"data": queued})))
}

fn request_session(world: &mut World, asked: &NewSession) -> Answer {
    let agent = AgentId(asked.agent_id);
    let id = match asked.user_id {
        None => world.request_session(agent),
        Some(user) => world.request_session_for(agent, user.map(UserId)),
    };
    let unknown = || Refusal::unknown("agent_id", "an agent, or the user_id no person,");
    let (_, body) = session(world, id.ok_or_else(unknown)?);
    Ok((StatusCode::CREATED, body))
}

fn send_signal(world: &mut World, id: SessionId, signal: NewSignal) -> Answer {
    let fits = |character: char| character.is_ascii_alphanumeric() || "_.:-".contains(character);
    if signal.kind.is_empty() || signal.kind.len() > KIND || !signal.kind.chars().all(fits) {
        return Err(Refusal::field("type", "must be 1 to 64 of A-Za-z0-9_.:-."));
    }
    let sent = world.browser_says(id, &signal.kind, signal.payload).ok_or_else(ended)?;
    Ok((StatusCode::CREATED, json!({"data": world.signals.get(&sent)})))
}

fn send_message(world: &mut World, id: SessionId, asked: NewMessage) -> Answer {
    let mut message = BrowserMessage::new(asked.kind, asked.payload);
    if let Some(bytes) = asked.envelope {
        message = message.envelope(bytes);
    }
    let sent = world.browser_sends(id, &message).ok_or_else(ended)?;
    Ok((StatusCode::CREATED, json!({"ids": sent})))
}

fn session(world: &World, id: SessionId) -> (StatusCode, Value) {
    (StatusCode::OK, json!({"data": world.sessions.get(&id)}))
}

fn signals(world: &World, id: SessionId, after: SignalId) -> Value {
    let later = world.signals.values().filter(|it| it.session_id == id && it.id > after);
    json!({"data": later.take(SIGNALS).collect::<Vec<_>>()})
}

/// The id that the query has results begin after; 0 if it has none.
fn after(request: &Request<Bytes>) -> Result<SignalId, Refusal> {
    let mut query = request.uri().query().unwrap_or_default().split('&');
    match query.find_map(|pair| pair.strip_prefix("after_id=")) {
        None => Ok(SignalId(0)),
        Some(text) => {
            let id = text.parse().map(SignalId);
            id.map_err(|_| Refusal::field("after_id", "must be a whole number."))
        }
    }
}

/// Reads the body. None stands for an empty object.
fn read<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, Refusal> {
    let body = if request.body().is_empty() { b"{}" } else { request.body().as_ref() };
    serde_json::from_slice(body).map_err(|error| Refusal::malformed(error.to_string()))
}

fn ended() -> Refusal {
    Refusal::conflict("The session has ended.", json!({}))
}
