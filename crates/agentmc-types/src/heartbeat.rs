//! What the service answers to a heartbeat.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{AgentId, AgentType, Host, HostRealtimeSocketPayload, HostRuntimeCommandId, Timestamp};

text_enum! {
    /// The runtime a command is for.
    pub enum RuntimeProvider {
        /// `OpenClaw`.
        Openclaw = "openclaw",
    }
}

record! {
    /// What an agent or a host is to go by until told otherwise.
    pub struct HeartbeatDefaults {
        required {
            /// How many seconds to wait between two heartbeats.
            heartbeat_interval_seconds: u64,
        }
    }
}

record! {
    /// What a command to a host's runtime is about.
    pub struct HostRuntimeCommandPayload {
        required {
            /// The name of the agent the command is about.
            agent_name: String,
            /// The key the runtime knows, or is to know, the agent by.
            runtime_key: String,
        }
        optional {
            /// The agent's emoji.
            agent_emoji: String,
        }
    }
}

record! {
    /// Something a host is to do, and to report as done in its next heartbeat.
    pub struct HostRuntimeCommand {
        required {
            /// The command's id, to report on it.
            id: HostRuntimeCommandId,
            /// What is to be done.
            kind = "type": String,
            /// The runtime that is to do it.
            provider: RuntimeProvider,
            /// What it is about.
            payload: HostRuntimeCommandPayload,
        }
    }
}

record! {
    /// The agent a heartbeat was about, as the service knows it now.
    pub struct HeartbeatAgentSummary {
        required {
            /// The agent's id. A heartbeat without it found or made the agent.
            id: AgentId,
            /// Its name.
            name: String,
            /// The software it runs on.
            kind = "type": AgentType,
        }
    }
}

record! {
    /// The answer to a heartbeat.
    pub struct AgentHeartbeatResponse {
        required {
            /// Whether the heartbeat was taken. It was, if there is an answer.
            ok: bool,
            /// The service's clock when it answered.
            server_time: Timestamp,
        }
        optional {
            /// What to go by until the next answer.
            defaults: HeartbeatDefaults => since(V0_3_169),
            /// The host, as the service knows it now.
            host: Host,
            /// What the host is to do. Absent means nothing.
            host_runtime_commands: Vec<HostRuntimeCommand> => since(V0_3_169),
            /// The agent, as the service knows it now, if the heartbeat was about one.
            agent: HeartbeatAgentSummary => since(V0_3_169),
        }
        clearable {
            /// Where the host hears about new sessions. Null withdraws what an earlier answer said.
            host_realtime: HostRealtimeSocketPayload => since(V0_3_169),
        }
    }
}
