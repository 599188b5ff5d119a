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
    /// A credential of a kind.
    ///
    /// # Errors
    ///
    /// When it is empty, cannot stand in a header, or, as a cookie, has characters a cookie cannot hold.
    pub fn new(auth: Auth, secret: &str) -> Result<Self, BuildError> {
        if secret.trim().is_empty() {
            return Err(BuildError::Credential { auth, problem: Problem::Empty });
        }
        let invalid = || BuildError::Credential { auth, problem: Problem::Header };
        if auth == Auth::SessionCookie && secret.contains([';', ',', ' ', '"', '\\']) {
            return Err(invalid());
        }
        let bare = header_value(secret).ok_or_else(invalid)?;
        let mut value = match auth.prefix() {
            "" => bare,
            prefix => header_value(&format!("{prefix}{secret}")).ok_or_else(invalid)?,
        };
        value.set_sensitive(true);
        let header = match auth {
            Auth::ApiKey => API_KEY,
            Auth::SessionCookie => COOKIE,
            Auth::AgentBearer | Auth::Bearer | Auth::ConnectToken => AUTHORIZATION,
        };
        Ok(Self { auth, header, value })
    }

    /// An API key of a host or team (`cc_…`) or of an agent (`mca_…`), sent as `X-Api-Key`.
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn api_key(key: &str) -> Result<Self, BuildError> {
        Self::new(Auth::ApiKey, key)
    }

    /// The token of one agent, sent as `Authorization: Bearer …` (revision 0.1.1).
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn agent_token(token: &str) -> Result<Self, BuildError> {
        Self::new(Auth::AgentBearer, token)
    }

    /// A bearer token, sent as `Authorization: Bearer …` (revision 0.1.1).
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn bearer_token(token: &str) -> Result<Self, BuildError> {
        Self::new(Auth::Bearer, token)
    }

    /// A short-lived token that connects a new agent (revision 0.1.1).
    ///
    /// How it travels is not documented publicly. `Authorization: Bearer …` is assumed;
    /// [`in_header`](Self::in_header) says otherwise.
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn connect_token(token: &str) -> Result<Self, BuildError> {
        Self::new(Auth::ConnectToken, token)
    }

    /// The value of a browser session's cookie, sent as `Cookie: laravel_session=…`.
    ///
    /// # Errors
    ///
    /// As [`Credential::new`].
    pub fn session_cookie(value: &str) -> Result<Self, BuildError> {
        Self::new(Auth::SessionCookie, value)
    }

    /// The same secret, alone in another header.
    #[must_use]
    pub fn in_header(mut self, header: HeaderName) -> Self {
        let secret = self.value.as_bytes();
        let secret = secret.strip_prefix(self.auth.prefix().as_bytes()).unwrap_or(secret);
        // What was part of a header value is one.
        if let Ok(mut value) = HeaderValue::from_bytes(secret) {
            value.set_sensitive(true);
            self.value = value;
        }
        self.header = header;
        self
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
