//! Parameters that an operation takes in a revision, at random.

use agentmc_core::endpoint::{Param, Place};
use agentmc_core::schema::{Field, Kind, Pattern, Schema};
use agentmc_core::types::Timestamp;
use agentmc_core::{Endpoint, Revision};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

/// What generated values keep to.
#[derive(Clone, Copy)]
pub(crate) struct Keep {
    pub(crate) revision: Revision,
    /// Whether lengths, ranges, patterns and listed values are kept to.
    pub(crate) limits: bool,
}

/// Runs `check` on `cases` values of `strategy`.
pub(crate) fn run<S: Strategy>(
    cases: u32,
    strategy: &S,
    check: impl Fn(S::Value) -> Result<(), String>,
) -> Result<(), String>
where
    S::Value: std::fmt::Debug,
{
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let check = |value| check(value).map_err(TestCaseError::fail);
    TestRunner::new(config).run(strategy, check).map_err(|error| error.to_string())
}

/// Parameters of `endpoint`: the required ones, and some of the others.
pub(crate) fn params(endpoint: &'static Endpoint, keep: Keep) -> BoxedStrategy<Map<String, Value>> {
    let fields: Vec<&'static Field> = endpoint.params.iter().map(|param| &param.field).collect();
    let known: Vec<_> = endpoint.params.iter().filter_map(|param| parameter(param, keep)).collect();
    let known = known.prop_map(collect).boxed();
    if !endpoint.open_body {
        return known;
    }
    (known, extra(fields))
        .prop_map(|(known, mut all)| {
            all.extend(known);
            all
        })
        .boxed()
}

/// A name and its value, or its absence.
type Member = Option<(String, Value)>;

fn parameter(param: &'static Param, keep: Keep) -> Option<BoxedStrategy<Member>> {
    match param.place {
        // Limits or not, a header takes visible ASCII alone.
        Place::Header if !keep.limits => {
            let text = proptest::string::string_regex("[!-~]{1,9}").unwrap();
            Some(text.prop_map(|text| Some((param.field.name.to_owned(), text.into()))).boxed())
        }
        _ => member(&param.field, keep),
    }
}

/// A value of `field`, or its absence where that is allowed; nothing if the revision lacks it.
fn member(field: &'static Field, keep: Keep) -> Option<BoxedStrategy<Member>> {
    if !field.is_in(keep.revision) {
        return None;
    }
    let mut schema = field.schema;
    schema.nullable &= field.null_since <= keep.revision;
    if field.listed_since > keep.revision {
        schema.kind = Kind::Text;
    }
    let value = value(
        &schema,
        Keep { limits: keep.limits && field.limited_since <= keep.revision, ..keep },
    );
    let value = if field.is_required_in(keep.revision) {
        value.prop_map(Some).boxed()
    } else {
        proptest::option::weighted(0.7, value).boxed()
    };
    Some(value.prop_map(|value| Some((field.name.to_owned(), value?))).boxed())
}

fn collect(members: Vec<Member>) -> Map<String, Value> {
    members.into_iter().flatten().collect()
}

/// Members that none of `fields` is.
fn extra(fields: Vec<&'static Field>) -> BoxedStrategy<Map<String, Value>> {
    let unknown = move |name: &String| fields.iter().all(|field| field.name != name);
    btree_map(text(0, 8), anything(), 0..2)
        .prop_map(move |members| members.into_iter().filter(|(name, _)| unknown(name)).collect())
        .boxed()
}

fn value(schema: &Schema, keep: Keep) -> BoxedStrategy<Value> {
    let some = match schema.kind {
        Kind::Any => anything(),
        Kind::Boolean => any::<bool>().prop_map_into().boxed(),
        Kind::Integer => integer(schema, keep),
        Kind::Number => number(schema, keep),
        Kind::Text => limited_text(schema, keep).prop_map_into().boxed(),
        Kind::OneOfTexts(values) if keep.limits => select(values).prop_map_into().boxed(),
        Kind::OneOfTexts(values) => {
            prop_oneof![select(values).prop_map(str::to_owned), text(1, 8)].prop_map_into().boxed()
        }
        Kind::Timestamp => timestamp().prop_map_into().boxed(),
        Kind::Uuid => any::<u128>().prop_map(uuid).prop_map_into().boxed(),
        Kind::IpAddress => any::<std::net::IpAddr>().prop_map(|address| json!(address)).boxed(),
        Kind::Object(fields) => {
            let known: Vec<_> = fields.iter().filter_map(|field| member(field, keep)).collect();
            let all = (extra(fields.iter().collect()), known.prop_map(collect));
            all.prop_map(|(extra, known)| {
                extra.into_iter().chain(known).collect::<Map<_, _>>().into()
            })
            .boxed()
        }
        Kind::FreeForm => btree_map(text(0, 8), anything(), 0..3).prop_map(object).boxed(),
        Kind::MapOf(item) => {
            btree_map(text(0, 8), value(item, keep), 0..3).prop_map(object).boxed()
        }
        Kind::List(item) => {
            let least = schema.min_items.unwrap_or_default() as usize;
            vec(value(item, keep), least..least + 3).prop_map_into().boxed()
        }
        Kind::AnyOf(choices) => proptest::strategy::Union::new(choices.iter().map(|choice| {
            value(&choice.max_len(choice.max_len.or(schema.max_len).unwrap_or(u32::MAX)), keep)
        }))
        .boxed(),
        kind => panic!("{kind:?} has no values yet"),
    };
    if schema.nullable { prop_oneof![1 => Just(Value::Null), 3 => some].boxed() } else { some }
}

fn object(members: std::collections::BTreeMap<String, Value>) -> Value {
    members.into_iter().collect::<Map<_, _>>().into()
}

fn integer(schema: &Schema, keep: Keep) -> BoxedStrategy<Value> {
    // Rust's own numbers end somewhere, limits or not.
    let most = schema.max.unwrap_or(u64::MAX);
    let least = if keep.limits { schema.min.unwrap_or_default() } else { 0 };
    prop_oneof![Just(least), Just(most), least..=most].prop_map_into().boxed()
}

fn number(schema: &Schema, keep: Keep) -> BoxedStrategy<Value> {
    let (Some(min), true) = (schema.min, keep.limits) else { return float() };
    let max = schema.max.map_or(1e300, |max| max as f64);
    (min as f64..=max).prop_map_into().boxed()
}

fn limited_text(schema: &Schema, keep: Keep) -> BoxedStrategy<String> {
    if !keep.limits {
        return text(0, 8);
    }
    let least = schema.min_len.unwrap_or_default() as usize;
    let most = schema.max_len.unwrap_or(u32::MAX) as usize;
    let pattern = match schema.pattern {
        None => {
            let longest = (any::<char>(), Just(most.min(5000)))
                .prop_map(|(char, len)| char.to_string().repeat(len));
            return prop_oneof![7 => text(least, most.min(least + 12)), 1 => longest].boxed();
        }
        Some(Pattern::Fingerprint) => format!("[A-Za-z0-9._-]{{{least},{most}}}"),
        Some(Pattern::Key) => format!("[A-Za-z0-9._:-]{{1,{most}}}"),
        Some(Pattern::MimeType) => "[a-z0-9!#$&^_.+-]{1,9}/[a-z0-9!#$&^_.+-]{1,9}".to_owned(),
        Some(Pattern::OwnerToken) => format!("[A-Za-z0-9:_-]{{{least},{most}}}"),
        Some(Pattern::Sha256) => "[A-Fa-f0-9]{64}".to_owned(),
        Some(Pattern::SocketId) => "[0-9]{1,9}\\.[0-9]{1,9}".to_owned(),
        Some(pattern) => panic!("{pattern:?} has no values yet"),
    };
    proptest::string::string_regex(&pattern).unwrap().boxed()
}

/// Any text of so many characters; the one that cannot be told from other spellings is left out.
pub(crate) fn text(least: usize, most: usize) -> BoxedStrategy<String> {
    let char = prop_oneof![
        any::<char>(),
        select(&['"', '\\', '/', '%', '+', '&', '=', '#', ' ', '.', '\0', 'é', '🌾'][..])
    ];
    vec(char, least..=most).prop_map(String::from_iter).boxed()
}

fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map_into(),
        any::<u64>().prop_map_into(),
        any::<i64>().prop_map_into(),
        float(),
        text(0, 8).prop_map_into(),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map_into(),
            btree_map(text(0, 8), inner, 0..3).prop_map(object)
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

/// A moment of the years 1 to 9998, as it is written.
fn timestamp() -> BoxedStrategy<String> {
    let precision = select(&[1, 1_000, 1_000_000, 1_000_000_000][..]);
    (-62_104_060_800_i64..253_339_228_800, 0..1_000_000_000_i32, precision)
        .prop_map(|(seconds, nanos, precision)| {
            Timestamp::new(seconds, nanos / precision * precision).unwrap().to_string()
        })
        .boxed()
}

fn uuid(bits: u128) -> String {
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}
