//! Parameters by name: a flat JSON object, taken apart and put together.

use agentmc_types::schema::{Kind, Schema};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::encode::Encoder;
use crate::endpoint::{Endpoint, Place};
use crate::error::{BuildError, Problem};

/// Takes a parameter that must be there. Called by `operation!`.
///
/// # Errors
///
/// When it is absent or of the wrong type.
#[doc(hidden)]
pub fn required<T: DeserializeOwned>(
    operation: &'static str,
    params: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, BuildError> {
    optional(operation, params, name)?
        .ok_or_else(|| BuildError::Missing { operation, name: name.into() })
}

/// Takes a parameter that may be absent. Called by `operation!`.
///
/// # Errors
///
/// When it is of the wrong type.
#[doc(hidden)]
pub fn optional<T: DeserializeOwned>(
    operation: &'static str,
    params: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<T>, BuildError> {
    let Some(value) = params.remove(name) else { return Ok(None) };
    let wrong = |_| BuildError::Invalid {
        operation,
        name: name.into(),
        problem: Problem::WrongType("a value of the parameter's type"),
    };
    T::deserialize(value).map(Some).map_err(wrong)
}

/// Writes parameters given by name, in the order of the declaration.
pub(crate) fn encode(
    endpoint: &'static Endpoint,
    mut params: Map<String, Value>,
    out: &mut Encoder<'_>,
) -> Result<(), BuildError> {
    refuse_unknown(endpoint, &params)?;
    for param in endpoint.params {
        let schema = &param.field.schema;
        let value = match params.remove(param.field.name) {
            // Only a body can say `null`.
            Some(Value::Null) if param.place != Place::Body => None,
            // A URL is text, so a number in it may come as its digits.
            Some(Value::String(text)) if matches!(param.place, Place::Path | Place::Query) => {
                Some(number_or_text(schema, text))
            }
            value => value,
        };
        out.optional(value.as_ref().map(|value| Ordered { value, schema }).as_ref())?;
    }
    out.rest(&params.into())
}

/// Text of a URL as the JSON its schema asks for.
fn number_or_text(schema: &Schema, text: String) -> Value {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = (matches!(schema.kind, Kind::Integer) && digits).then(|| text.parse::<u64>().ok());
    number.flatten().map_or_else(|| text.into(), Value::from)
}

fn refuse_unknown(
    endpoint: &'static Endpoint,
    params: &Map<String, Value>,
) -> Result<(), BuildError> {
    let unknown = params.keys().find(|name| endpoint.param(name).is_none());
    match unknown {
        Some(name) if !endpoint.open_body => Err(BuildError::UnknownParameter {
            operation: endpoint.id,
            name: name.as_str().into(),
            closest: crate::registry::closest(
                name,
                endpoint.params.iter().map(|param| param.field.name),
            ),
        }),
        _ => Ok(()),
    }
}

/// JSON written as the typed value would be: members in the schema's order, `{}` for an empty map.
struct Ordered<'a> {
    value: &'a Value,
    schema: &'a Schema,
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.value, self.schema.kind) {
            (Value::Array(items), Kind::FreeForm | Kind::MapOf(_)) if items.is_empty() => {
                serializer.collect_map(std::iter::empty::<((), ())>())
            }
            (Value::Array(items), Kind::List(schema)) => {
                serializer.collect_seq(items.iter().map(|value| Ordered { value, schema }))
            }
            (Value::Object(members), Kind::Object(fields)) => {
                let member = |field: &'static agentmc_types::schema::Field| {
                    let value = members.get(field.name)?;
                    Some((field.name, Ordered { value, schema: &field.schema }))
                };
                let unknown = members
                    .iter()
                    .filter(|(name, _)| fields.iter().all(|field| field.name != name.as_str()));
                let unknown =
                    unknown.map(|(name, value)| (name.as_str(), Ordered { value, schema: &ANY }));
                serializer.collect_map(fields.iter().filter_map(member).chain(unknown))
            }
            (value, Kind::AnyOf(choices))
                if choices.iter().any(|choice| matches!(choice.kind, Kind::FreeForm)) =>
            {
                Ordered { value, schema: &FREE_FORM }.serialize(serializer)
            }
            (value, _) => value.serialize(serializer),
        }
    }
}

const ANY: Schema = Schema::any();
const FREE_FORM: Schema = Schema::free_form();
