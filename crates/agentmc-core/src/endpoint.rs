//! What an operation looks like on the wire: method, paths and authentication by revision, parameters.

use agentmc_types::Revision;
use agentmc_types::schema::Field;
use bytes::Bytes;
use serde_json::Value;

use crate::error::{BuildError, DecodeError};
use crate::reply::Shape;

mod check;
mod describe;
pub mod route;

/// The wire facts of one operation: a constant.
///
/// [`Endpoint::checked`] verifies it while the crate compiles, so a path that misspells a parameter,
/// or a history out of order, never reaches a test.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Endpoint {
    /// The operation's id, such as `listTasks`.
    pub id: &'static str,
    /// The documentation of the operation, line by line. The first line is its summary.
    pub docs: &'static [&'static str],
    /// The subject the operation belongs to.
    pub tag: Tag,
    /// The HTTP method, the same in every revision.
    pub method: Method,
    /// Every revision that has the operation, oldest first.
    pub history: &'static [Step],
    /// Every parameter, in declaration order: path, body, query, header.
    pub params: &'static [Param],
    /// The shape of a successful reply.
    pub shape: Shape,
    /// Whether repeating the request is harmless.
    pub idempotent: bool,
    /// Whether the operation can be performed on behalf of an agent.
    pub agent_scoped: bool,
    /// Whether the request has a JSON body, even an empty one.
    pub sends_body: bool,
    /// Whether members the declaration does not name may stand in the body.
    pub open_body: bool,
    /// Reads a reply into the operation's own types and writes what was understood as JSON.
    pub read_typed: ReadTyped,
}

/// Reads a reply to the operation of the given id, and writes what was understood as JSON.
pub type ReadTyped = fn(&'static str, &http::Response<Bytes>) -> Result<Value, DecodeError>;

/// What an operation looks like in one revision.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Step {
    /// The revision.
    pub revision: Revision,
    /// The id the operation has there.
    pub id: &'static str,
    /// The path template below the base URL. `{agent}` stands for the acting agent.
    pub path: &'static str,
    /// The ways to authenticate, any one of which serves.
    pub auth: &'static [Auth],
    /// The status of success.
    pub success: u16,
    /// The error statuses the contract declares.
    pub errors: &'static [u16],
}

/// One named parameter.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Param {
    /// Its name, documentation and limits, and the revisions that have it.
    pub field: Field,
    /// Where it goes.
    pub place: Place,
}

/// The part of a request a parameter is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A member of the JSON body.
    Body,
    /// A header.
    Header,
    /// A `{name}` segment of the path.
    Path,
    /// A pair in the query string.
    Query,
}

/// The HTTP methods the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the variants are the methods")]
pub enum Method {
    DELETE,
    GET,
    PATCH,
    POST,
    PUT,
}

/// A way to authenticate, by the API's own names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// `ApiKeyAuth`: a host, team or agent key in `X-Api-Key`.
    ApiKey,
    /// `AgentBearerAuth`: an agent token in `Authorization`.
    AgentBearer,
    /// `BearerAuth`: a bearer token in `Authorization`.
    Bearer,
    /// `ConnectTokenAuth`: a short-lived token that connects a new agent.
    ConnectToken,
    /// `SessionCookieAuth`: the cookie of a browser session.
    SessionCookie,
}

/// The sets of alternatives that operations accept.
pub mod auth {
    use super::Auth;

    /// An agent token.
    pub const AGENT_BEARER: &[Auth] = &[Auth::AgentBearer];
    /// A connect token.
    pub const CONNECT_TOKEN: &[Auth] = &[Auth::ConnectToken];
    /// An API key.
    pub const KEY: &[Auth] = &[Auth::ApiKey];
    /// An API key, an agent token or a bearer token.
    pub const KEY_OR_BEARER: &[Auth] = &[Auth::ApiKey, Auth::AgentBearer, Auth::Bearer];
    /// An API key or a session cookie.
    pub const KEY_OR_COOKIE: &[Auth] = &[Auth::ApiKey, Auth::SessionCookie];
}

/// The subjects of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the variants are the subjects")]
pub enum Tag {
    Agents,
    Boards,
    Briefs,
    Calendar,
    Files,
    Hosts,
    Logs,
    Notifications,
    Tasks,
    Teams,
}

impl Endpoint {
    /// The facts as `operation!` declares them.
    #[doc(hidden)]
    #[must_use]
    #[allow(clippy::too_many_arguments, reason = "called by `operation!` alone")]
    pub const fn new(
        id: &'static str,
        docs: &'static [&'static str],
        tag: Tag,
        method: Method,
        history: &'static [Step],
        params: &'static [Param],
        shape: Shape,
        sends_body: bool,
        open_body: bool,
        read_typed: ReadTyped,
    ) -> Self {
        let idempotent = method.is_idempotent();
        Self {
            id,
            docs,
            tag,
            method,
            history,
            params,
            shape,
            idempotent,
            agent_scoped: false,
            sends_body: sends_body || open_body,
            open_body,
            read_typed,
        }
    }

    /// Marks a `POST` or `PATCH` whose repetition is harmless.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Marks an operation that can be performed on behalf of an agent.
    #[must_use]
    pub const fn agent_scoped(mut self) -> Self {
        self.agent_scoped = true;
        self
    }

    /// What the operation looks like in `revision`, unless it is absent from it.
    #[must_use]
    pub fn step(&self, revision: Revision) -> Option<&'static Step> {
        self.history.iter().find(|step| step.revision == revision)
    }

    /// What the operation looks like in `revision`.
    ///
    /// # Errors
    ///
    /// When the operation is absent from it; the error names the revisions that have it.
    pub fn step_in(&self, revision: Revision) -> Result<&'static Step, BuildError> {
        let absent = || BuildError::Absent {
            operation: self.id,
            revision,
            present: self.revisions().collect(),
        };
        self.step(revision).ok_or_else(absent)
    }

    /// Whether a status means success: 2xx, or a redirect where that is the reply.
    #[must_use]
    pub fn is_success(&self, status: http::StatusCode) -> bool {
        match self.shape {
            Shape::Location => status.is_redirection(),
            _ => status.is_success(),
        }
    }

    /// The newest revision that has the operation.
    #[must_use]
    pub fn newest(&self) -> Revision {
        self.history.last().map_or(Revision::LATEST, |step| step.revision)
    }

    /// The revisions that have the operation, oldest first.
    pub fn revisions(&self) -> impl Iterator<Item = Revision> + use<> {
        self.history.iter().map(|step| step.revision)
    }

    /// The other ids the operation has or had.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (id, history) = (self.id, self.history);
        let other = move |step: &&Step| step.id != id;
        history.iter().filter(other).enumerate().filter_map(move |(i, step)| {
            let first = history.iter().filter(other).position(|earlier| earlier.id == step.id);
            (first == Some(i)).then_some(step.id)
        })
    }

    /// The parameter called `name`.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.field.name == name)
    }

    /// Whether the acting agent travels in a header of its own in `revision`.
    #[must_use]
    pub fn sends_agent_header(&self, revision: Revision) -> bool {
        self.agent_scoped && revision >= Revision::V0_3_169
    }

    /// Whether the acting agent has a place in any revision.
    #[must_use]
    pub fn takes_agent(&self) -> bool {
        self.agent_scoped || self.history.iter().any(Step::names_agent)
    }

    /// The first line of the documentation.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.docs.first().map_or("", |line| line.trim())
    }

    /// Whether the reply is one page of a listing.
    #[must_use]
    pub const fn is_paginated(&self) -> bool {
        matches!(self.shape, Shape::Page)
    }
}

impl Step {
    /// The facts as `operation!` declares them.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        revision: Revision,
        id: &'static str,
        path: &'static str,
        auth: &'static [Auth],
        success: u16,
        errors: &'static [u16],
    ) -> Self {
        Self { revision, id, path, auth, success, errors }
    }

    /// Whether the path names the acting agent.
    #[must_use]
    pub fn names_agent(&self) -> bool {
        self.path.contains("{agent}")
    }
}

impl Param {
    /// The facts as `operation!` declares them.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(field: Field, place: Place) -> Self {
        Self { field, place }
    }
}

impl Method {
    /// Whether HTTP itself calls the method idempotent.
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::DELETE | Self::GET | Self::PUT)
    }

    /// The method as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DELETE => "DELETE",
            Self::GET => "GET",
            Self::PATCH => "PATCH",
            Self::POST => "POST",
            Self::PUT => "PUT",
        }
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::DELETE => Self::DELETE,
            Method::GET => Self::GET,
            Method::PATCH => Self::PATCH,
            Method::POST => Self::POST,
            Method::PUT => Self::PUT,
        }
    }
}

impl Auth {
    /// The API's name for it, such as `ApiKeyAuth`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "ApiKeyAuth",
            Self::AgentBearer => "AgentBearerAuth",
            Self::Bearer => "BearerAuth",
            Self::ConnectToken => "ConnectTokenAuth",
            Self::SessionCookie => "SessionCookieAuth",
        }
    }

    /// Every way to authenticate.
    pub const ALL: &'static [Self] =
        &[Self::ApiKey, Self::AgentBearer, Self::Bearer, Self::ConnectToken, Self::SessionCookie];

    /// What stands before the secret in its header: `Bearer `, the name of the cookie, or nothing.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "",
            Self::AgentBearer | Self::Bearer | Self::ConnectToken => "Bearer ",
            Self::SessionCookie => "laravel_session=",
        }
    }

    /// What a person calls it, such as `an API key`.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::ApiKey => "an API key",
            Self::AgentBearer => "an agent token",
            Self::Bearer => "a bearer token",
            Self::ConnectToken => "a connect token",
            Self::SessionCookie => "a session cookie",
        }
    }
}

impl Tag {
    /// Every subject, by name.
    pub const ALL: &'static [Self] = &[
        Self::Agents,
        Self::Boards,
        Self::Briefs,
        Self::Calendar,
        Self::Files,
        Self::Hosts,
        Self::Logs,
        Self::Notifications,
        Self::Tasks,
        Self::Teams,
    ];

    /// The API's name for it, such as `Tasks`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agents => "Agents",
            Self::Boards => "Boards",
            Self::Briefs => "Briefs",
            Self::Calendar => "Calendar",
            Self::Files => "Files",
            Self::Hosts => "Hosts",
            Self::Logs => "Logs",
            Self::Notifications => "Notifications",
            Self::Tasks => "Tasks",
            Self::Teams => "Teams",
        }
    }
}

impl Place {
    /// The place as it is written: `body`, `header`, `path` or `query`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Header => "header",
            Self::Path => "path",
            Self::Query => "query",
        }
    }
}
