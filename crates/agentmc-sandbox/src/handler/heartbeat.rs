//! Heartbeats: hosts and agents report themselves.

use agentmc_core::Revision;
use agentmc_core::ops::hosts::AgentHeartbeat;
use agentmc_types::{
    AgentHeartbeatResponse, AgentId, AgentType, HeartbeatAgent, HeartbeatAgentSummary,
    HeartbeatDefaults, HeartbeatHost, HeartbeatHostAgent, HeartbeatMeta, Host, HostId, Nullable,
    Object, OnlineStatus, TeamAgent,
};
use serde::Serialize;
use serde_json::Value;

use super::Answer;
use super::auth::Who;
use super::context::Context;
use super::{host, realtime};
use crate::reply::Refusal;
use crate::world::bound::FEW;

/// How many seconds to wait between two heartbeats.
pub(super) const INTERVAL: u64 = 60;

const FINGERPRINT: &str = "X-Host-Fingerprint";

/// An agent as a heartbeat reports it.
struct Report {
    /// The field it stands in, for refusals.
    field: String,
    id: Option<AgentId>,
    name: String,
    emoji: Option<String>,
    kind: Option<AgentType>,
    meta: Object,
    identity: Value,
}

pub(super) fn record(cx: &mut Context<'_>, operation: AgentHeartbeat) -> Answer<AgentHeartbeat> {
    if let (Some(header), Some(host)) = (&operation.host_fingerprint, &operation.host)
        && *header != host.fingerprint
    {
        return Err(Refusal::field(FINGERPRINT, "must be the fingerprint of the host."));
    }
    let one = operation.agent.and_then(Nullable::into_option).map(one);
    let many: Vec<_> = operation.agents.into_iter().flatten().enumerate().map(many).collect();
    check(cx, one.as_ref(), &many)?;
    let runtime = operation.meta.as_ref();
    let host = operation.host.map(|host| reported(cx, &host, runtime)).transpose()?;
    let about = match one {
        Some(report) => update(cx, report, host, runtime),
        None => cx.agent.filter(|_| many.is_empty()),
    };
    for report in many {
        update(cx, report, host, None);
    }
    let now = cx.now();
    if let Some(agent) = about.and_then(|agent| cx.world.agents.get_mut(&agent)) {
        agent.status = operation.status.unwrap_or(OnlineStatus::Online);
        agent.host_id = host.or(agent.host_id);
        agent.last_seen_at = Some(now);
        agent.updated_at = Some(now);
    }
    let host = host.or_else(|| cx.world.agents.get(&about?)?.host_id);
    let known = host.and_then(|host| cx.world.hosts.get(&host)).cloned();
    if let (Some(host), Some(updates)) = (known, operation.host_runtime_updates) {
        let actor = cx.actor();
        for update in updates {
            cx.world.report_command(&host, update, &actor);
        }
    }
    Ok(reply(cx, host, about))
}

fn reply(cx: &Context<'_>, host: Option<HostId>, agent: Option<AgentId>) -> AgentHeartbeatResponse {
    let mut reply = AgentHeartbeatResponse::new(true, cx.now());
    reply.host =
        host.and_then(|host| cx.world.hosts.get(&host)).map(|host| host::counted(cx.world, host));
    if cx.revision >= Revision::V0_3_169 {
        let commands = host.map(|host| cx.world.pending_commands(host)).unwrap_or_default();
        reply = reply.defaults(HeartbeatDefaults::new(INTERVAL)).host_runtime_commands(commands);
        reply.host_realtime = host.map(|host| Nullable::Value(realtime::host_socket(cx, host)));
        let agent = agent.and_then(|agent| cx.world.agents.get(&agent));
        reply.agent = agent.map(|agent| {
            let kind = agent.kind.clone().unwrap_or(AgentType::Openclaw);
            HeartbeatAgentSummary::new(agent.id, agent.name.as_str(), kind)
        });
    }
    reply
}

fn one(agent: HeartbeatAgent) -> Report {
    Report {
        field: "agent.id".into(),
        id: agent.id.and_then(Nullable::into_option),
        name: agent.name,
        emoji: agent.emoji.and_then(Nullable::into_option),
        kind: agent.kind,
        meta: agent.meta.unwrap_or_default(),
        identity: json(&agent.identity),
    }
}

fn many((index, agent): (usize, HeartbeatHostAgent)) -> Report {
    Report {
        field: format!("agents.{index}.id"),
        id: agent.id.and_then(Nullable::into_option),
        name: agent.name,
        emoji: agent.emoji.and_then(Nullable::into_option),
        kind: agent.kind,
        meta: agent.meta.unwrap_or_default(),
        identity: json(&agent.identity),
    }
}

/// Refuses reports of agents that are not there, or that the caller may not report.
fn check(cx: &Context<'_>, one: Option<&Report>, many: &[Report]) -> Result<(), Refusal> {
    // In 0.1.1 the path says which agent it is.
    let named = cx.revision > Revision::V0_1_1;
    for report in one.iter().copied().chain(many).filter(|report| named && report.id.is_some()) {
        if report.id.is_none_or(|id| cx.world.agent(cx.caller.team, id).is_none()) {
            return Err(Refusal::unknown(&report.field, "an agent"));
        }
        if cx.agent.is_some() && cx.agent != report.id {
            return Err(Refusal::forbidden("An agent can report itself alone."));
        }
    }
    if cx.agent.is_some() && one.iter().len() + many.len() > 1 {
        return Err(Refusal::forbidden("An agent can report itself alone."));
    }
    Ok(())
}

/// Finds or makes the host, by its fingerprint.
fn reported(
    cx: &mut Context<'_>,
    host: &HeartbeatHost,
    runtime: Option<&HeartbeatMeta>,
) -> Result<HostId, Refusal> {
    let (team, now, user) = (cx.caller.team, cx.now(), cx.world.owner.user);
    let found = cx
        .world
        .hosts
        .values()
        .find(|other| other.team_id == team && other.fingerprint == host.fingerprint);
    let id = match found.map(|found| found.id) {
        Some(id) if cx.caller.who == Who::Host && !cx.world.hosts_of_key.contains(&id) => {
            return Err(Refusal::forbidden("The fingerprint is another host's."));
        }
        Some(id) => id,
        None => {
            cx.room(cx.world.hosts.len(), FEW, "hosts")?;
            let (name, fingerprint) = (host.name.as_str(), host.fingerprint.as_str());
            let add = |id| {
                Host::new(id, team, name, fingerprint, OnlineStatus::Online, 0, 0)
                    .created_by_user_id(user)
                    .created_at(now)
            };
            let id = cx.world.hosts.add(add);
            cx.log("host.created", id.get(), name);
            id
        }
    };
    if cx.caller.who == Who::Host {
        cx.world.hosts_of_key.insert(id);
    }
    if let Some(known) = cx.world.hosts.get_mut(&id) {
        known.name.clone_from(&host.name);
        known.status = OnlineStatus::Online;
        known.last_seen_at = Some(now);
        known.updated_at = Some(now);
        known.meta = Some(object(&host.meta));
        let runtime = runtime.and_then(|meta| meta.runtime.as_ref());
        known.agent_runtime =
            Some(runtime.map_or(&host.meta.runtime.name, |runtime| &runtime.name).clone());
        known.agent_runtime_version =
            Some(runtime.map_or(&host.meta.runtime.version, |runtime| &runtime.version).clone());
    }
    Ok(id)
}

/// Finds or makes the agent: by its id, its identity, or its name on the same host. One that the plan does not
/// allow is ignored.
fn update(
    cx: &mut Context<'_>,
    report: Report,
    host: Option<HostId>,
    runtime: Option<&HeartbeatMeta>,
) -> Option<AgentId> {
    let (team, now) = (cx.caller.team, cx.now());
    let id = cx.agent.or(report.id).or_else(|| find(cx, &report, host));
    if id.is_none() && cx.world.plan_is_full(team) {
        return None;
    }
    let id = id.unwrap_or_else(|| {
        let add = |id| {
            TeamAgent::new(id, team, report.name.as_str(), OnlineStatus::Online, 0).created_at(now)
        };
        let id = cx.world.agents.add(add);
        cx.log("agent.created", id.get(), &report.name);
        id
    });
    if let Some(agent) = cx.world.agents.get_mut(&id) {
        agent.name = report.name;
        agent.kind = report.kind.or_else(|| agent.kind.take()).or(Some(AgentType::Openclaw));
        agent.host_id = host.or(agent.host_id);
        agent.status = OnlineStatus::Online;
        agent.last_seen_at = Some(now);
        agent.updated_at = Some(now);
        let mut meta = runtime.map(object).unwrap_or_default();
        meta.extend(report.meta.into_map());
        if let Some(emoji) = report.emoji {
            meta.insert("emoji".into(), emoji.into());
        }
        if !report.identity.is_null() {
            meta.insert("identity".into(), report.identity);
        }
        agent.meta = Some(meta);
    }
    Some(id)
}

fn find(cx: &Context<'_>, report: &Report, host: Option<HostId>) -> Option<AgentId> {
    let agents = || cx.world.agents.values().filter(|agent| agent.team_id == cx.caller.team);
    let identity =
        |agent: &TeamAgent| agent.meta.as_ref().and_then(|meta| meta.get("identity")).cloned();
    let known = !report.identity.is_null();
    let same = |agent: &&TeamAgent| {
        known && agent.host_id == host && identity(agent).as_ref() == Some(&report.identity)
    };
    let namesake =
        |agent: &&TeamAgent| host.is_some() && agent.host_id == host && agent.name == report.name;
    agents().find(same).or_else(|| agents().find(namesake)).map(|agent| agent.id)
}

/// The JSON of what came as JSON.
fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn object<T: Serialize>(value: &T) -> Object {
    match json(value) {
        Value::Object(members) => members.into(),
        _ => Object::new(),
    }
}
