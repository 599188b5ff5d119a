//! What a handler has at hand.

use agentmc_core::Revision;
use agentmc_types::{
    ActorId, ActorType, AgentId, Board, BoardId, BoardVisibility, Page, Task, TaskId, TeamAgent,
    Timestamp, UserId,
};

use super::acting;
use super::auth::{Caller, Who};
use crate::reply::{Address, Refusal, paginate};
use crate::world::{Actor, World};

/// One call: who makes it, and the world it is made in.
pub(super) struct Context<'a> {
    pub(super) world: &'a mut World,
    pub(super) caller: Caller,
    /// The agent the call is made for, if for one.
    pub(super) agent: Option<AgentId>,
    pub(super) revision: Revision,
    pub(super) address: Address,
}

impl Context<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// The person who calls, if one does.
    pub(super) const fn user(&self) -> Option<UserId> {
        match self.caller.who {
            Who::User(user) => Some(user),
            _ => None,
        }
    }

    /// Who does what the call does.
    pub(super) fn actor(&self) -> Actor {
        let team = self.caller.team;
        let acting = match (self.user(), self.agent) {
            (Some(user), _) => self.world.user_actor(team, user),
            (None, Some(agent)) => self.world.agent_actor(team, agent),
            (None, None) => None,
        };
        acting.unwrap_or_else(|| {
            Actor::key(if self.caller.who == Who::Host { "Host key" } else { "Team key" })
        })
    }

    /// An actor named in a request; `None` if there is none in the team.
    pub(super) fn named_actor(&self, kind: &ActorType, id: ActorId) -> Option<Actor> {
        let team = self.caller.team;
        match kind {
            ActorType::User => self.world.user_actor(team, UserId(id.get())),
            ActorType::Agent => self.world.agent_actor(team, AgentId(id.get())),
            _ => None,
        }
    }

    /// Whether the caller may see a board of the team: people see no others' personal boards.
    pub(super) fn sees(&self, board: &Board) -> bool {
        let user = self.user();
        let hidden =
            board.visibility == BoardVisibility::Personal && board.personal_owner_user_id != user;
        user.is_none() || !hidden
    }

    /// Refuses if there are as many of something as there may be.
    pub(super) fn room(&self, there: usize, most: usize, what: &str) -> Result<(), Refusal> {
        if there < most {
            return Ok(());
        }
        Err(Refusal::plan(&format!("The plan allows no more than {most} {what}.")))
    }

    /// A board of the team.
    pub(super) fn board(&self, id: BoardId) -> Result<&Board, Refusal> {
        let board = self.world.boards.get(&id).filter(|board| board.team_id == self.caller.team);
        let board = board.ok_or_else(|| Refusal::not_found("board"))?;
        if self.sees(board) {
            Ok(board)
        } else {
            Err(Refusal::forbidden("This board belongs to somebody else."))
        }
    }

    /// A task of the team.
    pub(super) fn task(&self, id: TaskId) -> Result<&Task, Refusal> {
        let task = self.world.tasks.get(&id).filter(|task| task.team_id == self.caller.team);
        let task = task.ok_or_else(|| Refusal::not_found("task"))?;
        self.board(task.board_id)?;
        Ok(task)
    }

    /// The agent the call is made for; refused if it is made for none.
    pub(super) fn acting(&self) -> Result<&TeamAgent, Refusal> {
        let unclear =
            || Refusal::field("agent_id", "is required with a key that is not an agent's.");
        let agent = self.agent.ok_or_else(unclear)?;
        self.world.agent(self.caller.team, agent).ok_or_else(|| Refusal::not_found("agent"))
    }

    /// Whether what belongs to an agent is within the caller's reach, if for no other agent.
    pub(super) fn reaches(&self, agent: &TeamAgent) -> bool {
        let in_reach = match self.agent {
            Some(acting) => acting == agent.id,
            None => self.caller.who != Who::Host || acting::reaches(self.world, agent.id),
        };
        agent.team_id == self.caller.team && in_reach
    }

    /// Enters a change into the log. The subject's type is what `action` starts with.
    pub(super) fn log(&mut self, action: &str, subject: u64, label: &str) {
        let actor = self.actor();
        self.world.log(self.caller.team, &actor, action, subject, label);
    }

    /// A page of a listing.
    pub(super) fn page<I, T>(
        &self,
        page: Option<u32>,
        per_page: Option<u32>,
        items: &[I],
        view: impl FnMut(&I) -> T,
    ) -> Page<T> {
        paginate(&self.address, page, per_page, items, view)
    }
}

/// Whether a text has another in it, whatever the case of either.
pub(super) fn matches(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}
