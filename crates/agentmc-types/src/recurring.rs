//! Recurring tasks of agents, and their runs.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{AgentId, Object, RecurringTaskId, RecurringTaskRunId, Secret, TeamId, Timestamp};

text_enum! {
    /// How a run of a recurring task stands.
    pub enum RecurringTaskRunStatus {
        /// An agent is at it.
        Running = "running",
        /// It went well.
        Success = "success",
        /// It failed.
        Error = "error",
    }
}

text_enum! {
    /// How a run of a recurring task ended.
    pub enum RecurringTaskRunOutcome {
        /// It went well.
        Success = "success",
        /// It failed.
        Error = "error",
    }
}

record! {
    /// A run of a recurring task that is due. Listing it claims it for the caller.
    pub struct AgentRecurringTaskDueRun {
        required {
            /// The run's id.
            run_id: RecurringTaskRunId,
            /// The recurring task.
            task_id: RecurringTaskId,
            /// What the agent is to do.
            prompt: String,
            /// When the run was to start.
            scheduled_for: Timestamp,
            /// What proves that the run is the caller's, when it is completed.
            claim_token: Secret,
            /// The agent that is to do it.
            agent_id: AgentId,
        }
    }
}

record! {
    /// A run of a recurring task.
    pub struct AgentRecurringTaskRun {
        required {
            /// The run's id.
            id: RecurringTaskRunId,
            /// The team it belongs to.
            team_id: TeamId,
            /// The agent that does it.
            agent_id: AgentId,
            /// The recurring task.
            agent_recurring_task_id: RecurringTaskId,
            /// When it was to start.
            scheduled_for: Timestamp,
            /// How it stands.
            status: RecurringTaskRunStatus,
            /// What proves that the run is the caller's, when it is completed.
            claim_token: Secret,
            /// What the agent was to do when the run was made.
            prompt_snapshot: String,
        }
        nullable {
            /// The task's schedule when the run was made.
            schedule_snapshot: Object,
            /// When it started.
            started_at: Timestamp,
            /// When it ended; null while it runs.
            finished_at: Timestamp,
            /// What came of it, in the agent's words.
            summary: String,
            /// Why it failed; null unless it did.
            error_message: String,
            /// What the agent's runtime said about the run.
            runtime_meta: Object,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}
