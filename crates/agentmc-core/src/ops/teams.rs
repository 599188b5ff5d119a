//! Teams: their people and their agents.

use agentmc_types::{TeamAgent, TeamMember};

use crate::operation;
use crate::reply::Page;

operation! {
    /// Lists the agents of the team.
    ///
    /// A page at a time.
    pub struct ListAgents -> Page<TeamAgent>;

    GET "listAgents" Teams {
        V0_1_1 => "/teams/agents" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/teams/agents" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/teams/agents" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// The agents on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// Only agents that match this text, at most 255 characters.
        search: String [max_len(255)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Lists the people of the team.
    ///
    /// A page at a time. Agents are not among them: `listAgents` lists those.
    pub struct ListTeamMembers -> Page<TeamMember>;

    GET "listTeamMembers" Teams {
        V0_1_1 => "/team/members" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/team/members" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/team/members" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// The people on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// Only people who match this text, at most 255 characters.
        search: String [max_len(255)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}
