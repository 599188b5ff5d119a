//! Who does things, and who is told about them.

use agentmc_types::{ActorId, ActorType, AgentId, AssigneeId, AssigneeType, TeamId, UserId};

use super::World;

/// Who does something.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) kind: ActorType,
    pub(crate) id: Option<ActorId>,
    pub(crate) name: String,
}

/// A person or an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    User(UserId),
    Agent(AgentId),
}

impl Actor {
    /// A key that acts for nobody in particular.
    pub(crate) fn key(name: &str) -> Self {
        Self { kind: ActorType::ApiKey, id: None, name: name.to_owned() }
    }

    /// Whether the actor is that person or agent.
    pub(crate) fn is(&self, party: Party) -> bool {
        self.id.map(ActorId::get) == Some(party.id().get())
            && match party {
                Party::User(_) => self.kind == ActorType::User,
                Party::Agent(_) => self.kind == ActorType::Agent,
            }
    }
}

impl Party {
    pub(crate) const fn kind(self) -> AssigneeType {
        match self {
            Self::User(_) => AssigneeType::User,
            Self::Agent(_) => AssigneeType::Agent,
        }
    }

    pub(crate) const fn id(self) -> AssigneeId {
        match self {
            Self::User(user) => AssigneeId(user.get()),
            Self::Agent(agent) => AssigneeId(agent.get()),
        }
    }

    pub(crate) const fn agent(self) -> Option<AgentId> {
        match self {
            Self::User(_) => None,
            Self::Agent(agent) => Some(agent),
        }
    }
}

impl World {
    /// The person as an actor, if a member of the team.
    pub(crate) fn user_actor(&self, team: TeamId, user: UserId) -> Option<Actor> {
        let member = self.member(team, user)?;
        Some(Actor {
            kind: ActorType::User,
            id: Some(ActorId(user.get())),
            name: member.name.clone(),
        })
    }

    /// The agent as an actor, if it belongs to the team.
    pub(crate) fn agent_actor(&self, team: TeamId, agent: AgentId) -> Option<Actor> {
        let found = self.agent(team, agent)?;
        Some(Actor {
            kind: ActorType::Agent,
            id: Some(ActorId(agent.get())),
            name: found.name.clone(),
        })
    }
}
