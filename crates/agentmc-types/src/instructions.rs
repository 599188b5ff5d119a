//! The instructions an agent works by.

use serde_json::Value;

use crate::record::record;
use crate::{AgentId, HeartbeatDefaults, Object, Timestamp};

record! {
    /// One file of an agent's instructions.
    pub struct AgentInstructionBundleFile {
        required {
            /// The file's id, which stays the same from bundle to bundle.
            id: String,
            /// Where the agent is to keep it, relative to its working directory.
            path: String,
            /// The whole text.
            content: String,
            /// The SHA-256 of the text in UTF-8, in hexadecimal.
            sha256: String,
        }
    }
}

record! {
    /// The agent that instructions are for.
    pub struct InstructedAgent {
        required {
            /// The agent.
            id: AgentId,
        }
    }
}

record! {
    /// An agent's instructions, or the news that they have not changed.
    pub struct AgentInstructionsResponse {
        required {
            /// Whether the request succeeded. It did, if there is an answer.
            ok: bool,
            /// Whether the instructions differ from the version the caller said it has.
            changed: bool,
            /// The version of these instructions.
            bundle_version: String,
            /// When they were put together.
            generated_at: Timestamp,
            /// What to go by until told otherwise.
            defaults: HeartbeatDefaults,
            /// The agent they are for.
            agent: InstructedAgent,
            /// The files; empty if nothing changed.
            files: Vec<AgentInstructionBundleFile>,
        }
    }
}

record! {
    /// The instructions of a connected agent. Revision 0.1.1 only.
    pub struct AgentConnectedInstructionsResponse {
        required {
            /// The instructions, in Markdown.
            instructions: String,
            /// Documents that go with them.
            docs: Vec<Value>,
            /// When to do what.
            schedules: Vec<Value>,
            /// Settings.
            config: Object,
        }
    }
}
