//! Recurring tasks: when they are due, and their runs.

use agentmc_types::{
    AgentId, AgentRecurringTaskRun, Object, RecurringTaskId, RecurringTaskRunId,
    RecurringTaskRunStatus, TeamId, Timestamp,
};

use serde::{Deserialize, Serialize};

use super::World;

/// The characters of a claim token.
const TOKEN: usize = 40;

/// Something an agent does again and again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecurringTask {
    /// Its id.
    pub id: RecurringTaskId,
    /// The team it belongs to.
    pub team_id: TeamId,
    /// The agent that does it.
    pub agent_id: AgentId,
    /// What the agent is to do.
    pub prompt: String,
    /// How many seconds lie between two runs.
    pub every_seconds: u32,
    /// When the next run is due. A run that is missed is made up for once, however many were.
    pub next_at: Timestamp,
}

impl RecurringTask {
    /// Its schedule, as runs and instructions show it.
    pub(crate) fn schedule(&self) -> Object {
        Object::from_iter([("every_seconds", self.every_seconds)])
    }

    /// The first moment of the schedule after `now`.
    fn following(&self, now: Timestamp) -> Timestamp {
        let (next, every) = (self.next_at.as_second(), i64::from(self.every_seconds).max(1));
        let missed = now.as_second().saturating_sub(next).max(0) / every;
        let following = next.saturating_add((missed + 1).saturating_mul(every));
        Timestamp::from_second(following).unwrap_or(Timestamp::MAX)
    }
}

impl World {
    /// The recurring tasks that are due and of which no run is going on, the longest due first.
    pub(crate) fn due(&self) -> Vec<&RecurringTask> {
        let now = self.now();
        let busy = |task: &RecurringTask| {
            self.runs.values().any(|run| {
                run.agent_recurring_task_id == task.id
                    && run.status == RecurringTaskRunStatus::Running
            })
        };
        let due = self.recurring_tasks.values().filter(|task| task.next_at <= now && !busy(task));
        let mut due: Vec<_> = due.collect();
        due.sort_by_key(|task| (task.next_at, task.id));
        due
    }

    /// Starts a run of a recurring task.
    pub(crate) fn start_run(&mut self, task: RecurringTaskId) -> Option<RecurringTaskRunId> {
        let token = crate::keys::token(&mut self.rng, "", TOKEN);
        let now = self.now();
        let task = self.recurring_tasks.get_mut(&task)?;
        let following = task.following(now);
        let scheduled = std::mem::replace(&mut task.next_at, following);
        Some(self.runs.add(|id| {
            AgentRecurringTaskRun::new(
                id,
                task.team_id,
                task.agent_id,
                task.id,
                scheduled,
                RecurringTaskRunStatus::Running,
                token,
                task.prompt.as_str(),
            )
            .schedule_snapshot(task.schedule())
            .started_at(now)
            .created_at(now)
            .updated_at(now)
        }))
    }
}
