//! One attempt over the wire: the only file that knows `reqwest`.

use std::sync::Arc;
use std::time::Duration;

use agentmc_core::{Call, TransportError, TransportKind};
use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;

/// Connections, kept open between calls.
#[derive(Clone, Debug)]
pub(crate) struct Transport(reqwest::Client);

/// TLS with Mozilla's root certificates. The cryptography is set here, since a process default may be
/// absent, or somebody else's.
pub(crate) fn default_tls() -> rustls::ClientConfig {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ));
    #[expect(
        clippy::expect_used,
        reason = "ring has cipher suites for the versions rustls calls safe"
    )]
    let builder =
        builder.with_safe_default_protocol_versions().expect("ring supports TLS 1.2 and 1.3");
    builder.with_root_certificates(roots).with_no_client_auth()
}

impl Transport {
    pub(crate) fn new(
        builder: reqwest::ClientBuilder,
        tls: rustls::ClientConfig,
        connect_timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        // What the core decides is set last, over whatever the caller chose.
        let builder = builder
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect_timeout);
        builder.build().map(Self)
    }

    /// Sends the request of `call` once and reads the whole reply.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request = reqwest::Request::try_from(call.request().clone()).map_err(classify)?;
        *request.timeout_mut() = Some(call.timeout());
        let mut response = self.0.execute(request).await.map_err(classify)?;
        let limit = call.max_reply_bytes();
        let announced = response.content_length().unwrap_or_default();
        if announced > limit as u64 {
            return Err(too_large(limit));
        }
        let mut reply = http::Response::new(Bytes::new());
        *reply.status_mut() = response.status();
        *reply.headers_mut() = std::mem::take(response.headers_mut());
        *reply.body_mut() = read(&mut response, limit).await?;
        Ok(reply)
    }
}

async fn read(response: &mut reqwest::Response, limit: usize) -> Result<Bytes, TransportError> {
    // Most replies arrive in one piece, which is then the body as it is.
    let Some(first) = response.chunk().await.map_err(classify)? else { return Ok(Bytes::new()) };
    let Some(second) = response.chunk().await.map_err(classify)? else {
        return within(limit, first);
    };
    let mut body = BytesMut::from(first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        if body.len() + bytes.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&bytes);
        piece = response.chunk().await.map_err(classify)?;
    }
    Ok(body.freeze())
}

fn within(limit: usize, body: Bytes) -> Result<Bytes, TransportError> {
    if body.len() > limit { Err(too_large(limit)) } else { Ok(body) }
}

fn too_large(limit: usize) -> TransportError {
    TransportError::new(TransportKind::TooLarge, format!("the limit is {limit} bytes"))
}

/// What a failure means for the request: never sent, lost or late.
fn classify(error: reqwest::Error) -> TransportError {
    let kind = if error.is_connect() || error.is_builder() {
        TransportKind::Connect
    } else if error.is_timeout() {
        TransportKind::Timeout
    } else {
        TransportKind::Lost
    };
    TransportError::new(kind, error.without_url())
}
