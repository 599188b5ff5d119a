//! Agents, hosts, teams and what an agent is told to do.

use agentmc_types::{
    AgentConnectedInstructionsResponse, AgentHeartbeatResponse, AgentId,
    AgentInstructionBundleFile, AgentInstructionsResponse, AgentType, ConnectAgentResponse,
    HeartbeatAgentSummary, HeartbeatDefaults, Host, HostAgentSummary, HostAgentsMeta,
    HostDetailResponse, HostId, HostRealtimeSocketPayload, HostRuntimeCommand,
    HostRuntimeCommandId, HostRuntimeCommandPayload, InstructedAgent, Nullable, Object,
    OnlineStatus, PlanSummary, RuntimeProvider, Secret, TaskAssigneeType, TeamAgent,
    TeamAgentHostSummary, TeamId, TeamMember, TeamSummary, Timestamp, UserId, Workspace,
    WorkspaceId,
};
use serde_json::Value;

use super::{Run, plain};

pub(super) fn measure(run: &mut Run) {
    plain! {
        run;
        TeamAgentHostSummary {
            required { id: HostId }
            nullable { name: String }
        }
        TeamAgent {
            required {
                id: AgentId, team_id: TeamId, name: String, status: OnlineStatus, tasks_count: u64,
            }
            nullable {
                host_id: HostId, host: TeamAgentHostSummary, meta: Object, last_seen_at: Timestamp,
                created_at: Timestamp, updated_at: Timestamp,
            }
            optional { kind = "type": AgentType }
        }
        Workspace {
            required { id: WorkspaceId, name: String }
        }
        ConnectAgentResponse {
            required {
                agent_id: AgentId, agent_token: Secret, agent_instructions_endpoint: String,
                agent_authenticated_instructions_endpoint: String, openapi_url: String,
                workspace: Workspace, server_time: Timestamp, first_sync_required: bool,
            }
            optional { agent_instructions_version: String }
        }
        Host {
            required {
                id: HostId, team_id: TeamId, name: String, fingerprint: String,
                status: OnlineStatus, agents_total: i64, agents_online: i64,
            }
            nullable {
                last_seen_at: Timestamp, agent_runtime: String, agent_runtime_version: String,
                meta: Object, created_by_user_id: UserId, created_at: Timestamp,
                updated_at: Timestamp,
            }
        }
        HostAgentSummary {
            required {
                id: AgentId, team_id: TeamId, host_id: HostId, name: String, status: OnlineStatus,
                tasks_count: u64,
            }
            nullable {
                meta: Object, last_seen_at: Timestamp, created_at: Timestamp, updated_at: Timestamp,
            }
        }
        HostAgentsMeta {
            required { current_page: u64, last_page: u64, per_page: u64, total: u64 }
        }
        HostDetailResponse {
            required { data: Host, agents: Vec<HostAgentSummary>, agents_meta: HostAgentsMeta }
        }
        TeamSummary {
            required { id: TeamId, name: String }
        }
        TeamMember {
            required {
                id: UserId, name: String, email: String, assignee_type: TaskAssigneeType,
                team_role: String, is_owner: bool,
            }
        }
        PlanSummary {
            required {
                key: String, label: String, rate_limit_per_minute: u64,
                activity_retention_days: u64, features: Object, limits: Object,
            }
            optional { chat_retention_days: u64 }
        }
        HeartbeatDefaults {
            required { heartbeat_interval_seconds: u64 }
        }
        HostRuntimeCommandPayload {
            required { agent_name: String, runtime_key: String }
            optional { agent_emoji: String }
        }
        HostRuntimeCommand {
            required {
                id: HostRuntimeCommandId, kind = "type": String, provider: RuntimeProvider,
                payload: HostRuntimeCommandPayload,
            }
        }
        HeartbeatAgentSummary {
            required { id: AgentId, name: String, kind = "type": AgentType }
        }
        AgentHeartbeatResponse {
            required { ok: bool, server_time: Timestamp }
            optional {
                defaults: HeartbeatDefaults, host: Host,
                host_runtime_commands: Vec<HostRuntimeCommand>, agent: HeartbeatAgentSummary,
            }
            clearable { host_realtime: HostRealtimeSocketPayload }
        }
        AgentInstructionBundleFile {
            required { id: String, path: String, content: String, sha256: String }
        }
        InstructedAgent {
            required { id: AgentId }
        }
        AgentInstructionsResponse {
            required {
                ok: bool, changed: bool, bundle_version: String, generated_at: Timestamp,
                defaults: HeartbeatDefaults, agent: InstructedAgent,
                files: Vec<AgentInstructionBundleFile>,
            }
        }
        AgentConnectedInstructionsResponse {
            required {
                instructions: String, docs: Vec<Value>, schedules: Vec<Value>, config: Object,
            }
        }
    }
}
