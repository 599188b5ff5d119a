//! The state of a sandbox.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use agentmc_core::Revision;
use agentmc_types::{
    AgentId, AgentRealtimeSession, AgentRealtimeSignal, AgentRecurringTaskRun, Board, BoardColumn,
    BoardId, BriefEntryId, BriefId, CalendarItem, CalendarItemCommentId, CalendarItemId, ColumnId,
    FileId, FolderId, Host, HostId, HostRuntimeCommandId, Log, LogId, Notification,
    RecurringBriefSummary, RecurringTaskId, RecurringTaskRunId, SessionId, SignalId, Task,
    TaskComment, TaskCommentId, TaskId, TeamAgent, TeamFile, TeamFileFolder, TeamId, TeamMember,
    Timestamp, UserId,
};
use bytes::Bytes;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::Keys;

mod actor;
pub(crate) mod bound;
pub(crate) mod brief;
pub(crate) mod browser;
pub(crate) mod bundle;
pub(crate) mod calendar;
mod command;
mod folder;
mod joined;
pub(crate) mod mention;
mod message;
pub(crate) mod news;
mod order;
pub(crate) mod push;
mod recurring;
mod storage;
mod table;

pub(crate) use actor::{Actor, Party};
pub use brief::BriefEntry;
pub use calendar::CalendarComment;
pub use command::RuntimeCommand;
pub(crate) use folder::MAX_DEPTH;
pub use joined::SessionMessage;
pub use message::BrowserMessage;
pub use push::Push;
pub use recurring::RecurringTask;
pub use storage::Upload;
pub(crate) use storage::{MAX_FILE, Storage};
pub use table::Table;

/// The agents a team's plan allows.
const AGENTS: usize = 10;

/// When every world begins: 2026-02-22T17:00:00Z.
const BEGINNING: i64 = 1_771_779_600;

/// Everything an AgentMC server knows, and the server itself: [`handle`](Self::handle) answers requests.
///
/// Members that count or sum up others, such as a board's `tasks_count`, are worked out for each reply; what stands
/// in the tables does not matter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct World {
    /// The teams. The keys open the first one.
    pub teams: Table<TeamId, Team>,
    /// The hosts of all teams.
    pub hosts: Table<HostId, Host>,
    /// What the hosts' runtimes are told to do.
    #[serde(default)]
    pub commands: Table<HostRuntimeCommandId, RuntimeCommand>,
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
    /// The events and tasks in the calendars of all teams, deleted ones too.
    pub calendar: Table<CalendarItemId, CalendarItem>,
    /// The comments on them.
    pub calendar_comments: Table<CalendarItemCommentId, CalendarComment>,
    /// The briefs of all agents.
    pub briefs: Table<BriefId, RecurringBriefSummary>,
    /// The entries of all briefs.
    pub brief_entries: Table<BriefEntryId, BriefEntry>,
    /// What agents do again and again.
    pub recurring_tasks: Table<RecurringTaskId, RecurringTask>,
    /// The runs of recurring tasks that agents have claimed.
    pub runs: Table<RecurringTaskRunId, AgentRecurringTaskRun>,
    /// The notifications, oldest first. Each is for the person or agent that its assignee is.
    pub notifications: Vec<Notification>,
    /// The folders of all teams' files.
    pub folders: Table<FolderId, TeamFileFolder>,
    /// The files of all teams. Storage has their bytes.
    pub files: Table<FileId, TeamFile>,
    /// The uploads that tickets have been given for, by their ids.
    pub uploads: BTreeMap<String, Upload>,
    /// What the addresses of storage start with: a placeholder, unless a server keeps this world.
    pub storage_origin: String,
    /// The revision that counts where several share a path, or the newest before it that has the path.
    #[serde(with = "crate::save::revision")]
    pub revision: Revision,
    /// What happened in all teams.
    pub logs: Table<LogId, Log>,
    /// The realtime sessions of all agents.
    pub sessions: Table<SessionId, AgentRealtimeSession>,
    /// The signals of all sessions.
    pub signals: Table<SignalId, AgentRealtimeSignal>,
    pub(crate) storage: Storage,
    /// The hosts that the host's key has reported.
    pub(crate) hosts_of_key: BTreeSet<HostId>,
    /// Who the keys belong to.
    pub(crate) owner: Owner,
    /// The tokens of agents that have connected.
    pub(crate) agent_tokens: BTreeMap<String, AgentId>,
    /// The last id given to an assignment of a calendar item.
    #[serde(deserialize_with = "table::id")]
    last_assignment: u64,
    /// What nobody has taken yet. Who loads a world has no subscribers who could miss it.
    #[serde(skip)]
    pushes: VecDeque<Push>,
    #[serde(with = "crate::save::rng")]
    pub(crate) rng: Rng,
    keys: Keys,
    clock: i64,
    /// Whether the clock follows another one, instead of requests.
    #[serde(skip)]
    follows: bool,
}

/// A team and its people.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
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
            commands: Table::default(),
            agents: Table::default(),
            boards: Table::default(),
            columns: Table::default(),
            tasks: Table::default(),
            comments: Table::default(),
            calendar: Table::default(),
            calendar_comments: Table::default(),
            briefs: Table::default(),
            brief_entries: Table::default(),
            recurring_tasks: Table::default(),
            runs: Table::default(),
            notifications: Vec::new(),
            folders: Table::default(),
            files: Table::default(),
            uploads: BTreeMap::new(),
            storage_origin: storage::NOWHERE.to_owned(),
            revision: Revision::LATEST,
            logs: Table::default(),
            sessions: Table::default(),
            signals: Table::default(),
            storage: Storage::default(),
            hosts_of_key: BTreeSet::new(),
            owner: Owner { team: TeamId(1), agent: AgentId(1), user: UserId(1) },
            agent_tokens: BTreeMap::new(),
            last_assignment: 0,
            pushes: VecDeque::new(),
            rng,
            keys,
            clock: BEGINNING,
            follows: false,
        };
        crate::seed::fill(&mut world);
        world.clock = BEGINNING;
        world
    }

    /// Answers a request to the path `/api/v1/…`, after the clock has advanced by one second.
    #[must_use]
    pub fn handle(&mut self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        crate::handler::answer(self, request)
    }

    /// Answers a request to the storage origin, where the bytes of files are sent and fetched. The clock stands
    /// still meanwhile.
    #[must_use]
    pub fn store(&mut self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        crate::store::answer(self, request)
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

    /// Moves the clock: signed URLs expire, recurring tasks fall due, and sessions past their `expires_at` become
    /// `expired`. It counts whole seconds; the rest of `time` is left out.
    pub fn advance(&mut self, time: Duration) {
        self.tick(i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
        self.expire_sessions();
    }

    /// Lets the second pass that a request takes, unless the clock follows another one.
    pub(crate) const fn pass(&mut self) {
        if !self.follows {
            self.tick(1);
        }
    }

    /// Lets so many seconds pass, and none by requests from now on.
    pub(crate) fn follow(&mut self, seconds: i64) {
        self.follows = true;
        if seconds > 0 {
            self.tick(seconds);
            self.expire_sessions();
        }
    }

    /// Moves the clock by so many seconds, backwards too.
    pub(crate) const fn tick(&mut self, seconds: i64) {
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

    /// Whether the team's plan allows no more agents.
    pub(crate) fn plan_is_full(&self, team: TeamId) -> bool {
        self.agents.values().filter(|agent| agent.team_id == team).count() >= AGENTS
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
