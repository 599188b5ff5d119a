//! Opening a websocket: connection, proxy, encryption, handshake.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{ClientRequestBuilder, HandshakeError, WebSocket, client::client_with_config};
use ureq::config::{Config, IpFamily};
use ureq::{Proxy, ProxyProtocol};

use super::socket::{BUFFER, Plan, Plug};
use super::tls;
use crate::transport::Transport;

/// The longest answer of a proxy, in bytes.
const ANSWER: usize = 16 << 10;

/// A timeout of zero is none.
const SHORTEST: Duration = Duration::from_millis(1);

/// What a websocket travels on. Once it is fed, another thread reads from the connection.
pub(super) struct Wire {
    tls: Option<Box<ClientConnection>>,
    feed: Feed,
}

struct Feed {
    stream: TcpStream,
    is_fed: bool,
    bytes: Vec<u8>,
    read: usize,
}

pub(super) fn open(
    transport: &Transport,
    plan: &Plan,
    plug: &Plug,
) -> Result<WebSocket<Wire>, String> {
    let uri: Uri = plan.url.parse().map_err(|_| "the URL is none".to_owned())?;
    let (host, port) = (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443));
    tracing::debug!(socket = plan.socket.0, host, port, "opening a websocket");
    let config = transport.config();
    let is_encrypted = uri.scheme_str() == Some("wss");
    let proxy = config.proxy().filter(|proxy| !proxy.is_no_proxy(&uri));
    let text = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "nothing came in time".to_owned(),
        _ => error.to_string(),
    };
    let stream = match proxy {
        Some(proxy) => connect(config, proxy.host(), proxy.port(), transport.connect_timeout()),
        None => connect(config, host, port, transport.connect_timeout()),
    };
    let mut stream = stream.map_err(text)?;
    plug.connected(&stream).map_err(text)?;
    stream.set_nodelay(true).map_err(text)?;
    let patience = plan.tuning.patience.open.max(SHORTEST);
    stream.set_read_timeout(Some(patience)).map_err(text)?;
    // A server that does not read is as dead as one that does not answer.
    let patience = plan.tuning.patience.pong.max(SHORTEST);
    stream.set_write_timeout(Some(patience)).map_err(text)?;
    if let Some(proxy) = proxy {
        tunnel(&mut stream, proxy, host, port)?;
    }
    let mut tls = None;
    if is_encrypted {
        let name =
            ServerName::try_from(bare(host).to_owned()).map_err(|error| error.to_string())?;
        let client = ClientConnection::new(Arc::new(tls::config(config.tls_config())?), name);
        let mut client = Box::new(client.map_err(|error| error.to_string())?);
        while client.is_handshaking() {
            client.complete_io(&mut stream).map_err(text)?;
        }
        tls = Some(client);
    }
    let limit = Some(plan.tuning.max_message);
    let mut settings = WebSocketConfig::default().max_message_size(limit).max_frame_size(limit);
    settings = settings.read_buffer_size(BUFFER).write_buffer_size(0);
    let request = ClientRequestBuilder::new(uri.clone()).with_header("Origin", &plan.origin);
    let feed = Feed { stream, is_fed: false, bytes: Vec::new(), read: 0 };
    match client_with_config(request, Wire { tls, feed }, Some(settings)) {
        Ok((websocket, _)) => Ok(websocket),
        Err(HandshakeError::Failure(error)) => Err(error.to_string()),
        Err(HandshakeError::Interrupted(_)) => Err("nothing came in time".to_owned()),
    }
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn connect(config: &Config, host: &str, port: u16, timeout: Duration) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (bare(host), port).to_socket_addrs()? {
        let is_wanted = match config.ip_family() {
            IpFamily::Ipv4Only => address.is_ipv4(),
            IpFamily::Ipv6Only => address.is_ipv6(),
            IpFamily::Any => true,
        };
        if !is_wanted {
            continue;
        }
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Has a proxy pass on everything from here to the server.
fn tunnel(stream: &mut TcpStream, proxy: &Proxy, host: &str, port: u16) -> Result<(), String> {
    if proxy.protocol() != ProxyProtocol::Http {
        return Err("websockets go through proxies of plain HTTP only".to_owned());
    }
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if let Some(user) = proxy.username() {
        let pair = format!("{user}:{}", proxy.password().unwrap_or_default());
        request.push_str(&format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(pair)));
    }
    request.push_str("\r\n");
    let mut answer = Vec::new();
    // Byte by byte, since what follows belongs to somebody else.
    let mut exchange = || {
        stream.write_all(request.as_bytes())?;
        let mut byte = [0];
        while !answer.ends_with(b"\r\n\r\n") && answer.len() < ANSWER {
            stream.read_exact(&mut byte)?;
            answer.push(byte[0]);
        }
        Ok(())
    };
    exchange().map_err(|error: io::Error| format!("the proxy does not answer: {error}"))?;
    let status = answer.get(9..12).unwrap_or_default();
    match answer.starts_with(b"HTTP/1.") && status.starts_with(b"2") {
        true => Ok(()),
        false => Err(format!("the proxy refused: {}", String::from_utf8_lossy(status))),
    }
}

impl Wire {
    /// From now on, what is read is what was fed. Gives what to read from instead.
    pub(super) fn start_feeding(&mut self) -> io::Result<TcpStream> {
        self.feed.stream.set_read_timeout(None)?;
        self.feed.is_fed = true;
        self.feed.stream.try_clone()
    }

    pub(super) fn feed(&mut self, bytes: Vec<u8>) {
        self.feed.bytes = bytes;
        self.feed.read = 0;
    }

    /// The buffer that was fed, to be filled again.
    pub(super) fn take_back(&mut self) -> Vec<u8> {
        self.feed.read = 0;
        let mut bytes = std::mem::take(&mut self.feed.bytes);
        bytes.clear();
        bytes
    }

    pub(super) fn hang_up(&self, how: Shutdown) {
        let _ = self.feed.stream.shutdown(how);
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.feed).read(buffer),
            None => self.feed.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.feed).write(bytes),
            None => self.feed.stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.feed).flush(),
            None => self.feed.stream.flush(),
        }
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.is_fed {
            return self.stream.read(buffer);
        }
        let left = self.bytes.get(self.read..).unwrap_or_default();
        if left.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.read += count;
        Ok(count)
    }
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}
