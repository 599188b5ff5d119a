//! One attempt over the wire: the only file that knows `ureq`.

use std::io::ErrorKind as IoKind;
use std::sync::Arc;
use std::time::Duration;

use agentmc_core::{Call, TransportError, TransportKind};
use bytes::Bytes;
use ureq::config::ConfigBuilder;
use ureq::tls::{TlsConfigBuilder, TlsProvider};
use ureq::typestate::AgentScope;
use ureq::{Agent, Error, RequestExt, Timeout};

/// Connections, kept open between calls.
#[derive(Clone, Debug)]
pub(crate) struct Transport(Agent);

impl Transport {
    pub(crate) fn new(
        config: ConfigBuilder<AgentScope>,
        tls: TlsConfigBuilder,
        connect_timeout: Duration,
    ) -> Self {
        // The cryptography is set here, since a process default may be absent, or somebody else's.
        let tls = tls
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
        // What the core decides is set last, over whatever the caller chose.
        let config = config
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(connect_timeout));
        Self(config.build().new_agent())
    }

    /// Sends the request of `call` once and reads the whole reply.
    pub(crate) fn exchange(&self, call: &Call) -> Result<http::Response<Bytes>, TransportError> {
        let request = call.request();
        let mut copy = http::Request::new(&request.body()[..]);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        let copy =
            copy.with_agent(&self.0).configure().timeout_global(Some(call.timeout())).build();
        let (parts, body) = copy.run().map_err(classify)?.into_parts();
        let limit = call.max_reply_bytes() as u64;
        let body = body.into_with_config().limit(limit).read_to_vec().map_err(classify)?;
        Ok(http::Response::from_parts(parts, body.into()))
    }
}

/// What a failure means for the request: never sent, lost, late, or too large.
fn classify(error: Error) -> TransportError {
    let kind = match &error {
        Error::ConnectionFailed
        | Error::HostNotFound
        | Error::InvalidProxyUrl
        | Error::ConnectProxyFailed(_)
        | Error::Tls(_)
        | Error::Rustls(_)
        | Error::TlsRequired
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => TransportKind::Connect,
        Error::Timeout(_) => TransportKind::Timeout,
        Error::BodyExceedsLimit(_) => TransportKind::TooLarge,
        Error::Io(error) if never_connected(error) => TransportKind::Connect,
        Error::Io(error) if matches!(error.kind(), IoKind::TimedOut | IoKind::WouldBlock) => {
            TransportKind::Timeout
        }
        _ => TransportKind::Lost,
    };
    TransportError::new(kind, error)
}

/// Whether an I/O error can only mean that no connection was made.
fn never_connected(error: &std::io::Error) -> bool {
    use rustls::Error as Tls;

    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>());
    let refused = matches!(
        tls,
        Some(Tls::InvalidCertificate(_) | Tls::PeerIncompatible(_) | Tls::NoCertificatesPresented)
    );
    refused
        || matches!(
            error.kind(),
            IoKind::ConnectionRefused
                | IoKind::HostUnreachable
                | IoKind::NetworkUnreachable
                | IoKind::AddrNotAvailable
                | IoKind::PermissionDenied
        )
}
