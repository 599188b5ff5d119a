//! Hosts: the machines that run agents.

use crate::record::record;
use crate::{AgentId, HostId, Object, OnlineStatus, TeamId, Timestamp, UserId};

record! {
    /// A machine that runs agents.
    pub struct Host {
        required {
            /// The host's id.
            id: HostId,
            /// The team it belongs to.
            team_id: TeamId,
            /// Its name.
            name: String,
            /// What it is recognised by.
            fingerprint: String,
            /// Whether it is heard from.
            status: OnlineStatus,
            /// How many agents it runs.
            agents_total: i64,
            /// How many of them are heard from.
            agents_online: i64,
        }
        nullable {
            /// When it was last heard from; null if never.
            last_seen_at: Timestamp,
            /// The software that runs its agents.
            agent_runtime: String => since(V0_3_169),
            /// The version of that software.
            agent_runtime_version: String => since(V0_3_169),
            /// What it reported about itself in the last heartbeat.
            meta: Object,
            /// The person who added it.
            created_by_user_id: UserId,
            /// When it was added.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// An agent of a host, as the host's details show it.
    pub struct HostAgentSummary {
        required {
            /// The agent's id.
            id: AgentId,
            /// The team it belongs to.
            team_id: TeamId,
            /// The host it runs on.
            host_id: HostId,
            /// Its name.
            name: String,
            /// Whether it is heard from.
            status: OnlineStatus,
            /// How many tasks are assigned to it.
            tasks_count: u64,
        }
        nullable {
            /// What its runtime reported about itself in the last heartbeat.
            meta: Object,
            /// When it was last heard from; null if never.
            last_seen_at: Timestamp,
            /// When it was added to the team.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// Which of a host's agents its details list.
    pub struct HostAgentsMeta {
        required {
            /// The number of this page of agents, from 1.
            current_page: u64,
            /// The number of the last page, at least 1.
            last_page: u64,
            /// The most agents a page has.
            per_page: u64,
            /// How many agents the host has.
            total: u64,
        }
    }
}

record! {
    /// A host and a page of its agents.
    pub struct HostDetailResponse {
        required {
            /// The host.
            data: Host,
            /// Some of its agents; `agents_meta` says which.
            agents: Vec<HostAgentSummary>,
            /// Which of its agents these are.
            agents_meta: HostAgentsMeta,
        }
    }
}
