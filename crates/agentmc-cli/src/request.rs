//! A request, shown instead of sent.

use agentmc_core::{Api, Endpoint};
use http::HeaderValue;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::config;
use crate::failure::Failure;
use crate::output::Output;

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

/// The same API with something in place of every credential it lacks, since nothing is sent.
pub(crate) fn with_placeholders(mut api: Api) -> Result<Api, Failure> {
    for auth in config::KINDS {
        if !api.has_credential(*auth) {
            api = api.credential(config::credential(*auth, PLACEHOLDER)?);
        }
    }
    Ok(api)
}

/// Prints a request.
pub(crate) fn print(
    endpoint: &Endpoint,
    request: &http::Request<impl AsRef<[u8]>>,
    out: &mut Output,
) -> Result<(), Failure> {
    let body = request.body().as_ref();
    let body: Value = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body).unwrap_or_default()
    };
    let headers =
        request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), shown(value)));
    let headers: Map<String, Value> = headers.map(|(name, value)| (name, value.into())).collect();
    if out.is_json() {
        let (operation, method, url) =
            (endpoint.id, request.method().as_str(), request.uri().to_string());
        return Ok(out.json(&Shown { operation, method, url, headers, body })?);
    }
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in &headers {
        text.push_str(&format!("{name}: {}\n", value.as_str().unwrap_or_default()));
    }
    out.text(&text)?;
    if !body.is_null() {
        out.text("")?;
        out.json(&body)?;
    }
    Ok(())
}

fn shown(value: &HeaderValue) -> String {
    if value.is_sensitive() {
        return PLACEHOLDER.to_owned();
    }
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
