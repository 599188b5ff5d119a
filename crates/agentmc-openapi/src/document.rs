//! The document: what this version knows of a revision.

use agentmc_core::endpoint::{Auth, Endpoint, Param, Place, Step, Tag};
use agentmc_core::reply::Shape;
use agentmc_core::{BaseUrl, OPERATIONS, Revision};
use serde_json::{Map, Value, json};

use crate::parameters::parameters;
use crate::replies::reply;
use crate::schema::{Schemas, prose};

/// The name of the schema of refusals.
const REFUSAL: &str = "ApiError";

/// The OpenAPI 3.1 document of a revision. The same revision always gives the same document.
#[must_use]
pub fn document(revision: Revision) -> Value {
    let mut schemas = Schemas::new(revision);
    let mut paths = Map::new();
    let mut ways: Vec<Auth> = Vec::new();
    for endpoint in OPERATIONS {
        let Some(step) = endpoint.step(revision) else { continue };
        ways.extend(step.auth);
        let path = paths.entry(step.path).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_ascii_lowercase()] =
            operation(endpoint, step, &mut schemas);
    }
    let security: Map<String, Value> =
        ways.iter().map(|auth| (auth.as_str().to_owned(), scheme(*auth))).collect();
    let mut named: Map<String, Value> =
        schemas.into_named().into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    named.insert(REFUSAL.to_owned(), refusal());
    let tags: Vec<Value> = Tag::ALL.iter().map(|tag| json!({"name": tag.as_str()})).collect();
    json!({
        "openapi": "3.1.1",
        "info": {"title": "AgentMC API", "version": revision.as_str()},
        "servers": [{"url": BaseUrl::DEFAULT}],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": named, "securitySchemes": security},
    })
}

fn operation(endpoint: &Endpoint, step: &Step, schemas: &mut Schemas) -> Value {
    let docs = prose(endpoint.docs);
    let (summary, description) = docs.split_once("\n\n").unwrap_or((&docs, ""));
    let security: Vec<Value> = step.auth.iter().map(|auth| json!({auth.as_str(): []})).collect();
    let mut operation = json!({
        "operationId": step.id,
        "summary": summary.replace('\n', " "),
        "tags": [endpoint.tag.as_str()],
        "responses": responses(endpoint, step, schemas),
        "security": security,
    });
    if !description.is_empty() {
        operation["description"] = description.into();
    }
    let parameters = parameters(endpoint, step, schemas);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if endpoint.sends_body {
        operation["requestBody"] = body(endpoint, step, schemas);
    }
    operation
}

fn body(endpoint: &Endpoint, step: &Step, schemas: &mut Schemas) -> Value {
    let of_body = |param: &&Param| param.place == Place::Body;
    let fields = || endpoint.params.iter().filter(of_body).map(|param| &param.field);
    let required = fields().any(|field| field.is_required_in(step.revision));
    let schema = schemas.object(fields(), true);
    json!({"required": required, "content": {"application/json": {"schema": schema}}})
}

fn responses(endpoint: &Endpoint, step: &Step, schemas: &mut Schemas) -> Value {
    let mut success = json!({"description": status_text(step.success)});
    if let Some(schema) = reply(endpoint) {
        let schema = schemas.schema(schema);
        success["content"] = json!({"application/json": {"schema": schema}});
    }
    if endpoint.shape == Shape::Location {
        success["headers"] = json!({"Location": {
            "description": "Where the bytes are, for a short time. The credential must not be sent there.",
            "required": true,
            "schema": {"type": "string", "format": "uri"},
        }});
    }
    let mut responses = json!({step.success.to_string(): success});
    let refusal = json!({"schema": {"$ref": format!("#/components/schemas/{REFUSAL}")}});
    for status in step.errors {
        responses[status.to_string()] = json!({
            "description": status_text(*status),
            "content": {"application/json": refusal},
        });
    }
    responses
}

const fn status_text(status: u16) -> &'static str {
    match status {
        200 => "Done",
        201 => "Created",
        204 => "Done; there is nothing to say",
        302 => "The bytes are elsewhere",
        401 => "No credential, or one that does not count",
        402 => "The plan of the team allows no more",
        403 => "The credential may not do this",
        404 => "Something that is named is not there",
        409 => "The state of things is in the way",
        422 => "A value is not what it must be",
        503 => "The storage of files is not available",
        400..=599 => "Refused",
        _ => "Answered",
    }
}

fn refusal() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {"error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {
                    "type": ["object", "null"],
                    "description": "With 422, `fields` maps the name of a field to a list of messages.",
                },
            },
        }},
    })
}

fn scheme(auth: Auth) -> Value {
    let mut scheme = match auth {
        Auth::ApiKey => json!({"type": "apiKey", "in": "header", "name": "X-Api-Key"}),
        Auth::SessionCookie => {
            json!({"type": "apiKey", "in": "cookie", "name": auth.prefix().trim_end_matches('=')})
        }
        _ => json!({"type": "http", "scheme": "bearer"}),
    };
    scheme["description"] = format!("Send {}.", auth.noun()).into();
    scheme
}
