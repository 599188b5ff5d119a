//! The parameters of operations.

use agentmc_core::endpoint::{Endpoint, Place, Step};
use agentmc_core::schema::{Describe, Field, Schema};
use agentmc_core::types::AgentId;
use serde_json::{Value, json};

use crate::schema::Schemas;

const AGENT: Schema = <AgentId as Describe>::SCHEMA.min(1);

/// The acting agent, in a path.
const AGENT_IN_PATH: Field = Field::new("agent", &["The acting agent."], AGENT).required();

/// The acting agent, in a header.
const AGENT_IN_HEADER: Field =
    Field::new("X-Agent-Id", &["The acting agent, with a credential of a host or team."], AGENT);

/// The acting agent, in the query.
const AGENT_IN_QUERY: Field = Field::new("agent_id", &["The same as `X-Agent-Id`."], AGENT);

/// What stands in the path, the query and the headers.
pub(crate) fn parameters(endpoint: &Endpoint, step: &Step, schemas: &mut Schemas) -> Vec<Value> {
    let mut parameters = Vec::new();
    let mut add = |place: Place, field: &Field| {
        let required = place == Place::Path || field.is_required_in(step.revision);
        let mut schema = schemas.field(field, true);
        let docs = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let mut parameter = json!({"name": field.name, "in": place.as_str(), "schema": schema});
        if required {
            parameter["required"] = true.into();
        }
        if let Some(docs) = docs {
            parameter["description"] = docs;
        }
        parameters.push(parameter);
    };
    if step.names_agent() {
        add(Place::Path, &AGENT_IN_PATH);
    }
    for param in endpoint.params.iter().filter(|param| param.place != Place::Body) {
        if param.field.is_in(step.revision) {
            add(param.place, &param.field);
        }
    }
    if endpoint.sends_agent_header(step.revision) {
        add(Place::Header, &AGENT_IN_HEADER);
        if endpoint.param(AGENT_IN_QUERY.name).is_none_or(|param| param.place != Place::Query) {
            add(Place::Query, &AGENT_IN_QUERY);
        }
    }
    parameters
}
