//! The arguments of an operation's command as its parameters.

use agentmc_core::endpoint::{Param, Place};
use agentmc_core::schema::{Field, Kind, Schema};
use agentmc_core::{Endpoint, Revision};
use clap::ArgMatches;
use serde_json::{Map, Value};

use super::flags::{self, id_of, id_of_no};
use super::sending::Sending;
use crate::dates::Dates;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::value;

/// The flat object of parameters: `--json`, then the arguments, which win.
pub(super) fn params(
    endpoint: &Endpoint,
    matches: &ArgMatches,
    sending: &Sending,
    dates: &Dates,
) -> Result<Map<String, Value>, Failure> {
    let inputs = Inputs::default();
    let mut params = match &sending.json {
        Some(source) => value::object(source, &inputs)?,
        None => Map::new(),
    };
    for param in endpoint.params {
        let of = flags::shown(param);
        let reader = Reader { of: &of, field: &param.field, dates, inputs: &inputs };
        if let Some(value) = given(param, matches, &reader)? {
            params.insert(param.field.name.to_owned(), value);
        }
    }
    Ok(params)
}

/// The parameters that a revision requires and that are not there.
pub(super) fn missing(
    endpoint: &'static Endpoint,
    params: &Map<String, Value>,
    revision: Revision,
) -> Vec<&'static Param> {
    let required =
        |param: &&Param| param.place == Place::Path || param.field.is_required_in(revision);
    let absent = |param: &&Param| !params.contains_key(param.field.name);
    endpoint.params.iter().filter(required).filter(absent).collect()
}

/// The value an argument has, if it is there.
fn given(
    param: &Param,
    matches: &ArgMatches,
    reader: &Reader<'_>,
) -> Result<Option<Value>, Failure> {
    let negated = matches.try_get_one::<bool>(&id_of_no(param)).ok().flatten();
    if negated == Some(&true) {
        let boolean = matches!(param.field.schema.kind, Kind::Boolean);
        return Ok(Some(if boolean { false.into() } else { Value::Null }));
    }
    let Some(texts) = matches.get_many::<String>(&id_of(param)) else { return Ok(None) };
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    reader.values(&param.field.schema, &texts).map(Some)
}

/// Makes values of texts.
struct Reader<'a> {
    /// The flag, for messages.
    of: &'a str,
    field: &'a Field,
    dates: &'a Dates,
    inputs: &'a Inputs,
}

impl Reader<'_> {
    /// The value that all the texts of a flag make together.
    fn values(&self, schema: &Schema, texts: &[&str]) -> Result<Value, Failure> {
        match (schema.kind, texts) {
            (Kind::List(item), _) => self.list(item, texts),
            (_, [text]) if !flags::is_object(schema) => self.one(schema, text),
            _ => self.object(schema, texts),
        }
    }

    fn one(&self, schema: &Schema, text: &str) -> Result<Value, Failure> {
        Ok(match schema.kind {
            Kind::Timestamp => {
                let moment = self.dates.read(text);
                moment.map_err(|problem| self.wrong(&problem))?.into()
            }
            Kind::Text if flags::may_be_file(self.field) => self.inputs.text(self.of, text)?.into(),
            _ if flags::is_object(schema) => {
                self.object(schema, &text.split(',').collect::<Vec<_>>())?
            }
            _ => value::typed(schema, text),
        })
    }

    /// A list: its items one by one, or the whole as JSON.
    fn list(&self, item: &Schema, texts: &[&str]) -> Result<Value, Failure> {
        let mut items = Vec::new();
        for text in texts {
            match self.json(text)? {
                Some(Value::Array(all)) => items.extend(all),
                Some(one) => items.push(one),
                None => items.push(self.one(item, text)?),
            }
        }
        Ok(items.into())
    }

    /// An object: its members one by one, or the whole as JSON. Members win.
    fn object(&self, schema: &Schema, texts: &[&str]) -> Result<Value, Failure> {
        let mut members = Map::new();
        for text in texts {
            match self.json(text)? {
                Some(Value::Object(all)) => members.extend(all),
                Some(_) => return Err(self.wrong("a JSON object is expected")),
                None => self.member(schema, text, &mut members)?,
            }
        }
        Ok(members.into())
    }

    fn member(
        &self,
        schema: &Schema,
        text: &str,
        members: &mut Map<String, Value>,
    ) -> Result<(), Failure> {
        let Some((name, text)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(self.wrong("JSON, @FILE or NAME=VALUE is expected"));
        };
        let (name, json) = name.strip_suffix(':').map_or((name, false), |name| (name, true));
        let field = flags::members(schema).iter().find(|field| field.name == name);
        let value = match field {
            _ if json => serde_json::from_str(text).map_err(|error| {
                self.wrong(&format!("the value of {name} is not JSON: {error}"))
            })?,
            Some(Field { schema, .. }) if matches!(schema.kind, Kind::List(_)) => {
                match self.json(text)? {
                    Some(value) => value,
                    None => self.values(schema, &[text])?,
                }
            }
            Some(Field { schema, .. }) if flags::is_object(schema) => self
                .json(text)?
                .ok_or_else(|| self.wrong(&format!("the value of {name} must be JSON")))?,
            Some(field) => self.one(&field.schema, text)?,
            None => value::loose(text),
        };
        members.insert(name.to_owned(), value);
        Ok(())
    }

    /// The JSON that a text is or names, if it does either.
    fn json(&self, text: &str) -> Result<Option<Value>, Failure> {
        let read = self.inputs.read(self.of, text)?;
        let json = match &read {
            Some(read) => read.as_slice(),
            None if text.starts_with(['{', '[']) => text.as_bytes(),
            None => return Ok(None),
        };
        let json = serde_json::from_slice(json);
        json.map(Some).map_err(|error| self.wrong(&format!("it is not JSON: {error}")))
    }

    fn wrong(&self, problem: &str) -> Failure {
        Failure::input(format!("{}: {problem}", self.of))
    }
}
