//! Who is calling.

use std::fmt;

use http::HeaderValue;
use http::header::{AUTHORIZATION, COOKIE, HeaderName};

use crate::endpoint::{Auth, Step};
use crate::error::{BuildError, Problem};
use crate::text::header_value;

/// A secret that proves who is calling, and the header it travels in.
///
/// Its `Debug` is redacted and its header value is marked sensitive, so that HTTP libraries do not log it.
#[derive(Clone)]
pub struct Credential {
    auth: Auth,
    header: HeaderName,
    value: HeaderValue,
}

/// The credentials of a client, at most one of each kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials(Vec<Credential>);

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

impl Credential {
    /// An API key of a host or team (`cc_…`) or of an agent (`mca_…`), sent as `X-Api-Key`.
    ///
    /// # Errors
    ///
    /// When it is empty or cannot stand in a header.
    pub fn api_key(key: &str) -> Result<Self, BuildError> {
        Self::new(Auth::ApiKey, API_KEY, "", key)
    }

    /// The token of one agent, sent as `Authorization: Bearer …` (revision 0.1.1).
    ///
    /// # Errors
    ///
    /// When it is empty or cannot stand in a header.
    pub fn agent_token(token: &str) -> Result<Self, BuildError> {
        Self::new(Auth::AgentBearer, AUTHORIZATION, "Bearer ", token)
    }

    /// A bearer token, sent as `Authorization: Bearer …` (revision 0.1.1).
    ///
    /// # Errors
    ///
    /// When it is empty or cannot stand in a header.
    pub fn bearer_token(token: &str) -> Result<Self, BuildError> {
        Self::new(Auth::Bearer, AUTHORIZATION, "Bearer ", token)
    }

    /// A short-lived token that connects a new agent (revision 0.1.1).
    ///
    /// How it travels is not documented publicly. `Authorization: Bearer …` is assumed;
    /// [`in_header`](Self::in_header) says otherwise.
    ///
    /// # Errors
    ///
    /// When it is empty or cannot stand in a header.
    pub fn connect_token(token: &str) -> Result<Self, BuildError> {
        Self::new(Auth::ConnectToken, AUTHORIZATION, "Bearer ", token)
    }

    /// The value of a browser session's cookie, sent as `Cookie: laravel_session=…`.
    ///
    /// # Errors
    ///
    /// When it is empty, or has characters a cookie cannot hold.
    pub fn session_cookie(value: &str) -> Result<Self, BuildError> {
        if value.contains([';', ',', ' ', '"', '\\']) {
            return Err(BuildError::Credential {
                auth: Auth::SessionCookie,
                problem: Problem::Header,
            });
        }
        Self::new(Auth::SessionCookie, COOKIE, "laravel_session=", value)
    }

    /// The same secret, alone in another header.
    ///
    /// # Errors
    ///
    /// When `secret` is empty or cannot stand in a header.
    pub fn in_header(self, header: HeaderName, secret: &str) -> Result<Self, BuildError> {
        Self::new(self.auth, header, "", secret)
    }

    /// The kind of credential.
    #[must_use]
    pub const fn auth(&self) -> Auth {
        self.auth
    }

    pub(crate) const fn header(&self) -> &HeaderName {
        &self.header
    }

    pub(crate) const fn value(&self) -> &HeaderValue {
        &self.value
    }

    fn new(auth: Auth, header: HeaderName, prefix: &str, secret: &str) -> Result<Self, BuildError> {
        if secret.trim().is_empty() {
            return Err(BuildError::Credential { auth, problem: Problem::Empty });
        }
        let invalid = BuildError::Credential { auth, problem: Problem::Header };
        let mut value = header_value(&format!("{prefix}{secret}")).ok_or(invalid)?;
        value.set_sensitive(true);
        Ok(Self { auth, header, value })
    }
}

impl Credentials {
    /// Adds a credential, in place of another of its kind.
    pub(crate) fn set(&mut self, credential: Credential) {
        self.0.retain(|other| other.auth != credential.auth);
        self.0.push(credential);
    }

    pub(crate) fn has(&self, auth: Auth) -> bool {
        self.0.iter().any(|credential| credential.auth == auth)
    }

    /// The credential for the first alternative that one fits.
    pub(crate) fn for_step(&self, step: &Step) -> Option<&Credential> {
        step.auth.iter().find_map(|auth| self.0.iter().find(|credential| credential.auth == *auth))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({}, redacted)", self.auth.as_str())
    }
}
