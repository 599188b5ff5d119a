//! Schemas in the words of JSON Schema.

use std::collections::BTreeMap;

use agentmc_core::Revision;
use agentmc_core::schema::{Field, Kind, Schema};
use serde_json::{Map, Value, json};

use crate::names;

/// Writes schemas for a revision, and keeps those that have names.
pub(crate) struct Schemas {
    revision: Revision,
    named: BTreeMap<&'static str, Value>,
}

impl Schemas {
    pub(crate) const fn new(revision: Revision) -> Self {
        Self { revision, named: BTreeMap::new() }
    }

    /// The schemas that have names, as far as they were needed.
    pub(crate) fn into_named(self) -> BTreeMap<&'static str, Value> {
        self.named
    }

    /// The schema of a member or parameter, with its documentation.
    pub(crate) fn field(&mut self, field: &Field, limits: bool) -> Value {
        let limits = limits && field.limited_since <= self.revision;
        let nullable = field.schema.nullable && field.null_since <= self.revision;
        let mut written = self.written(&field.schema, limits, nullable);
        if field.listed_since > self.revision {
            written.as_object_mut().map(|written| written.remove("enum"));
        }
        let docs = prose(field.docs);
        if !docs.is_empty() {
            written["description"] = docs.into();
        }
        written
    }

    /// An object with the fields that the revision has.
    pub(crate) fn object<'a>(
        &mut self,
        fields: impl Iterator<Item = &'a Field>,
        limits: bool,
    ) -> Value {
        let revision = self.revision;
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for field in fields.filter(|field| field.is_in(revision)) {
            properties.insert(field.name.to_owned(), self.field(field, limits));
            if field.is_required_in(revision) {
                required.push(field.name);
            }
        }
        let mut object = json!({"type": "object"});
        if !properties.is_empty() {
            object["properties"] = properties.into();
        }
        if !required.is_empty() {
            object["required"] = required.into();
        }
        object
    }

    /// A schema in which limits count.
    pub(crate) fn schema(&mut self, schema: &Schema) -> Value {
        self.written(schema, true, schema.nullable)
    }

    fn written(&mut self, schema: &Schema, limits: bool, nullable: bool) -> Value {
        let mut written = self.kind(schema, limits);
        if limits {
            add_limits(&mut written, schema);
        }
        if nullable { or_null(written) } else { written }
    }

    fn kind(&mut self, schema: &Schema, limits: bool) -> Value {
        match schema.kind {
            Kind::OneOfTexts(values) if limits => json!({"type": "string", "enum": values}),
            Kind::Timestamp => json!({"type": "string", "format": "date-time"}),
            Kind::Uuid => json!({"type": "string", "format": "uuid"}),
            Kind::IpAddress => {
                let of = |format| json!({"type": "string", "format": format});
                json!({"anyOf": [of("ipv4"), of("ipv6")]})
            }
            Kind::Object(fields) => self.record(fields, limits),
            Kind::MapOf(value) => {
                let value = self.written(value, limits, value.nullable);
                json!({"type": "object", "additionalProperties": value})
            }
            Kind::List(item) => {
                json!({"type": "array", "items": self.written(item, limits, item.nullable)})
            }
            Kind::AnyOf(choices) => {
                let choice = |choice: &Schema| self.written(choice, limits, choice.nullable);
                json!({"anyOf": choices.iter().map(choice).collect::<Vec<_>>()})
            }
            _ if schema.type_name() == "any" => json!({}),
            _ => json!({"type": schema.type_name()}),
        }
    }

    fn record(&mut self, fields: &'static [Field], limits: bool) -> Value {
        // Where limits do not count yet, the record is another one than what its name stands for.
        let Some(name) = names::name(fields).filter(|_| limits) else {
            return self.object(fields.iter(), limits);
        };
        if !self.named.contains_key(name) {
            let record = self.object(fields.iter(), limits);
            self.named.insert(name, record);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }
}

fn add_limits(written: &mut Value, schema: &Schema) {
    // What our own integers cannot hold is no limit of the API.
    let max = schema.max.filter(|max| *max < u64::from(u32::MAX));
    let limits = [
        ("minLength", schema.min_len.map(Value::from)),
        ("maxLength", schema.max_len.map(Value::from)),
        ("minimum", schema.min.map(Value::from)),
        ("maximum", max.map(Value::from)),
        ("minItems", schema.min_items.map(Value::from)),
        ("pattern", schema.pattern.map(|pattern| pattern.as_str().into())),
    ];
    for (name, limit) in limits {
        if let Some(limit) = limit {
            written[name] = limit;
        }
    }
}

/// The same, or null.
fn or_null(mut schema: Value) -> Value {
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    } else if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.push(json!({"type": "null"}));
    } else if schema.get("$ref").is_some() {
        schema = json!({"anyOf": [schema, {"type": "null"}]});
    }
    schema
}

/// Lines of documentation as Markdown.
pub(crate) fn prose(lines: &[&str]) -> String {
    let lines: Vec<&str> =
        lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}
