//! What subscriptions are made from, and what they tell.

use std::time::Duration;

use agentmc_types::{
    AgentId, AgentRealtimeSession, HostRealtimeSocketPayload, Secret, SessionId, SignalId,
    Timestamp,
};

use super::chunk::{Dropped, JoinLimits, SplitLimits};
use super::connection::{Patience, State};
use super::end::End;
use super::inbox::{Gaps, HoldLimits, Start};
use super::mailbox::MailboxLimits;
use super::message::Message;
use super::publish::ATTEMPTS;
use super::signal::Signal;
use crate::api::Api;

/// What all subscriptions share.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The API to call.
    pub api: Api,
    /// Where randomness comes from; not for secrets.
    pub seed: u64,
    /// The time by the wall clock when the machine's own time is zero.
    pub started_at: Timestamp,
    /// How long to wait for what.
    pub patience: Patience,
}

impl Config {
    /// The default patience.
    #[must_use]
    pub fn new(api: Api, seed: u64, started_at: Timestamp) -> Self {
        Self { api, seed, started_at, patience: Patience::default() }
    }

    /// Waits otherwise.
    #[must_use]
    pub const fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }
}

/// How patient a frontend is, and how much it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tuning {
    /// How long to wait for what.
    pub patience: Patience,
    /// How much waits for each subscriber.
    pub mailbox: MailboxLimits,
    /// How large the signals of a published message may be.
    pub split: SplitLimits,
    /// How often each signal of a published message is tried, and looked for; 5 times by default.
    pub attempts: u32,
    /// The largest message a websocket may bring, and the largest of its frames, in bytes; 64 KiB by
    /// default. The connection to a server that sends more is closed and opened again.
    pub max_message: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            patience: Patience::default(),
            mailbox: MailboxLimits::default(),
            split: SplitLimits::default(),
            attempts: ATTEMPTS,
            max_message: 64 << 10,
        }
    }
}

impl Tuning {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits otherwise.
    #[must_use]
    pub const fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Keeps less for each subscriber, or more.
    #[must_use]
    pub const fn mailbox(mut self, limits: MailboxLimits) -> Self {
        self.mailbox = limits;
        self
    }

    /// Publishes in smaller signals, or in larger ones.
    #[must_use]
    pub const fn split(mut self, limits: SplitLimits) -> Self {
        self.split = limits;
        self
    }

    /// Tries each signal of a published message so often.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Takes smaller messages only, or larger ones.
    #[must_use]
    pub const fn max_message(mut self, bytes: usize) -> Self {
        self.max_message = bytes;
        self
    }
}

/// A session to subscribe to. It is claimed first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionOptions {
    /// The session; nothing for the best of those that are requested.
    pub session: Option<SessionId>,
    /// The agent to act as, if not the configured one.
    pub agent: Option<AgentId>,
    /// What proves that the session is claimed by us.
    pub owner_token: Secret,
    /// Where to start.
    pub start: Start,
    /// What to do about gaps between ids.
    pub gaps: Gaps,
    /// How many signals may wait for a listing.
    pub hold: HoldLimits,
    /// How much of messages in pieces is kept.
    pub join: JoinLimits,
    /// Whether every signal is told as it is, instead of the message it carries.
    pub raw: bool,
}

impl SessionOptions {
    /// The best session that is requested, with default limits, from now on.
    #[must_use]
    pub fn best(owner_token: impl Into<Secret>) -> Self {
        Self {
            session: None,
            agent: None,
            owner_token: owner_token.into(),
            start: Start::default(),
            gaps: Gaps::default(),
            hold: HoldLimits::default(),
            join: JoinLimits::default(),
            raw: false,
        }
    }

    /// One session, with default limits, from now on.
    #[must_use]
    pub fn session(id: impl Into<SessionId>, owner_token: impl Into<Secret>) -> Self {
        Self { session: Some(id.into()), ..Self::best(owner_token) }
    }

    /// Acts as `agent`.
    #[must_use]
    pub fn agent(mut self, agent: impl Into<AgentId>) -> Self {
        self.agent = Some(agent.into());
        self
    }

    /// Starts elsewhere.
    #[must_use]
    pub const fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Treats gaps otherwise.
    #[must_use]
    pub const fn gaps(mut self, gaps: Gaps) -> Self {
        self.gaps = gaps;
        self
    }

    /// Holds less back, or more.
    #[must_use]
    pub const fn hold(mut self, limits: HoldLimits) -> Self {
        self.hold = limits;
        self
    }

    /// Keeps less of unfinished messages, or more.
    #[must_use]
    pub const fn join(mut self, limits: JoinLimits) -> Self {
        self.join = limits;
        self
    }

    /// Tells of every signal as it is.
    #[must_use]
    pub const fn raw(mut self) -> Self {
        self.raw = true;
        self
    }
}

/// A host to hear of new sessions for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HostOptions {
    /// Where sessions are announced, as a heartbeat tells. Without it they are listed every two seconds;
    /// with it, once a minute, in case an announcement was lost.
    pub socket: Option<Box<HostRealtimeSocketPayload>>,
    /// The agent whose sessions to list; nothing for those of all agents of the host.
    pub agent: Option<AgentId>,
}

impl HostOptions {
    /// All agents of the host, without a socket.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens on a socket.
    #[must_use]
    pub fn socket(mut self, socket: HostRealtimeSocketPayload) -> Self {
        self.socket = Some(Box::new(socket));
        self
    }

    /// Lists the sessions of one agent.
    #[must_use]
    pub fn agent(mut self, agent: impl Into<AgentId>) -> Self {
        self.agent = Some(agent.into());
        self
    }
}

/// What a subscription tells. The last of its events is [`Event::Ended`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// How the websocket it listens on stands.
    State(State),
    /// The session is claimed and listened to: whatever is said from now on is told.
    Ready(Box<AgentRealtimeSession>),
    /// The host's channel is listened to, for the first time or again.
    Listening,
    /// A signal that carries no message for the agent, such as `close`, or what the agent itself said;
    /// of a raw subscription, each signal. What the system says in pieces comes as one, with the id of the
    /// last.
    Signal(Signal),
    /// A message from the browser, whole.
    Message(Message),
    /// A notification, whoever sent it.
    Notification(Message),
    /// So much waits to be taken that nothing more is kept. Once half of it was taken, what was missed
    /// is told, and then [`Event::Resumed`].
    Paused,
    /// The subscription is back after the websocket was lost, or the subscription [paused](Event::Paused).
    /// What was missed meanwhile came before this.
    Resumed {
        /// How many signals there were, or sessions of a host.
        missed: u32,
    },
    /// A message in pieces was given up.
    Dropped(Dropped),
    /// A stored signal could not be read and was passed over. Nothing if not even its id could be.
    Unreadable(Option<SignalId>),
    /// The subscription was ready once and has not been again for this long. It goes on trying.
    Late(Duration),
    /// A session waits for an agent.
    SessionRequested {
        /// The session.
        session_id: SessionId,
        /// The agent, if known.
        agent_id: Option<AgentId>,
        /// The whole session, if it was listed rather than pushed.
        session: Option<Box<AgentRealtimeSession>>,
    },
    /// The subscription is over.
    Ended(End),
}
