//! Agents: connecting them, and their instructions.

use agentmc_core::ops::agents::{AgentConnectedInstructions, ConnectAgent, GetAgentInstructions};
use agentmc_types::{
    AgentConnectedInstructionsResponse, AgentInstructionsResponse, AgentType, ConnectAgentResponse,
    HeartbeatDefaults, InstructedAgent, Object, OnlineStatus, TeamAgent, Workspace,
};
use serde_json::{Value, json};

use super::Answer;
use super::context::Context;
use super::heartbeat::INTERVAL;
use crate::reply::Refusal;

/// The characters of an agent's token.
const TOKEN: usize = 48;

/// The longest name an agent may have.
const NAME: usize = 255;

pub(super) fn connect(cx: &mut Context<'_>, operation: ConnectAgent) -> Answer<ConnectAgent> {
    if cx.world.plan_is_full(cx.caller.team) {
        return Err(Refusal::plan("The plan allows no more agents."));
    }
    let (team, now) = (cx.caller.team, cx.now());
    let name = operation.members.get("name").and_then(Value::as_str);
    let name = name.filter(|name| !name.is_empty() && name.chars().count() <= NAME);
    let id = cx.world.agents.add(|id| {
        let name = name.map_or_else(|| format!("Agent {id}"), str::to_owned);
        TeamAgent::new(id, team, name, OnlineStatus::Offline, 0)
            .kind(AgentType::Openclaw)
            .meta(Object::new())
            .created_at(now)
            .updated_at(now)
    });
    let token = crate::keys::token(&mut cx.world.rng, "", TOKEN);
    cx.world.agent_tokens.insert(token.clone(), id);
    let agent = cx.world.agent(team, id).ok_or_else(|| Refusal::not_found("agent"))?;
    let (version, name) = (cx.world.bundle(agent).version, agent.name.clone());
    cx.log("agent.connected", id.get(), &name);

    let origin = cx.address.origin();
    let instructions = format!("{origin}{}/agents/{id}/instructions", super::BASE);
    let workspace = cx.world.teams.get(&team).map(|team| team.name.clone()).unwrap_or_default();
    Ok(ConnectAgentResponse::new(
        id,
        token,
        instructions.clone(),
        instructions,
        format!("{origin}/openapi.json"),
        Workspace::new(team.get(), workspace),
        now,
        true,
    )
    .agent_instructions_version(version))
}

pub(super) fn connected_instructions(
    cx: &mut Context<'_>,
    _: AgentConnectedInstructions,
) -> Answer<AgentConnectedInstructions> {
    let agent = cx.acting()?;
    let bundle = cx.world.bundle(agent);
    let texts: Vec<_> = bundle.files.iter().map(|file| file.content.as_str()).collect();
    let docs = bundle.files.iter().map(|file| json!({"path": file.path, "content": file.content}));
    let own = cx.world.recurring_tasks.values().filter(|task| task.agent_id == agent.id);
    let schedules = own.map(|task| {
        json!({"task_id": task.id, "prompt": task.prompt, "schedule": task.schedule(), "next_at": task.next_at})
    });
    let config = json!({"heartbeat_interval_seconds": INTERVAL, "bundle_version": bundle.version});
    Ok(AgentConnectedInstructionsResponse::new(
        texts.join("\n\n"),
        docs.collect::<Vec<_>>(),
        schedules.collect::<Vec<_>>(),
        config.as_object().cloned().unwrap_or_default(),
    ))
}

pub(super) fn instructions(
    cx: &mut Context<'_>,
    operation: GetAgentInstructions,
) -> Answer<GetAgentInstructions> {
    let agent = cx.acting()?;
    let bundle = cx.world.bundle(agent);
    let changed = operation.current_bundle_version.as_ref() != Some(&bundle.version);
    Ok(AgentInstructionsResponse::new(
        true,
        changed,
        bundle.version,
        cx.now(),
        HeartbeatDefaults::new(INTERVAL),
        InstructedAgent::new(agent.id),
        if changed { bundle.files } else { Vec::new() },
    ))
}
