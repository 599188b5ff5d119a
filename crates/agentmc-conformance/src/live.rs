//! Clients that listen to sessions.

use std::net::SocketAddr;
use std::time::Duration;

use agentmc_core::realtime::publish::PublishError;
use agentmc_core::realtime::{Event, HostOptions, Outgoing, SessionOptions, Tuning};
use agentmc_core::types::{HostRealtimeSocketPayload, Secret, SessionId, SignalId};
use agentmc_core::{Api, Error};

use crate::Subject;

/// A client under test, as something that subscribes.
pub trait Live: Subject {
    /// A subscription.
    type Subscription: Listening;
    /// What subscribes.
    type Realtime: Clone + Send + Sync + std::fmt::Debug;
    /// What publishes.
    type Publisher: Publishing;

    /// A client of `api` that goes through a proxy to whatever is encrypted, and trusts `root` alone.
    fn proxied(api: Api, root: &[u8], proxy: SocketAddr) -> Self;

    /// A client of `api` that goes through a proxy to every host but one.
    fn proxied_but(api: Api, proxy: SocketAddr, exempt: &str) -> Self;

    /// What subscribes.
    fn realtime(&self, tuning: Tuning) -> Self::Realtime;

    /// The token of this process.
    fn owner_token(realtime: &Self::Realtime) -> Secret;

    /// Subscribes to a session.
    fn session(realtime: &Self::Realtime, options: SessionOptions) -> Self::Subscription;

    /// Subscribes to a host.
    fn host(realtime: &Self::Realtime, options: HostOptions) -> Self::Subscription;

    /// What publishes to a session.
    fn publisher(realtime: &Self::Realtime, session: SessionId) -> Self::Publisher;

    /// Counts the tasks or threads that are there for the client: those of the whole process where it must.
    fn busy(&self) -> Box<dyn Fn() -> usize>;
}

/// Something that publishes, under test.
pub trait Publishing: Clone + Send + Sync + std::fmt::Debug {
    /// Sends a message.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError>;
}

/// A subscription under test.
pub trait Listening: Send + Sync + std::fmt::Debug {
    /// The next event, if it comes in time.
    fn next_within(&mut self, timeout: Duration) -> Option<Event>;

    /// Whether nothing will come any more.
    fn is_over(&mut self) -> bool;

    /// Where to start again.
    fn last_id(&self) -> Option<SignalId>;

    /// The session.
    fn session(&self) -> Option<SessionId>;

    /// Says where the host listens.
    fn listen_on(&self, socket: Option<HostRealtimeSocketPayload>);

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn publish(&self, message: &Outgoing) -> Result<Vec<SignalId>, PublishError>;

    /// Closes the session.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn close(self, reason: Option<&str>) -> Result<(), Error>;
}

/// Makes two tests of each scenario, a function over [`Live`]: one for each client.
#[macro_export]
macro_rules! live_on_both {
    ($($(#[doc = $doc:literal])* fn $name:ident<$subject:ident>() $body:block)+) => {
        $($(#[doc = $doc])* fn $name<$subject: $crate::Live>() $body)+

        mod on_blocking {
            $(#[test] fn $name() { super::$name::<$crate::Blocking>(); })+
        }

        mod on_async {
            $(#[test] fn $name() { super::$name::<$crate::Async>(); })+
        }
    };
}
