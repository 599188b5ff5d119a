//! Whether the columns that are asked for are there.

use agentmc_core::endpoint::Method;
use agentmc_core::{Endpoint, Revision};
use serde_json::Value;

use crate::failure::Failure;
use crate::table::member;
use crate::view::View;

/// Refuses columns of no record, before anything is changed. A listing may have members that its type has not, so what
/// only looks is left to [`refuse_unseen`].
pub(crate) fn refuse_unknown(
    view: &View,
    endpoint: &Endpoint,
    revision: Revision,
) -> Result<(), Failure> {
    if endpoint.method == Method::GET {
        Ok(())
    } else {
        refuse_unseen(view, endpoint, revision, &[])
    }
}

/// Refuses columns that neither the type of the reply nor any of its records has.
pub(crate) fn refuse_unseen(
    view: &View,
    endpoint: &Endpoint,
    revision: Revision,
    records: &[&Value],
) -> Result<(), Failure> {
    let unseen = |column: &&String| !records.iter().any(|record| member(record, column).is_some());
    let unseen: Vec<&String> = view.columns.iter().filter(unseen).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let document = agentmc_openapi::document(revision);
    let schema = if view.query.is_none() { of_record(&document, endpoint, revision) } else { None };
    let mut names = members(schema);
    for record in records.iter().filter_map(|record| record.as_object()) {
        names.extend(record.keys().map(String::as_str));
    }
    names.sort_unstable();
    names.dedup();
    let known = |column: &&&String| schema.is_some_and(|schema| has(&document, schema, column));
    match unseen.iter().find(|column| !known(column)) {
        // Nothing is known of what could be there.
        _ if names.is_empty() => Ok(()),
        None => Ok(()),
        Some(column) => Err(Failure::input(problem(column, &names))),
    }
}

fn problem(column: &str, names: &[&str]) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(column, name);
    let closest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match closest.filter(|closest| likeness(closest) > 0.7) {
        Some(closest) => format!("there is no column `{column}`; did you mean `{closest}`?"),
        None => format!("there is no column `{column}`; there is {}", names.join(", ")),
    }
}

/// The schema of what a reply is about, or of each of its items.
fn of_record<'a>(
    document: &'a Value,
    endpoint: &Endpoint,
    revision: Revision,
) -> Option<&'a Value> {
    let step = endpoint.step(revision)?;
    let method = endpoint.method.as_str().to_ascii_lowercase();
    let reply = &document["paths"][step.path][method]["responses"][step.success.to_string()];
    let whole = resolved(document, &reply["content"]["application/json"]["schema"]);
    let data = whole.pointer("/properties/data").map(|data| resolved(document, data));
    Some(item(document, data.unwrap_or(whole)))
}

fn members(schema: Option<&Value>) -> Vec<&str> {
    let members = schema.and_then(|schema| schema["properties"].as_object());
    members.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// Whether a path such as `assigned_agent.name` may lead to something.
fn has(document: &Value, schema: &Value, path: &str) -> bool {
    let mut schema = schema;
    for name in path.split('.') {
        // Members that are not listed may be anything.
        let Some(members) = schema["properties"].as_object() else { return true };
        let Some(next) = members.get(name) else { return false };
        schema = resolved(document, next);
        if schema["type"] == "array" {
            return true;
        }
    }
    true
}

fn item<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema.get("items").map_or(schema, |items| resolved(document, items))
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    name.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}
