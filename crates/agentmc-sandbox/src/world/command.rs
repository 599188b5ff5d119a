//! What hosts' runtimes are told to do.

use agentmc_types::{
    AgentId, AgentType, Host, HostId, HostRuntimeCommand, HostRuntimeCommandId,
    HostRuntimeCommandPayload, HostRuntimeCommandResult, HostRuntimeCommandStatus,
    HostRuntimeCommandUpdate, Nullable, OnlineStatus, RuntimeProvider, TeamAgent,
};
use serde::{Deserialize, Serialize};

use super::{Actor, World};

/// A command to a host's runtime, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuntimeCommand {
    /// The command, as heartbeats bring it.
    pub command: HostRuntimeCommand,
    /// The host that is to carry it out.
    pub host_id: HostId,
    /// What became of it; none until the host reports.
    pub status: Option<HostRuntimeCommandStatus>,
    /// What came of it, as the host reported.
    pub result: Option<HostRuntimeCommandResult>,
    /// Why it was not carried out, as the host reported.
    pub error: Option<String>,
}

impl World {
    /// The service wants something of a host's runtime; `None` if there is no such host. Every heartbeat of the host
    /// brings the command until one reports on it.
    ///
    /// A word in `kind` says what comes of it once the host reports that it is done: `create`, as in `agent.create`,
    /// makes an agent on the host, unless it has one by that runtime key or name, and `update` renames it; both give
    /// it the emoji and the runtime key. After any other nothing changes.
    ///
    /// The clock advances by one second. The oldest commands are forgotten when there are more than 1,000.
    pub fn queue_command(
        &mut self,
        host: HostId,
        kind: &str,
        payload: HostRuntimeCommandPayload,
    ) -> Option<HostRuntimeCommandId> {
        let team = self.hosts.get(&host)?.team_id;
        self.pass();
        let name = payload.agent_name.clone();
        let id = self.commands.add(|id| RuntimeCommand {
            command: HostRuntimeCommand::new(id, kind, RuntimeProvider::Openclaw, payload),
            host_id: host,
            status: None,
            result: None,
            error: None,
        });
        let owner = self.teams.get(&team).and_then(|team| team.members.first());
        let owner = owner.map(|owner| owner.id).and_then(|user| self.user_actor(team, user));
        let actor = owner.unwrap_or_else(|| Actor::key("Team key"));
        self.log(team, &actor, "host_runtime_command.queued", id.get(), &name);
        self.forget_oldest();
        Some(id)
    }

    /// The commands a host has not reported on, oldest first.
    pub(crate) fn pending_commands(&self, host: HostId) -> Vec<HostRuntimeCommand> {
        let of_host = self.commands.values().filter(|it| it.host_id == host);
        of_host.filter(|it| it.status.is_none()).map(|it| it.command.clone()).collect()
    }

    /// A host reports on a command. A report that comes again changes nothing, and neither does one on a command that
    /// the host has not been given; the log tells of that.
    pub(crate) fn report_command(
        &mut self,
        host: &Host,
        update: HostRuntimeCommandUpdate,
        actor: &Actor,
    ) {
        let id = update.id;
        let known = self.commands.get_mut(&id).filter(|it| it.host_id == host.id);
        let Some(known) = known else {
            return self.log(host.team_id, actor, "host_runtime_command.unknown", id.get(), "");
        };
        if known.status.is_some() {
            return;
        }
        let action = format!("host_runtime_command.{}", update.status);
        known.status = Some(update.status.clone());
        known.result = update.result.and_then(Nullable::into_option);
        known.error = update.error.and_then(Nullable::into_option);
        let done = known.clone();
        self.log(host.team_id, actor, &action, id.get(), &done.command.payload.agent_name);
        if update.status == HostRuntimeCommandStatus::Completed {
            self.carry_out(host, &done, actor);
        }
    }

    /// Makes the world what it is once a command is carried out.
    fn carry_out(&mut self, host: &Host, done: &RuntimeCommand, actor: &Actor) {
        let HostRuntimeCommand { kind, payload, .. } = &done.command;
        let says = |word| kind.split(|it: char| !it.is_ascii_alphabetic()).any(|it| it == word);
        let creates = says("create");
        if !creates && !says("update") {
            return;
        }
        let given = done.result.as_ref().and_then(|result| match &result.runtime_key {
            Some(Nullable::Value(key)) => Some(key.clone()),
            _ => None,
        });
        let key = given.unwrap_or_else(|| payload.runtime_key.clone());
        let now = self.now();
        let id = match self.agent_of_runtime(host.id, &key, &payload.agent_name) {
            Some(id) => id,
            None if !creates || self.plan_is_full(host.team_id) => return,
            None => {
                let (team, name) = (host.team_id, payload.agent_name.as_str());
                let id = self.agents.add(|id| {
                    TeamAgent::new(id, team, name, OnlineStatus::Offline, 0)
                        .host_id(host.id)
                        .kind(AgentType::Openclaw)
                        .created_at(now)
                });
                self.log(team, actor, "agent.created", id.get(), name);
                id
            }
        };
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.name.clone_from(&payload.agent_name);
            agent.updated_at = Some(now);
            let meta = agent.meta.get_or_insert_default();
            meta.insert("runtime_key".into(), key.into());
            if let Some(emoji) = &payload.agent_emoji {
                meta.insert("emoji".into(), emoji.as_str().into());
            }
        }
    }

    /// The agent that a host's runtime knows by a key, or else the one of that name.
    fn agent_of_runtime(&self, host: HostId, key: &str, name: &str) -> Option<AgentId> {
        let agents = || self.agents.values().filter(|agent| agent.host_id == Some(host));
        let keyed = |agent: &&TeamAgent| {
            let known = agent.meta.as_ref().and_then(|meta| meta.get("runtime_key"));
            known.and_then(serde_json::Value::as_str) == Some(key)
        };
        let found = agents().find(keyed).or_else(|| agents().find(|agent| agent.name == name));
        found.map(|agent| agent.id)
    }
}
