//! A document as what is compared.

use agentmc_core::find;
use serde_json::{Map, Value};

use crate::model::{Node, Operation};
use crate::parse::ReadError;
use crate::schema_node::{Document, Side};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where the API is below its host; a document may say it in its server or in every path.
const PREFIX: &str = "/api/v1";

/// Every operation of a document.
pub(crate) fn operations(document: &Value) -> Result<Vec<Operation>, ReadError> {
    let version = document.get("openapi").and_then(Value::as_str);
    if !version.is_some_and(|version| version.starts_with("3.")) {
        return Err(ReadError::NotOpenApi("its `openapi` is no version 3"));
    }
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.ok_or(ReadError::NotOpenApi("it has no `paths`"))?;
    let mut read = Document::new(document);
    let mut operations = Vec::new();
    for (path, item) in paths {
        let item = read.referred(item)?;
        let path = path.strip_prefix(PREFIX).unwrap_or(path);
        for method in METHODS {
            if let Some(operation) = item.get(*method) {
                operations.push(one(&mut read, path, method, item, operation)?);
            }
        }
    }
    Ok(operations)
}

fn one<'a>(
    read: &mut Document<'a>,
    path: &str,
    method: &str,
    item: &'a Value,
    operation: &'a Value,
) -> Result<Operation, ReadError> {
    let method = method.to_ascii_uppercase();
    let mut node = Node::default();
    node.facts.insert("path", path.into());
    node.facts.insert("method", method.as_str().into());
    let id = operation.get("operationId").and_then(Value::as_str);
    if let Some(id) = id {
        node.facts.insert("id", id.into());
    }
    if operation.get("deprecated") == Some(&Value::Bool(true)) {
        node.facts.insert("deprecated", true.into());
    }
    // What stands with the operation overrules what stands with the path.
    for parameters in [item, operation].map(|holder| holder.get("parameters")) {
        for parameter in parameters.and_then(Value::as_array).into_iter().flatten() {
            let parameter = read.referred(parameter)?;
            if let Some((name, part)) = self::parameter(read, parameter)? {
                node.parts.insert(name, part);
            }
        }
    }
    if let Some(body) = operation.get("requestBody") {
        let body = read.referred(body)?;
        let mut part = content(read, body, Side::Request)?;
        if body.get("required") == Some(&Value::Bool(true)) {
            part.facts.insert("required", true.into());
        }
        node.parts.insert("body".to_owned(), part);
    }
    let responses = operation.get("responses").and_then(Value::as_object);
    for (status, response) in responses.into_iter().flatten() {
        let response = read.referred(response)?;
        if status.starts_with('2') {
            let part = content(read, response, Side::Reply)?;
            node.parts.insert(format!("reply {status}"), part);
        } else {
            node.parts.insert(format!("status {status}"), Node::default());
        }
    }
    let security = operation.get("security").or_else(|| read.security());
    for way in security.and_then(Value::as_array).into_iter().flatten() {
        let schemes: Vec<&str> =
            way.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
        let way = if schemes.is_empty() { "nothing".to_owned() } else { schemes.join("+") };
        node.parts.insert(format!("auth {way}"), Node::default());
    }
    let name = id.map(|id| find(id).map_or_else(|_| id.to_owned(), |known| known.id.to_owned()));
    Ok(Operation { name, address: format!("{method} {path}"), node })
}

/// A parameter and what it is called; none for headers that are described elsewhere.
fn parameter<'a>(
    read: &mut Document<'a>,
    parameter: &'a Value,
) -> Result<Option<(String, Node)>, ReadError> {
    let text = |name| parameter.get(name).and_then(Value::as_str);
    let (Some(name), Some(place)) = (text("name"), text("in")) else {
        return Err(ReadError::NotOpenApi("a parameter has no name or no place"));
    };
    // Header names do not tell cases apart.
    let lower = name.to_ascii_lowercase();
    let is_header = place == "header";
    if is_header && ["accept", "authorization", "content-type"].contains(&lower.as_str()) {
        return Ok(None);
    }
    let mut node = match parameter.get("schema") {
        Some(schema) => read.schema(schema, Side::Request)?,
        None => content(read, parameter, Side::Request)?,
    };
    // A URL or header has no way to write null.
    node.facts.remove("nullable");
    if place == "path" || parameter.get("required") == Some(&Value::Bool(true)) {
        node.facts.insert("required", true.into());
    }
    if parameter.get("deprecated") == Some(&Value::Bool(true)) {
        node.facts.insert("deprecated", true.into());
    }
    let name = if is_header { &lower } else { name };
    Ok(Some((format!("{place} {name}"), node)))
}

/// The schema of what is JSON.
fn content<'a>(read: &mut Document<'a>, holder: &'a Value, side: Side) -> Result<Node, ReadError> {
    let types = holder.get("content").and_then(Value::as_object);
    let json = types.into_iter().flatten().find(|(name, _)| {
        let name = name.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("application/json") || name.ends_with("+json") || name == "*/*"
    });
    match json.and_then(|(_, media)| media.get("schema")) {
        Some(schema) => read.schema(schema, side),
        None => Ok(Node::default()),
    }
}
