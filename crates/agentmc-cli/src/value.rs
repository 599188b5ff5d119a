//! Parameters from the command line, as JSON.

use agentmc_core::Endpoint;
use agentmc_core::schema::{Kind, Schema};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::input::Inputs;

/// The flat object of parameters: `--json`, then the pairs, which win.
pub(crate) fn params(
    endpoint: &Endpoint,
    json: Option<&str>,
    pairs: &[String],
) -> Result<Map<String, Value>, Failure> {
    let mut params = match json {
        Some(source) => object(source, &Inputs::default())?,
        None => Map::new(),
    };
    for pair in pairs {
        let (name, value) = parse_pair(endpoint, pair)?;
        params.insert(name, value);
    }
    Ok(params)
}

/// The object that `--json` gives.
pub(crate) fn object(source: &str, inputs: &Inputs) -> Result<Map<String, Value>, Failure> {
    let text = inputs.read("--json", source)?.unwrap_or_else(|| source.into());
    // Some editors put a byte order mark before a file.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    match serde_json::from_slice(text) {
        Ok(Value::Object(params)) => Ok(params),
        Ok(_) => Err(Failure::input(
            "--json takes a JSON object of parameters, such as {\"board_id\": 3}",
        )),
        Err(error) => Err(Failure::input(format!("--json is not JSON: {error}"))),
    }
}

fn parse_pair(endpoint: &Endpoint, pair: &str) -> Result<(String, Value), Failure> {
    let Some((name, text)) =
        pair.split_once('=').filter(|(name, _)| !name.trim_end_matches(':').is_empty())
    else {
        return Err(Failure::input(format!("`{pair}` is not of the form name=value")));
    };
    if let Some(name) = name.strip_suffix(':') {
        let value = serde_json::from_str(text);
        let value = value.map_err(|error| {
            Failure::input(format!("the value of `{name}` is not JSON: {error}"))
        })?;
        return Ok((name.to_owned(), value));
    }
    let schema = endpoint.param(name).map(|param| param.field.schema);
    Ok((name.to_owned(), schema.map_or_else(|| text.into(), |schema| typed(&schema, text))))
}

/// The value a text stands for where `schema` is expected; what does not fit stays text, to be refused by name.
pub(crate) fn typed(schema: &Schema, text: &str) -> Value {
    let is_text = matches!(
        schema.kind,
        Kind::Text | Kind::OneOfTexts(_) | Kind::Timestamp | Kind::Uuid | Kind::IpAddress
    );
    if is_text {
        return text.into();
    }
    let json = serde_json::from_str(text).ok();
    json.unwrap_or_else(|| text.into())
}

/// The value a text stands for where anything may stand: JSON if it is that, else text.
pub(crate) fn loose(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
