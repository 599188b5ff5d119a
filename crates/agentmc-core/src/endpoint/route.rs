//! The way back: from a method and a path to an endpoint and its arguments, and from a request to parameters.

use agentmc_types::schema::Kind;
use agentmc_types::{AgentId, Revision};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Endpoint, Method, Param, Place};
use crate::registry::OPERATIONS;

/// What a path and a method lead to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Route {
    /// An operation.
    Found(Match),
    /// Nothing has this path.
    NoPath,
    /// The path exists, with these methods alone.
    NoMethod(Vec<Method>),
}

/// An operation, as found from its path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Match {
    /// The operation.
    pub endpoint: &'static Endpoint,
    /// The revisions in which the operation has this path, oldest first.
    pub revisions: Vec<Revision>,
    /// The acting agent that the path names, as it was written.
    pub agent: Option<String>,
    /// The path arguments, decoded, in the order of the path.
    pub arguments: Vec<(&'static str, String)>,
}

/// A request read back into what was called.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Incoming {
    /// The acting agent, from the path, the header or the query.
    pub agent: Option<AgentId>,
    /// The parameters, as the flat object that a call by name takes.
    pub params: Map<String, Value>,
}

/// Finds the operation for `path`, which is relative to the base URL and starts with a slash.
#[must_use]
pub fn route(method: &http::Method, path: &str) -> Route {
    let mut best: Option<(usize, Match)> = None;
    let mut methods = Vec::new();
    for endpoint in OPERATIONS.iter().copied() {
        for step in endpoint.history {
            let Some(found) = fit(step.path, path) else { continue };
            if http::Method::from(endpoint.method) != *method {
                if !methods.contains(&endpoint.method) {
                    methods.push(endpoint.method);
                }
                continue;
            }
            // A literal segment beats a placeholder: `/files/folders` is no file.
            match &mut best {
                Some((placeholders, route))
                    if *placeholders == found.placeholders && route.endpoint.id == endpoint.id =>
                {
                    route.revisions.push(step.revision);
                }
                Some((placeholders, _)) if *placeholders <= found.placeholders => {}
                _ => {
                    let Fit { placeholders, agent, arguments } = found;
                    best = Some((
                        placeholders,
                        Match { endpoint, revisions: vec![step.revision], agent, arguments },
                    ));
                }
            }
        }
    }
    match best {
        Some((_, found)) => Route::Found(found),
        None if methods.is_empty() => Route::NoPath,
        None => Route::NoMethod(methods),
    }
}

struct Fit {
    placeholders: usize,
    agent: Option<String>,
    arguments: Vec<(&'static str, String)>,
}

fn fit(template: &'static str, path: &str) -> Option<Fit> {
    let mut fit = Fit { placeholders: 0, agent: None, arguments: Vec::new() };
    let mut segments = path.split('/');
    for part in template.split('/') {
        let segment = segments.next()?;
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            if part == segment {
                continue;
            }
            return None;
        };
        if segment.is_empty() {
            return None;
        }
        fit.placeholders += 1;
        let value = percent_decode_str(segment).decode_utf8().ok()?.into_owned();
        if name == "agent" {
            fit.agent = Some(value);
        } else {
            fit.arguments.push((name, value));
        }
    }
    segments.next().is_none().then_some(fit)
}

impl Match {
    /// Reads the parameters of `request`. What is not of the right type stays a string, for
    /// [`violations`](crate::check::violations) to find.
    ///
    /// # Errors
    ///
    /// When the body is not a JSON object.
    pub fn read(&self, request: &http::Request<Bytes>) -> Result<Incoming, serde_json::Error> {
        let mut params = Map::new();
        for (name, value) in &self.arguments {
            if let Some(param) = self.endpoint.param(name) {
                params.insert((*name).to_owned(), from_text(param, value));
            }
        }
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        for param in self.endpoint.params.iter().filter(|param| param.place == Place::Header) {
            if let Some(value) = header(param.field.name) {
                params.insert(param.field.name.to_owned(), from_text(param, value));
            }
        }
        let mut query_agent = None;
        for (name, value) in pairs(request.uri().query().unwrap_or_default()) {
            match self.endpoint.param(&name) {
                Some(param) if param.place == Place::Query => {
                    params.insert(name, from_text(param, &value));
                }
                _ if name == "agent_id" => query_agent = Some(value),
                _ => {}
            }
        }
        if self.endpoint.sends_body && !request.body().is_empty() {
            for (name, value) in body(request.body())? {
                let param = self.endpoint.param(&name);
                if param.map_or(self.endpoint.open_body, |param| param.place == Place::Body) {
                    params.insert(name, value);
                }
            }
        }
        let agent =
            self.agent.as_deref().or_else(|| header("x-agent-id")).or(query_agent.as_deref());
        let agent = agent.and_then(|agent| agent.parse().ok());
        Ok(Incoming { agent, params })
    }
}

/// The members of a body; a list stands for an empty object, as the service's language writes it.
fn body(bytes: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    serde_json::from_slice::<agentmc_types::Object>(bytes).map(agentmc_types::Object::into_map)
}

/// The pairs of a query string, decoded.
fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query.split('&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// The JSON a text stands for where `param` is expected.
fn from_text(param: &Param, text: &str) -> Value {
    let number = match param.field.schema.kind {
        Kind::Integer => text
            .parse::<u64>()
            .map(Value::from)
            .or_else(|_| text.parse::<i64>().map(Value::from))
            .ok(),
        Kind::Number => text.parse::<f64>().ok().map(Value::from),
        Kind::Boolean => match text {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        _ => None,
    };
    number.unwrap_or_else(|| text.into())
}
