//! The log of what happened in a team.

use agentmc_types::Log;

use crate::operation;
use crate::reply::Page;

operation! {
    /// Lists what people, agents and API keys did in the team.
    ///
    /// A page at a time. How far back the log goes depends on the plan.
    pub struct ListLogs -> Page<Log>;

    GET "listLogs" Logs {
        V0_1_1 => "/logs" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/logs" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/logs" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// The entries on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}
