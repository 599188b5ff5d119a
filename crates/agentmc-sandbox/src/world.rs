//! The state of a sandbox.

use std::collections::BTreeSet;

use agentmc_types::{
    AgentId, AgentRealtimeSession, AgentRealtimeSignal, Board, BoardColumn, BoardId, ColumnId,
    Host, HostId, Log, LogId, Notification, SessionId, SignalId, Task, TaskComment, TaskCommentId,
    TaskId, TeamAgent, TeamId, TeamMember, Timestamp, UserId,
};
use bytes::Bytes;
use fastrand::Rng;
use uuid::Uuid;

use crate::keys::Keys;

mod actor;
pub(crate) mod browser;
pub(crate) mod mention;
pub(crate) mod news;
mod order;
mod table;

pub(crate) use actor::{Actor, Party};
pub use table::Table;

/// When every world begins: 2026-02-22T17:00:00Z.
const BEGINNING: i64 = 1_771_779_600;

/// Everything an AgentMC server knows, and the server itself: [`handle`](Self::handle) answers requests.
///
/// Members that count or sum up others, such as a board's `tasks_count`, are worked out for each reply; what stands
/// in the tables does not matter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct World {
    /// The teams. The keys open the first one.
    pub teams: Table<TeamId, Team>,
    /// The hosts of all teams.
    pub hosts: Table<HostId, Host>,
    /// The agents of all teams.
    pub agents: Table<AgentId, TeamAgent>,
    /// The boards of all teams.
    pub boards: Table<BoardId, Board>,
    /// The columns of all boards.
    pub columns: Table<ColumnId, BoardColumn>,
    /// The tasks of all boards.
    pub tasks: Table<TaskId, Task>,
    /// The comments on all tasks.
    pub comments: Table<TaskCommentId, TaskComment>,
    /// The notifications, oldest first. Each is for the person or agent that its assignee is.
    pub notifications: Vec<Notification>,
    /// What happened in all teams.
    pub logs: Table<LogId, Log>,
    /// The realtime sessions of all agents.
    pub sessions: Table<SessionId, AgentRealtimeSession>,
    /// The signals of all sessions.
    pub signals: Table<SignalId, AgentRealtimeSignal>,
    /// The hosts that the host's key has reported.
    pub(crate) hosts_of_key: BTreeSet<HostId>,
    /// Who the keys belong to.
    pub(crate) owner: Owner,
    pub(crate) rng: Rng,
    keys: Keys,
    clock: i64,
}

/// A team and its people.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Team {
    /// The team's id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Its people. The first one owns it.
    pub members: Vec<TeamMember>,
}

/// Who the keys belong to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) team: TeamId,
    pub(crate) agent: AgentId,
    pub(crate) user: UserId,
}

impl World {
    /// A world made from a seed: the same seed makes the same world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let keys = Keys::new(&mut rng);
        let mut world = Self {
            teams: Table::default(),
            hosts: Table::default(),
            agents: Table::default(),
            boards: Table::default(),
            columns: Table::default(),
            tasks: Table::default(),
            comments: Table::default(),
            notifications: Vec::new(),
            logs: Table::default(),
            sessions: Table::default(),
            signals: Table::default(),
            hosts_of_key: BTreeSet::new(),
            owner: Owner { team: TeamId(1), agent: AgentId(1), user: UserId(1) },
            rng,
            keys,
            clock: BEGINNING,
        };
        crate::seed::fill(&mut world);
        world.clock = BEGINNING;
        world
    }

    /// Answers a request to the path `/api/v1/…`, after the clock has advanced by one second.
    #[must_use]
    pub fn handle(&mut self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        crate::handler::answer(self, request).1
    }

    /// The credentials it accepts.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What its clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock).unwrap_or(Timestamp::MAX)
    }

    /// What its clock shows in so many seconds.
    pub(crate) fn after(&self, seconds: i64) -> Timestamp {
        Timestamp::from_second(self.clock.saturating_add(seconds)).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock by so many seconds, backwards too.
    pub(crate) const fn advance(&mut self, seconds: i64) {
        self.clock = self.clock.saturating_add(seconds);
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid()
    }

    /// The person, if a member of the team.
    pub(crate) fn member(&self, team: TeamId, user: UserId) -> Option<&TeamMember> {
        self.teams.get(&team)?.members.iter().find(|member| member.id == user)
    }

    /// The agent, if it belongs to the team.
    pub(crate) fn agent(&self, team: TeamId, agent: AgentId) -> Option<&TeamAgent> {
        self.agents.get(&agent).filter(|agent| agent.team_id == team)
    }

    /// The columns of a board, from left to right.
    pub(crate) fn columns_of(&self, board: BoardId) -> Vec<&BoardColumn> {
        let mut columns: Vec<_> =
            self.columns.values().filter(|column| column.board_id == board).collect();
        columns.sort_by_key(|column| (column.position, column.id));
        columns
    }

    /// How many tasks are assigned to an agent.
    pub(crate) fn tasks_of(&self, agent: AgentId) -> u64 {
        self.tasks.values().filter(|task| task.assigned_to_agent_id == Some(agent)).count() as u64
    }

    /// Deletes a task and its comments.
    pub(crate) fn delete_task(&mut self, task: TaskId) {
        self.tasks.remove(&task);
        self.comments.retain(|_, comment| comment.task_id != task);
    }
}
