//! The team's people and agents.

use agentmc_core::ops::teams::{ListAgents, ListTeamMembers};
use agentmc_types::{TeamAgent, TeamAgentHostSummary, TeamMember};

use super::Answer;
use super::context::{Context, matches};

pub(super) fn agents(cx: &mut Context<'_>, operation: ListAgents) -> Answer<ListAgents> {
    let wanted = |agent: &&TeamAgent| {
        let found = operation.search.as_ref().is_none_or(|search| matches(&agent.name, search));
        agent.team_id == cx.caller.team && found
    };
    let agents: Vec<_> = cx.world.agents.values().filter(wanted).collect();
    Ok(cx.page(operation.page, operation.per_page, &agents, |agent| view(cx, agent)))
}

pub(super) fn members(cx: &mut Context<'_>, operation: ListTeamMembers) -> Answer<ListTeamMembers> {
    let wanted = |member: &&TeamMember| {
        let found =
            |search: &String| matches(&member.name, search) || matches(&member.email, search);
        operation.search.as_ref().is_none_or(found)
    };
    let members = cx.world.teams.get(&cx.caller.team).into_iter().flat_map(|team| &team.members);
    let members: Vec<_> = members.filter(wanted).collect();
    Ok(cx.page(operation.page, operation.per_page, &members, |member| (*member).clone()))
}

/// An agent with its host in brief.
fn view(cx: &Context<'_>, agent: &TeamAgent) -> TeamAgent {
    let mut agent = agent.clone();
    let host = agent.host_id.and_then(|host| cx.world.hosts.get(&host));
    agent.host = host.map(|host| TeamAgentHostSummary::new(host.id).name(host.name.as_str()));
    agent.tasks_count = cx.world.tasks_of(agent.id);
    agent
}
