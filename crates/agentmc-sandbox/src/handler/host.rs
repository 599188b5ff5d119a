//! Hosts.

use agentmc_core::ops::hosts::{ListHosts, ShowHost};
use agentmc_types::{
    Host, HostAgentSummary, HostAgentsMeta, HostDetailResponse, OnlineStatus, TeamAgent,
};

use super::Answer;
use super::context::{Context, matches};
use crate::reply::Refusal;
use crate::world::World;

/// The agents shown with a host when the request does not say.
const AGENTS: u32 = 25;

pub(super) fn list(cx: &mut Context<'_>, operation: ListHosts) -> Answer<ListHosts> {
    let wanted = |host: &&Host| {
        let found =
            |search: &String| matches(&host.name, search) || matches(&host.fingerprint, search);
        host.team_id == cx.caller.team
            && operation.status.as_ref().is_none_or(|status| host.status == *status)
            && operation.search.as_ref().is_none_or(found)
    };
    let hosts: Vec<_> = cx.world.hosts.values().filter(wanted).collect();
    Ok(cx.page(operation.page, operation.per_page, &hosts, |host| counted(cx.world, host)))
}

pub(super) fn show(cx: &mut Context<'_>, operation: ShowHost) -> Answer<ShowHost> {
    let host = cx.world.hosts.get(&operation.id).filter(|host| host.team_id == cx.caller.team);
    let host = host.ok_or_else(|| Refusal::not_found("host"))?;
    let agents: Vec<_> =
        cx.world.agents.values().filter(|agent| agent.host_id == Some(host.id)).collect();
    let page = cx.page(None, operation.agents_per_page.or(Some(AGENTS)), &agents, |agent| {
        summary(cx.world, host, agent)
    });
    let meta = HostAgentsMeta::new(
        page.meta.current_page,
        page.meta.last_page,
        page.meta.per_page,
        page.meta.total,
    );
    Ok(HostDetailResponse::new(counted(cx.world, host), page.data, meta))
}

/// A host with the number of its agents.
pub(super) fn counted(world: &World, host: &Host) -> Host {
    let mut host = host.clone();
    let agents = || world.agents.values().filter(|agent| agent.host_id == Some(host.id));
    let total = agents().count() as i64;
    let online = agents().filter(|agent| agent.status == OnlineStatus::Online).count() as i64;
    host.agents_total = total;
    host.agents_online = online;
    host
}

fn summary(world: &World, host: &Host, agent: &TeamAgent) -> HostAgentSummary {
    let tasks = world.tasks_of(agent.id);
    let mut summary = HostAgentSummary::new(
        agent.id,
        agent.team_id,
        host.id,
        agent.name.as_str(),
        agent.status.clone(),
        tasks,
    );
    summary.meta = agent.meta.clone();
    summary.last_seen_at = agent.last_seen_at;
    summary.created_at = agent.created_at;
    summary.updated_at = agent.updated_at;
    summary
}
