//! One connection.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::doors::Command;
use super::line::{self, Line};
use super::payload::Payload;
use super::socket::{self, Handshake};
use super::wire::{self, ByHand};
use crate::connections::{Phase, Place};
use crate::fault::{Course, Delivery};
use crate::handler::MAX_BODY;
use crate::page;
use crate::state::{Origin, State, locked};
use crate::world::MAX_FILE;

/// How long a client may take for the body of a request.
const BODY_TIME: Duration = Duration::from_secs(300);

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// How many headers a request may have.
const MAX_HEADERS: usize = 100;

/// How much room is made for a body before it arrives, in bytes.
const ROOM: usize = 1 << 20;

impl Origin {
    /// The largest body a request may have, in bytes.
    const fn max_body(self) -> usize {
        match self {
            Self::Api => MAX_BODY,
            Self::Storage => MAX_FILE as usize,
        }
    }
}

/// Why hyper is done with a connection before the client is.
#[derive(Debug)]
struct End;

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rest is not HTTP")
    }
}

impl std::error::Error for End {}

/// What happens on a connection after HTTP.
#[derive(Debug)]
enum Rest {
    /// A reply that hyper cannot send.
    Reply(ByHand),
    Socket(Handshake),
}

/// What is left to happen on a connection, once it is known.
type Later = Mutex<Option<Rest>>;

/// Answers the requests of one connection, until either side ends it.
pub(super) async fn converse(
    stream: TcpStream,
    place: Place,
    origin: Origin,
    state: Arc<State>,
    commands: mpsc::UnboundedSender<Command>,
) {
    // Without it, small replies wait for the client's acknowledgement of earlier ones.
    let _ = stream.set_nodelay(true);
    let slot = Arc::clone(&place.slot);
    let later: Arc<Later> = Arc::default();
    let service = service_fn(|request: http::Request<Incoming>| {
        let turn = place.turn();
        let (state, commands, later) = (Arc::clone(&state), commands.clone(), Arc::clone(&later));
        let slot = Arc::clone(&slot);
        Box::pin(async move {
            let response = serve(request, origin, &state, &commands, &later).await?;
            if line::refusal(response.body().bytes()).is_some() || !response.body().is_whole() {
                slot.mind();
            }
            Ok::<_, End>(response.map(|payload| payload.ending(turn)))
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(Line::new(stream, Arc::clone(&slot))), service);
    let outcome = loop {
        tokio::select! {
            outcome = poll_fn(|context| connection.poll_without_shutdown(context)) => break Some(outcome),
            () = slot.closed() => std::pin::Pin::new(&mut connection).graceful_shutdown(),
            () = slot.expires(state.connections.head_time()) => break None,
        }
    };
    let parts = connection.into_parts();
    let (mut stream, refused) = parts.io.into_inner().into_parts();
    let status = refused.or_else(|| unreadable(outcome.as_ref(), slot.phase()));
    let refuse = |status| Rest::Reply(ByHand::refusal(state.unreadable(origin, status)));
    let rest = locked(&later).take().or_else(|| status.map(refuse));
    match rest {
        Some(Rest::Reply(reply)) => reply.write(stream).await,
        Some(Rest::Socket(handshake)) => {
            socket::serve(stream, parts.read_buf, handshake, place, &state).await;
        }
        None => drop(stream.shutdown().await),
    }
}

/// The status for what arrived and was no request, where hyper has none.
fn unreadable(outcome: Option<&hyper::Result<()>>, phase: Phase) -> Option<StatusCode> {
    match (outcome, phase) {
        (None, Phase::Head(_)) => Some(StatusCode::REQUEST_TIMEOUT),
        (_, Phase::Busy) | (None, _) => None,
        (Some(Err(error)), _) if error.is_parse() || error.is_incomplete_message() => {
            Some(StatusCode::BAD_REQUEST)
        }
        // A connection that breaks otherwise is the client's affair.
        (Some(_), _) => None,
    }
}

/// Answers one request, or says what happens instead.
async fn serve(
    request: http::Request<Incoming>,
    origin: Origin,
    state: &Arc<State>,
    commands: &mpsc::UnboundedSender<Command>,
    later: &Later,
) -> Result<http::Response<Payload>, End> {
    let (parts, body) = request.into_parts();
    let body = match read(body, origin.max_body()).await {
        Ok(body) => body,
        Err(status) => {
            state.remember(http::Request::from_parts(parts, Bytes::new()), status);
            let refusal = ByHand::refusal(state.unreadable(origin, status));
            *locked(later) = Some(Rest::Reply(refusal));
            return Err(End);
        }
    };
    let request = http::Request::from_parts(parts, body);
    if origin == Origin::Api && socket::is_meant(&request) {
        let answered = socket::answer(state, request).map_err(|handshake| {
            *locked(later) = Some(Rest::Socket(handshake));
            End
        });
        return answered.map(|response| response.map(Payload::whole));
    }
    if origin == Origin::Api && page::is_meant(&request) {
        return Ok(state.visit(&request).map(Payload::whole));
    }
    let delivery = state.answer(origin, request);
    if let Course::Down(time) = delivery.course {
        state.note_down(Some(time));
        let _ = commands.send(Command::Close { time: Some(time), done: None });
        // The connection ends with all the others, when nobody can make a new one.
        std::future::pending::<()>().await;
    }
    reply(delivery, later).await
}

/// What hyper can say, or an end after which the rest is written by hand.
async fn reply(delivery: Delivery, later: &Later) -> Result<http::Response<Payload>, End> {
    let Delivery { response, wait, course } = delivery;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    match wire::plan(response, course) {
        Ok(response) => Ok(response),
        Err(by_hand) => {
            *locked(later) = Some(Rest::Reply(by_hand));
            Err(End)
        }
    }
}

/// Reads a body to its end, so that the client can finish sending, and keeps one byte more than is
/// allowed: that is how the handler knows that it is too large.
///
/// # Errors
///
/// The status for a body that does not arrive, or not in time.
async fn read(mut body: Incoming, max: usize) -> Result<Bytes, StatusCode> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(max);
    let mut bytes = BytesMut::with_capacity(expected.min(max).min(ROOM));
    let all = async {
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() {
                let room = (max + 1).saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
            }
        }
        Ok::<(), StatusCode>(())
    };
    let timely = tokio::time::timeout(BODY_TIME, all).await;
    timely.map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
    Ok(bytes.freeze())
}
