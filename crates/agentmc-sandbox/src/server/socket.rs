//! Websockets.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{CONNECTION, HOST, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::connections::Place;
use crate::reply::Refusal;
use crate::socket::{Frames, Out, Refused, Seat};
use crate::state::State;

/// What the path of a websocket starts with; the rest is the application's key.
const APP: &str = "/app/";

/// The versions of the protocol that are spoken.
const PROTOCOLS: std::ops::RangeInclusive<u32> = 5..=7;

/// The largest message of a client, in bytes.
const MAX_MESSAGE: usize = 16 << 10;

/// How many bytes the key of a request for a websocket stands for.
const KEY: usize = 16;

/// How long a client may take to read a frame.
const SEND_TIME: Duration = Duration::from_secs(30);

/// How long a client has to answer the end.
const FAREWELL_TIME: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<TcpStream>;

/// A request for a websocket.
#[derive(Debug)]
pub(super) struct Handshake {
    accept: String,
    target: String,
    origin: Option<String>,
    refused: Option<Refused>,
}

/// Whether a request leads to where websockets are.
pub(super) fn is_meant(request: &Request<Bytes>) -> bool {
    request.uri().path().starts_with(APP)
}

/// The reply to a request that asks for no websocket.
///
/// # Errors
///
/// When it asks for one. What is wrong with it is told on the socket, where clients can read it.
pub(super) fn answer(state: &State, request: Request<Bytes>) -> Result<Response<Bytes>, Handshake> {
    let Some(key) = asks(&request) else {
        state.remember(request, StatusCode::UPGRADE_REQUIRED);
        let refusal = Refusal::unreadable(StatusCode::UPGRADE_REQUIRED);
        let mut response = refusal.into_response(state.request_id());
        response.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
        return Ok(response);
    };
    let handshake = Handshake {
        accept: derive_accept_key(key.as_bytes()),
        target: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        origin: text(request.headers(), &ORIGIN).map(str::to_owned),
        refused: refuse(state, &request).err(),
    };
    state.remember(request, StatusCode::SWITCHING_PROTOCOLS);
    Err(handshake)
}

/// The key of a request for a websocket.
fn asks(request: &Request<Bytes>) -> Option<&HeaderValue> {
    let headers = request.headers();
    let lists = |name: &HeaderName, wanted: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let mut words = values.flat_map(|value| value.split(','));
        words.any(|word| word.trim().eq_ignore_ascii_case(wanted))
    };
    let asked = request.method() == Method::GET
        && lists(&UPGRADE, "websocket")
        && lists(&CONNECTION, "upgrade")
        && text(headers, &SEC_WEBSOCKET_VERSION) == Some("13");
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|_| asked)?;
    let random = STANDARD.decode(key.as_bytes()).ok()?;
    (random.len() == KEY).then_some(key)
}

fn refuse(state: &State, request: &Request<Bytes>) -> Result<(), Refused> {
    let (uri, headers) = (request.uri(), request.headers());
    if uri.path().strip_prefix(APP) != Some(state.sockets.keys().socket_key.as_str()) {
        return Err(Refused::Key);
    }
    // The API and its websockets have the same origin here.
    let host = text(headers, &HOST).unwrap_or_default();
    if headers.contains_key(ORIGIN) && !text(headers, &ORIGIN).is_some_and(|it| is_of(it, host)) {
        return Err(Refused::Origin);
    }
    let mut query = uri.query().unwrap_or_default().split('&');
    match query.find_map(|pair| pair.strip_prefix("protocol=")) {
        None | Some("") => Err(Refused::NoProtocol),
        Some(text) if text.parse().is_ok_and(|number| PROTOCOLS.contains(&number)) => Ok(()),
        Some(_) => Err(Refused::Protocol),
    }
}

/// Whether an origin is that of a host.
fn is_of(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Serves a socket to its end. `read` is what has arrived after the request; a socket that is taken in needs no place
/// among the connections.
pub(super) async fn serve(
    mut stream: TcpStream,
    read: Bytes,
    handshake: Handshake,
    place: Place,
    state: &State,
) {
    let Handshake { accept, target, origin, refused } = handshake;
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let config = Some(config);
    let mut socket = Socket::from_partially_read(stream, read.into(), Role::Server, config).await;
    let entered = match refused {
        Some(refused) => Err(refused),
        None => state.sockets.enter(target, origin),
    };
    let (seat, frames, cut) = match entered {
        Ok(entered) => entered,
        Err(refused) => {
            for out in refused.frames() {
                if !send(&mut socket, out).await {
                    return;
                }
            }
            return farewell(&mut socket).await;
        }
    };
    drop(place);
    tokio::select! {
        () = cut.happens() => {}
        () = talk(&mut socket, &seat, frames, state.sockets.activity()) => {}
    }
}

/// Takes frames in and sends frames out, until either side ends it.
async fn talk(socket: &mut Socket, seat: &Seat<'_>, mut frames: Frames, activity: Duration) {
    let mut pinged = false;
    let mut heard = Instant::now();
    loop {
        let silence = heard + if pinged { activity.saturating_mul(2) } else { activity };
        tokio::select! {
            out = frames.next() => {
                let Some(out) = out else { return };
                let last = matches!(out, Out::Close(..));
                if !send(socket, out).await {
                    return;
                }
                if last {
                    return farewell(socket).await;
                }
            }
            message = socket.next() => {
                (heard, pinged) = (Instant::now(), false);
                match message {
                    Some(Ok(Message::Text(text))) => seat.receive(&text),
                    Some(Ok(Message::Binary(_))) => seat.receive_binary(),
                    Some(Ok(Message::Close(_))) => return farewell(socket).await,
                    Some(Ok(_)) => {}
                    Some(Err(Error::Capacity(_))) => return too_large(socket).await,
                    Some(Err(_)) | None => return,
                }
            }
            () = sleep_until(silence) => {
                if pinged {
                    seat.close(4201, "Pong reply not received");
                    // The end is on its way.
                    heard = Instant::now();
                } else {
                    seat.ping();
                }
                pinged = !pinged;
            }
        }
    }
}

/// Sends something; `false` if the client is gone or does not read.
async fn send(socket: &mut Socket, out: Out) -> bool {
    let sending = async {
        match out {
            Out::Text(text) => socket.send(Message::Text(text)).await.is_ok(),
            Out::Binary(bytes) => socket.send(Message::Binary(bytes)).await.is_ok(),
            Out::Raw(bytes) => socket.get_mut().write_all(&bytes).await.is_ok(),
            Out::Close(code, reason) => {
                let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
                socket.send(Message::Close(Some(frame))).await.is_ok()
            }
        }
    };
    timeout(SEND_TIME, sending).await.unwrap_or(false)
}

/// Waits until the client has seen the end.
async fn farewell(socket: &mut Socket) {
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    // Who does not answer has had the time to.
    let _ = timeout(FAREWELL_TIME, rest).await;
}

/// Refuses what is too large, and reads on meanwhile: what nobody reads would undo what is sent.
async fn too_large(socket: &mut Socket) {
    send(socket, Out::Close(1009, "Message too large".to_owned())).await;
    let stream = socket.get_mut();
    let mut place = [0; 4_096];
    let rest = async {
        // A client that is gone sends nothing more.
        let _ = stream.shutdown().await;
        while stream.read(&mut place).await.is_ok_and(|count| count > 0) {}
    };
    let _ = timeout(FAREWELL_TIME, rest).await;
}
