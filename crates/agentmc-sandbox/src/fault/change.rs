//! What a fault makes of a request and of its reply.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use http::{Request, Response, StatusCode, Uri};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Course, Cut, Delivery, Fault, has_body};
use crate::reply::respond;

const TEXT: &str = "The sandbox was told to answer so.";

/// The name of a member that nobody knows, and the word that nobody knows.
const UNHEARD_OF: &str = "unheard_of";

/// Members that are one of several words.
const WORDS: [&str; 10] = [
    "status",
    "priority",
    "visibility",
    "role",
    "type",
    "assignee_type",
    "actor_type",
    "preview_kind",
    "sender",
    "notification_type",
];

/// The reply of a service that refuses, if that is what the fault stands for. Nothing happens then.
pub(crate) fn refusal(
    fault: &Fault,
    id: Uuid,
    storage: bool,
    foreign: &str,
) -> Option<Response<Bytes>> {
    let error = |status, value: Value| {
        if storage { envelope_of_storage(status) } else { envelope(status, &value, id) }
    };
    let standard = || json!({"code": "sandbox.fault", "message": TEXT});
    Some(match fault {
        Fault::Status(status) => error(*status, standard()),
        Fault::RetryAfter(status, value) => {
            let mut response = error(*status, standard());
            insert(&mut response, RETRY_AFTER, value);
            response
        }
        Fault::Html(status) => {
            let text = format!(
                "<!doctype html>\n<html><head><title>{status}</title></head>\
                 <body><h1>{status}</h1></body></html>\n"
            );
            page(*status, text, "text/html; charset=utf-8")
        }
        Fault::Empty(status) => respond(*status, None, id),
        // Nobody gets to see it.
        Fault::Down(_) => respond(StatusCode::SERVICE_UNAVAILABLE, None, id),
        Fault::NoMessage => error(StatusCode::BAD_REQUEST, json!({"code": "sandbox.fault"})),
        Fault::ForeignRedirect => {
            let mut response = respond(StatusCode::FOUND, None, id);
            insert(&mut response, LOCATION, &format!("{foreign}/elsewhere"));
            response
        }
        _ => return None,
    })
}

fn envelope(status: StatusCode, error: &Value, id: Uuid) -> Response<Bytes> {
    let body = json!({"error": error});
    respond(status, Some(&body).filter(|_| has_body(status)), id)
}

fn envelope_of_storage(status: StatusCode) -> Response<Bytes> {
    let text = format!("<Error><Code>SandboxFault</Code><Message>{TEXT}</Message></Error>");
    page(status, text, "application/xml")
}

fn page(status: StatusCode, text: String, kind: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    if has_body(status) {
        *response.body_mut() = text.into();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}

fn insert(response: &mut Response<Bytes>, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The request for the first page instead of the one asked for.
pub(crate) fn first_page(request: &Request<Bytes>) -> Request<Bytes> {
    let mut first = request.clone();
    let query = request.uri().query().unwrap_or_default();
    let others = query.split('&').filter(|pair| pair.split('=').next() != Some("page"));
    let others = others.collect::<Vec<_>>().join("&");
    let mut parts = request.uri().clone().into_parts();
    let target = format!("{}?{others}", request.uri().path());
    if let Ok(target) = target.parse() {
        parts.path_and_query = Some(target);
    }
    if let Ok(uri) = Uri::from_parts(parts) {
        *first.uri_mut() = uri;
    }
    first
}

/// The reply, and what happens to it on its way.
pub(crate) fn change(fault: &Fault, response: Response<Bytes>, foreign: &str) -> Delivery {
    let mut delivery = Delivery::whole(response);
    let response = &mut delivery.response;
    delivery.course = match fault {
        Fault::Down(time) => Course::Down(*time),
        Fault::CloseBeforeHead => Course::Closed(Cut::BeforeHead),
        Fault::CloseInHead => Course::Closed(Cut::InHead),
        Fault::CloseInBody => Course::Closed(Cut::InBody),
        Fault::ResetBeforeHead => Course::Reset(Cut::BeforeHead),
        Fault::ResetInBody => Course::Reset(Cut::InBody),
        Fault::DripBody(pause) => Course::Drip(*pause),
        Fault::LongLength => Course::Long,
        Fault::ShortLength => Course::Short,
        Fault::Gzip => Course::Gzip,
        Fault::Brotli => Course::Brotli,
        Fault::Raw(bytes) => Course::Raw(bytes.clone()),
        Fault::BodyOf(length) => {
            if !has_body(response.status()) {
                *response.status_mut() = StatusCode::OK;
            }
            Course::Sized(*length)
        }
        _ => Course::Whole,
    };
    if response.status().is_informational() {
        // No reply that ends a request: it is all that comes.
        delivery.course = Course::Closed(Cut::InBody);
    }
    delivery.wait = if let Fault::DelayHead(time) = fault { *time } else { Duration::ZERO };
    rewrite(fault, response, foreign);
    let length = response.body().len();
    if let Some(announced) = response.headers_mut().get_mut(CONTENT_LENGTH) {
        *announced = length.into();
    }
    delivery
}

fn rewrite(fault: &Fault, response: &mut Response<Bytes>, foreign: &str) {
    let body = response.body();
    match fault {
        Fault::TruncatedJson => *response.body_mut() = body.slice(..body.len() / 2),
        Fault::InvalidUtf8 => {
            let place = body.iter().position(|byte| *byte == b'"').map_or(0, |quote| quote + 1);
            if !body.is_empty() {
                *response.body_mut() = [&body[..place], b"\xff", &body[place..]].concat().into();
            }
        }
        Fault::NoContentType => drop(response.headers_mut().remove(CONTENT_TYPE)),
        Fault::Charset if !body.is_empty() => {
            let kind = HeaderValue::from_static("application/json; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, kind);
        }
        Fault::WrongType(path) => edit(response, |value| {
            if let Some(member) = member(value, path) {
                *member = other_type(member);
            }
        }),
        Fault::Unknown => edit(response, confuse),
        Fault::ArrayForObject => edit(response, empty_objects),
        Fault::ForeignNext => edit(response, |value| {
            if let Some(links) = value.get_mut("links").and_then(Value::as_object_mut) {
                links.insert("next".into(), format!("{foreign}/elsewhere?page=2").into());
            }
        }),
        _ => {}
    }
}

/// Changes a body that is JSON.
fn edit(response: &mut Response<Bytes>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut value) = serde_json::from_slice::<Value>(response.body()) {
        change(&mut value);
        *response.body_mut() = value.to_string().into();
    }
}

/// The member at a path of names and numbers with dots between them.
fn member<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    path.split('.').try_fold(value, |value, name| match value {
        Value::Object(members) => members.get_mut(name),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        _ => None,
    })
}

fn other_type(value: &Value) -> Value {
    if value.is_object() { UNHEARD_OF.into() } else { json!({UNHEARD_OF: true}) }
}

fn confuse(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(confuse),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if member.is_string() && WORDS.contains(&name.as_str()) {
                    *member = UNHEARD_OF.into();
                }
                confuse(member);
            }
            members.insert(UNHEARD_OF.into(), UNHEARD_OF.into());
        }
        _ => {}
    }
}

fn empty_objects(value: &mut Value) {
    match value {
        Value::Object(members) if members.is_empty() => *value = Value::Array(Vec::new()),
        Value::Object(members) => Map::values_mut(members).for_each(empty_objects),
        Value::Array(items) => items.iter_mut().for_each(empty_objects),
        _ => {}
    }
}
