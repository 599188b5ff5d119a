//! What schemas say about the revisions and limits of members.

use agentmc_types::schema::{Describe, Field, Kind, Pattern, Schema};
use agentmc_types::{
    HeartbeatAgent, HeartbeatHost, HeartbeatMeta, HostMeta, Page, Revision, StoreBrief, Task,
    TextOrFlag,
};

const ALL: &[Revision] = Revision::ALL;

fn member(schema: Schema, name: &str) -> Field {
    let Kind::Object(fields) = schema.kind else { panic!("{:?} has no members", schema.kind) };
    *fields.iter().find(|field| field.name == name).unwrap()
}

fn revisions(holds: impl Fn(Revision) -> bool) -> Vec<Revision> {
    ALL.iter().copied().filter(|revision| holds(*revision)).collect()
}

#[test]
fn a_member_is_in_the_revisions_that_have_it() {
    let in_revisions =
        |name| revisions(|revision| member(HeartbeatMeta::SCHEMA, name).is_in(revision));
    assert_eq!(in_revisions("tokens_in"), ALL);
    assert_eq!(in_revisions("queue_depth"), [Revision::V0_1_1, Revision::V0_3_64]);
    assert_eq!(in_revisions("usage_window_label"), [Revision::V0_3_169]);
}

#[test]
fn a_member_is_required_by_the_revisions_that_say_so() {
    let required = |field: Field| revisions(|revision| field.is_required_in(revision));
    assert_eq!(
        required(member(HeartbeatMeta::SCHEMA, "runtime")),
        [Revision::V0_3_64, Revision::V0_3_169]
    );
    assert_eq!(required(member(HeartbeatMeta::SCHEMA, "tokens_in")), []);
    assert_eq!(required(member(StoreBrief::SCHEMA, "key")), ALL);
    assert_eq!(
        required(Field::new("a", &[], Schema::any()).until(Revision::V0_1_1).required()),
        [Revision::V0_1_1]
    );
    assert_eq!(
        required(Field::new("a", &[], Schema::any()).since(Revision::V0_3_169).required()),
        [Revision::V0_3_169]
    );
}

#[test]
fn limits_apply_from_the_revision_that_sets_them() {
    let field = Field::new("a", &[], Schema::text().max_len(3));
    assert_eq!(field.limited_since, Revision::V0_1_1);
    assert_eq!(field.limited_since(Revision::V0_3_169).limited_since, Revision::V0_3_169);
    assert_eq!(member(HeartbeatAgent::SCHEMA, "type").limited_since, Revision::V0_1_1);
}

#[test]
fn values_are_listed_from_the_revision_that_lists_them() {
    assert_eq!(member(HeartbeatAgent::SCHEMA, "type").listed_since, Revision::V0_3_169);
    assert_eq!(member(HeartbeatAgent::SCHEMA, "name").listed_since, Revision::V0_1_1);
}

#[test]
fn limits_stand_where_the_type_is_not_enough() {
    let fingerprint = member(HeartbeatHost::SCHEMA, "fingerprint").schema;
    assert_eq!((fingerprint.min_len, fingerprint.max_len), (Some(64), Some(128)));
    assert_eq!(fingerprint.pattern, Some(Pattern::Fingerprint));
    let cores = member(HostMeta::SCHEMA, "cpu_cores").schema;
    assert_eq!((cores.min, cores.max), (Some(1), Some(4096)));
    let thinking = member(HeartbeatMeta::SCHEMA, "thinking_mode").schema;
    assert_eq!(thinking.max_len, Some(64));
    assert_eq!(u16::SCHEMA.max, Some(65_535));
    assert_eq!((i64::SCHEMA.min, u64::SCHEMA.min, u64::SCHEMA.max), (None, Some(0), None));
    assert_eq!(Vec::<u64>::SCHEMA.min_items(1).min_items, Some(1));
}

#[test]
fn null_is_for_members_that_may_be_cleared() {
    assert!(member(StoreBrief::SCHEMA, "headline").schema.nullable);
    assert!(!member(StoreBrief::SCHEMA, "name").schema.nullable);
    assert!(member(Task::SCHEMA, "due_at").schema.nullable);
}

#[test]
fn a_kind_has_the_name_json_schema_gives_it() {
    for (schema, name) in [
        (serde_json::Value::SCHEMA, "any"),
        (TextOrFlag::SCHEMA, "any"),
        (bool::SCHEMA, "boolean"),
        (u64::SCHEMA, "integer"),
        (f64::SCHEMA, "number"),
        (String::SCHEMA, "string"),
        (agentmc_types::Timestamp::SCHEMA, "string"),
        (Page::<Task>::SCHEMA, "object"),
        (agentmc_types::Object::SCHEMA, "object"),
        (Vec::<Box<Task>>::SCHEMA, "array"),
    ] {
        assert_eq!(schema.type_name(), name);
    }
}
