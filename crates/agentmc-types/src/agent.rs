//! Agents: what a team lists, and what one gets when it connects.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{AgentId, HostId, Object, Secret, TeamId, Timestamp, WorkspaceId};

text_enum! {
    /// The software an agent runs on.
    pub enum AgentType {
        /// `OpenClaw`.
        Openclaw = "openclaw",
    }
}

text_enum! {
    /// Whether an agent or a host is heard from.
    pub enum OnlineStatus {
        /// Its heartbeats arrive.
        Online = "online",
        /// Its heartbeats have stopped, or never started.
        Offline = "offline",
    }
}

record! {
    /// The host of an agent, in brief.
    pub struct TeamAgentHostSummary {
        required {
            /// The host.
            id: HostId,
        }
        nullable {
            /// The host's name.
            name: String,
        }
    }
}

record! {
    /// An agent of a team, as listings show it.
    pub struct TeamAgent {
        required {
            /// The agent's id.
            id: AgentId,
            /// The team it belongs to.
            team_id: TeamId,
            /// Its name.
            name: String,
            /// Whether it is heard from.
            status: OnlineStatus,
            /// How many tasks are assigned to it.
            tasks_count: u64,
        }
        nullable {
            /// The host it runs on; null until a host has reported it.
            host_id: HostId,
            /// That host, in brief.
            host: TeamAgentHostSummary,
            /// What its runtime reported about itself in the last heartbeat.
            meta: Object,
            /// When it was last heard from; null if never.
            last_seen_at: Timestamp,
            /// When it was added to the team.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
        optional {
            /// The software it runs on.
            kind = "type": AgentType => since(V0_3_169),
        }
    }
}

record! {
    /// A workspace, the old name of a team, in brief.
    pub struct Workspace {
        required {
            /// The workspace's id.
            id: WorkspaceId,
            /// Its name.
            name: String,
        }
    }
}

record! {
    /// What an agent gets in exchange for a connect token. Revision 0.1.1 only.
    pub struct ConnectAgentResponse {
        required {
            /// The agent that was connected.
            agent_id: AgentId,
            /// The token the agent authenticates with from now on. It is not shown again.
            agent_token: Secret,
            /// Where the agent's instructions are, as a URL.
            agent_instructions_endpoint: String,
            /// Where the instructions are that only the agent's own token opens, as a URL.
            agent_authenticated_instructions_endpoint: String,
            /// Where the description of the API is, as a URL.
            openapi_url: String,
            /// The workspace the agent joined.
            workspace: Workspace,
            /// The service's clock when it answered.
            server_time: Timestamp,
            /// Whether the agent is to fetch its instructions before anything else.
            first_sync_required: bool,
        }
        optional {
            /// The version of the instructions that await the agent.
            agent_instructions_version: String,
        }
    }
}
