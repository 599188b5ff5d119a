//! Briefs: reports that agents write again and again, an entry each time.

use agentmc_types::{
    AgentBriefResponse, AgentId, BriefId, BriefSource, Nullable, RecurringBriefSummary, StoreBrief,
    UpdateBrief,
};

use crate::operation;
use crate::reply::{Empty, Page, Whole};
use crate::schema::Pattern;

operation! {
    /// Lists briefs, each with its latest entry.
    ///
    /// A page at a time.
    pub struct ListAgentBriefs -> Page<RecurringBriefSummary>;

    GET "listAgentBriefs" Briefs agent_scoped {
        V0_1_1 => "/briefs" KEY_OR_BEARER 200 [401, 403, 422],
        V0_3_64 => "/briefs" KEY_OR_COOKIE 200 [401, 403, 422],
        V0_3_169 => "/briefs" KEY_OR_COOKIE 200 [401, 403, 422],
    }

    query {
        /// Only briefs that match this text, at most 255 characters.
        search: String [max_len(255)],
        /// Only the brief with this key, the one its agent gave it: at most 120 letters, digits,
        /// dots, underscores, colons and hyphens.
        external_key: String [max_len(120), pattern(Pattern::Key)],
        /// Only the briefs of this agent. Also makes it the acting agent of the call.
        agent_id: AgentId [min(1)],
        /// The briefs on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Adds an entry to the brief with the given key, and creates the brief if there is none yet.
    ///
    /// Calling it twice makes two entries. With a host or team key the brief needs an agent: an
    /// acting agent, or `agent_id` in `source`. Refused with 402 when the plan allows no more.
    pub struct CreateAgentBrief -> Whole<AgentBriefResponse>;

    POST "createAgentBrief" Briefs agent_scoped {
        V0_1_1 => "/briefs" KEY_OR_BEARER 201 [401, 403, 422],
        V0_3_64 => "/briefs" KEY_OR_COOKIE 201 [401, 403, 422],
        V0_3_169 => "/briefs" KEY_OR_COOKIE 201 [401, 402, 403, 422],
    }

    body {
        /// The brief, by its key, and the content of the new entry.
        brief: StoreBrief,
    }

    body? {
        /// Where the entry comes from: the agent, and anything worth keeping about it.
        source: Nullable<BriefSource>,
    }
}

operation! {
    /// Changes a brief.
    ///
    /// What is left out of `brief` stays as it is; null clears what may be null.
    pub struct UpdateAgentBrief -> Whole<AgentBriefResponse>;

    PATCH "updateAgentBrief" Briefs agent_scoped {
        V0_1_1 => "/briefs/{id}" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/briefs/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/briefs/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The brief to change.
        id: BriefId [min(1)],
    }

    body {
        /// What to change.
        brief: UpdateBrief,
    }

    body? {
        /// Where the change comes from: the agent, and anything worth keeping about it.
        source: Nullable<BriefSource>,
    }
}

operation! {
    /// Deletes a brief.
    ///
    /// There is no way back through the API. Answers 204 without a body.
    pub struct DeleteAgentBrief -> Empty;

    DELETE "deleteAgentBrief" Briefs agent_scoped {
        V0_1_1 => "/briefs/{id}" KEY_OR_BEARER 204 [401, 403, 404, 422],
        V0_3_64 => "/briefs/{id}" KEY_OR_COOKIE 204 [401, 403, 404, 422],
        V0_3_169 => "/briefs/{id}" KEY_OR_COOKIE 204 [401, 403, 404, 422],
    }

    path {
        /// The brief to delete.
        id: BriefId [min(1)],
    }
}
