//! One attempt over the wire.

use std::io::{ErrorKind as IoKind, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use agentmc_core::{Call, TransportError, TransportKind, encoding};
use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT_ENCODING, EXPECT, HeaderValue};
use ureq::config::ConfigBuilder;
use ureq::tls::{TlsConfigBuilder, TlsProvider};
use ureq::typestate::AgentScope;
use ureq::{Agent, AsSendBody, Body, BodyReader, Error, RequestExt, SendBody, Timeout};

use crate::connect::Early;
use crate::mask::Masked;

/// How much of a refusal by storage is read, in bytes.
const EXPLANATION: usize = 64 << 10;

/// The size of content, in bytes, beyond which it is worth a round trip to ask first whether it is wanted.
const LARGE: u64 = 1 << 20;

/// Storage's reply, its body still to be read.
pub(crate) type Storage = http::Response<BodyReader<'static>>;

/// Connections, kept open between calls.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    agent: Agent,
    #[cfg(feature = "realtime")]
    connect_timeout: Duration,
}

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
        Self {
            agent: Agent::with_parts(config.build(), Early::default(), Early::default()),
            #[cfg(feature = "realtime")]
            connect_timeout,
        }
    }

    /// How connections are made.
    #[cfg(feature = "realtime")]
    pub(crate) fn config(&self) -> &ureq::config::Config {
        self.agent.config()
    }

    /// How long connecting may take.
    #[cfg(feature = "realtime")]
    pub(crate) const fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// Sends the request of `call` once and reads the reply: the whole of it, unless it is a refusal.
    pub(crate) fn exchange(&self, call: &Call) -> Result<http::Response<Bytes>, TransportError> {
        let body = &call.request().body()[..];
        // `ureq` announces an empty body too, which these methods do without.
        let none =
            body.is_empty() && matches!(*call.request().method(), Method::GET | Method::DELETE);
        let reply = if none { self.send(call, ()) } else { self.send(call, body) };
        let (head, body) = reply.map_err(classify)?.into_parts();
        let (mut bytes, limit) = (Vec::new(), call.max_reply_bytes());
        let outcome = read(body, limit, &mut bytes);
        let reply = http::Response::from_parts(head, bytes.into());
        let (reply, undecoded) = encoding::decode(reply, limit);
        // The status of a refusal counts, however much of the explanation arrives.
        if call.endpoint().is_success(reply.status()) {
            outcome?;
            undecoded.map_or(Ok(()), Err)?;
        }
        Ok(reply)
    }

    /// Sends the bytes of a file to storage, and reads enough of the reply to explain a refusal.
    ///
    /// Whatever the size, it may take as long as something moves within `idle`.
    pub(crate) fn put(
        &self,
        mut request: http::Request<()>,
        content: &mut dyn Read,
        byte_size: u64,
        idle: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        if byte_size > LARGE {
            // A refusal is then heard before the content is sent, and not drowned by it.
            request.headers_mut().insert(EXPECT, HeaderValue::from_static("100-continue"));
        }
        let request = request.map(|()| SendBody::from_reader(content));
        let (head, body) = self.storage(request, idle)?.into_parts();
        let bytes = explanation(body.into_reader(), idle);
        Ok(http::Response::from_parts(head, bytes))
    }

    /// Asks storage for the bytes of a file.
    pub(crate) fn get(
        &self,
        request: http::Request<()>,
        idle: Duration,
    ) -> Result<Storage, TransportError> {
        Ok(self.storage(request, idle)?.map(Body::into_reader))
    }

    fn storage(
        &self,
        mut request: http::Request<impl AsSendBody>,
        idle: Duration,
    ) -> Result<http::Response<Body>, TransportError> {
        let _masked = Masked::with_target(&mut request);
        let request = request.with_agent(&self.agent).configure().timeout_global(None);
        let request = request.timeout_per_read(Some(idle)).timeout_per_write(Some(idle));
        request.build().run().map_err(classify)
    }

    fn send(&self, call: &Call, body: impl AsSendBody) -> Result<http::Response<Body>, Error> {
        let request = call.request();
        let mut copy = http::Request::new(body);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        if let Some(accepted) = encoding::ACCEPTED {
            copy.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        }
        let _masked = Masked::new(&mut copy);
        copy.with_agent(&self.agent).configure().timeout_global(Some(call.timeout())).build().run()
    }
}

/// Reads at most `limit` bytes of a body.
fn read(body: Body, limit: usize, bytes: &mut Vec<u8>) -> Result<(), TransportError> {
    // `ureq`'s own limit refuses a body that just reaches it.
    let beyond = (limit as u64).saturating_add(1);
    let outcome = body.into_reader().take(beyond).read_to_end(bytes);
    outcome.map_err(|error| classify(error.into()))?;
    if bytes.len() > limit {
        bytes.truncate(limit);
        return Err(TransportError::too_large(limit));
    }
    Ok(())
}

/// The beginning of a refusal's body, as much as comes in time: the status counts, however little it is.
pub(crate) fn explanation(mut body: impl Read, time: Duration) -> Bytes {
    let (start, mut bytes, mut piece) = (Instant::now(), Vec::new(), [0; 4096]);
    while bytes.len() < EXPLANATION && start.elapsed() < time {
        match body.read(&mut piece) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => break,
        }
    }
    bytes.into()
}

/// What a failure while reading a body means.
pub(crate) fn classify_read(error: std::io::Error) -> TransportError {
    classify(error.into())
}

/// What a failure means for the request: never sent, lost or late.
fn classify(error: Error) -> TransportError {
    let kind = match error {
        Error::Other(early) => return TransportError::new(TransportKind::Connect, early),
        // What the caller's configuration forbids is not sent either.
        Error::Timeout(Timeout::Resolve | Timeout::Connect)
        | Error::BadUri(_)
        | Error::RequireHttpsOnly(_)
        | Error::TlsRequired => TransportKind::Connect,
        Error::Timeout(_) => TransportKind::Timeout,
        Error::Io(ref error) if matches!(error.kind(), IoKind::TimedOut | IoKind::WouldBlock) => {
            TransportKind::Timeout
        }
        _ => TransportKind::Lost,
    };
    TransportError::new(kind, error)
}
