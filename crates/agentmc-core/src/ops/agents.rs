//! Agents: connecting them, the instructions they follow, and the recurring tasks they run.

use agentmc_types::{
    AgentConnectedInstructionsResponse, AgentInstructionsResponse, AgentRecurringTaskDueRun,
    AgentRecurringTaskRun, ConnectAgentResponse, Nullable, Object, RecurringTaskRunId,
    RecurringTaskRunOutcome, Secret, Timestamp,
};

use crate::operation;
use crate::reply::{Data, Whole};
use crate::schema::Pattern;

operation! {
    /// Connects a new agent with a connect token and answers with the token the agent uses from then on.
    ///
    /// The connect token is short-lived and serves for this call alone; the `agent_token` of the
    /// reply is the credential to keep. `first_sync_required` tells whether the agent should fetch
    /// its instructions before it does anything else. How the connect token travels is not
    /// documented; it is sent as `Authorization: Bearer` unless the client is told otherwise.
    /// Gone after 0.1.1, where hosts and API keys took the place of connect tokens.
    pub struct ConnectAgent -> Whole<ConnectAgentResponse>;

    POST "connectAgent" Agents {
        V0_1_1 => "/agents/connect" CONNECT_TOKEN 201 [],
    }

    rest {
        /// The members of the request body. The API does not document them: whatever is given here
        /// is sent as it is.
        members: Object,
    }
}

operation! {
    /// Fetches the instructions, documents and schedules of a connected agent.
    ///
    /// For agents that hold a bearer token of their own, from `connectAgent`. Gone after 0.1.1,
    /// where `getAgentInstructions` took its place.
    pub struct AgentConnectedInstructions -> Whole<AgentConnectedInstructionsResponse>;

    GET "agentConnectedInstructions" Agents agent_scoped {
        V0_1_1 => "/agents/{agent}/instructions" AGENT_BEARER 200 [401, 403, 404],
    }
}

operation! {
    /// Fetches the bundle of instruction files an agent is to follow.
    ///
    /// Say which bundle is already there, and `changed` in the reply tells whether it is out of date.
    /// Each file carries the SHA-256 of its content, so that unchanged files need not be
    /// written again. The reply also gives the heartbeat interval to use, in seconds.
    pub struct GetAgentInstructions -> Whole<AgentInstructionsResponse>;

    GET "getAgentInstructions" Agents agent_scoped {
        V0_3_64 => "/agents/instructions" KEY 200 [401, 403, 422],
        V0_3_169 "getAgentsInstructions" => "/agents/instructions" KEY 200 [401, 403, 404, 422],
    }

    query {
        /// The `bundle_version` of the last reply, if there was one: at most 120 letters, digits,
        /// dots, underscores, colons and hyphens.
        current_bundle_version: String [max_len(120), pattern(Pattern::Key)] => limited_since(V0_3_169),
    }
}

operation! {
    /// Lists the runs of recurring tasks that are due now.
    ///
    /// Each run has the prompt to carry out and a claim token. Carry it out, then report how it
    /// ended with `completeRecurringTaskRun` and that token. The list is not paginated: ask again
    /// once these runs are done.
    pub struct ListDueRecurringTaskRuns -> Data<Vec<AgentRecurringTaskDueRun>>;

    GET "listDueRecurringTaskRuns" Agents agent_scoped {
        V0_3_64 => "/agents/recurring-task-runs/due" KEY 200 [401, 403, 404, 422],
        V0_3_169 => "/agents/recurring-task-runs/due" KEY 200 [401, 403, 404, 422],
    }

    query {
        /// The most runs to answer with, 1 to 25.
        limit: u32 [range(1, 25)],
    }
}

operation! {
    /// Reports how a run of a recurring task ended.
    ///
    /// It takes the claim token that came with the run. A run whose state conflicts, such as one
    /// that somebody else claimed, is refused with 409.
    pub struct CompleteRecurringTaskRun -> Data<AgentRecurringTaskRun>;

    POST "completeRecurringTaskRun" Agents agent_scoped {
        V0_3_64 => "/agents/recurring-task-runs/{run}/complete" KEY 200 [401, 403, 404, 409, 422],
        V0_3_169 => "/agents/recurring-task-runs/{run}/complete" KEY 200 [401, 403, 404, 409, 422],
    }

    path {
        /// The run to complete: the `run_id` of a due run.
        run: RecurringTaskRunId [min(1)],
    }

    body {
        /// Whether the run succeeded or failed.
        status: RecurringTaskRunOutcome,
        /// The claim token that came with the due run, at most 64 characters.
        claim_token: Secret [max_len(64)],
    }

    body? {
        /// What was done, for people to read: at most 4,000 characters.
        summary: Nullable<String> [max_len(4000)],
        /// What went wrong, for a run that failed: at most 4,000 characters.
        error_message: Nullable<String> [max_len(4000)],
        /// When the run began.
        started_at: Nullable<Timestamp>,
        /// When the run ended.
        finished_at: Nullable<Timestamp>,
        /// Anything worth keeping about the runtime that carried out the run, such as its model or
        /// the tokens it used.
        runtime_meta: Nullable<Object>,
    }
}
