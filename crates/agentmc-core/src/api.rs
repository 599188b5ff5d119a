//! The configuration every request shares.

use std::time::Duration;

use agentmc_types::{AgentId, Revision};
use http::HeaderValue;
use serde_json::{Map, Value};

use crate::base_url::BaseUrl;
use crate::call::{Call, Patience};
use crate::credential::{Credential, Credentials};
use crate::encode::Encoder;
use crate::endpoint::{Auth, Endpoint, Step};
use crate::error::{BuildError, Problem};
use crate::observe::{Observer, Watch};
use crate::operation::Operation;
use crate::retry::RetryPolicy;
use crate::{params, registry};

/// Where the API is, which revision it speaks, who is calling, and how patient the caller is.
///
/// A cheap value: setters take it and give it back, and a client's `with` changes a copy for one call.
#[derive(Clone, Debug)]
#[must_use = "setters give back the changed configuration"]
pub struct Api {
    base: BaseUrl,
    credentials: Credentials,
    revision: Revision,
    agent: Option<AgentId>,
    /// The acting agent as a header, written once for all calls.
    agent_header: Option<HeaderValue>,
    check_limits: bool,
    connect_timeout: Duration,
    patience: Patience,
    watch: Watch,
}

impl Api {
    /// The service at [`BaseUrl::DEFAULT`] in its newest revision, called with `credential`.
    pub fn new(credential: Credential) -> Self {
        Self::anonymous().credential(credential)
    }

    /// The same without any credential; every operation needs one before it can be called.
    pub fn anonymous() -> Self {
        Self {
            base: BaseUrl::service(),
            credentials: Credentials::default(),
            revision: Revision::LATEST,
            agent: None,
            agent_header: None,
            check_limits: true,
            connect_timeout: Duration::from_secs(10),
            patience: Patience {
                retry: RetryPolicy::default(),
                timeout: Duration::from_secs(30),
                deadline: None,
                max_reply_bytes: 32 << 20,
            },
            watch: Watch::default(),
        }
    }

    /// The API at `base`.
    pub fn at(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// The API at the URL `text`, read as [`BaseUrl::new`] does.
    ///
    /// # Errors
    ///
    /// When it cannot be used as a base URL.
    pub fn base_url(self, text: &str) -> Result<Self, BuildError> {
        Ok(self.at(BaseUrl::new(text)?))
    }

    /// Adds a credential, in place of another of its kind. Each operation uses the first it accepts.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credentials.set(credential);
        self
    }

    /// Speaks `revision` instead of the newest.
    pub const fn revision(mut self, revision: Revision) -> Self {
        self.revision = revision;
        self
    }

    /// Performs agent-scoped operations on behalf of `agent`: in the path for 0.1.1, and as
    /// `X-Agent-Id` for 0.3.169. In 0.3.64 the credential alone decides.
    pub fn acting_as(mut self, agent: impl Into<AgentId>) -> Self {
        let agent = agent.into();
        self.agent = Some(agent);
        self.agent_header = Some(HeaderValue::from(agent.get()));
        self
    }

    /// Repeats failed attempts as `policy` says.
    pub const fn retry(mut self, policy: RetryPolicy) -> Self {
        self.patience.retry = policy;
        self
    }

    /// Whether lengths, ranges, patterns and listed values are checked before sending; they are by default.
    ///
    /// Switch it off when the service allows more than this version knows of.
    pub const fn check_limits(mut self, check: bool) -> Self {
        self.check_limits = check;
        self
    }

    /// How long one whole attempt may take, from connecting to the last byte; 30 s by default.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.patience.timeout = timeout;
        self
    }

    /// How long a whole call may take, every attempt and the waiting between them; no limit by default.
    ///
    /// An upload or a download has none: it goes on for as long as something moves. An attempt in progress is given up at the deadline, and one that could only begin after it is not made.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.patience.deadline = Some(deadline);
        self
    }

    /// How long connecting may take; 10 s by default. A client reads it when it is made.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest reply that is read, in bytes; 32 MiB by default.
    pub const fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.patience.max_reply_bytes = bytes;
        self
    }

    /// Has `observer` told of every request and every reply, in place of another.
    ///
    /// It sees bodies, which may hold secrets: [`Observer`] says what may be logged.
    pub fn observed_by(mut self, observer: impl Observer) -> Self {
        self.watch = Watch::by(observer);
        self
    }

    /// Starts a call of `operation`.
    ///
    /// # Errors
    ///
    /// When the operation is absent from the revision, a value may not be sent, no credential fits,
    /// or the path names an acting agent and none is set.
    pub fn call<O: Operation>(&self, operation: &O) -> Result<Call, BuildError> {
        self.call_page(operation, None)
    }

    pub(crate) fn call_page<O: Operation>(
        &self,
        operation: &O,
        page: Option<u32>,
    ) -> Result<Call, BuildError> {
        let mut out = Encoder::new(self, O::ENDPOINT)?.page(page);
        operation.encode(&mut out)?;
        self.start(O::ENDPOINT, out)
    }

    /// Starts a call of the operation that has or had the id, with parameters from a flat JSON object.
    ///
    /// The acting agent may stand among them under the API's own names, `agent_id` or `X-Agent-Id`
    /// (`agent` in 0.1.1), where the operation has no parameter of that name.
    ///
    /// # Errors
    ///
    /// As [`Api::call`]; and when no operation has the id, a parameter is unknown or of the wrong
    /// type, or a required one is missing.
    pub fn call_by_name(&self, id: &str, params: Map<String, Value>) -> Result<Call, BuildError> {
        self.call_endpoint(registry::find(id)?, params, None)
    }

    pub(crate) fn call_endpoint(
        &self,
        endpoint: &'static Endpoint,
        mut params: Map<String, Value>,
        page: Option<u32>,
    ) -> Result<Call, BuildError> {
        let mut out = Encoder::new(self, endpoint)?.page(page);
        if let Some(agent) = take_agent(endpoint, self.revision, &mut params)? {
            out = out.acting_as(agent)?;
        }
        params::encode(endpoint, params, &mut out)?;
        self.start(endpoint, out)
    }

    fn start(&self, endpoint: &'static Endpoint, out: Encoder<'_>) -> Result<Call, BuildError> {
        let request = out.finish()?;
        Ok(Call::new(endpoint, self.revision, request, self.patience, self.watch.clone()))
    }

    /// Where the API is.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The revision spoken.
    #[must_use]
    pub const fn spoken_revision(&self) -> Revision {
        self.revision
    }

    /// The acting agent, if one is set.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        self.agent
    }

    /// How long one attempt may take.
    #[must_use]
    pub const fn time_for_attempt(&self) -> Duration {
        self.patience.timeout
    }

    /// When failed attempts are repeated.
    #[must_use]
    pub const fn retry_policy(&self) -> RetryPolicy {
        self.patience.retry
    }

    /// How long connecting may take.
    #[must_use]
    pub const fn time_to_connect(&self) -> Duration {
        self.connect_timeout
    }

    /// Whether there is a credential of the kind.
    #[must_use]
    pub fn has_credential(&self, auth: Auth) -> bool {
        self.credentials.has(auth)
    }

    /// The kind of credential a call of `endpoint` would use; `None` if none fits or the operation is absent.
    #[must_use]
    pub fn auth_for(&self, endpoint: &Endpoint) -> Option<Auth> {
        self.credentials.for_step(endpoint.step(self.revision)?).map(Credential::auth)
    }

    pub(crate) const fn agent_header(&self) -> Option<&HeaderValue> {
        self.agent_header.as_ref()
    }

    pub(crate) const fn watch(&self) -> &Watch {
        &self.watch
    }

    pub(crate) const fn checks_limits(&self) -> bool {
        self.check_limits
    }

    pub(crate) fn credential_for(&self, step: &Step) -> Option<&Credential> {
        self.credentials.for_step(step)
    }
}

/// Takes the acting agent from among the parameters, under any of the API's names for it.
fn take_agent(
    endpoint: &'static Endpoint,
    revision: Revision,
    params: &mut Map<String, Value>,
) -> Result<Option<AgentId>, BuildError> {
    let mut found: Option<AgentId> = None;
    for name in ["agent", "agent_id", "X-Agent-Id", "x-agent-id"] {
        if !endpoint.takes_agent() || endpoint.param(name).is_some() {
            continue;
        }
        let Some(value) = params.remove(name) else { continue };
        let operation = endpoint.id;
        if !endpoint.step_in(revision)?.names_agent() && !endpoint.sends_agent_header(revision) {
            let (since, until) = (Revision::LATEST, Revision::LATEST);
            return Err(BuildError::AbsentParameter { operation, name, revision, since, until });
        }
        let wrong = |problem| BuildError::Invalid { operation, name: name.into(), problem };
        let agent = serde_json::from_value::<AgentId>(value);
        let agent = agent.map_err(|_| wrong(Problem::WrongType("the id of an agent")))?;
        if found.is_some_and(|other| other != agent) {
            return Err(wrong(Problem::WrongType("the same agent under each of its names")));
        }
        found = Some(agent);
    }
    Ok(found)
}
