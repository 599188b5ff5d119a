//! Where the API is.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;

/// The URL every path is appended to, without a trailing slash.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    uri: Uri,
}

/// Why a base URL cannot be used. The URL is not part of the message, since it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// There is nothing.
    #[error("the base URL is empty; it looks like {}", BaseUrl::DEFAULT)]
    Empty,
    /// It is no URL.
    #[error("the base URL is not a URL; it looks like {}", BaseUrl::DEFAULT)]
    Malformed,
    /// It starts with something other than `https://` or `http://`.
    #[error("the base URL must start with https:// or, on this machine, http://")]
    Scheme,
    /// It holds a user name or a password.
    #[error(
        "the base URL must not hold a user name or password; give the credential to the client instead"
    )]
    Credentials,
    /// It has a query or a fragment.
    #[error("the base URL must not have a query or a fragment")]
    Query,
    /// A path segment is `.` or `..`.
    #[error("the base URL must not have `.` or `..` in its path")]
    Dots,
    /// Plain HTTP to another machine would show the credential to everyone on the way.
    #[error(
        "plain http would send the credential unencrypted; use https, or allow plain http explicitly"
    )]
    PlainHttp,
}

impl BaseUrl {
    /// Where the service is.
    pub const DEFAULT: &'static str = "https://agentmc.ai/api/v1";

    /// Reads a base URL.
    ///
    /// White space around it and trailing slashes are dropped. Without a scheme it is `https`, on
    /// this machine `http`; a bare host gets the service's own path, `/api/v1`.
    ///
    /// # Errors
    ///
    /// When it is no `https` URL, nor an `http` URL of this machine; or holds what a base URL must not.
    pub fn new(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse(text, false)
    }

    /// Reads a base URL that may be plain `http` to any host. The credential then travels unencrypted.
    ///
    /// # Errors
    ///
    /// As [`BaseUrl::new`].
    pub fn allowing_plain_http(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse(text, true)
    }

    pub(crate) fn service() -> Self {
        Self { text: Self::DEFAULT.to_owned(), uri: Uri::from_static(Self::DEFAULT) }
    }

    fn parse(text: &str, plain_http: bool) -> Result<Self, BaseUrlError> {
        let text = text.trim().trim_end_matches('/');
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        if text.contains(['?', '#']) {
            return Err(BaseUrlError::Query);
        }
        // Some URL parsers take a backslash for a slash.
        if text.contains('\\') {
            return Err(BaseUrlError::Malformed);
        }
        let text = match text.split_once("://") {
            Some((scheme, rest)) => format!("{}://{rest}", scheme.to_ascii_lowercase()),
            None => with_scheme(text),
        };
        let uri: Uri = text.parse().map_err(|_| BaseUrlError::Malformed)?;
        let authority = uri.authority().ok_or(BaseUrlError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(BaseUrlError::Credentials);
        }
        let port = &authority.as_str()[authority.host().len()..];
        if authority.host().is_empty()
            || !(port.is_empty() || authority.port_u16().is_some_and(|port| port > 0))
        {
            return Err(BaseUrlError::Malformed);
        }
        if !is_host(authority.host()) || !uri.path().bytes().all(is_path_byte) {
            return Err(BaseUrlError::Malformed);
        }
        if uri.path().split('/').any(is_dots) {
            return Err(BaseUrlError::Dots);
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if plain_http || is_loopback(authority.host()) => {}
            Some("http") => return Err(BaseUrlError::PlainHttp),
            _ => return Err(BaseUrlError::Scheme),
        }
        Ok(Self { text, uri })
    }

    /// The URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The path of the URL, without a trailing slash; empty at the root.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path().trim_end_matches('/')
    }

    /// The URL of a path and a query, which begin with this URL's own path; `None` if it becomes too long.
    pub(crate) fn with_path(&self, path: &str) -> Option<Uri> {
        // What `http` can hold. It counts in 16 bits, and checks only what it parses as a whole.
        const LONGEST: usize = u16::MAX as usize - 1;
        if self.text.len() + path.len() > LONGEST {
            return None;
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = self.uri.scheme().cloned();
        parts.authority = self.uri.authority().cloned();
        parts.path_and_query = Some(path.try_into().ok()?);
        Uri::from_parts(parts).ok()
    }

    /// Whether `uri` has the same scheme, host and port: the only place credentials go to.
    #[must_use]
    pub fn is_origin_of(&self, uri: &Uri) -> bool {
        origin(&self.uri).is_some() && origin(&self.uri) == origin(uri)
    }
}

/// Whether libraries agree on what a host is: a name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    // A name that ends in a number is read as an IPv4 address.
    let numeric =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    name.split('.').all(label) && (!numeric || name.parse::<Ipv4Addr>().is_ok())
}

/// Whether RFC 3986 allows a byte in a path, so that no library escapes it on its own.
const fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'/' | b'-'
                | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
        )
}

/// Whether a segment is `.` or `..`, escaped or not: URL parsers resolve them either way.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

fn with_scheme(text: &str) -> String {
    let (authority, path) =
        text.find('/').map_or((text, None), |at| (&text[..at], Some(&text[at..])));
    let host = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let host = host.map_or(authority, |(host, _)| host);
    let scheme = if is_loopback(host) { "http" } else { "https" };
    format!("{scheme}://{authority}{}", path.unwrap_or("/api/v1"))
}

fn origin(uri: &Uri) -> Option<(&str, String, u16)> {
    let scheme = uri.scheme_str()?;
    let default = if scheme == "https" { 443 } else { 80 };
    Some((scheme, uri.host()?.to_ascii_lowercase(), uri.port_u16().unwrap_or(default)))
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
