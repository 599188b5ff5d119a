//! Parts of documents, and where they stand.

use serde_json::{Value, json};

/// A document with one operation, which takes and answers what is given.
pub(crate) fn one(version: &str, operation: Value) -> Value {
    json!({
        "openapi": version,
        "info": {"title": "A", "version": "1"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": {}},
    })
}

/// A document with one operation that takes such a body.
pub(crate) fn taking(version: &str, schema: Value) -> Value {
    one(
        version,
        json!({
            "operationId": "createThing",
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"204": {"description": "Done"}},
        }),
    )
}

/// What differs, a line each.
#[track_caller]
pub(crate) fn lines(known: &Value, published: &Value) -> Vec<String> {
    let changes = agentmc_openapi::compare(known, published).unwrap();
    changes.iter().map(ToString::to_string).collect()
}
