//! The running sandbox.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use agentmc_core::{Api, BaseUrl, Call, Credential, TransportError, TransportKind};
use agentmc_types::{
    AgentId, HostId, HostRuntimeCommandId, HostRuntimeCommandPayload, Object, SessionId, SignalId,
};
use bytes::Bytes;

use crate::fault::{Course, Rule, receive};
use crate::keys::Keys;
use crate::options::Options;
use crate::save;
use crate::saver::Saver;
use crate::seen::Seen;
use crate::server::Server;
use crate::socket::{SocketFault, SocketSeen};
use crate::state::{Origin, State, locked};
use crate::world::{BrowserMessage, SessionMessage, World};

/// An AgentMC server in the process.
///
/// Dropping it closes every connection, frees the ports, saves the world if it has a file, and ends its threads.
pub struct Sandbox {
    url: String,
    storage_url: String,
    keys: Keys,
    api: Api,
    state: Arc<State>,
    /// Dropped with the sandbox, which stops it.
    server: Server,
    /// Dropped after the server, so that what is answered is saved.
    saver: Option<Saver>,
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
    /// When the port is taken, the file cannot be read or written or another sandbox has it, or the machine gives no
    /// port or no thread.
    pub fn with(options: Options) -> io::Result<Self> {
        let (hold, kept) = match options.data.as_deref().map(save::open).transpose()? {
            Some((hold, kept)) => (Some(hold), kept),
            None => (None, None),
        };
        let mut world = kept.unwrap_or_else(|| World::new(options.seed));
        world.revision = options.revision.unwrap_or(world.revision);
        let keys = world.keys().clone();
        let state = Arc::new(State::new(world, &options));
        let server = Server::start(options.port, Arc::clone(&state)).map_err(|error| {
            let port = options.port;
            io::Error::new(error.kind(), format!("cannot listen on port {port}: {error}"))
        })?;
        let url = format!("http://{}{}", server.address(), crate::handler::BASE);
        let storage_url = format!("http://{}", server.storage());
        locked(&state.world).storage_origin.clone_from(&storage_url);
        let base = BaseUrl::new(&url).map_err(io::Error::other)?;
        let credential = Credential::api_key(&keys.host_key).map_err(io::Error::other)?;
        let api = Api::new(credential).at(base);
        let start = |(path, hold)| Saver::start(Arc::clone(&state), path, hold);
        let saver = options.data.zip(hold).map(start).transpose()?;
        if saver.is_some() {
            state.changes.happened();
        }
        Ok(Self { url, storage_url, keys, api, state, server, saver })
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

    /// Its own page, such as `http://127.0.0.1:40123/sandbox/`: the browser's side of realtime, for people.
    #[must_use]
    pub fn page_url(&self) -> String {
        format!("http://{}/sandbox/", self.server.address())
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
        self.state.change(look)
    }

    /// Moves the world's clock, as [`World::advance`] has it.
    pub fn advance(&self, time: Duration) {
        self.world(|world| world.advance(time));
    }

    /// Saves the world to its file now. It does nothing without one.
    ///
    /// Changes are saved by themselves, at most once a second, and when the sandbox is dropped; while that fails, it is
    /// tried less and less often, in the end once a minute.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn save(&self) -> io::Result<()> {
        self.saver.as_ref().map_or(Ok(()), Saver::save)
    }

    /// Why the last saving failed; `None` if it did not.
    #[must_use]
    pub fn save_error(&self) -> Option<io::Error> {
        let error = locked(&self.state.save_error);
        error.as_ref().map(|(kind, message)| io::Error::new(*kind, message.clone()))
    }

    /// Lets something go wrong from now on. Of several rules that match, the first one given that strikes counts.
    pub fn fault(&self, rule: Rule) {
        locked(&self.state.rules).add(rule);
    }

    /// The rules that are not used up, with what is left of their counts.
    #[must_use]
    pub fn faults(&self) -> Vec<Rule> {
        locked(&self.state.rules).left()
    }

    /// Forgets every rule. A sandbox that is down stays so; see [`come_back`](Self::come_back).
    pub fn clear_faults(&self) {
        locked(&self.state.rules).clear();
    }

    /// Ends every connection and closes the ports of the API and of storage: connecting is refused from when it
    /// returns until [`come_back`](Self::come_back).
    pub fn go_down(&self) {
        self.state.note_down(None);
        self.server.close(None);
    }

    /// Listens on the same ports again. It does nothing unless the sandbox is down.
    ///
    /// # Errors
    ///
    /// When a port cannot be had any more.
    pub fn come_back(&self) -> io::Result<()> {
        self.server.open()
    }

    /// What a perfect transport would make of sending the request of `call` to this sandbox now: the same faults
    /// strike and the same is [`seen`](Self::seen), but no socket is involved and nothing waits.
    ///
    /// It decodes compressed replies, follows no redirect, and keeps the status of a refusal whose body is cut,
    /// with what arrived of it.
    ///
    /// # Errors
    ///
    /// [`Connect`](TransportKind::Connect) while the sandbox is down; [`Lost`](TransportKind::Lost) when the
    /// connection ends before the whole reply is there; [`Timeout`](TransportKind::Timeout) when the reply would
    /// take as long as the attempt may or longer; [`TooLarge`](TransportKind::TooLarge) when it is larger than
    /// the call allows.
    pub fn exchange(&self, call: &Call) -> Result<http::Response<Bytes>, TransportError> {
        if self.state.is_down() {
            let message = "connecting is refused".to_owned();
            return Err(TransportError::new(TransportKind::Connect, message));
        }
        let delivery = self.state.answer(Origin::Api, call.request().clone());
        if let Course::Down(time) = delivery.course {
            self.state.note_down(Some(time));
            self.server.close(Some(time));
        }
        receive(delivery, call)
    }

    /// What a perfect transport would make of a request to storage: the reply as far as it arrives, and why that is not
    /// the whole.
    #[cfg(feature = "conformance")]
    pub(crate) fn exchange_with_storage(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<(http::Response<Bytes>, Option<TransportError>), TransportError> {
        let delivery = self.state.answer(Origin::Storage, request);
        crate::fault::arrive(delivery, Duration::from_secs(30), 256 << 20)
    }

    /// Lets something go wrong on the websockets, now or from now on.
    pub fn socket_fault(&self, fault: SocketFault) {
        self.state.sockets.fault(fault);
    }

    /// The websockets that are connected, in the order in which they connected.
    #[must_use]
    pub fn sockets(&self) -> Vec<SocketSeen> {
        self.state.sockets.seen()
    }

    /// The service wants something of a host's runtime, as [`World::queue_command`] has it.
    pub fn queue_command(
        &self,
        host: HostId,
        kind: &str,
        payload: HostRuntimeCommandPayload,
    ) -> Option<HostRuntimeCommandId> {
        self.world(|world| world.queue_command(host, kind, payload))
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

    /// A browser sends a message, as [`World::browser_sends`] has it.
    pub fn browser_sends(
        &self,
        session: SessionId,
        message: &BrowserMessage,
    ) -> Option<Vec<SignalId>> {
        self.world(|world| world.browser_sends(session, message))
    }

    /// A browser is still there, as [`World::browser_heartbeat`] has it.
    pub fn browser_heartbeat(&self, session: SessionId) -> bool {
        self.world(|world| world.browser_heartbeat(session))
    }

    /// A browser ends a session, as [`World::browser_closes`] has it.
    pub fn browser_closes(&self, session: SessionId, reason: &str) -> Option<SignalId> {
        self.world(|world| world.browser_closes(session, reason))
    }

    /// What was said in a session, as [`World::messages`] has it.
    #[must_use]
    pub fn messages(&self, session: SessionId, after: SignalId) -> Vec<SessionMessage> {
        self.world(|world| world.messages(session, after))
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
