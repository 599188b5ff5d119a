//! Briefs.

use agentmc_core::ops::briefs::{
    CreateAgentBrief, DeleteAgentBrief, ListAgentBriefs, UpdateAgentBrief,
};
use agentmc_types::{
    AgentBriefResponse, AgentId, BriefEntrySummary, BriefId, BriefSource, Nullable, Object,
    RecurringBriefSummary, StoreBrief, UpdateBrief,
};

use super::Answer;
use super::auth::Who;
use super::context::{Context, matches};
use crate::reply::Refusal;
use crate::world::BriefEntry;
use crate::world::bound::FEW;
use crate::world::brief::sections;

const AGENT: &str = "source.agent_id";

/// The time zone of a brief that names none.
const TIMEZONE: &str = "UTC";

pub(super) fn list(cx: &mut Context<'_>, operation: ListAgentBriefs) -> Answer<ListAgentBriefs> {
    let found = |brief: &RecurringBriefSummary, search: &str| {
        let texts = [
            Some(&brief.name),
            brief.summary.as_ref(),
            brief.headline.as_ref(),
            brief.external_key.as_ref(),
        ];
        texts.into_iter().flatten().any(|text| matches(text, search))
    };
    let wanted = |brief: &&RecurringBriefSummary| {
        brief.team_id == cx.caller.team
            && operation.agent_id.is_none_or(|agent| brief.agent_id == Some(agent))
            && (operation.external_key.is_none() || brief.external_key == operation.external_key)
            && operation.search.as_ref().is_none_or(|search| found(brief, search))
    };
    let briefs: Vec<_> = cx.world.briefs.values().filter(wanted).collect();
    Ok(cx.page(operation.page, operation.per_page, &briefs, |brief| {
        cx.world.brief_with_entries(brief)
    }))
}

pub(super) fn create(
    cx: &mut Context<'_>,
    operation: CreateAgentBrief,
) -> Answer<CreateAgentBrief> {
    let source = operation.source.and_then(Nullable::into_option);
    let agent = writer(cx, source.as_ref())?;
    let (team, given) = (cx.caller.team, operation.brief);
    let known = find(cx, agent, &given.key).cloned();
    if known.is_none() {
        cx.room(cx.world.briefs.len(), FEW, "briefs")?;
    }
    let now = cx.now();
    let id = known.as_ref().map(|brief| brief.id).unwrap_or_else(|| {
        cx.world.briefs.add(|id| {
            let mut brief =
                RecurringBriefSummary::new(id, team, given.name.as_str(), TIMEZONE, Vec::new())
                    .external_key(given.key.as_str())
                    .created_at(now);
            brief.agent_id = agent;
            brief
        })
    });
    append(cx, id, given, source);
    let brief = brief(cx, id)?;
    let (reply, name) = (cx.world.brief_with_entries(brief), brief.name.clone());
    cx.log(if known.is_some() { "brief.updated" } else { "brief.created" }, id.get(), &name);
    Ok(AgentBriefResponse::new(reply))
}

pub(super) fn update(
    cx: &mut Context<'_>,
    operation: UpdateAgentBrief,
) -> Answer<UpdateAgentBrief> {
    let mut changed = own(cx, operation.id)?.clone();
    let source = operation.source.and_then(Nullable::into_option);
    named(cx, source.as_ref())?;
    let key = operation.brief.key.as_deref();
    if let Some(other) = key.and_then(|key| find(cx, changed.agent_id, key))
        && other.id != changed.id
    {
        return Err(Refusal::field("brief.key", "is the key of another brief."));
    }
    let now = cx.now();
    revise(&mut changed, operation.brief, source);
    changed.updated_at = Some(now);
    // A brief shows the content of its latest entry, so both change.
    let latest = cx.world.brief_entries.values_mut().rfind(|entry| entry.brief_id == changed.id);
    if let Some(latest) = latest {
        mirror(&mut latest.entry, &changed);
        latest.entry.updated_at = Some(now);
    }
    cx.log("brief.updated", changed.id.get(), &changed.name);
    let reply = cx.world.brief_with_entries(&changed);
    cx.world.briefs.insert(changed.id, changed);
    Ok(AgentBriefResponse::new(reply))
}

pub(super) fn delete(
    cx: &mut Context<'_>,
    operation: DeleteAgentBrief,
) -> Answer<DeleteAgentBrief> {
    let name = own(cx, operation.id)?.name.clone();
    cx.world.delete_brief(operation.id);
    cx.log("brief.deleted", operation.id.get(), &name);
    Ok(())
}

fn find<'a>(
    cx: &'a Context<'_>,
    agent: Option<AgentId>,
    key: &str,
) -> Option<&'a RecurringBriefSummary> {
    cx.world.briefs.values().find(|brief| {
        brief.team_id == cx.caller.team
            && brief.agent_id == agent
            && brief.external_key.as_deref() == Some(key)
    })
}

/// A brief of the team.
fn brief<'a>(cx: &'a Context<'_>, id: BriefId) -> Result<&'a RecurringBriefSummary, Refusal> {
    let brief = cx.world.briefs.get(&id).filter(|brief| brief.team_id == cx.caller.team);
    brief.ok_or_else(|| Refusal::not_found("brief"))
}

/// A brief the caller may change: agents have none but their own.
fn own<'a>(cx: &'a Context<'_>, id: BriefId) -> Result<&'a RecurringBriefSummary, Refusal> {
    let brief = brief(cx, id)?;
    let agent = brief.agent_id.and_then(|agent| cx.world.agents.get(&agent));
    if agent.map_or_else(|| cx.agent.is_none(), |agent| cx.reaches(agent)) {
        Ok(brief)
    } else {
        Err(Refusal::forbidden("This brief belongs to another agent."))
    }
}

/// The agent a brief is written by: the acting one, else the one that `source` names. People need none.
fn writer(cx: &Context<'_>, source: Option<&BriefSource>) -> Result<Option<AgentId>, Refusal> {
    let agent = cx.agent.or(named(cx, source)?);
    if agent.is_none() && cx.user().is_none() {
        return Err(Refusal::field(AGENT, "is required unless the request names an acting agent."));
    }
    Ok(agent)
}

/// The agent that `source` names, which must be within the caller's reach.
fn named(cx: &Context<'_>, source: Option<&BriefSource>) -> Result<Option<AgentId>, Refusal> {
    let Some(id) = source.and_then(|source| source.agent_id?.into_option()) else {
        return Ok(None);
    };
    let agent = cx.world.agent(cx.caller.team, id);
    let agent = agent.ok_or_else(|| Refusal::unknown(AGENT, "an agent"))?;
    if cx.reaches(agent) {
        return Ok(Some(id));
    }
    match cx.caller.who {
        Who::Team | Who::User(_) => Err(Refusal::field(AGENT, "must be the acting agent.")),
        Who::Host | Who::Agent(_) => {
            Err(Refusal::forbidden("A brief cannot be written as this agent."))
        }
    }
}

/// Adds an entry, and shows its content in the brief.
fn append(cx: &mut Context<'_>, id: BriefId, given: StoreBrief, source: Option<BriefSource>) {
    let now = cx.now();
    let Some(brief) = cx.world.briefs.get_mut(&id) else { return };
    brief.name = given.name;
    if let Some(timezone) = given.timezone {
        brief.timezone = timezone.into_option().unwrap_or_else(|| TIMEZONE.to_owned());
    }
    if let Some(summary) = given.summary {
        brief.summary = summary.into_option();
    }
    if let Some(wanted) = given.sections {
        brief.include_sections = wanted.into_option().map(sections).unwrap_or_default();
    }
    brief.external_id = given.external_id.and_then(Nullable::into_option);
    brief.headline = given.headline.and_then(Nullable::into_option);
    brief.content_markdown = Some(given.content_markdown);
    brief.content_json = given.content_json.and_then(Nullable::into_option);
    brief.source_meta = meta(given.meta.and_then(Nullable::into_option), source);
    brief.generated_at = given.generated_at.and_then(Nullable::into_option).or(Some(now));
    brief.received_at = Some(now);
    brief.updated_at = Some(now);
    // What is new has not been read.
    brief.read_by_user_id = None;
    let brief = brief.clone();
    cx.world.brief_entries.add(|entry| {
        let mut entry =
            BriefEntrySummary::new(entry, "", "", Vec::new()).created_at(now).updated_at(now);
        mirror(&mut entry, &brief);
        BriefEntry { brief_id: brief.id, entry }
    });
}

fn revise(brief: &mut RecurringBriefSummary, given: UpdateBrief, source: Option<BriefSource>) {
    if given.key.is_some() {
        brief.external_key = given.key;
    }
    if let Some(name) = given.name {
        brief.name = name;
    }
    if let Some(timezone) = given.timezone {
        brief.timezone = timezone.into_option().unwrap_or_else(|| TIMEZONE.to_owned());
    }
    if let Some(wanted) = given.sections {
        brief.include_sections = wanted.into_option().map(sections).unwrap_or_default();
    }
    set(&mut brief.summary, given.summary);
    set(&mut brief.external_id, given.external_id);
    set(&mut brief.headline, given.headline);
    set(&mut brief.content_markdown, given.content_markdown);
    set(&mut brief.content_json, given.content_json);
    set(&mut brief.generated_at, given.generated_at);
    let kept = given.meta.map_or_else(|| brief.source_meta.take(), Nullable::into_option);
    brief.source_meta = meta(kept, source);
}

/// What a writer said about where a brief comes from, in both places it can say so.
fn meta(brief: Option<Object>, source: Option<BriefSource>) -> Option<Object> {
    let source = source.and_then(|source| source.meta).and_then(Nullable::into_option);
    match (brief, source) {
        (Some(mut brief), Some(source)) => {
            brief.extend(source.into_map());
            Some(brief)
        }
        (brief, source) => brief.or(source),
    }
}

/// Makes an entry say what its brief says.
fn mirror(entry: &mut BriefEntrySummary, brief: &RecurringBriefSummary) {
    entry.agent_id = brief.agent_id;
    entry.external_id.clone_from(&brief.external_id);
    entry.name.clone_from(&brief.name);
    entry.timezone.clone_from(&brief.timezone);
    entry.summary.clone_from(&brief.summary);
    entry.include_sections.clone_from(&brief.include_sections);
    entry.headline.clone_from(&brief.headline);
    entry.content_markdown.clone_from(&brief.content_markdown);
    entry.content_json.clone_from(&brief.content_json);
    entry.source_meta.clone_from(&brief.source_meta);
    entry.received_at = brief.received_at;
    entry.generated_at = brief.generated_at;
}

fn set<T>(member: &mut Option<T>, value: Option<Nullable<T>>) {
    if let Some(value) = value {
        *member = value.into_option();
    }
}
