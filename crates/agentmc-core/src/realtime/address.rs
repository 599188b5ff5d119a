//! Where a websocket goes.

use std::fmt;

use agentmc_types::HostRealtimeSocketConnection;
use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::base_url::BaseUrl;

/// What is escaped in the path of a websocket's URL: everything but what RFC 3986 leaves alone, and `/`.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The server a websocket is opened to. Channels with equal addresses may share one websocket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    key: String,
    host: String,
    port: u16,
    tls: bool,
    path: String,
}

/// Why a socket's description leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The key of the application is empty.
    #[error("the socket has no application key")]
    NoKey,
    /// The host is no host name or address.
    #[error("the socket's host is not a host name")]
    Host,
}

impl Address {
    /// Reads where to connect to.
    ///
    /// Scheme `http` or `ws`, in any case, is without TLS; any other, or none, with it. A port that is
    /// none, or not from 1 to 65,535, stands for 443 with TLS and 80 without. The path loses the blanks
    /// around it and trailing slashes, and gets one leading slash.
    ///
    /// # Errors
    ///
    /// When there is no key, or the host is none.
    pub fn new(connection: &HostRealtimeSocketConnection) -> Result<Self, AddressError> {
        let key = connection.key.trim();
        if key.is_empty() {
            return Err(AddressError::NoKey);
        }
        let scheme = connection.scheme.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
        let tls = !matches!(scheme.as_str(), "http" | "ws");
        let port = connection.port.and_then(|port| u16::try_from(port).ok());
        let port = port.filter(|port| *port > 0).unwrap_or(if tls { 443 } else { 80 });
        let path = connection.path.as_deref().unwrap_or_default().trim().trim_matches('/');
        let path = if path.is_empty() { String::new() } else { format!("/{path}") };
        let host = host(connection.host.trim()).ok_or(AddressError::Host)?;
        Ok(Self { key: key.to_owned(), host, port, tls, path })
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.tls
    }

    /// The URL to open.
    #[must_use]
    pub fn url(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "wss" } else { "ws" };
        let path = utf8_percent_encode(&self.path, ESCAPED);
        let key = utf8_percent_encode(&self.key, ESCAPED);
        let version = env!("CARGO_PKG_VERSION");
        write!(f, "{scheme}://{}:{}{path}/app/{key}", self.host, self.port)?;
        write!(f, "?protocol=7&client=agentmc-rust&version={version}&flash=false")
    }
}

/// The `Origin` a websocket is opened with: that of the API, which the server checks.
#[must_use]
pub fn origin(base: &BaseUrl) -> String {
    let uri = base.as_str().parse::<Uri>().unwrap_or_default();
    let scheme = uri.scheme_str().unwrap_or("https");
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let usual = if scheme == "https" { 443 } else { 80 };
    match uri.port_u16().filter(|port| *port != usual) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// A host as it stands in a URL; nothing if it would say something else there.
fn host(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(&text);
    if bare.parse::<std::net::Ipv6Addr>().is_ok() {
        return Some(format!("[{bare}]"));
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (!text.is_empty() && text.bytes().all(fits)).then_some(text)
}
