//! JSON that a schema allows, with everything the service may do to it.

use agentmc_types::Timestamp;
use agentmc_types::schema::{Field, Kind, Schema};
use jiff::tz::Offset;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Values of `schema`.
pub(crate) fn value(schema: &Schema) -> BoxedStrategy<Value> {
    let some = match schema.kind {
        Kind::Any => anything(),
        Kind::Boolean => any::<bool>().prop_map_into().boxed(),
        Kind::Integer if schema.min.is_some() => {
            prop_oneof![Just(0), Just(u64::MAX), any::<u64>()].prop_map_into().boxed()
        }
        Kind::Integer => prop_oneof![Just(0), Just(i64::MIN), Just(i64::MAX), any::<i64>()]
            .prop_map_into()
            .boxed(),
        Kind::Number => prop_oneof![any::<u32>().prop_map(Value::from), float()].boxed(),
        Kind::Text => text().prop_map_into().boxed(),
        Kind::OneOfTexts(values) => {
            prop_oneof![2 => select(values).prop_map(Value::from), 1 => text().prop_map_into()]
                .boxed()
        }
        Kind::Timestamp => timestamp().prop_map_into().boxed(),
        Kind::Uuid => uuid().prop_map_into().boxed(),
        Kind::IpAddress => ip_address().prop_map_into().boxed(),
        Kind::Object(fields) => object(fields),
        Kind::FreeForm => {
            let objects = vec(object_of(anything()), 0..3).prop_map_into().boxed();
            object_or(anything(), objects)
        }
        Kind::MapOf(item) => object_or(value(item), Just(json!([])).boxed()),
        Kind::List(item) => vec(value(item), 0..3).prop_map_into().boxed(),
        Kind::AnyOf(choices) => proptest::strategy::Union::new(choices.iter().map(value)).boxed(),
        kind => unreachable!("{kind:?} has no values yet"),
    };
    if schema.nullable { prop_oneof![1 => Just(Value::Null), 3 => some].boxed() } else { some }
}

/// An object with the required members, some of the others, and some nobody knows.
fn object(fields: &'static [Field]) -> BoxedStrategy<Value> {
    let known: Vec<_> = fields.iter().map(member).collect();
    let unknown = btree_map(text(), anything(), 0..2);
    (known, unknown, any::<bool>())
        .prop_map(move |(known, unknown, as_list)| {
            let names = fields.iter().map(|field| field.name.to_owned());
            let mut members: Map<_, _> = unknown.into_iter().collect();
            members.retain(|name, _| fields.iter().all(|field| field.name != name));
            members.extend(names.zip(known).filter_map(|(name, value)| Some((name, value?))));
            if members.is_empty() && as_list { json!([]) } else { members.into() }
        })
        .boxed()
}

/// A member's value, or its absence.
fn member(field: &Field) -> BoxedStrategy<Option<Value>> {
    let is_id =
        matches!(field.schema.kind, Kind::Integer) && field.name.to_lowercase().ends_with("id");
    let value = if is_id { id(field.schema.nullable) } else { value(&field.schema) };
    if is_always_there(field) {
        value.prop_map(Some).boxed()
    } else {
        prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 3 => value.prop_map(Some)]
            .boxed()
    }
}

/// Whether reading insists on the member.
pub(crate) fn is_always_there(field: &Field) -> bool {
    field.required_since == Some(field.since)
}

/// An id, as a number or as digits.
fn id(nullable: bool) -> BoxedStrategy<Value> {
    let number = prop_oneof![Just(0), Just(u64::MAX), any::<u64>()];
    let id = (number, any::<bool>())
        .prop_map(|(id, text)| if text { json!(id.to_string()) } else { json!(id) });
    if nullable { prop_oneof![1 => Just(Value::Null), 3 => id].boxed() } else { id.boxed() }
}

/// An object, or the list that stands for one.
fn object_or(value: BoxedStrategy<Value>, list: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop_oneof![3 => object_of(value), 1 => list].boxed()
}

pub(crate) fn object_of(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let members = btree_map(text(), value, 0..3);
    members.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()).boxed()
}

pub(crate) fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map_into(),
        any::<u64>().prop_map_into(),
        any::<i64>().prop_map_into(),
        float(),
        text().prop_map_into(),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map_into(),
            btree_map(text(), inner, 0..3)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
    .boxed()
}

fn float() -> BoxedStrategy<Value> {
    any::<f64>()
        .prop_filter("JSON has no infinity", |number| number.is_finite())
        .prop_map_into()
        .boxed()
}

pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z_]{0,8}".boxed(),
        vec(any::<char>(), 0..8).prop_map(String::from_iter).boxed(),
        select(&["", "\"", "\\", "\u{0}", "\u{2028}", "é", "👩‍🌾", "null", "id"][..])
            .prop_map_into()
            .boxed(),
    ]
    .boxed()
}

/// A moment of the years 1 to 9998, with a fraction of a second and any offset.
fn timestamp() -> BoxedStrategy<String> {
    let precision = select(&[1, 1_000, 1_000_000, 1_000_000_000][..]);
    (
        -62_104_060_800_i64..253_339_228_800,
        0..1_000_000_000_i32,
        precision,
        -1439..=1439_i32,
        any::<bool>(),
    )
        .prop_map(|(seconds, nanos, precision, minutes, utc)| {
            let moment = Timestamp::new(seconds, nanos / precision * precision).unwrap();
            let offset = Offset::from_seconds(minutes * 60).unwrap();
            if utc { moment.to_string() } else { moment.display_with_offset(offset).to_string() }
        })
        .boxed()
}

fn uuid() -> BoxedStrategy<String> {
    (any::<u128>(), any::<bool>())
        .prop_map(|(bits, upper)| {
            let uuid = Uuid::from_u128(bits).to_string();
            if upper { uuid.to_uppercase() } else { uuid }
        })
        .boxed()
}

fn ip_address() -> BoxedStrategy<String> {
    prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string().to_uppercase()),
    ]
    .boxed()
}
