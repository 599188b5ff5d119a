//! The client: calls from first attempt to result.

use std::time::Instant;

use agentmc_core::call::{Call, Step};
use agentmc_core::pages::{Pages, PagesByName, RawPages};
use agentmc_core::reply::{Page, Reply};
use agentmc_core::transfer::NewFile;
use agentmc_core::types::FileId;
use agentmc_core::{Api, BuildError, Error, Operation, Output};
use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use ureq::config::ConfigBuilder;
use ureq::tls::{TlsConfig, TlsConfigBuilder};
use ureq::typestate::AgentScope;

use crate::download::Download;
use crate::listing::Listing;
#[cfg(feature = "realtime")]
use crate::realtime::{Realtime, Tuning};
use crate::transport::Transport;
use crate::upload::Upload;

/// A client of the API. Cheap to clone; clones share their connections, and threads may share a client.
#[derive(Clone, Debug)]
pub struct Client {
    api: Api,
    transport: Transport,
    /// Of all clones, since what one publishes another may look for.
    #[cfg(feature = "realtime")]
    lanes: std::sync::Arc<crate::realtime::Lanes>,
}

impl Client {
    /// A client of `api` with the default transport.
    ///
    /// For an `https` base URL it uses the proxy the environment names (`HTTPS_PROXY`, `NO_PROXY` and
    /// so on), through which the connection stays encrypted. For plain `http` it uses none: the proxy
    /// would see the credential.
    #[must_use]
    pub fn new(api: Api) -> Self {
        let config = ureq::Agent::config_builder();
        let plain = api.base().as_str().starts_with("http://");
        Self::build(api, if plain { config.proxy(None) } else { config })
    }

    /// A client of `api` that sends through `ureq` as `config` says: proxies, pool sizes, address families.
    ///
    /// Some settings are not for `config` to make: no redirect is ever followed, error statuses are
    /// replies, the timeouts are the [`Api`]'s, and TLS is set up as for [`Client::new`]. Proxies are:
    /// a configuration that is silent about them uses the environment's, even for plain `http`.
    #[must_use]
    pub fn build(api: Api, config: ConfigBuilder<AgentScope>) -> Self {
        Self::build_with_tls(api, config, TlsConfig::builder())
    }

    /// The same with TLS as `tls` says: other root certificates than Mozilla's, a client certificate.
    /// The cryptography is `ring`'s all the same.
    #[must_use]
    pub fn build_with_tls(
        api: Api,
        config: ConfigBuilder<AgentScope>,
        tls: TlsConfigBuilder,
    ) -> Self {
        let transport = Transport::new(config, tls, api.time_to_connect());
        Self {
            api,
            transport,
            #[cfg(feature = "realtime")]
            lanes: std::sync::Arc::default(),
        }
    }

    /// The configuration of this client.
    pub const fn api(&self) -> &Api {
        &self.api
    }

    /// The same client, over the same connections, with another configuration: for one call as
    /// another agent, with another credential, in another revision, or with more patience.
    ///
    /// The proxy and the time to connect belong to the connections: both stay as they are.
    ///
    /// ```
    /// # let sandbox = agentmc_sandbox::Sandbox::start()?;
    /// # let client = agentmc_blocking::Client::new(sandbox.api());
    /// use agentmc_blocking::ops::notifications::ListNotifications;
    ///
    /// let agent = client.list(agentmc_blocking::ops::teams::ListAgents::new()).next().ok_or("no agent")??;
    /// let page = client.with(|api| api.acting_as(agent.id)).send(&ListNotifications::new())?;
    /// assert_eq!(page.meta.current_page, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with(&self, change: impl FnOnce(Api) -> Api) -> Self {
        Self { api: change(self.api.clone()), ..self.clone() }
    }

    /// Performs `operation`.
    ///
    /// # Errors
    ///
    /// When the request cannot be built, the server refuses it, it or its reply is lost, or the reply
    /// cannot be understood.
    pub fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        let reply = self.run(self.api.call(operation)?)?;
        Ok(O::Reply::read(O::ENDPOINT.id, &reply)?)
    }

    /// Performs the operation that has or had the id, with parameters from a flat JSON object, and
    /// gives the JSON of the reply: `null` where there is no content, `{"location": …}` for a redirect.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; and when there is no such operation or parameter.
    pub fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error> {
        let call = self.api.call_by_name(id, params)?;
        let endpoint = call.endpoint();
        Ok(endpoint.read_json(&self.run(call)?)?)
    }

    /// The same, but gives the text of the JSON as it came: members in their order, numbers with all their digits.
    /// [`Endpoint::read_raw`](agentmc_core::Endpoint::read_raw) says what such text may hold.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    pub fn call_raw(&self, id: &str, params: Map<String, Value>) -> Result<Box<RawValue>, Error> {
        let call = self.api.call_by_name(id, params)?;
        let endpoint = call.endpoint();
        Ok(endpoint.read_raw(&self.run(call)?)?)
    }

    /// Every item of a listing, page after page. A page is fetched when its first item is asked for.
    ///
    /// The listing ends after the last page, after the first error, or when the server sends another
    /// page than the one asked for.
    pub fn list<O, T>(&self, operation: O) -> Listing<Pages<O, T>>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = agentmc_core::types::Page<T>>,
    {
        Listing::new(self.clone(), Pages::new(operation))
    }

    /// The same for an operation known by name. One that is no paginated listing gives its `data`.
    ///
    /// # Errors
    ///
    /// When no operation has the id.
    pub fn list_by_name(
        &self,
        id: &str,
        params: Map<String, Value>,
    ) -> Result<Listing<PagesByName>, BuildError> {
        Ok(Listing::new(self.clone(), PagesByName::new(id, params)?))
    }

    /// The same, but each item is the text of its JSON as it came.
    ///
    /// # Errors
    ///
    /// When no operation has the id.
    pub fn list_raw(
        &self,
        id: &str,
        params: Map<String, Value>,
    ) -> Result<Listing<RawPages>, BuildError> {
        Ok(Listing::new(self.clone(), RawPages::new(id, params)?))
    }

    /// Begins an upload of `file`; what it returns is told where the content is.
    ///
    /// ```
    /// # let sandbox = agentmc_sandbox::Sandbox::start()?;
    /// # let client = agentmc_blocking::Client::new(sandbox.api());
    /// use agentmc_blocking::NewFile;
    ///
    /// let file = client.upload(NewFile::new("notes.md")).from_bytes("# Notes")?;
    /// let mut content = Vec::new();
    /// client.download(file.id).to_writer(&mut content)?;
    /// assert_eq!(content, b"# Notes");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn upload(&self, file: NewFile) -> Upload<'_> {
        Upload::new(self, file)
    }

    /// Begins a download of a file's content; what it returns is told where to put it.
    pub fn download(&self, file: impl Into<FileId>) -> Download<'_> {
        Download::new(self, file.into())
    }

    /// Sessions as they happen: what subscribes to them, with default limits.
    ///
    /// What subscribes through one [`Realtime`] shares its websockets; each call makes another.
    #[cfg(feature = "realtime")]
    #[must_use]
    pub fn realtime(&self) -> Realtime {
        self.realtime_with(Tuning::default())
    }

    /// The same with other limits.
    #[cfg(feature = "realtime")]
    #[must_use]
    pub fn realtime_with(&self, tuning: Tuning) -> Realtime {
        Realtime::new(self.clone(), tuning)
    }

    #[cfg(feature = "realtime")]
    pub(crate) const fn lanes(&self) -> &std::sync::Arc<crate::realtime::Lanes> {
        &self.lanes
    }

    pub(crate) const fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn run(&self, mut call: Call) -> Result<http::Response<Bytes>, Error> {
        let (_span, start) = (call.span().entered(), Instant::now());
        loop {
            call.begin();
            let outcome = self.transport.exchange(&call);
            match call.resolve(outcome, start.elapsed(), fastrand::f64()) {
                Step::Again(delay) => std::thread::sleep(delay),
                Step::Done(result) => return result,
            }
        }
    }
}
