//! One websocket: opened, read, written and closed by a task of its own.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use agentmc_core::realtime::{SocketId, Tuning};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Sender, UnboundedReceiver};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::transport::Transport;

/// How long a server may take to answer a goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// What is read from a connection at once.
const BUFFER: usize = 16 << 10;

/// What a websocket is to say.
#[derive(Debug)]
pub(super) enum Say {
    Text(String),
    Close(u16),
}

/// What happens to a websocket.
pub(super) enum News {
    Opened(SocketId),
    Received(SocketId, Utf8Bytes),
    Closed(SocketId, Option<u16>, String),
}

/// The websocket to open.
pub(super) struct Plan {
    pub(super) socket: SocketId,
    pub(super) url: String,
    pub(super) origin: String,
    pub(super) tuning: Tuning,
}

type WebSocket = WebSocketStream<Connection>;

/// How a websocket ends.
enum Outcome {
    /// We hang up.
    Left(u16),
    Lost(Option<u16>, String),
}

pub(super) async fn run(
    transport: Transport,
    plan: Plan,
    mut says: UnboundedReceiver<Say>,
    reporter: Sender<News>,
) {
    let socket = plan.socket;
    let mut opening = Box::pin(timeout(plan.tuning.patience.open, open(&transport, &plan)));
    let opened = poll_fn(|cx| {
        // Until it is open, all there may be to say is that it is not wanted any more.
        if says.poll_recv(cx).is_ready() {
            return Poll::Ready(None);
        }
        opening.as_mut().poll(cx).map(Some)
    });
    let opened = opened.await;
    drop(opening);
    let mut websocket = match opened {
        None => return,
        Some(Ok(Ok(websocket))) => websocket,
        Some(Ok(Err(failure))) => {
            tracing::debug!(socket = socket.0, %failure, "websocket not opened");
            let _ = reporter.send(News::Closed(socket, None, failure)).await;
            return;
        }
        Some(Err(_)) => {
            let _ = reporter.send(News::Closed(socket, None, "not open in time".into())).await;
            return;
        }
    };
    if reporter.send(News::Opened(socket)).await.is_err() {
        return;
    }
    let outcome = loop {
        match poll_fn(|cx| converse(&mut websocket, &mut says, cx)).await {
            Ok(text) => {
                if reporter.send(News::Received(socket, text)).await.is_err() {
                    break Outcome::Left(1000);
                }
            }
            Err(outcome) => break outcome,
        }
    };
    match outcome {
        Outcome::Left(code) => {
            let frame = CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::default() };
            let farewell = async {
                websocket.close(Some(frame)).await?;
                while poll_fn(|cx| Pin::new(&mut websocket).poll_next(cx)).await.is_some() {}
                Ok::<(), tokio_tungstenite::tungstenite::Error>(())
            };
            let _ = timeout(FAREWELL, farewell).await;
        }
        Outcome::Lost(code, reason) => {
            let _ = reporter.send(News::Closed(socket, code, reason)).await;
        }
    }
}

/// Says what is to be said and gives the next text. Neither waits for the other.
fn converse(
    websocket: &mut WebSocket,
    says: &mut UnboundedReceiver<Say>,
    cx: &mut Context<'_>,
) -> Poll<Result<Utf8Bytes, Outcome>> {
    let mut websocket = Pin::new(websocket);
    let lost =
        |error: tokio_tungstenite::tungstenite::Error| Outcome::Lost(None, error.to_string());
    while let Poll::Ready(ready) = websocket.as_mut().poll_ready(cx) {
        if let Err(error) = ready {
            return Poll::Ready(Err(lost(error)));
        }
        match says.poll_recv(cx) {
            Poll::Ready(Some(Say::Text(text))) => {
                if let Err(error) = websocket.as_mut().start_send(Message::text(text)) {
                    return Poll::Ready(Err(lost(error)));
                }
            }
            Poll::Ready(Some(Say::Close(code))) => return Poll::Ready(Err(Outcome::Left(code))),
            Poll::Ready(None) => return Poll::Ready(Err(Outcome::Left(1000))),
            Poll::Pending => break,
        }
    }
    if let Poll::Ready(Err(error)) = websocket.as_mut().poll_flush(cx) {
        return Poll::Ready(Err(lost(error)));
    }
    loop {
        let Poll::Ready(message) = websocket.as_mut().poll_next(cx) else { return Poll::Pending };
        match message {
            Some(Ok(Message::Text(text))) => return Poll::Ready(Ok(text)),
            Some(Ok(Message::Close(frame))) => {
                let (code, reason) = match frame {
                    Some(frame) => (Some(frame.code.into()), frame.reason.to_string()),
                    None => (None, String::new()),
                };
                return Poll::Ready(Err(Outcome::Lost(code, reason)));
            }
            // The library answers pings when it is polled next.
            Some(Ok(_)) => {}
            Some(Err(error)) => return Poll::Ready(Err(lost(error))),
            None => return Poll::Ready(Err(Outcome::Lost(None, String::new()))),
        }
    }
}

async fn open(transport: &Transport, plan: &Plan) -> Result<WebSocket, String> {
    let uri: http::Uri = plan.url.parse().map_err(|_| "the URL is none".to_owned())?;
    let (host, port) = (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443));
    tracing::debug!(socket = plan.socket.0, host, port, "opening a websocket");
    let limit = Some(plan.tuning.max_message);
    let mut config = WebSocketConfig::default().max_message_size(limit).max_frame_size(limit);
    config = config.read_buffer_size(BUFFER).write_buffer_size(0);
    if uri.scheme_str() == Some("wss") {
        let upgraded = transport.websocket(&plan.url, &plan.origin).await?;
        let connection = Connection::Encrypted(Box::new(upgraded));
        return Ok(WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await);
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let connecting = TcpStream::connect((bare, port));
    let limit = transport.connect_timeout();
    let stream =
        timeout(limit, connecting).await.map_err(|_| "no connection in time".to_owned())?;
    let stream = stream.map_err(|error| error.to_string())?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let request = ClientRequestBuilder::new(uri).with_header("Origin", &plan.origin);
    let opened = client_async_with_config(request, Connection::Plain(stream), Some(config)).await;
    opened.map(|(websocket, _)| websocket).map_err(|error| error.to_string())
}

/// What a websocket travels on.
enum Connection {
    Plain(TcpStream),
    Encrypted(Box<reqwest::Upgraded>),
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Encrypted(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Encrypted(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("Plain"),
            Self::Encrypted(_) => f.write_str("Encrypted"),
        }
    }
}
