//! A request, shown instead of sent.

use agentmc_core::{Api, Credential, Endpoint};
use http::HeaderValue;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::output::Output;
use crate::secrets::masked;
use crate::text;
use crate::view::View;

/// What stands for a secret.
const PLACEHOLDER: &str = "<secret>";

/// A request as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    operation: &'static str,
    method: &'a str,
    url: String,
    headers: Map<String, Value>,
    body: Value,
}

/// The same API; if it has no credential for `endpoint`, with something in place of the one that the
/// operation asks for first. Nothing is sent, so a request can be shown without it.
pub(crate) fn with_placeholder(api: Api, endpoint: &Endpoint) -> Result<Api, Failure> {
    if api.auth_for(endpoint).is_some() {
        return Ok(api);
    }
    let first = endpoint.step(api.spoken_revision()).and_then(|step| step.auth.first());
    Ok(match first {
        Some(auth) => api.credential(Credential::new(*auth, PLACEHOLDER)?),
        None => api,
    })
}

/// Prints a request, or what is asked for of it.
pub(crate) fn print(
    endpoint: &Endpoint,
    request: &http::Request<impl AsRef<[u8]>>,
    view: &View,
    out: &mut Output,
) -> Result<(), Failure> {
    let body = request.body().as_ref();
    let body: Value = if body.is_empty() {
        Value::Null
    } else {
        masked(&serde_json::from_slice(body).unwrap_or_default())
    };
    let headers =
        request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), shown(value)));
    let headers: Map<String, Value> = headers.map(|(name, value)| (name, value.into())).collect();
    if out.is_json() || view.query.is_some() {
        let (operation, method, url) =
            (endpoint.id, request.method().as_str(), request.uri().to_string());
        let shown = Shown { operation, method, url, headers, body };
        return Ok(match view.query {
            Some(_) => out.reply(endpoint, view, view.of_reply(serde_json::json!(shown))),
            None => out.json(&shown),
        }?);
    }
    let mut head = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in &headers {
        head.push_str(&format!("{name}: {}\n", value.as_str().unwrap_or_default()));
    }
    out.text(&head)?;
    if !body.is_null() {
        out.text(&format!("\n{}", text::escaped(&format!("{body:#}"))))?;
    }
    Ok(())
}

fn shown(value: &HeaderValue) -> String {
    if value.is_sensitive() {
        return PLACEHOLDER.to_owned();
    }
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
