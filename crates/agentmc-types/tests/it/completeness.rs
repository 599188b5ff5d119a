//! No public type escapes the tests, and no member is without documentation.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use agentmc_types::schema::{Field, Kind, Schema};

use crate::registry::TYPES;

/// Public types that are no JSON of their own.
const NO_JSON: &[&str] =
    &["Extra", "Field", "Kind", "Pattern", "Revision", "Schema", "UnknownRevision"];

#[test]
fn every_public_type_is_tested() {
    let listed: BTreeSet<_> = TYPES.iter().map(|entry| entry.name.to_owned()).collect();
    let declared = declared_types();
    let forgotten: Vec<_> = declared
        .iter()
        .filter(|name| !listed.contains(*name) && !NO_JSON.contains(&name.as_str()))
        .collect();
    assert!(forgotten.is_empty(), "not in the list of tested types: {forgotten:?}");
}

#[test]
fn the_search_for_public_types_finds_every_way_to_declare_one() {
    let declared = declared_types();
    for name in [
        "Task",
        "TaskAssigneeType",
        "TaskId",
        "NotificationId",
        "Page",
        "TextOrFlag",
        "WorkspaceId",
        "Schema",
    ] {
        assert!(declared.contains(name), "{name} is declared, but was not found");
    }
}

#[test]
fn every_member_is_documented() {
    for entry in TYPES {
        members(&entry.schema, &mut |field| {
            let first = field.docs.first().map_or("", |line| line.trim());
            assert!(
                first.len() > 5 && field.docs.concat().ends_with('.'),
                "{}: {}",
                entry.name,
                field.name
            );
        });
    }
}

#[test]
fn no_two_members_share_a_name() {
    for entry in TYPES {
        if let Kind::Object(fields) = entry.schema.kind {
            let names: BTreeSet<_> = fields.iter().map(|field| field.name).collect();
            assert_eq!(names.len(), fields.len(), "{}", entry.name);
        }
    }
}

/// The names of all public structs and enums in the sources of this crate.
fn declared_types() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let Ok(text) = fs::read_to_string(file.unwrap().path()) else { continue };
        let mut in_ids = false;
        for line in text.lines().map(str::trim) {
            in_ids = (in_ids || line == "ids! {") && line != "}";
            let declared =
                line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
            let id = line.strip_suffix(',').filter(|_| in_ids);
            let name = declared
                .or(id)
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default());
            names.extend(name.filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    names
}

fn members(schema: &Schema, visit: &mut impl FnMut(&Field)) {
    match schema.kind {
        Kind::Object(fields) => {
            for field in fields {
                visit(field);
                members(&field.schema, visit);
            }
        }
        Kind::List(item) | Kind::MapOf(item) => members(item, visit),
        Kind::AnyOf(choices) => choices.iter().for_each(|choice| members(choice, visit)),
        _ => {}
    }
}
