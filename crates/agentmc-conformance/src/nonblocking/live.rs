//! The async client, listening.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use agentmc_async::realtime::{Publisher, Realtime, Subscription};
use agentmc_async::{Client, reqwest};
use agentmc_core::realtime::publish::PublishError;
use agentmc_core::realtime::{Event, HostOptions, Outgoing, SessionOptions, Tuning};
use agentmc_core::types::{HostRealtimeSocketPayload, Secret, SessionId, SignalId};
use agentmc_core::{Api, Error};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::{Async, trusting};
use crate::{Listening, Live, Publishing};

/// What subscribes, on a runtime.
#[derive(Clone, Debug)]
pub struct AsyncRealtime {
    realtime: Realtime,
    runtime: Arc<Runtime>,
}

/// A subscription, on a runtime.
#[derive(Debug)]
pub struct AsyncSubscription {
    subscription: Subscription,
    runtime: Arc<Runtime>,
}

/// What publishes, on a runtime.
#[derive(Clone, Debug)]
pub struct AsyncPublisher {
    publisher: Publisher,
    runtime: Arc<Runtime>,
}

impl AsyncSubscription {
    /// The subscription itself.
    pub const fn get_mut(&mut self) -> &mut Subscription {
        &mut self.subscription
    }
}

impl Live for Async {
    type Subscription = AsyncSubscription;
    type Realtime = AsyncRealtime;
    type Publisher = AsyncPublisher;

    #[expect(clippy::expect_used, reason = "a proxy that is none is the test's mistake")]
    fn proxied(api: Api, root: &[u8], proxy: SocketAddr) -> Self {
        let proxy = reqwest::Proxy::https(format!("http://{proxy}")).expect("a proxy");
        let builder = reqwest::Client::builder().no_proxy().proxy(proxy);
        Self::with_runtime(Client::build_with_tls(api, builder, trusting(root)))
    }

    #[expect(clippy::expect_used, reason = "a proxy that is none is the test's mistake")]
    fn proxied_but(api: Api, proxy: SocketAddr, exempt: &str) -> Self {
        let exempt = reqwest::NoProxy::from_string(exempt);
        let proxy = reqwest::Proxy::all(format!("http://{proxy}")).expect("a proxy");
        let builder = reqwest::Client::builder().proxy(proxy.no_proxy(exempt));
        Self::with_runtime(Client::build(api, builder))
    }

    fn realtime(&self, tuning: Tuning) -> AsyncRealtime {
        let realtime = self.client.realtime_with(tuning);
        AsyncRealtime { realtime, runtime: Arc::clone(&self.runtime) }
    }

    fn owner_token(realtime: &AsyncRealtime) -> Secret {
        realtime.realtime.owner_token()
    }

    fn session(realtime: &AsyncRealtime, options: SessionOptions) -> AsyncSubscription {
        let _entered = realtime.runtime.enter();
        let subscription = realtime.realtime.subscribe_session(options);
        AsyncSubscription { subscription, runtime: Arc::clone(&realtime.runtime) }
    }

    fn host(realtime: &AsyncRealtime, options: HostOptions) -> AsyncSubscription {
        let _entered = realtime.runtime.enter();
        let subscription = realtime.realtime.subscribe_host(options);
        AsyncSubscription { subscription, runtime: Arc::clone(&realtime.runtime) }
    }

    fn publisher(realtime: &AsyncRealtime, session: SessionId) -> AsyncPublisher {
        let publisher = realtime.realtime.publisher(session);
        AsyncPublisher { publisher, runtime: Arc::clone(&realtime.runtime) }
    }

    /// Tasks, those of idle connections too.
    fn busy(&self) -> Box<dyn Fn() -> usize> {
        let runtime = Arc::clone(&self.runtime);
        Box::new(move || runtime.metrics().num_alive_tasks())
    }
}

impl Publishing for AsyncPublisher {
    fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        self.runtime.block_on(self.publisher.publish(message))
    }
}

impl Listening for AsyncSubscription {
    fn next_within(&mut self, time: Duration) -> Option<Event> {
        let next = async { timeout(time, self.subscription.next()).await };
        self.runtime.block_on(next).ok().flatten()
    }

    fn is_over(&mut self) -> bool {
        let next = async { timeout(Duration::from_millis(1), self.subscription.next()).await };
        matches!(self.runtime.block_on(next), Ok(None))
    }

    fn last_id(&self) -> Option<SignalId> {
        self.subscription.last_id()
    }

    fn session(&self) -> Option<SessionId> {
        self.subscription.session()
    }

    fn listen_on(&self, socket: Option<HostRealtimeSocketPayload>) {
        self.subscription.listen_on(socket);
    }

    fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError> {
        self.runtime.block_on(self.subscription.publish(message))
    }

    fn close(self, reason: Option<&str>) -> Result<(), Error> {
        self.runtime.block_on(self.subscription.close(reason))
    }
}
