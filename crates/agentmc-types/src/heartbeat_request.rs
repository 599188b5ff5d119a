//! What a heartbeat reports: the runtime, the host and its agents.

use std::net::IpAddr;

use crate::record::record;
use crate::schema::Pattern;
use crate::text_enum::text_enum;
use crate::{AgentId, AgentType, HostRuntimeCommandId, MapOf, Object, TextOrFlag, TextOrObject};

text_enum! {
    /// What became of a command to a host's runtime.
    pub enum HostRuntimeCommandStatus {
        /// It was carried out.
        Completed = "completed",
        /// It could not be carried out.
        Failed = "failed",
    }
}

record! {
    /// The software that runs the agents.
    pub struct HeartbeatRuntime {
        required {
            /// Its name, at most 120 characters.
            name: String [max_len(120)],
            /// Its version, at most 120 characters.
            version: String [max_len(120)],
        }
        clearable {
            /// Its build, at most 120 characters.
            build: String [max_len(120)],
            /// The mode it runs in, at most 64 characters.
            mode: String [max_len(64)],
        }
    }
}

record! {
    /// The models an `OpenClaw` runtime uses when nobody says which.
    pub struct OpenclawModelsStatus {
        clearable {
            /// The model that is configured, at most 255 characters.
            default_model: String [max_len(255)],
            /// The model that is meant by it, at most 255 characters.
            resolved_default: String [max_len(255)],
        }
    }
}

record! {
    /// How a runtime does: what it runs, what it has used, and what it has left.
    pub struct HeartbeatMeta {
        optional {
            /// What kind of runtime it is, at most 120 characters.
            kind = "type": String [max_len(120)] => until(V0_3_64),
            /// The runtime. Revision 0.1.1 does without.
            runtime: HeartbeatRuntime => required_since(V0_3_64),
            /// The version of `OpenClaw`, at most 120 characters.
            openclaw_version: String [max_len(120)],
            /// The build of `OpenClaw`, at most 120 characters.
            openclaw_build: String [max_len(120)],
            /// The models it can use, as names or as objects that say more. Revision 0.1.1 does without.
            models: Vec<TextOrObject> => required_since(V0_3_64),
            /// How many tokens models have read.
            tokens_in: u64 [min(0)],
            /// How many tokens models have written.
            tokens_out: u64 [min(0)],
            /// The mode it runs in, at most 64 characters.
            runtime_mode: String [max_len(64)] => until(V0_3_64),
            /// How much models think before they answer, in at most 64 characters, or whether they do.
            thinking_mode: TextOrFlag [max_len(64)],
            /// How much of what models read was cached, in percent.
            cache_hit_rate_percent: f64 [range(0, 100)],
            /// How many tokens were read from the cache.
            cache_tokens_cached: u64 [min(0)],
            /// How many tokens were written to the cache.
            cache_tokens_new: u64 [min(0)],
            /// How many tokens of the context are taken.
            context_tokens_used: u64 [min(0)],
            /// How many tokens the context holds, at least 1.
            context_tokens_max: u64 [min(1)],
            /// How much of the context is taken, in percent.
            context_percent_used: f64 [range(0, 100)],
            /// How often the context was compacted.
            context_compactions: u64 [min(0)],
            /// Whether agents can use a browser.
            browser_tool_available: bool,
            /// Whether agents can run programs.
            exec_tool_available: bool,
            /// Whether agents can use other nodes.
            nodes_tool_available: bool,
            /// Whether agents can send messages.
            messaging_tool_available: bool,
            /// Whether agents can use other sessions.
            sessions_tool_available: bool,
            /// Whether agents can remember.
            memory_tool_available: bool,
            /// Whether agents can use a tool, by the tool's name.
            tool_availability: MapOf<bool>,
            /// What the shorter limit on usage is called, at most 64 characters.
            usage_window_label: String [max_len(64)] => since(V0_3_169),
            /// How much is left until the shorter limit on usage, in percent.
            usage_window_percent_left: f64 [range(0, 100)],
            /// How long the shorter limit on usage lasts still, in words of at most 120 characters.
            usage_window_time_left: String [max_len(120)],
            /// What the longer limit on usage is called, at most 64 characters.
            usage_day_label: String [max_len(64)] => since(V0_3_169),
            /// How much is left until the longer limit on usage, in percent.
            usage_day_percent_left: f64 [range(0, 100)],
            /// How long the longer limit on usage lasts still, in words of at most 120 characters.
            usage_day_time_left: String [max_len(120)],
            /// The version of Node.js, at most 120 characters.
            node_version: String [max_len(120)],
            /// The version of the AgentMC package for Node.js, at most 120 characters.
            agentmc_node_package_version: String [max_len(120)] => since(V0_3_169),
            /// The runtime's session, in its own words.
            session: String,
            /// How work is queued, in the runtime's own words.
            queue: String => until(V0_3_64),
            /// How much work is queued.
            queue_depth: u64 [min(0)] => until(V0_3_64),
            /// How the runtime authenticates to its models, in its own words.
            auth: String,
            /// The models used when nobody says which.
            openclaw_models_status: OpenclawModelsStatus => since(V0_3_169),
        }
    }
}

record! {
    /// The addresses of a host.
    pub struct HostNetwork {
        required {
            /// Its address in its own network.
            private_ip: IpAddr,
            /// Its address as the Internet sees it.
            public_ip: IpAddr,
        }
    }
}

record! {
    /// The disk of a host.
    pub struct HostDisk {
        required {
            /// How many bytes it holds.
            total_bytes: u64 [min(0)],
            /// How many bytes are free.
            free_bytes: u64 [min(0)],
        }
    }
}

record! {
    /// The software that runs agents on a host.
    pub struct HostRuntime {
        required {
            /// Its name, at most 120 characters.
            name: String [max_len(120)],
            /// Its version, at most 120 characters.
            version: String [max_len(120)],
        }
    }
}

record! {
    /// What a host is made of.
    pub struct HostMeta {
        required {
            /// Its name in its own network, at most 255 characters.
            hostname: String [max_len(255)],
            /// Its address.
            ip: IpAddr,
            /// Its addresses, by who sees them.
            network: HostNetwork,
            /// Its operating system, at most 120 characters.
            os: String [max_len(120)],
            /// The version of the operating system, at most 120 characters.
            os_version: String [max_len(120)],
            /// The architecture of its processor, such as `x86_64`, at most 120 characters.
            arch: String [max_len(120)],
            /// Its processor, as a name or as an object that says more.
            cpu: TextOrObject,
            /// How many cores the processor has, from 1 to 4096.
            cpu_cores: u64 [range(1, 4096)],
            /// How much memory it has, in gigabytes.
            ram_gb: f64 [min(0)],
            /// Its disk.
            disk: HostDisk,
            /// How many seconds it has been running.
            uptime_seconds: u64 [min(0)],
            /// The software that runs its agents.
            runtime: HostRuntime,
        }
    }
}

record! {
    /// The host a heartbeat comes from.
    pub struct HeartbeatHost {
        required {
            /// What the host is recognised by, and must stay the same: 64 to 128 letters, digits, `.`, `_` and `-`.
            fingerprint: String [min_len(64), max_len(128), pattern(Pattern::Fingerprint)],
            /// Its name, at most 255 characters.
            name: String [max_len(255)],
            /// What it is made of.
            meta: HostMeta,
        }
    }
}

record! {
    /// The one agent a heartbeat is about.
    pub struct HeartbeatAgent {
        required {
            /// Its name, at most 255 characters.
            name: String [max_len(255)],
        }
        optional {
            /// The software it runs on. Revisions before 0.3.169 take any text of at most 120 characters.
            kind = "type": AgentType [max_len(120)] => listed_since(V0_3_169),
            /// What its runtime says about it.
            meta: Object => since(V0_3_169),
            /// What it is recognised by when it has no id. Revision 0.1.1 does without.
            identity: TextOrObject => required_since(V0_3_64),
            /// The models it can use.
            models: Vec<Object> => until(V0_1_1),
        }
        clearable {
            /// The agent. Without it the service finds or makes the agent by its identity; revision 0.3.64 insists on it.
            id: AgentId [min(1)] => required_only(V0_3_64).null_since(V0_3_169),
            /// Its emoji, at most 32 characters.
            emoji: String [max_len(32)] => since(V0_3_169),
        }
    }
}

record! {
    /// One of the agents of the host that a heartbeat comes from.
    pub struct HeartbeatHostAgent {
        required {
            /// Its name, at most 255 characters.
            name: String [max_len(255)],
            /// What it is recognised by when it has no id.
            identity: Object,
        }
        optional {
            /// The software it runs on.
            kind = "type": AgentType,
            /// What its runtime says about it.
            meta: Object,
        }
        clearable {
            /// The agent. Without it the service finds or makes the agent by its identity.
            id: AgentId [min(1)],
            /// Its emoji, at most 32 characters.
            emoji: String [max_len(32)],
        }
    }
}

record! {
    /// What came of a command to a host's runtime.
    pub struct HostRuntimeCommandResult {
        clearable {
            /// The key the runtime knows the agent by.
            runtime_key: String,
            /// The name the runtime knows the agent by.
            runtime_agent_name: String,
            /// Where the agent works.
            workspace_dir: String,
        }
    }
}

record! {
    /// The report that a command to a host's runtime is done with.
    pub struct HostRuntimeCommandUpdate {
        required {
            /// The command.
            id: HostRuntimeCommandId [min(1)],
            /// What became of it.
            status: HostRuntimeCommandStatus,
        }
        clearable {
            /// What came of it, if it was carried out.
            result: HostRuntimeCommandResult,
            /// Why it was not carried out.
            error: String,
        }
    }
}
