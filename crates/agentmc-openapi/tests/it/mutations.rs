//! Whatever is changed in a document of ours is found, and nothing else is.

use std::sync::LazyLock;

use agentmc_openapi::{Revision, compare, document};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use proptest::strategy::{Strategy, ValueTree};
use serde_json::{Value, json};

/// Something done to a document, and what is to be said of it.
type Mutation = fn(&mut Value, &Index) -> Option<Vec<String>>;

const MUTATIONS: &[Mutation] = &[
    remove_operation,
    add_operation,
    rename_path,
    remove_parameter,
    rename_parameter,
    add_parameter,
    change_parameter_limit,
    remove_body_member,
    add_body_member,
    change_body_limit,
    remove_body_value,
    add_body_value,
    require_body_member,
    remove_status,
    add_status,
    add_reply_member,
];

/// The document of every revision, which takes a while to write.
static DOCUMENTS: LazyLock<Vec<Value>> =
    LazyLock::new(|| Revision::ALL.iter().map(|revision| document(*revision)).collect());

/// Path, method and id of every operation.
fn operations(document: &Value) -> Vec<(String, String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let of_item = |(path, item): (&String, &Value)| -> Vec<(String, String, String)> {
        let methods = item.as_object().unwrap().iter();
        methods
            .map(|(method, operation)| {
                let id = operation["operationId"].as_str().unwrap();
                let newest = agentmc_core::find(id).unwrap().id;
                (path.clone(), method.clone(), newest.to_owned())
            })
            .collect()
    };
    paths.iter().flat_map(of_item).collect()
}

/// One of the operations that `wanted` gives something for, with its id and that.
fn pick<'a, T>(
    document: &'a mut Value,
    index: &Index,
    wanted: impl Fn(&Value) -> Option<T>,
) -> Option<(&'a mut Value, String, T)> {
    let found: Vec<(String, String, String, T)> = operations(document)
        .into_iter()
        .filter_map(|(path, method, id)| {
            wanted(&document["paths"][&path][&method]).map(|what| (path, method, id, what))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let at = index.index(found.len());
    let (path, method, id, what) = found.into_iter().nth(at).unwrap();
    Some((&mut document["paths"][path][method], id, what))
}

fn gist(schema: &Value, required: bool) -> String {
    let mut words = Vec::new();
    match &schema["type"] {
        Value::String(name) => words.push(name.clone()),
        Value::Array(names) => words.push(names[0].as_str().unwrap().to_owned()),
        _ => {}
    }
    words.extend(schema["format"].as_str().map(str::to_owned));
    if let Some(values) = schema["enum"].as_array() {
        let mut values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        values.sort_unstable();
        words.push(values.join("|"));
    }
    words.extend(required.then(|| "required".to_owned()));
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(" ")) }
}

fn remove_operation(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let all = operations(document);
    let (path, method, id) = index.get(&all);
    document["paths"][path].as_object_mut().unwrap().remove(method);
    Some(vec![format!("- {id} ({} {path})", method.to_uppercase())])
}

fn add_operation(document: &mut Value, _: &Index) -> Option<Vec<String>> {
    document["paths"]["/novelties/{id}"] = json!({"get": {
        "operationId": "showNovelty",
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
        "responses": {"200": {"description": "Done"}},
    }});
    Some(vec!["+ showNovelty (GET /novelties/{id})".to_owned()])
}

fn rename_path(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let paths: Vec<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let path = index.get(&paths);
    let here = operations(document).into_iter().filter(|(other, ..)| other == path);
    let mut expected: Vec<String> =
        here.map(|(_, _, id)| format!("~ {id} path: {path} is now /v2{path}")).collect();
    expected.sort_unstable();
    let item = document["paths"].as_object_mut().unwrap().remove(path).unwrap();
    document["paths"][format!("/v2{path}")] = item;
    Some(expected)
}

/// A place among the parameters outside the path.
fn outside_path(operation: &Value, index: &Index) -> Option<usize> {
    let parameters = operation["parameters"].as_array()?;
    let places: Vec<usize> =
        (0..parameters.len()).filter(|at| parameters[*at]["in"] != "path").collect();
    (!places.is_empty()).then(|| *index.get(&places))
}

fn called(parameter: &Value) -> String {
    let (place, name) = (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
    let name = if place == "header" { name.to_lowercase() } else { name.to_owned() };
    format!("{place} {name}")
}

fn remove_parameter(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, at) = pick(document, index, |operation| outside_path(operation, index))?;
    let gone = operation["parameters"].as_array_mut().unwrap().remove(at);
    let gist = gist(&gone["schema"], gone["required"] == true);
    Some(vec![format!("- {id} {}{gist}", called(&gone))])
}

fn rename_parameter(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, at) = pick(document, index, |operation| outside_path(operation, index))?;
    let parameter = &mut operation["parameters"][at];
    let (before, gist) =
        (called(parameter), gist(&parameter["schema"], parameter["required"] == true));
    parameter["name"] = "zz-renamed".into();
    Some(vec![
        format!("- {id} {before}{gist}"),
        format!("+ {id} {} zz-renamed{gist}", parameter["in"].as_str().unwrap()),
    ])
}

fn add_parameter(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, ()) = pick(document, index, |_| Some(()))?;
    if operation["parameters"].is_null() {
        operation["parameters"] = json!([]);
    }
    let added = json!({"name": "novelty", "in": "query", "schema": {"type": "boolean"}});
    operation["parameters"].as_array_mut().unwrap().push(added);
    Some(vec![format!("+ {id} query novelty (boolean)")])
}

/// A limit that is no natural one: its name and value.
fn limit(schema: &Value) -> Option<(&'static str, u64)> {
    let names = ["maxLength", "maximum", "minItems", "minimum", "minLength"];
    names.into_iter().find_map(|name| {
        let limit = schema[name].as_u64().filter(|limit| *limit > 0)?;
        Some((name, limit))
    })
}

fn change_parameter_limit(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, (at, (name, before))) = pick(document, index, |operation| {
        let mut parameters = operation["parameters"].as_array()?.iter().enumerate();
        parameters.find_map(|(at, parameter)| limit(&parameter["schema"]).map(|limit| (at, limit)))
    })?;
    let parameter = &mut operation["parameters"][at];
    parameter["schema"][name] = (before + 7).into();
    Some(vec![format!("~ {id} {} {name}: {before} is now {}", called(parameter), before + 7)])
}

fn body(operation: &mut Value) -> &mut Value {
    &mut operation["requestBody"]["content"]["application/json"]["schema"]
}

/// A member of the body that `wanted` gives something for.
fn member<T>(
    operation: &Value,
    index: &Index,
    wanted: impl Fn(&Value) -> Option<T>,
) -> Option<(String, T)> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let members = schema["properties"].as_object()?.iter();
    let found: Vec<(String, T)> = members
        .filter_map(|(name, member)| wanted(member).map(|what| (name.clone(), what)))
        .collect();
    let at = (!found.is_empty()).then(|| index.index(found.len()))?;
    found.into_iter().nth(at)
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|names| names.iter().any(|other| other == name))
}

fn remove_body_member(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    // A member that is a named record says its type there.
    let plain = |member: &Value| member.get("type").map(|_| ());
    let (operation, id, (name, ())) =
        pick(document, index, |operation| member(operation, index, plain))?;
    let schema = body(operation);
    let required = is_required(schema, &name);
    let gone = schema["properties"].as_object_mut().unwrap().remove(&name).unwrap();
    Some(vec![format!("- {id} body.{name}{}", gist(&gone, required))])
}

fn add_body_member(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, _) =
        pick(document, index, |operation| member(operation, index, |_| Some(())))?;
    body(operation)["properties"]["novelty"] = json!({"type": "string", "maxLength": 9});
    Some(vec![format!("+ {id} body.novelty (string)")])
}

fn change_body_limit(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, (member, (name, before))) =
        pick(document, index, |operation| member(operation, index, limit))?;
    let schema = &mut body(operation)["properties"][&member];
    if index.index(2) == 0 {
        schema.as_object_mut().unwrap().remove(name);
        return Some(vec![format!("- {id} body.{member} {name} {before}")]);
    }
    schema[name] = (before + 1).into();
    Some(vec![format!("~ {id} body.{member} {name}: {before} is now {}", before + 1)])
}

fn listed(member: &Value) -> Option<usize> {
    let values = member["enum"].as_array()?;
    Some(values.iter().filter(|value| value.is_string()).count()).filter(|count| *count > 0)
}

fn remove_body_value(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, (member, count)) =
        pick(document, index, |operation| member(operation, index, listed))?;
    let values = body(operation)["properties"][&member]["enum"].as_array_mut().unwrap();
    let gone = values.remove(index.index(count));
    Some(vec![format!("- {id} body.{member} enum {}", gone.as_str().unwrap())])
}

fn add_body_value(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, (member, _)) =
        pick(document, index, |operation| member(operation, index, listed))?;
    let values = body(operation)["properties"][&member]["enum"].as_array_mut().unwrap();
    values.push("novelty".into());
    Some(vec![format!("+ {id} body.{member} enum novelty")])
}

fn require_body_member(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, name) = pick(document, index, |operation| {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let mut names = schema["properties"].as_object()?.keys();
        names.find(|name| !is_required(schema, name)).cloned()
    })?;
    let schema = body(operation);
    if schema["required"].is_null() {
        schema["required"] = json!([]);
    }
    schema["required"].as_array_mut().unwrap().push(name.as_str().into());
    Some(vec![format!("+ {id} body.{name} required true")])
}

fn remove_status(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, status) = pick(document, index, |operation| {
        let statuses: Vec<&String> = operation["responses"].as_object()?.keys().collect();
        let refusals: Vec<&&String> =
            statuses.iter().filter(|status| !status.starts_with('2')).collect();
        (!refusals.is_empty()).then(|| (**index.get(&refusals)).clone())
    })?;
    operation["responses"].as_object_mut().unwrap().remove(&status);
    Some(vec![format!("- {id} status {status}")])
}

fn add_status(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, ()) = pick(document, index, |_| Some(()))?;
    operation["responses"]["418"] = json!({"description": "A teapot"});
    Some(vec![format!("+ {id} status 418")])
}

fn add_reply_member(document: &mut Value, index: &Index) -> Option<Vec<String>> {
    let (operation, id, status) = pick(document, index, |operation| {
        let mut replies = operation["responses"].as_object()?.iter();
        replies.find_map(|(status, reply)| {
            let schema = &reply["content"]["application/json"]["schema"];
            (status.starts_with('2') && schema["properties"].is_object()).then(|| status.clone())
        })
    })?;
    let reply = &mut operation["responses"][&status]["content"]["application/json"]["schema"];
    reply["properties"]["novelty"] = json!({"type": "integer"});
    Some(vec![format!("+ {id} reply {status}.novelty (integer)")])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_change_is_reported_exactly(
        known in proptest::sample::select(&**DOCUMENTS),
        mutation in proptest::sample::select(MUTATIONS),
        index in any::<Index>(),
    ) {
        let mut published = known.clone();
        let Some(mut expected) = mutation(&mut published, &index) else { return Ok(()) };
        let changes = compare(&known, &published).unwrap();
        let mut found: Vec<String> = changes.iter().map(ToString::to_string).collect();
        expected.sort();
        found.sort();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn every_way_of_changing_a_document_is_tried() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let index = any::<Index>().new_tree(&mut runner).unwrap().current();
    for (at, mutation) in MUTATIONS.iter().enumerate() {
        let done = mutation(&mut document(Revision::LATEST), &index);
        assert!(done.is_some_and(|lines| !lines.is_empty()), "mutation {at} does nothing");
    }
}
