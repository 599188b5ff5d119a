//! The running sandbox.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agentmc_core::{Api, BaseUrl, Credential};
use agentmc_types::{AgentId, Object, SessionId, SignalId};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::keys::Keys;
use crate::server::Server;
use crate::world::World;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// An AgentMC server in the process.
///
/// Dropping it closes every connection, frees the port and ends its thread.
pub struct Sandbox {
    url: String,
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
    /// The port to listen on; 0, the default, takes a free one.
    pub port: u16,
    /// What the world and the keys are made from; 0 by default. The same seed gives the same ones.
    pub seed: u64,
}

/// A request that arrived, and how it was answered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// The path and the query, as they were sent.
    pub target: String,
    /// The headers, credentials included.
    pub headers: HeaderMap,
    /// The body; of one that was too large, the first part.
    pub body: Bytes,
    /// The status of the reply.
    pub status: StatusCode,
    /// The operation it was understood as; `None` if the path or the method was unknown.
    pub operation: Option<&'static str>,
}

/// What the server and its owner share.
pub(crate) struct State {
    world: Mutex<World>,
    seen: Mutex<VecDeque<Seen>>,
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
        let base = BaseUrl::new(&url).map_err(io::Error::other)?;
        let credential = Credential::api_key(&keys.host_key).map_err(io::Error::other)?;
        let api = Api::new(credential).at(base);
        Ok(Self { url, keys, api, state, _server: server })
    }

    /// The base URL, such as `http://127.0.0.1:40123/api/v1`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
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

    /// The requests that arrived, oldest first; the last 10,000 of them.
    ///
    /// A request is among them before its reply is sent.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.state.seen).iter().cloned().collect()
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
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let mut seen = locked(&self.seen);
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        let status = response.status();
        seen.push_back(Seen {
            method: parts.method,
            target,
            headers: parts.headers,
            body,
            status,
            operation,
        });
        response
    }
}

/// A test that panics while it looks at the world leaves a world to look at.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
