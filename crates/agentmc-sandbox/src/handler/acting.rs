//! Which agent acts.

use agentmc_core::endpoint::route::{Incoming, Match};
use agentmc_types::AgentId;
use http::HeaderMap;

use super::auth::{Caller, Who};
use crate::reply::Refusal;
use crate::world::World;

const HEADER: &str = "X-Agent-Id";

/// The agent a request is made for: the one it names, else the credential's own.
pub(super) fn agent(
    world: &World,
    caller: Caller,
    found: &Match,
    incoming: &Incoming,
    headers: &HeaderMap,
) -> Result<Option<AgentId>, Refusal> {
    let own = if let Who::Agent(agent) = caller.who { Some(agent) } else { None };
    if !found.endpoint.agent_scoped && found.agent.is_none() {
        return Ok(own);
    }
    let Some(agent) = named(found, incoming, headers)? else { return Ok(own) };
    if own.is_some_and(|own| own != agent) {
        return Err(Refusal::forbidden("An agent cannot act as another agent."));
    }
    if world.agent(caller.team, agent).is_none() {
        return Err(Refusal::not_found("agent"));
    }
    if caller.who == Who::Host && !reaches(world, agent) {
        return Err(Refusal::forbidden("The agent runs on another host."));
    }
    Ok(Some(agent))
}

/// Whether the host's key may act for the agent.
pub(super) fn reaches(world: &World, agent: AgentId) -> bool {
    let host = world.agents.get(&agent).and_then(|agent| agent.host_id);
    host.is_some_and(|host| world.hosts_of_key.contains(&host))
}

/// The agent a request names. A filter called `agent_id` names one as well.
fn named(
    found: &Match,
    incoming: &Incoming,
    headers: &HeaderMap,
) -> Result<Option<AgentId>, Refusal> {
    if incoming.agent.is_some() {
        return Ok(incoming.agent);
    }
    if found.agent.is_some() {
        return Err(Refusal::not_found("agent"));
    }
    if headers.contains_key(HEADER) {
        return Err(Refusal::field(HEADER, "must be the id of an agent."));
    }
    let filter = incoming.params.get("agent_id").and_then(serde_json::Value::as_u64);
    // An id that cannot be one is refused as a parameter.
    Ok(filter.filter(|agent| *agent > 0).map(AgentId))
}
