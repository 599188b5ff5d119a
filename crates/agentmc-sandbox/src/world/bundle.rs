//! The instructions of agents.

use std::fmt::Write;

use agentmc_types::{AgentInstructionBundleFile, TeamAgent};

use super::World;
use crate::keys::hash;

/// The files an agent is to keep, and their version.
pub(crate) struct Bundle {
    pub(crate) version: String,
    pub(crate) files: Vec<AgentInstructionBundleFile>,
}

impl World {
    /// The instructions of an agent. The version is another whenever a file is.
    pub(crate) fn bundle(&self, agent: &TeamAgent) -> Bundle {
        let files = [
            ("agentmc", "AGENTMC.md", rules(&agent.name)),
            ("team", "TEAM.md", self.team(agent)),
            ("schedule", "SCHEDULE.md", self.schedule(agent)),
        ];
        let files = files.map(|(id, path, content)| {
            let hash = hash(content.as_bytes());
            AgentInstructionBundleFile::new(id, path, content, hash)
        });
        let hashes: Vec<_> = files.iter().map(|file| file.sha256.as_str()).collect();
        let mut version = hash(hashes.concat().as_bytes());
        version.truncate(16);
        Bundle { version, files: files.into() }
    }

    fn team(&self, agent: &TeamAgent) -> String {
        let mut text = String::from("# Your team\n");
        let team = self.teams.get(&agent.team_id);
        for member in team.into_iter().flat_map(|team| &team.members) {
            line(&mut text, &member.name, "person", member.id.get());
        }
        for other in self.agents.values().filter(|other| other.team_id == agent.team_id) {
            line(&mut text, &other.name, "agent", other.id.get());
        }
        text
    }

    fn schedule(&self, agent: &TeamAgent) -> String {
        let mut text = String::from("# What you do again and again\n");
        for task in self.recurring_tasks.values().filter(|task| task.agent_id == agent.id) {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "\n- Every {} seconds: {}", task.every_seconds, task.prompt);
        }
        text
    }
}

fn rules(name: &str) -> String {
    format!(
        "# You are {name}\n\n\
         - Send a heartbeat as often as the last reply to one says.\n\
         - Read your notifications, and answer comments where their `response_action` says.\n\
         - Carry out recurring tasks when they are due, and report how they ended.\n"
    )
}

fn line(text: &mut String, name: &str, kind: &str, id: u64) {
    // Writing into a `String` cannot fail.
    let _ = write!(text, "\n- {name} ({kind} {id})");
}
