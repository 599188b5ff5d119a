//! One attempt over the wire: the only file that knows `reqwest`.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use agentmc_core::{Call, TransportError, TransportKind, encoding};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, HeaderValue};
use reqwest::redirect::Policy;
use tokio::time::timeout;

/// How much of a refusal by storage is read, in bytes.
const EXPLANATION: usize = 64 << 10;

/// Connections, kept open between calls.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    client: reqwest::Client,
}

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
        // What the core decides is set last, over whatever the caller chose. HTTP/1.1, since a websocket
        // cannot be opened otherwise, and another crate may have turned HTTP/2 on.
        let builder = builder
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .http1_only()
            .connect_timeout(connect_timeout);
        Ok(Self { client: builder.build()? })
    }

    /// Sends the request of `call` once and reads the reply: the whole of it, unless it is a refusal.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request = reqwest::Request::try_from(call.request().clone()).map_err(classify)?;
        *request.timeout_mut() = Some(call.timeout());
        if let Some(accepted) = encoding::ACCEPTED {
            request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        }
        let mut response = self.client.execute(request).await.map_err(classify)?;
        let limit = call.max_reply_bytes();
        let (body, outcome) = read(&mut response, limit).await;
        let (reply, undecoded) = encoding::decode(reply(response, body), limit);
        // The status of a refusal counts, however much of the explanation arrives.
        if call.endpoint().is_success(reply.status()) {
            outcome?;
            undecoded.map_or(Ok(()), Err)?;
        }
        Ok(reply)
    }
}

/// What storage answered, its body still to be read.
#[derive(Debug)]
pub(crate) struct Storage(reqwest::Response);

impl Transport {
    /// Sends the bytes of a file to storage, and reads enough of the reply to explain a refusal.
    ///
    /// Whatever the size, it may take as long as `moved` changes within `idle`.
    pub(crate) async fn put(
        &self,
        request: http::Request<reqwest::Body>,
        idle: Duration,
        moved: impl Fn() -> u64,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        let mut seen = moved();
        let mut sending = pin!(self.client.execute(request));
        let mut response = loop {
            match timeout(idle, &mut sending).await {
                Ok(outcome) => break outcome.map_err(classify)?,
                Err(_) if moved() == seen => return Err(stalled()),
                Err(_) => seen = moved(),
            }
        };
        // The status counts, however much of the explanation arrives.
        let (body, _) = match timeout(idle, read(&mut response, EXPLANATION)).await {
            Ok(read) => read,
            Err(_) => (Bytes::new(), Err(stalled())),
        };
        Ok(reply(response, body))
    }

    /// Asks storage for the bytes of a file.
    pub(crate) async fn get(
        &self,
        request: http::Request<reqwest::Body>,
        idle: Duration,
    ) -> Result<Storage, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        let response = timeout(idle, self.client.execute(request)).await.map_err(|_| stalled())?;
        Ok(Storage(response.map_err(classify)?))
    }
}

impl Storage {
    pub(crate) fn status(&self) -> http::StatusCode {
        self.0.status()
    }

    pub(crate) fn headers(&self) -> &http::HeaderMap {
        self.0.headers()
    }

    /// The next piece of the content, which must come within `idle`.
    pub(crate) async fn piece(&mut self, idle: Duration) -> Result<Option<Bytes>, TransportError> {
        timeout(idle, self.0.chunk()).await.map_err(|_| stalled())?.map_err(classify)
    }

    /// The whole, with as much of the body as explains a refusal.
    pub(crate) async fn refusal(mut self, idle: Duration) -> http::Response<Bytes> {
        let body = timeout(idle, read(&mut self.0, EXPLANATION)).await;
        let body = body.map(|(body, _)| body).unwrap_or_default();
        reply(self.0, body)
    }
}

fn reply(mut response: reqwest::Response, body: Bytes) -> http::Response<Bytes> {
    let mut reply = http::Response::new(body);
    *reply.status_mut() = response.status();
    *reply.headers_mut() = std::mem::take(response.headers_mut());
    reply
}

fn stalled() -> TransportError {
    TransportError::new(TransportKind::Timeout, "nothing moved for too long")
}

/// Reads at most `limit` bytes of a body: what arrived, and why that is not the whole.
async fn read(
    response: &mut reqwest::Response,
    limit: usize,
) -> (Bytes, Result<(), TransportError>) {
    let mut body = BytesMut::new();
    let outcome = loop {
        match response.chunk().await {
            Ok(Some(piece)) if piece.len() > limit - body.len() => {
                body.extend_from_slice(&piece[..limit - body.len()]);
                break Err(TransportError::too_large(limit));
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => break Ok(()),
            Err(error) => break Err(classify(error)),
        }
    };
    (body.freeze(), outcome)
}

/// What a failure means for the request: never sent, lost or late.
fn classify(error: reqwest::Error) -> TransportError {
    // What `reqwest` refuses to build, the caller's `https_only` for instance, was never sent. That is
    // what callers decide by; repeating it first is in vain but does no harm.
    let kind = if error.is_connect() || error.is_builder() {
        TransportKind::Connect
    } else if error.is_timeout() {
        TransportKind::Timeout
    } else {
        TransportKind::Lost
    };
    TransportError::new(kind, error.without_url())
}

#[cfg(feature = "realtime")]
impl Transport {
    /// Opens a websocket: the bytes that follow the handshake, both ways.
    pub(crate) async fn websocket(
        &self,
        url: &str,
        origin: &str,
    ) -> Result<reqwest::Upgraded, String> {
        use http::header;
        use tokio_tungstenite::tungstenite::handshake::client::generate_key;
        use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

        let failed = |error: reqwest::Error| describe(&error.without_url());
        let url = format!("http{}", url.strip_prefix("ws").unwrap_or(url));
        let key = generate_key();
        let request = self
            .client
            .get(url)
            .version(http::Version::HTTP_11)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, &key)
            .header(header::ORIGIN, origin);
        let response = request.send().await.map_err(failed)?;
        if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            return Err(format!("the server answered {}", response.status()));
        }
        let says = |name| response.headers().get(name).map(HeaderValue::as_bytes);
        if says(header::SEC_WEBSOCKET_ACCEPT) != Some(derive_accept_key(key.as_bytes()).as_bytes())
        {
            return Err("the server speaks no websocket".to_owned());
        }
        response.upgrade().await.map_err(failed)
    }
}

/// An error and what is behind it.
#[cfg(feature = "realtime")]
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
