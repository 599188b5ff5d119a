//! Both AgentMC clients behind one trait, so that one suite runs on each.
//!
//! The suite itself is in `tests/it`: a scenario is a function over [`Subject`], and the macro
//! [`on_both!`] makes two tests of it, so that a failure names the client.

use std::future::Future;
use std::sync::Arc;

use agentmc_async::{reqwest, rustls};
use agentmc_core::reply::{Page, Reply};
use agentmc_core::types::Page as PageOf;
use agentmc_core::{Api, Error, Operation, Output};
use serde_json::{Map, Value};

/// A client under test.
pub trait Subject {
    /// A client of `api`.
    fn new(api: Api) -> Self;

    /// A client of `api` that trusts `root`, a certificate as DER, and nothing else. It uses no proxy.
    fn trusting(api: Api, root: &[u8]) -> Self;

    /// Performs `operation`.
    ///
    /// # Errors
    ///
    /// As the client's own `send`.
    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error>;

    /// Performs an operation by name.
    ///
    /// # Errors
    ///
    /// As the client's own `call`.
    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error>;

    /// Fetches the first `most` items of a listing.
    ///
    /// # Errors
    ///
    /// As the client's own `list`.
    fn list<O, T>(&self, operation: O, most: usize) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>;

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

    /// The same client with another configuration.
    #[must_use]
    fn with(&self, change: impl FnOnce(Api) -> Api) -> Self;
}

/// The blocking client.
#[derive(Debug)]
pub struct Blocking(agentmc_blocking::Client);

/// The async client, on a runtime of its own.
#[derive(Debug)]
pub struct Async {
    client: agentmc_async::Client,
    runtime: Arc<tokio::runtime::Runtime>,
}

impl Subject for Blocking {
    fn new(api: Api) -> Self {
        Self(agentmc_blocking::Client::new(api))
    }

    fn trusting(api: Api, root: &[u8]) -> Self {
        use agentmc_blocking::ureq;
        use ureq::tls::{Certificate, RootCerts, TlsConfig};

        let root = Certificate::from_der(root).to_owned();
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root]));
        let config = ureq::Agent::config_builder().proxy(None);
        Self(agentmc_blocking::Client::build_with_tls(api, config, tls))
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        self.0.send(operation)
    }

    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error> {
        self.0.call(id, params)
    }

    fn list<O, T>(&self, operation: O, most: usize) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        self.0.list(operation).take(most).collect()
    }

    fn list_by_name(
        &self,
        id: &str,
        params: Map<String, Value>,
        most: usize,
    ) -> Result<Vec<Value>, Error> {
        self.0.list_by_name(id, params)?.take(most).collect()
    }

    fn with(&self, change: impl FnOnce(Api) -> Api) -> Self {
        Self(self.0.with(change))
    }
}

impl Async {
    #[expect(
        clippy::expect_used,
        reason = "without a runtime or a client there is nothing to test"
    )]
    fn with_runtime(client: Result<agentmc_async::Client, reqwest::Error>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = Arc::new(runtime.expect("a runtime starts"));
        Self { client: client.expect("reqwest can be set up"), runtime }
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

impl Subject for Async {
    fn new(api: Api) -> Self {
        Self::with_runtime(agentmc_async::Client::new(api))
    }

    #[expect(clippy::expect_used, reason = "a root that cannot be used is the test's mistake")]
    fn trusting(api: Api, root: &[u8]) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(root.to_vec().into()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring supports TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let builder = reqwest::Client::builder().no_proxy();
        Self::with_runtime(agentmc_async::Client::build_with_tls(api, builder, tls))
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        self.wait(self.client.send(operation))
    }

    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error> {
        self.wait(self.client.call(id, params))
    }

    fn list<O, T>(&self, operation: O, most: usize) -> Result<Vec<T>, Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        self.wait(async {
            let (mut items, mut listing) = (Vec::new(), self.client.list(operation));
            while items.len() < most {
                let Some(item) = listing.next().await else { break };
                items.push(item?);
            }
            Ok(items)
        })
    }

    fn list_by_name(
        &self,
        id: &str,
        params: Map<String, Value>,
        most: usize,
    ) -> Result<Vec<Value>, Error> {
        self.wait(async {
            let (mut items, mut listing) = (Vec::new(), self.client.list_by_name(id, params)?);
            while items.len() < most {
                let Some(item) = listing.next().await else { break };
                items.push(item?);
            }
            Ok(items)
        })
    }

    fn with(&self, change: impl FnOnce(Api) -> Api) -> Self {
        Self { client: self.client.with(change), runtime: Arc::clone(&self.runtime) }
    }
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
