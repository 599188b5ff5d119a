//! The two frontends behind one door, so that the demonstration is written once.

use agentmc_core::reply::{Page, Reply};
use agentmc_core::types::{AgentId, Page as PageOf};
use agentmc_core::{Api, Error, Operation, Output};

use crate::failure::Failure;

/// A client of either kind.
pub(crate) trait Frontend {
    /// What the frontend is called.
    const NAME: &'static str;

    /// The same client acting as an agent.
    fn acting_as(&self, agent: AgentId) -> Self;

    /// Performs an operation.
    async fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error>;

    /// Fetches every item of a listing.
    async fn all<O, T>(&self, operation: O) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>;
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

    fn acting_as(&self, agent: AgentId) -> Self {
        Self(self.0.with(|api| api.acting_as(agent)))
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

    fn acting_as(&self, agent: AgentId) -> Self {
        Self(self.0.with(|api| api.acting_as(agent)))
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
