//! The two frontends behind one door, so that the demonstration is written once.

use std::time::Duration;

use agentmc_core::realtime::publish::PublishError;
use agentmc_core::realtime::{Event, Outgoing, SessionOptions, Start};
use agentmc_core::reply::{Page, Reply};
use agentmc_core::types::{AgentId, Page as PageOf, Secret, SessionId, SignalId};
use agentmc_core::{Api, Error, Operation, Output};

use crate::failure::Failure;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of either kind.
pub(crate) trait Frontend {
    /// What the frontend is called.
    const NAME: &'static str;

    /// The same client acting as an agent.
    fn acting_as(&self, agent: AgentId) -> Self;

    /// What listens to a session.
    type Session: Listening;

    /// Listens to a session, from its beginning.
    fn listen(&self, agent: AgentId, session: SessionId) -> Self::Session;

    /// Performs an operation.
    async fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error>;

    /// Fetches every item of a listing.
    async fn all<O, T>(&self, operation: O) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>;
}

/// A session an agent listens to.
pub(crate) trait Listening {
    /// What happens next.
    async fn next(&mut self) -> Option<Event>;

    /// Says something.
    async fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError>;
}

/// The blocking client. It blocks the thread it is on, as it does everywhere.
pub(crate) struct Blocking(agentmc_blocking::Client);

/// The async client.
pub(crate) struct Async(agentmc_async::Client);

impl Blocking {
    pub(crate) fn new(api: Api) -> Self {
        Self(agentmc_blocking::Client::new(api))
    }
}

impl Async {
    pub(crate) fn new(api: Api) -> Result<Self, Failure> {
        let client = agentmc_async::Client::new(api);
        client
            .map(Self)
            .map_err(|error| Failure::input(format!("the async client cannot be set up: {error}")))
    }
}

impl Frontend for Blocking {
    const NAME: &'static str = "blocking";

    type Session = agentmc_blocking::realtime::Subscription;

    fn acting_as(&self, agent: AgentId) -> Self {
        Self(self.0.with(|api| api.acting_as(agent)))
    }

    fn listen(&self, agent: AgentId, session: SessionId) -> Self::Session {
        let realtime = self.0.realtime();
        realtime.subscribe_session(options(realtime.owner_token(), agent, session))
    }

    async fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        self.0.send(operation)
    }

    async fn all<O, T>(&self, operation: O) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        self.0.list(operation).collect()
    }
}

impl Frontend for Async {
    const NAME: &'static str = "async";

    type Session = agentmc_async::realtime::Subscription;

    fn acting_as(&self, agent: AgentId) -> Self {
        Self(self.0.with(|api| api.acting_as(agent)))
    }

    fn listen(&self, agent: AgentId, session: SessionId) -> Self::Session {
        let realtime = self.0.realtime();
        realtime.subscribe_session(options(realtime.owner_token(), agent, session))
    }

    async fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        self.0.send(operation).await
    }

    async fn all<O, T>(&self, operation: O) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        let mut items = Vec::new();
        let mut listing = self.0.list(operation);
        while let Some(item) = listing.next().await {
            items.push(item?);
        }
        Ok(items)
    }
}

fn options(token: Secret, agent: AgentId, session: SessionId) -> SessionOptions {
    SessionOptions::session(session, token).agent(agent).start(Start::Beginning)
}

impl Listening for agentmc_blocking::realtime::Subscription {
    async fn next(&mut self) -> Option<Event> {
        self.next_timeout(PATIENCE)
    }

    async fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        Self::publish(self, message)
    }
}

impl Listening for agentmc_async::realtime::Subscription {
    async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(PATIENCE, Self::next(self)).await.ok().flatten()
    }

    async fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        Self::publish(self, message).await
    }
}
