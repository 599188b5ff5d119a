//! All subscriptions of a process, as one machine.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use agentmc_types::{
    AgentId, AgentRealtimeSession, HostRealtimeSocketPayload, SessionId, SignalId, Timestamp,
};
use bytes::Bytes;

use super::CallId;
use super::address::Address;
use super::connection::{
    self, Channel, ChannelId, Connection, Input as ToConnection, Owner, SocketId, State, number_of,
};
use super::end::End;
use super::host::Host;
use super::jitter::Jitter;
use super::options::{Config, Event, HostOptions, SessionOptions};
use super::session::Session;
use super::timers::Timers;
use crate::api::Api;
use crate::call::Call;
use crate::error::Error;

mod hosts;
mod pauses;
mod pending;
mod sessions;
mod slots;

use pending::{Purpose, TIMERS, Timer};
use slots::Slots;

/// One subscription, by a number of the machine's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub u64);

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A websocket is open.
    Opened(SocketId),
    /// A text frame arrived.
    Received(SocketId, &'a str),
    /// A websocket is closed, or could not be opened: the close code, if there was one, and its reason.
    Closed(SocketId, Option<u16>, &'a str),
    /// What came of a call.
    Replied(CallId, Result<http::Response<Bytes>, Error>),
    /// A heartbeat says where a host listens from now on; nothing takes the socket away.
    HostSocket(SubscriptionId, Option<Box<HostRealtimeSocketPayload>>),
    /// A subscription is to end. The session itself goes on.
    Unsubscribe(SubscriptionId),
    /// A subscription is to end, and its session with it, for a reason of at most 500 characters.
    Close(SubscriptionId, Option<String>),
    /// The subscriber can take no more for now. What arrives until it can is listed afterwards.
    Pause(SubscriptionId),
    /// The subscriber can take more. What was missed is told, and then [`Event::Resumed`].
    Resume(SubscriptionId),
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
    /// Close a websocket with this code. Nothing it says from now on counts.
    CloseSocket(SocketId, u16),
    /// Make a call and tell what came of it, in whatever order.
    Call(CallId, Box<Call>),
    /// Tell a subscriber.
    Event(SubscriptionId, Event),
    /// To start after this signal loses nothing of what is told from here on: all before it was told, or
    /// passed over, and no message is unfinished.
    Handled(SubscriptionId, SignalId),
    /// All that was stored in the session before the latest listing stands at or before this signal, whether
    /// it was told or not: what is published from now on stands [after](super::publish::Publish::after) it.
    CaughtUp(SubscriptionId, SignalId),
    /// The session of a subscription is claimed, for this agent. It is told to subscribers by [`Event::Ready`],
    /// once it is listened to.
    Claimed(SubscriptionId, SessionId, AgentId),
}

/// All realtime subscriptions of a process: claims sessions, shares websockets, and turns what arrives
/// into events.
///
/// See the [module](super) for how to drive it.
#[derive(Debug)]
pub struct Realtime {
    config: Config,
    jitter: Jitter,
    connections: BTreeMap<u32, (Address, Connection)>,
    addresses: BTreeMap<Address, u32>,
    sessions: Slots,
    hosts: BTreeMap<SubscriptionId, Host>,
    calls: BTreeMap<CallId, (SubscriptionId, Purpose)>,
    timers: Timers<(SubscriptionId, Timer)>,
    /// What the service's clock showed at least, and when.
    service_clock: Option<(Timestamp, Duration)>,
    last_subscription: u32,
    last_call: u32,
    last_connection: u32,
    out: VecDeque<Output>,
}

impl Realtime {
    /// A machine without subscriptions.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            jitter: Jitter::new(config.seed),
            config,
            connections: BTreeMap::new(),
            addresses: BTreeMap::new(),
            sessions: Slots::default(),
            hosts: BTreeMap::new(),
            calls: BTreeMap::new(),
            timers: Timers::new(),
            service_clock: None,
            last_subscription: 0,
            last_call: 0,
            last_connection: 0,
            out: VecDeque::new(),
        }
    }

    /// Claims a session and subscribes to it. `now` is the time since the machine's own zero.
    pub fn subscribe_session(&mut self, now: Duration, options: SessionOptions) -> SubscriptionId {
        self.start_session(now, options)
    }

    /// Subscribes to the sessions that are requested of a host's agents.
    pub fn subscribe_host(&mut self, now: Duration, options: HostOptions) -> SubscriptionId {
        let id = Slots::id_of_other(self.next_subscription());
        self.start_host(now, id, options);
        id
    }

    /// Takes what happened, at `now` since the machine's own zero.
    pub fn handle(&mut self, now: Duration, input: Input<'_>) {
        match input {
            Input::Received(socket, text) => {
                self.forward(now, socket.0, ToConnection::Received(socket, text));
            }
            Input::Opened(socket) => {
                self.forward(now, socket.0, ToConnection::Opened(socket));
            }
            Input::Closed(socket, code, reason) => {
                self.forward(now, socket.0, ToConnection::Closed(socket, code, reason));
            }
            Input::Replied(call, result) if number_of(call.0) != 0 => {
                self.forward(now, call.0, ToConnection::Replied(call, result));
            }
            Input::Replied(call, result) => self.replied(now, call, result),
            Input::HostSocket(id, socket) => self.move_host(now, id, socket),
            Input::Unsubscribe(id) => self.finish(now, id, End::Unsubscribed),
            Input::Close(id, reason) => self.close(now, id, reason),
            Input::Pause(id) => self.pause(id),
            Input::Resume(id) => self.resume(now, id),
            Input::Timeout => {}
        }
        self.expire(now);
    }

    /// What to do next; nothing until something happens.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// What [`Output::Handled`] says of a subscription right after its event, if that comes next: for drivers
    /// that pass on both at once.
    pub fn poll_handled(&mut self, id: SubscriptionId) -> Option<SignalId> {
        match self.out.front() {
            Some(Output::Handled(of, signal)) if *of == id => {
                let signal = *signal;
                self.out.pop_front();
                Some(signal)
            }
            _ => None,
        }
    }

    /// When to come back with [`Input::Timeout`] if nothing happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let connections =
            self.connections.values().filter_map(|(_, connection)| connection.deadline());
        connections.chain(self.timers.next()).min()
    }

    /// The last signal a subscription has told of, or passed over: the one to store, and to start after
    /// next time. Nothing for hosts, for subscriptions that are over, and until it is known where "now" is.
    #[must_use]
    pub fn last_id(&self, id: SubscriptionId) -> Option<SignalId> {
        self.sessions.get(id)?.inbox.last_id()
    }

    /// The last signal before which no message is unfinished: to start after it loses no message, but
    /// may tell of some twice.
    #[must_use]
    pub fn whole_id(&self, id: SubscriptionId) -> Option<SignalId> {
        let session = self.sessions.get(id)?;
        Some(session.whole(session.inbox.last_id()?))
    }

    /// How many subscriptions there are.
    #[must_use]
    pub fn subscriptions(&self) -> usize {
        self.sessions.len() + self.hosts.len()
    }

    fn next_subscription(&mut self) -> u32 {
        self.last_subscription = self.last_subscription.wrapping_add(1);
        self.last_subscription
    }

    fn event(&mut self, id: SubscriptionId, event: Event) {
        self.out.push_back(Output::Event(id, event));
    }

    fn call(&mut self, id: SubscriptionId, purpose: Purpose, call: impl Into<Box<Call>>) {
        self.last_call = self.last_call.wrapping_add(1);
        let call_id = CallId(u64::from(self.last_call));
        self.calls.insert(call_id, (id, purpose));
        self.out.push_back(Output::Call(call_id, call.into()));
    }

    /// The time by the wall clock.
    fn wall(&self, now: Duration) -> Timestamp {
        self.config.started_at.checked_add(now).unwrap_or(Timestamp::MAX)
    }

    /// The time by the clock of the service, as far as is known: `expires_at` is by that, and ours may be wrong.
    fn service_time(&self, now: Duration) -> Timestamp {
        let Some((shown, at)) = self.service_clock else { return self.wall(now) };
        shown.checked_add(now.saturating_sub(at)).unwrap_or(Timestamp::MAX)
    }

    /// Learns from a session what the service's clock shows at least.
    fn learn_time(&mut self, now: Duration, seen: &AgentRealtimeSession) {
        let shown = seen.updated_at.max(seen.last_agent_heartbeat_at).max(seen.claimed_at);
        let known = self.service_clock.map(|_| self.service_time(now));
        if let Some(shown) = shown.filter(|shown| Some(*shown) > known) {
            self.service_clock = Some((shown, now));
        }
    }

    fn api_for(&self, agent: Option<AgentId>) -> Api {
        match agent {
            Some(agent) => self.config.api.clone().acting_as(agent),
            None => self.config.api.clone(),
        }
    }

    fn replied(
        &mut self,
        now: Duration,
        call: CallId,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let Some((id, purpose)) = self.calls.remove(&call) else { return };
        match purpose {
            Purpose::Claim => self.claim_replied(now, id, result),
            Purpose::List(ticket) => self.listed(now, id, ticket, result),
            Purpose::Expiry => self.expiry_replied(now, id, result),
            Purpose::Close => self.close_replied(now, id, result),
            Purpose::Poll(resumes) => self.polled(now, id, resumes, result),
        }
    }

    /// Lets everything happen whose time has come.
    fn expire(&mut self, now: Duration) {
        let due = |connection: &Connection| connection.deadline().is_some_and(|at| at <= now);
        while let Some(number) =
            self.connections.iter().find(|(_, (_, it))| due(it)).map(|(number, _)| *number)
        {
            self.forward_to(now, number, ToConnection::Timeout);
        }
        while let Some((id, timer)) = self.timers.pop(now) {
            match timer {
                Timer::Ready => self.not_ready(now, id),
                Timer::List | Timer::Linger => self.hurry(now, id),
                Timer::Join => self.expire_pieces(now, id),
                Timer::Expire => self.check_expiry(now, id),
                Timer::Poll => self.poll_host(now, id),
                Timer::Recheck => self.recheck(now, id),
            }
        }
    }

    /// Subscribes to a channel, on the websocket of its address.
    fn join(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        socket: &HostRealtimeSocketPayload,
        owner: Owner,
    ) -> Result<u32, End> {
        let address = Address::new(&socket.connection).map_err(End::Address)?;
        let mut channel = Channel::new(socket.channel.as_str(), owner);
        if let Some(event) = socket.event.as_deref().filter(|event| !event.is_empty()) {
            channel = channel.event(event);
        }
        let number = match self.addresses.get(&address) {
            Some(number) => *number,
            None => self.add_connection(address),
        };
        if let Some((_, connection)) = self.connections.get_mut(&number) {
            connection.handle(now, ToConnection::Subscribe(ChannelId(id.0), channel));
        }
        Ok(number)
    }

    fn add_connection(&mut self, address: Address) -> u32 {
        self.last_connection += 1;
        let number = self.last_connection;
        let config = connection::Config {
            api: self.config.api.clone(),
            address: address.clone(),
            number,
            seed: self.jitter.number(),
            patience: self.config.patience,
        };
        self.connections.insert(number, (address.clone(), Connection::new(config)));
        self.addresses.insert(address, number);
        number
    }

    /// Leaves the channel of a subscription.
    fn part(&mut self, now: Duration, id: SubscriptionId, number: Option<u32>) {
        if let Some(number) = number {
            self.forward_to(now, number, ToConnection::Unsubscribe(ChannelId(id.0)));
        }
    }

    fn forward(&mut self, now: Duration, id: u64, input: ToConnection<'_>) {
        self.forward_to(now, number_of(id), input);
    }

    fn forward_to(&mut self, now: Duration, number: u32, input: ToConnection<'_>) {
        if let Some((_, connection)) = self.connections.get_mut(&number) {
            connection.handle(now, input);
        }
        self.drain(now, number);
    }

    /// Carries out what a connection wants.
    fn drain(&mut self, now: Duration, number: u32) {
        while let Some(output) =
            self.connections.get_mut(&number).and_then(|(_, connection)| connection.poll())
        {
            match output {
                connection::Output::Event(event) => self.connection_event(now, number, event),
                connection::Output::Open { socket, url, origin } => {
                    self.out.push_back(Output::Open { socket, url, origin });
                }
                connection::Output::Send(socket, text) => {
                    self.out.push_back(Output::Send(socket, text));
                }
                connection::Output::Close(socket, code) => {
                    self.out.push_back(Output::CloseSocket(socket, code));
                }
                connection::Output::Call(call_id, call) => {
                    self.out.push_back(Output::Call(call_id, call));
                }
            }
        }
        if self.connections.get(&number).is_some_and(|(_, connection)| connection.is_idle())
            && let Some((address, _)) = self.connections.remove(&number)
        {
            self.addresses.remove(&address);
        }
    }

    fn connection_event(&mut self, now: Duration, number: u32, event: connection::Event) {
        use connection::Event::{Announced, Ended, Late, Lost, Ready, Signal, State, Unreadable};

        match event {
            Signal(channel, signal) => self.pushed(now, SubscriptionId(channel.0), signal),
            Announced(channel, announcement) => {
                self.announced(SubscriptionId(channel.0), announcement);
            }
            Ready(channel) => self.channel_ready(now, SubscriptionId(channel.0)),
            Lost(channel) => self.channel_lost(now, SubscriptionId(channel.0)),
            Unreadable(channel) => self.reread(now, SubscriptionId(channel.0)),
            Late(channel, waited) => self.event(SubscriptionId(channel.0), Event::Late(waited)),
            Ended(channel, end) => self.channel_ended(now, SubscriptionId(channel.0), end),
            State(state) => self.state(now, number, &state),
        }
    }

    /// Tells every subscription on a websocket how that stands.
    fn state(&mut self, now: Duration, number: u32, state: &State) {
        let Some((_, connection)) = self.connections.get(&number) else { return };
        let ids: Vec<_> = connection.channels().map(|id| SubscriptionId(id.0)).collect();
        for id in ids {
            if matches!(state, State::Waiting { .. }) {
                self.channel_lost(now, id);
            }
            self.event(id, Event::State(state.clone()));
        }
    }

    fn channel_ready(&mut self, now: Duration, id: SubscriptionId) {
        if self.hosts.contains_key(&id) {
            self.host_ready(now, id);
        } else {
            self.session_ready(now, id);
        }
    }

    fn channel_lost(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.is_listening = false;
            session.owes_resumed |= session.was_ready;
            session.inbox.lost();
        } else {
            self.host_lost(now, id);
        }
    }

    fn reread(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.inbox.reread();
            self.deliver(now, id);
        } else if self.hosts.contains_key(&id) {
            self.timers.set((id, Timer::Poll), now);
        }
    }

    /// A channel is no more.
    fn channel_ended(&mut self, now: Duration, id: SubscriptionId, end: End) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.connection = None;
        }
        if let Some(host) = self.hosts.get_mut(&id) {
            host.connection = None;
        }
        if let Some(end) = self.abandon(now, id, end) {
            self.finish(now, id, end);
        }
    }

    fn clear_timers(&mut self, id: SubscriptionId) {
        for timer in TIMERS {
            self.timers.clear((id, timer));
        }
    }

    /// Ends a subscription.
    fn finish(&mut self, now: Duration, id: SubscriptionId, end: End) {
        let session = self.sessions.remove(id).map(|session| session.connection);
        let host = self.hosts.remove(&id).map(|host| host.connection);
        let Some(connection) = session.or(host) else { return };
        self.clear_timers(id);
        self.event(id, Event::Ended(end));
        self.part(now, id, connection);
    }
}
