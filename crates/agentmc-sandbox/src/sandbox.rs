//! The running sandbox.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agentmc_core::{Api, BaseUrl, Credential};
use agentmc_types::{AgentId, Object, SessionId, SignalId};
use bytes::Bytes;

use crate::keys::Keys;
use crate::seen::{Memory, Seen};
use crate::server::Server;
use crate::world::World;

/// An AgentMC server in the process.
///
/// Dropping it closes every connection, frees the port and ends its thread.
pub struct Sandbox {
    url: String,
    storage_url: String,
    keys: Keys,
    api: Api,
    state: Arc<State>,
    /// Dropped with the sandbox, which stops it.
    _server: Server,
}

/// How to start a [`Sandbox`].
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until a sandbox starts with them"]
#[non_exhaustive]
pub struct Options {
    /// The port to listen on; 0, the default, takes a free one. Storage takes a free one in any case.
    pub port: u16,
    /// What the world and the keys are made from; 0 by default. The same seed gives the same ones.
    pub seed: u64,
}

/// What the server and its owner share.
pub(crate) struct State {
    world: Mutex<World>,
    seen: Mutex<Memory>,
}

impl Sandbox {
    /// Starts a sandbox on a free port, with seed 0.
    ///
    /// # Errors
    ///
    /// When the machine gives no port or no thread.
    pub fn start() -> io::Result<Self> {
        Self::with(Options::default())
    }

    /// Starts a sandbox.
    ///
    /// # Errors
    ///
    /// When the port is taken, or the machine gives no port or no thread.
    pub fn with(options: Options) -> io::Result<Self> {
        let world = World::new(options.seed);
        let keys = world.keys().clone();
        let state = Arc::new(State { world: Mutex::new(world), seen: Mutex::default() });
        let server = Server::start(options.port, Arc::clone(&state))?;
        let url = format!("http://{}{}", server.address(), crate::handler::BASE);
        let storage_url = format!("http://{}", server.storage());
        locked(&state.world).storage_origin.clone_from(&storage_url);
        let base = BaseUrl::new(&url).map_err(io::Error::other)?;
        let credential = Credential::api_key(&keys.host_key).map_err(io::Error::other)?;
        let api = Api::new(credential).at(base);
        Ok(Self { url, storage_url, keys, api, state, _server: server })
    }

    /// The base URL, such as `http://127.0.0.1:40123/api/v1`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The origin of its storage, such as `http://127.0.0.1:40124`: where the bytes of files are sent and fetched,
    /// by signed URLs and without a credential.
    #[must_use]
    pub fn storage_url(&self) -> &str {
        &self.storage_url
    }

    /// The credentials it accepts.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The configuration of a client that calls this sandbox with the host's key.
    pub fn api(&self) -> Api {
        self.api.clone()
    }

    /// The requests that arrived, oldest first: the last 10,000 of them, and no more of those than hold
    /// 64 MiB of targets, headers and bodies together.
    ///
    /// A request is among them before its reply is sent. Those to storage are among them, too.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.seen_since(0)
    }

    /// How many requests have arrived since the start, also those that [`seen`](Self::seen) has forgotten.
    #[must_use]
    pub fn seen_count(&self) -> usize {
        locked(&self.state.seen).count()
    }

    /// The requests that arrived after the first `count` since the start, oldest first, as far as
    /// [`seen`](Self::seen) still has them.
    ///
    /// With an earlier [`seen_count`](Self::seen_count) these are the requests that arrived meanwhile.
    #[must_use]
    pub fn seen_since(&self, count: usize) -> Vec<Seen> {
        locked(&self.state.seen).since(count)
    }

    /// Looks at the world, or changes it. Requests wait until `look` is done, so it must not send any.
    pub fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut locked(&self.state.world))
    }

    /// A person asks for a realtime session, as [`World::request_session`] has it.
    pub fn request_session(&self, agent: AgentId) -> Option<SessionId> {
        self.world(|world| world.request_session(agent))
    }

    /// A browser sends a signal, as [`World::browser_says`] has it.
    pub fn browser_says(
        &self,
        session: SessionId,
        kind: &str,
        payload: Object,
    ) -> Option<SignalId> {
        self.world(|world| world.browser_says(session, kind, payload))
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("url", &self.url)
            .field("storage_url", &self.storage_url)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl Options {
    /// The port to listen on; 0 takes a free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What the world and the keys are made from.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

impl State {
    /// Answers a request and remembers it.
    pub(crate) fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let (operation, response) = crate::handler::answer(&mut locked(&self.world), &request);
        locked(&self.seen).add(Seen::new(request, response.status(), operation));
        response
    }

    /// Answers a request to storage and remembers it.
    pub(crate) fn store(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let response = locked(&self.world).store(&request);
        locked(&self.seen).add(Seen::new(request, response.status(), None));
        response
    }
}

/// A test that panics while it looks at the world leaves a world to look at.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
