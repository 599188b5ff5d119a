//! Realtime, and what heartbeats say.

use std::net::IpAddr;

use agentmc_types::{
    AgentId, AgentRealtimeSession, AgentRealtimeSignal, AgentRealtimeSignalResponse,
    AgentRealtimeSignalsResponse, AgentRealtimeSocketAuthResponse, AgentType, HeartbeatAgent,
    HeartbeatHost, HeartbeatHostAgent, HeartbeatMeta, HeartbeatRuntime, HostDisk, HostMeta,
    HostNetwork, HostRealtimeSocketConnection, HostRealtimeSocketPayload, HostRuntime,
    HostRuntimeCommandId, HostRuntimeCommandResult, HostRuntimeCommandStatus,
    HostRuntimeCommandUpdate, MapOf, Nullable, Object, OpenclawModelsStatus, RealtimeSessionStatus,
    SessionId, SignalId, SignalSender, TeamId, TextOrFlag, TextOrObject, Timestamp, UserId,
};

use super::{Run, plain};

pub(super) fn measure(run: &mut Run) {
    plain! {
        run;
        HostRealtimeSocketConnection {
            required { key: String, host: String }
            optional { driver: String, cluster: String, port: i64, scheme: String, path: String }
        }
        HostRealtimeSocketPayload {
            required { connection: HostRealtimeSocketConnection, channel: String }
            optional { event: String, auth_endpoint: String }
        }
        AgentRealtimeSession {
            required {
                id: SessionId, team_id: TeamId, agent_id: AgentId, status: RealtimeSessionStatus,
            }
            nullable {
                requested_by_user_id: UserId, claimed_at: Timestamp, opened_at: Timestamp,
                closed_at: Timestamp, expires_at: Timestamp, last_browser_heartbeat_at: Timestamp,
                last_agent_heartbeat_at: Timestamp, meta: Object, created_at: Timestamp,
                updated_at: Timestamp,
            }
            optional { socket: HostRealtimeSocketPayload }
        }
        AgentRealtimeSignal {
            required {
                id: SignalId, session_id: SessionId, sender: SignalSender, kind = "type": String,
            }
            nullable { payload: Object, created_at: Timestamp }
            optional { team_id: TeamId, agent_id: AgentId, updated_at: Timestamp }
        }
        AgentRealtimeSignalsResponse {
            required { data: Vec<AgentRealtimeSignal>, session: AgentRealtimeSession }
        }
        AgentRealtimeSignalResponse {
            required { data: AgentRealtimeSignal, session: AgentRealtimeSession }
        }
        AgentRealtimeSocketAuthResponse {
            required { auth: String }
        }
        HeartbeatRuntime {
            required { name: String, version: String }
            clearable { build: String, mode: String }
        }
        OpenclawModelsStatus {
            clearable { default_model: String, resolved_default: String }
        }
        HeartbeatMeta {
            optional {
                kind = "type": String, runtime: HeartbeatRuntime, openclaw_version: String,
                openclaw_build: String, models: Vec<TextOrObject>, tokens_in: u64, tokens_out: u64,
                runtime_mode: String, thinking_mode: TextOrFlag, cache_hit_rate_percent: f64,
                cache_tokens_cached: u64, cache_tokens_new: u64, context_tokens_used: u64,
                context_tokens_max: u64, context_percent_used: f64, context_compactions: u64,
                browser_tool_available: bool, exec_tool_available: bool, nodes_tool_available: bool,
                messaging_tool_available: bool, sessions_tool_available: bool,
                memory_tool_available: bool, tool_availability: MapOf<bool>,
                usage_window_label: String, usage_window_percent_left: f64,
                usage_window_time_left: String, usage_day_label: String,
                usage_day_percent_left: f64, usage_day_time_left: String, node_version: String,
                agentmc_node_package_version: String, session: String, queue: String,
                queue_depth: u64, auth: String, openclaw_models_status: OpenclawModelsStatus,
            }
        }
        HostNetwork {
            required { private_ip: IpAddr, public_ip: IpAddr }
        }
        HostDisk {
            required { total_bytes: u64, free_bytes: u64 }
        }
        HostRuntime {
            required { name: String, version: String }
        }
        HostMeta {
            required {
                hostname: String, ip: IpAddr, network: HostNetwork, os: String, os_version: String,
                arch: String, cpu: TextOrObject, cpu_cores: u64, ram_gb: f64, disk: HostDisk,
                uptime_seconds: u64, runtime: HostRuntime,
            }
        }
        HeartbeatHost {
            required { fingerprint: String, name: String, meta: HostMeta }
        }
        HeartbeatAgent {
            required { name: String }
            optional {
                kind = "type": AgentType, meta: Object, identity: TextOrObject, models: Vec<Object>,
            }
            clearable { id: AgentId, emoji: String }
        }
        HeartbeatHostAgent {
            required { name: String, identity: Object }
            optional { kind = "type": AgentType, meta: Object }
            clearable { id: AgentId, emoji: String }
        }
        HostRuntimeCommandResult {
            clearable { runtime_key: String, runtime_agent_name: String, workspace_dir: String }
        }
        HostRuntimeCommandUpdate {
            required { id: HostRuntimeCommandId, status: HostRuntimeCommandStatus }
            clearable { result: HostRuntimeCommandResult, error: String }
        }
    }
}
