//! One websocket, and the channels on it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use agentmc_types::{AgentId, SessionId};
use bytes::Bytes;

use super::CallId;
use super::address::{Address, origin};
use super::end::{End, Loss};
use super::host::Announcement;
use super::jitter::Jitter;
use super::signal::Signal;
use super::timers::Timers;
use crate::api::Api;
use crate::call::Call;
use crate::error::Error;

mod channel;
mod link;
mod name;

use channel::Member;
use name::{Name, Names};

/// One websocket as a driver knows it. A websocket that is opened again has another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// A channel on a connection, by the number its subscriber gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u64);

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Patience {
    /// For a websocket to open and to greet; 20 s by default.
    pub open: Duration,
    /// For traffic, before asking whether the server is still there; 30 s by default. The server may
    /// ask for less.
    pub activity: Duration,
    /// For the answer to that, and for a server that does not read; 10 s by default.
    pub pong: Duration,
    /// For a subscription to be ready; 45 s by default.
    pub ready: Duration,
    /// For a signal that was stored and never pushed, before the session is listed; 60 s by default, and
    /// at random up to half as long again. Sessions that trust their gaps are not listed.
    pub recheck: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(20),
            activity: Duration::from_secs(30),
            pong: Duration::from_secs(10),
            ready: Duration::from_secs(45),
            recheck: Duration::from_secs(60),
        }
    }
}

/// What a connection is made from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The API that signs subscriptions.
    pub api: Api,
    /// Where to connect to.
    pub address: Address,
    /// Which of several connections this is: the ids it gives out start with it.
    pub number: u32,
    /// Where randomness comes from.
    pub seed: u64,
    /// How long to wait for what.
    pub patience: Patience,
}

impl Config {
    /// A connection to `address`, with default patience.
    #[must_use]
    pub fn new(api: Api, address: Address, seed: u64) -> Self {
        Self { api, address, number: 1, seed, patience: Patience::default() }
    }
}

/// A channel to subscribe to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Channel {
    /// Its name, as the server gave it.
    pub name: Box<str>,
    /// The event that matters on it.
    pub event: Box<str>,
    /// Whose channel it is.
    pub owner: Owner,
}

/// Whose channel it is, which says how a subscription is signed and what is pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A session: signals are pushed.
    Session {
        /// The session.
        session: SessionId,
        /// The agent to act as, if not the configured one.
        agent: Option<AgentId>,
    },
    /// A host: new sessions are announced.
    Host,
}

impl Owner {
    const fn usual_event(self) -> &'static str {
        match self {
            Self::Session { .. } => "agent.realtime.signal",
            Self::Host => "agent.realtime.host.session.requested",
        }
    }
}

impl Channel {
    /// A channel whose event has the usual name.
    #[must_use]
    pub fn new(name: impl Into<Box<str>>, owner: Owner) -> Self {
        Self { name: name.into(), event: owner.usual_event().into(), owner }
    }

    /// The same with another event.
    #[must_use]
    pub fn event(mut self, event: impl Into<Box<str>>) -> Self {
        self.event = event.into();
        self
    }
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// Somebody wants a channel.
    Subscribe(ChannelId, Channel),
    /// Nobody wants it any more. The websocket is closed with its last channel.
    Unsubscribe(ChannelId),
    /// The websocket is open.
    Opened(SocketId),
    /// A text frame arrived.
    Received(SocketId, &'a str),
    /// The websocket is closed, or could not be opened.
    Closed(SocketId, Option<u16>, &'a str),
    /// What came of a call.
    Replied(CallId, Result<http::Response<Bytes>, Error>),
    /// The deadline has passed.
    Timeout,
}

/// What to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Open a websocket.
    Open {
        /// What to call it.
        socket: SocketId,
        /// Where to.
        url: String,
        /// The `Origin` header.
        origin: String,
    },
    /// Send a text frame.
    Send(SocketId, String),
    /// Close the websocket. Nothing it says from now on counts.
    Close(SocketId, u16),
    /// Make a call and tell what came of it.
    Call(CallId, Box<Call>),
    /// Something the subscribers should know.
    Event(Event),
}

/// What subscribers learn.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// How the websocket stands.
    State(State),
    /// The channel is subscribed to, for the first time or again.
    Ready(ChannelId),
    /// The channel is not subscribed to any more, though the websocket is up; it tries again.
    Lost(ChannelId),
    /// A signal was pushed on the channel of a session.
    Signal(ChannelId, Signal),
    /// A session was announced on the channel of a host.
    Announced(ChannelId, Announcement),
    /// Something was pushed that could not be read.
    Unreadable(ChannelId),
    /// The channel was ready once and has not been again for this long; it goes on trying.
    Late(ChannelId, Duration),
    /// The channel is no more.
    Ended(ChannelId, End),
}

/// How a websocket stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// It is being opened.
    Connecting,
    /// It is open, and the server has greeted.
    Connected,
    /// It was lost, and is opened again after a pause.
    Waiting {
        /// The pause.
        pause: Duration,
        /// Why it was lost.
        loss: Loss,
    },
    /// It is closed, since no channel is left.
    Closed,
}

/// A websocket that speaks the Pusher protocol, version 7, and stays up as long as a channel wants it.
///
/// Frames cost the same however many channels there are. Subscriptions are signed by calls of the API, at
/// most 32 at a time, and again whenever the websocket was opened again.
///
/// A server that sends the client away with a code from 4200 to 4299 is called again at once, as the protocol
/// wants; the second time within ten seconds only after a pause, or both would go on for ever.
#[derive(Debug)]
pub struct Connection {
    config: Config,
    jitter: Jitter,
    phase: Phase,
    sockets: u32,
    calls: u32,
    /// How often the websocket was lost since a channel was last ready.
    failures: u32,
    last_at_once: Option<Duration>,
    activity: Duration,
    last_received: Duration,
    is_pinged: bool,
    /// What the server complained of last.
    complaint: Option<Loss>,
    members: BTreeMap<ChannelId, Member>,
    names: Names,
    signing: BTreeMap<CallId, ChannelId>,
    queue: VecDeque<ChannelId>,
    timers: Timers<Timer>,
    out: VecDeque<Output>,
    scratch: String,
    unescaped: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Opening(SocketId),
    Up(SocketId, String),
    Pausing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Open,
    Quiet,
    Pong,
    Reopen,
    Ready(ChannelId),
    Again(ChannelId),
}

impl Connection {
    /// A connection that opens with its first channel.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            jitter: Jitter::new(config.seed),
            activity: config.patience.activity,
            config,
            phase: Phase::Idle,
            sockets: 0,
            calls: 0,
            failures: 0,
            last_at_once: None,
            last_received: Duration::ZERO,
            is_pinged: false,
            complaint: None,
            members: BTreeMap::new(),
            names: Names::default(),
            signing: BTreeMap::new(),
            queue: VecDeque::new(),
            timers: Timers::new(),
            out: VecDeque::new(),
            scratch: String::new(),
            unescaped: String::new(),
        }
    }

    /// Takes what happened, at `now` since some moment of the driver's choice.
    pub fn handle(&mut self, now: Duration, input: Input<'_>) {
        match input {
            Input::Received(socket, text) => self.received(now, socket, text),
            Input::Subscribe(id, channel) => self.subscribe(now, id, channel),
            Input::Unsubscribe(id) => {
                self.leave(id);
            }
            Input::Opened(socket) => {
                if self.phase == Phase::Opening(socket) {
                    self.last_received = now;
                }
            }
            Input::Closed(socket, code, reason) => {
                if self.socket() == Some(socket) {
                    self.closed(now, code, reason);
                }
            }
            Input::Replied(call, result) => self.signed(now, call, result),
            Input::Timeout => {}
        }
        while let Some(timer) = self.timers.pop(now) {
            self.due(now, timer);
        }
        self.sign(now);
        self.rest();
    }

    /// What to do next; nothing until something happens.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to come back with [`Input::Timeout`] if nothing happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// The channels.
    pub fn channels(&self) -> impl Iterator<Item = ChannelId> {
        self.members.keys().copied()
    }

    /// Whether there is no websocket and nobody wants one.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.phase == Phase::Idle && self.members.is_empty()
    }

    fn socket(&self) -> Option<SocketId> {
        match self.phase {
            Phase::Opening(socket) | Phase::Up(socket, _) => Some(socket),
            Phase::Idle | Phase::Pausing => None,
        }
    }

    fn event(&mut self, event: Event) {
        self.out.push_back(Output::Event(event));
    }

    fn next_id(number: u32, count: &mut u32) -> u64 {
        *count = count.wrapping_add(1);
        u64::from(number) << 32 | u64::from(*count)
    }
}

/// The number of the connection that gave out an id.
pub(crate) const fn number_of(id: u64) -> u32 {
    (id >> 32) as u32
}
