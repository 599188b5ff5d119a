//! Both AgentMC clients as drivers, so that one suite runs on each.
//!
//! The suite is [`mod@agentmc_sandbox::conformance`]. What needs more than a sandbox, such as a server that is not ours, a
//! certificate or an environment, is in `tests/it`: a function over [`Subject`], of which the macro [`on_both!`] makes
//! two tests, so that a failure names the client.

mod blocking;
mod live;
mod nonblocking;

pub use blocking::Blocking;
pub use live::{Listening, Live, Publishing};
pub use nonblocking::{Async, AsyncPublisher, AsyncRealtime, AsyncSubscription};

use agentmc_core::reply::{Page, Reply};
use agentmc_core::types::Page as PageOf;
use agentmc_core::{Api, Error, Operation};
use agentmc_sandbox::conformance::Driver;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A client under test, as the tests of this crate use it besides.
pub trait Subject: Driver {
    /// A client of `api`.
    fn new(api: Api) -> Self;

    /// A client of `api` that trusts `root`, a certificate as DER, and nothing else. It uses no proxy.
    fn trusting(api: Api, root: &[u8]) -> Self;

    /// A client of `api` that is told to use no proxy, whatever the environment says.
    fn without_proxy(api: Api) -> Self;

    /// Fetches the first `most` items of a listing.
    ///
    /// # Errors
    ///
    /// As the client's own `list`.
    fn list<O, T>(&self, operation: O, most: usize) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        let mut items = Vec::new();
        if most > 0 {
            self.walk(operation, |item| {
                items.push(item);
                items.len() < most
            })?;
        }
        Ok(items)
    }

    /// Fetches the first `most` items of a listing by name.
    ///
    /// # Errors
    ///
    /// As the client's own `list_by_name`.
    fn list_by_name(
        &self,
        id: &str,
        params: Map<String, Value>,
        most: usize,
    ) -> Result<Vec<Value>, Error>;

    /// Performs an operation by name, and gives the text of its reply.
    ///
    /// # Errors
    ///
    /// As the client's own `call_raw`.
    fn call_raw(&self, id: &str, params: Map<String, Value>) -> Result<Box<RawValue>, Error>;

    /// Fetches a listing by name, item by item as text.
    ///
    /// # Errors
    ///
    /// As the client's own `list_raw`.
    fn list_raw(&self, id: &str, params: Map<String, Value>) -> Result<Vec<Box<RawValue>>, Error>;

    /// The same client with another configuration.
    #[must_use]
    fn with(&self, change: impl FnOnce(Api) -> Api) -> Self;
}

/// Makes two tests of each scenario, a function over [`Subject`]: one for each client.
#[macro_export]
macro_rules! on_both {
    ($($(#[doc = $doc:literal])* fn $name:ident<$subject:ident>() $body:block)+) => {
        $($(#[doc = $doc])* fn $name<$subject: $crate::Subject>() $body)+

        mod on_blocking {
            $(#[test] fn $name() { super::$name::<$crate::Blocking>(); })+
        }

        mod on_async {
            $(#[test] fn $name() { super::$name::<$crate::Async>(); })+
        }
    };
}
