//! Runs of recurring tasks.

use agentmc_core::ops::agents::{CompleteRecurringTaskRun, ListDueRecurringTaskRuns};
use agentmc_types::{
    AgentRecurringTaskDueRun, AgentRecurringTaskRun, Nullable, RecurringTaskRunId,
    RecurringTaskRunOutcome, RecurringTaskRunStatus,
};
use serde_json::json;

use super::Answer;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::RecurringTask;

/// The runs listed when the request does not say.
const RUNS: u32 = 25;

pub(super) fn due(
    cx: &mut Context<'_>,
    operation: ListDueRecurringTaskRuns,
) -> Answer<ListDueRecurringTaskRuns> {
    let in_reach = |task: &&RecurringTask| {
        cx.world.agents.get(&task.agent_id).is_some_and(|agent| cx.reaches(agent))
    };
    let limit = operation.limit.unwrap_or(RUNS) as usize;
    let due = cx.world.due().into_iter().filter(in_reach).take(limit);
    let due: Vec<_> = due.map(|task| task.id).collect();
    let mut claimed = Vec::with_capacity(due.len());
    for task in due {
        let id = cx.world.start_run(task);
        let Some(run) = id.and_then(|id| cx.world.runs.get(&id)).cloned() else { continue };
        cx.log("recurring_task_run.claimed", run.id.get(), &run.prompt_snapshot);
        claimed.push(AgentRecurringTaskDueRun::new(
            run.id,
            run.agent_recurring_task_id,
            run.prompt_snapshot,
            run.scheduled_for,
            run.claim_token,
            run.agent_id,
        ));
    }
    Ok(claimed)
}

pub(super) fn complete(
    cx: &mut Context<'_>,
    operation: CompleteRecurringTaskRun,
) -> Answer<CompleteRecurringTaskRun> {
    let mut run = run(cx, operation.run)?.clone();
    if run.status != RecurringTaskRunStatus::Running {
        return Err(conflict("The run has been completed.", &run));
    }
    if run.claim_token != operation.claim_token {
        return Err(conflict("Another claim holds the run.", &run));
    }
    let now = cx.now();
    run.started_at = operation.started_at.and_then(Nullable::into_option).or(run.started_at);
    run.finished_at = operation.finished_at.and_then(Nullable::into_option).or(Some(now));
    if run.finished_at < run.started_at {
        return Err(Refusal::field("finished_at", "must not be before the started_at."));
    }
    run.status = match operation.status {
        RecurringTaskRunOutcome::Success => RecurringTaskRunStatus::Success,
        _ => RecurringTaskRunStatus::Error,
    };
    run.summary = operation.summary.and_then(Nullable::into_option);
    run.error_message = operation.error_message.and_then(Nullable::into_option);
    run.runtime_meta = operation.runtime_meta.and_then(Nullable::into_option);
    run.updated_at = Some(now);
    cx.log("recurring_task_run.completed", run.id.get(), &run.prompt_snapshot);
    cx.world.runs.insert(run.id, run.clone());
    Ok(run)
}

/// A run of an agent in the caller's reach.
fn run<'a>(
    cx: &'a Context<'_>,
    id: RecurringTaskRunId,
) -> Result<&'a AgentRecurringTaskRun, Refusal> {
    let run = cx.world.runs.get(&id);
    let in_reach = |run: &&AgentRecurringTaskRun| {
        cx.world.agents.get(&run.agent_id).is_some_and(|agent| cx.reaches(agent))
    };
    run.filter(in_reach).ok_or_else(|| Refusal::not_found("run"))
}

/// A conflict says how the run stands, but not what it is claimed with.
fn conflict(message: &str, run: &AgentRecurringTaskRun) -> Refusal {
    Refusal::conflict(message, json!({"run": {"id": run.id, "status": run.status}}))
}
