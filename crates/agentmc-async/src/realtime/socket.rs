//! One websocket: opened, read, written and closed by a task of its own.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use agentmc_core::observe::WebsocketWatch;
use agentmc_core::realtime::{SocketId, Tuning};
use futures_util::{Sink, SinkExt, Stream};
use tokio::sync::mpsc::{Sender, UnboundedReceiver};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::transport::Transport;

/// How long a server may take to answer a goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// What is read from a connection at once.
const BUFFER: usize = 16 << 10;

/// How much may wait to be written to a server that does not read, in bytes.
const UNWRITTEN: usize = 1 << 20;

/// How many frames may wait for that.
const UNSAID: usize = 16_384;

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
    pub(super) watch: WebsocketWatch,
}

type WebSocket = WebSocketStream<reqwest::Upgraded>;

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
            plan.watch.closed(None, &failure);
            let _ = reporter.send(News::Closed(socket, None, failure)).await;
            return;
        }
        Some(Err(_)) => {
            let failure = "not open in time";
            plan.watch.closed(None, failure);
            let _ = reporter.send(News::Closed(socket, None, failure.into())).await;
            return;
        }
    };
    plan.watch.opened();
    if reporter.send(News::Opened(socket)).await.is_err() {
        return;
    }
    let mut unsaid = VecDeque::new();
    let outcome = loop {
        match poll_fn(|cx| converse(&mut websocket, &mut says, &mut unsaid, cx)).await {
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
            plan.watch.closed(Some(code), "");
            let frame = CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::default() };
            let farewell = async {
                for text in unsaid {
                    websocket.send(Message::text(text)).await?;
                }
                websocket.close(Some(frame)).await?;
                while poll_fn(|cx| Pin::new(&mut websocket).poll_next(cx)).await.is_some() {}
                Ok::<(), tokio_tungstenite::tungstenite::Error>(())
            };
            let _ = timeout(FAREWELL, farewell).await;
        }
        Outcome::Lost(code, reason) => {
            plan.watch.closed(code, &reason);
            let _ = reporter.send(News::Closed(socket, code, reason)).await;
        }
    }
}

/// Says what is to be said and gives the next text. Neither waits for the other.
fn converse(
    websocket: &mut WebSocket,
    says: &mut UnboundedReceiver<Say>,
    unsaid: &mut VecDeque<String>,
    cx: &mut Context<'_>,
) -> Poll<Result<Utf8Bytes, Outcome>> {
    let mut websocket = Pin::new(websocket);
    let lost =
        |error: tokio_tungstenite::tungstenite::Error| Outcome::Lost(None, error.to_string());
    // Whether we are to leave is heard even while nothing can be written.
    while let Poll::Ready(say) = says.poll_recv(cx) {
        match say {
            Some(Say::Text(text)) => unsaid.push_back(text),
            Some(Say::Close(code)) => return Poll::Ready(Err(Outcome::Left(code))),
            None => return Poll::Ready(Err(Outcome::Left(1000))),
        }
    }
    while !unsaid.is_empty()
        && let Poll::Ready(ready) = websocket.as_mut().poll_ready(cx)
    {
        let said = ready.and_then(|()| match unsaid.pop_front() {
            Some(text) => websocket.as_mut().start_send(Message::text(text)),
            None => Ok(()),
        });
        if let Err(error) = said {
            return Poll::Ready(Err(lost(error)));
        }
    }
    if unsaid.len() > UNSAID {
        let reason = "the server does not read".to_owned();
        return Poll::Ready(Err(Outcome::Lost(None, reason)));
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
    tracing::debug!(socket = plan.socket.0, "opening a websocket");
    let limit = Some(plan.tuning.max_message);
    let config = WebSocketConfig::default()
        .max_message_size(limit)
        .max_frame_size(limit)
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(UNWRITTEN);
    let upgraded = transport.websocket(&plan.url, &plan.origin).await?;
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
}
