//! Every limit of every parameter, just kept and just broken.

use agentmc_core::endpoint::{Endpoint, Place, Step};
use agentmc_core::schema::{Field, Kind, Schema};
use agentmc_core::{OPERATIONS, Revision};
use agentmc_sandbox::World;
use serde_json::{Map, Value};

use crate::valid;
use crate::visitor::{Reply, read};

/// A limit: where it is, a value that just keeps it, if any does, and one that just breaks it.
#[derive(Debug)]
struct Limit {
    path: Vec<String>,
    kept: Option<Value>,
    broken: Value,
}

/// Collects the limits of a schema and of what is in it.
fn limits(schema: &Schema, path: &[String], revision: Revision, found: &mut Vec<Limit>) {
    let mut add = |kept: Value, broken: Value| {
        found.push(Limit { path: path.to_vec(), kept: Some(kept), broken });
    };
    // Of listed values none is too long.
    let listed = matches!(schema.kind, Kind::OneOfTexts(_));
    if let Some(most) = schema.max_len.filter(|_| !listed) {
        let text = |length| Value::from(valid::text(schema, length));
        add(text(most as usize), text(most as usize + 1));
    }
    if let Some(least) = schema.min_len.filter(|least| *least > 0) {
        let text = |length| Value::from(valid::text(schema, length));
        add(text(least as usize), text(least as usize - 1));
    }
    if schema.pattern.is_some() {
        let length = schema.min_len.unwrap_or_default().max(8) as usize;
        add(valid::value(schema, revision), " ".repeat(length).into());
    }
    if let Some(least) = schema.min {
        add(least.into(), least.checked_sub(1).map_or_else(|| Value::from(-1), Value::from));
    }
    if let Some(most) = schema.max {
        add(most.into(), most.checked_add(1).map_or_else(|| Value::from(1e20), Value::from));
    }
    match schema.kind {
        Kind::OneOfTexts(values) => {
            values.iter().for_each(|value| add((*value).into(), "unheard_of".into()));
        }
        Kind::List(item) => {
            if let Some(least) = schema.min_items.filter(|least| *least > 0) {
                let list = |count| valid::list(item, count, revision);
                add(list(least), list(least - 1));
            }
            limits(item, &[path, &["0".to_owned()]].concat(), revision, found);
        }
        Kind::MapOf(item) => {
            limits(item, &[path, &["a".to_owned()]].concat(), revision, found);
        }
        Kind::AnyOf(choices) => {
            choices.iter().for_each(|choice| limits(choice, path, revision, found));
        }
        Kind::Object(fields) => {
            fields.iter().for_each(|field| limits_of(field, path, revision, found));
        }
        _ => {}
    }
}

fn limits_of(field: &Field, path: &[String], revision: Revision, found: &mut Vec<Limit>) {
    if field.is_in(revision) && field.limited_since <= revision {
        let mut schema = field.schema;
        if field.listed_since > revision {
            schema.kind = Kind::Text;
        }
        limits(&schema, &[path, &[field.name.to_owned()]].concat(), revision, found);
    }
}

/// Puts `new` at a place within a value, and makes what is on the way there valid.
fn put(place: &mut Value, schema: &Schema, path: &[String], revision: Revision, new: &Value) {
    let Some((name, rest)) = path.split_first() else {
        *place = new.clone();
        return;
    };
    match schema.kind {
        Kind::Object(fields) => {
            let field = fields.iter().find(|field| field.name == name).unwrap();
            if !place.is_object() {
                *place = valid::value(schema, revision);
            }
            let slot = &mut place[name];
            if slot.is_null() {
                *slot = valid::value(&field.schema, revision);
            }
            put(slot, &field.schema, rest, revision, new);
        }
        Kind::MapOf(item) => put(&mut place["a"], item, rest, revision, new),
        Kind::List(item) => {
            if place.as_array().is_none_or(Vec::is_empty) {
                *place = valid::list(item, 1, revision);
            }
            put(&mut place[0], item, rest, revision, new);
        }
        Kind::AnyOf(choices) => {
            let within = |choice: &&Schema| {
                matches!(choice.kind, Kind::Object(_) | Kind::List(_) | Kind::MapOf(_))
            };
            put(place, choices.iter().find(within).unwrap(), path, revision, new);
        }
        _ => panic!("{path:?} leads into nothing"),
    }
}

/// Calls a step with a value at a place among otherwise valid parameters.
fn call(world: &mut World, endpoint: &Endpoint, step: &Step, limit: &Limit, new: &Value) -> Reply {
    let (name, rest) = limit.path.split_first().unwrap();
    let schema = &endpoint.param(name).unwrap().field.schema;
    let mut params: Map<String, Value> = valid::required(endpoint, step.revision);
    let place = params.entry(name).or_insert_with(|| valid::value(schema, step.revision));
    put(place, schema, rest, step.revision, new);
    let credentials = valid::credentials(world.keys());
    let request = valid::request(endpoint, step, &params, |request| {
        credentials
            .into_iter()
            .fold(request, |request, (_, name, value)| request.header(name, value))
    });
    read(&request, world.handle(&request))
}

#[test]
fn each_limit_of_each_parameter_is_kept_or_refused_by_the_name_of_its_field() {
    let (mut count, mut kept_count) = (0, 0);
    for endpoint in OPERATIONS {
        for step in endpoint.history {
            let mut world = World::new(7);
            world.revision = step.revision;
            let mut all = Vec::new();
            for param in endpoint.params {
                // Paths of older revisions may lack what later ones have.
                let placeholder = format!("{{{}}}", param.field.name);
                if param.place != Place::Path || step.path.contains(&placeholder) {
                    limits_of(&param.field, &[], step.revision, &mut all);
                }
            }
            for limit in &all {
                let about = format!("{} {} {limit:?}", endpoint.id, step.revision);
                let refused = call(&mut world, endpoint, step, limit, &limit.broken);
                count += 1;
                let place = endpoint.param(&limit.path[0]).unwrap().place;
                if place == Place::Path {
                    assert_eq!(refused.status, 404, "{about}: {}", refused.body);
                    continue;
                }
                let field = limit.path.join(".");
                assert_eq!(refused.status, 422, "{about}: {}", refused.body);
                let messages = &refused.body["error"]["details"]["fields"][&field];
                assert!(messages.is_array(), "{about}: {}", refused.body);
                let Some(kept) = &limit.kept else { continue };
                let reply = call(&mut world, endpoint, step, limit, kept);
                kept_count += 1;
                assert!(![400, 401, 405, 413].contains(&reply.status), "{about}: {}", reply.body);
                let now = &reply.body["error"]["details"]["fields"][&field];
                assert!(now != messages, "{about}: {}", reply.body);
            }
        }
    }
    assert!(count > 400 && kept_count > 300, "{count} limits, {kept_count} kept");
}
