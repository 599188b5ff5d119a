//! One connection.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::doors::Command;
use super::payload::Payload;
use super::socket::{self, Handshake};
use super::wire::{self, ByHand};
use crate::fault::{Course, Delivery};
use crate::handler::MAX_BODY;
use crate::page;
use crate::state::{Origin, State, locked};
use crate::world::MAX_FILE;

/// How long a client may take for the head of a request, and how long it may be idle before.
const HEAD_TIME: Duration = Duration::from_secs(60);

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

/// Why a connection ends without a reply.
#[derive(Debug)]
enum End {
    /// The request does not arrive.
    Request,
    /// The rest is not HTTP.
    Http,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "the request did not arrive",
            Self::Http => "the rest is not HTTP",
        })
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

/// Answers the requests of one connection, until either side ends it.
pub(super) async fn converse(
    stream: TcpStream,
    origin: Origin,
    state: Arc<State>,
    commands: mpsc::UnboundedSender<Command>,
) {
    // Without it, small replies wait for the client's acknowledgement of earlier ones.
    let _ = stream.set_nodelay(true);
    let rest: Arc<Mutex<Option<Rest>>> = Arc::default();
    let service = service_fn(|request: http::Request<Incoming>| {
        let (state, commands, rest) = (Arc::clone(&state), commands.clone(), Arc::clone(&rest));
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = read(body, origin.max_body()).await.ok_or(End::Request)?;
            let request = http::Request::from_parts(parts, body);
            if origin == Origin::Api && socket::is_meant(&request) {
                let answered = socket::answer(&state, request).map_err(|handshake| {
                    *locked(&rest) = Some(Rest::Socket(handshake));
                    End::Http
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
            reply(delivery, &rest).await
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks is the client's affair.
    let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let parts = connection.into_parts();
    let mut stream = parts.io.into_inner();
    let rest = locked(&rest).take();
    match rest {
        Some(Rest::Reply(reply)) => reply.write(stream).await,
        Some(Rest::Socket(handshake)) => {
            socket::serve(stream, parts.read_buf, handshake, &state).await;
        }
        None => drop(stream.shutdown().await),
    }
}

/// What hyper can say, or an end after which the rest is written by hand.
async fn reply(
    delivery: Delivery,
    rest: &Mutex<Option<Rest>>,
) -> Result<http::Response<Payload>, End> {
    let Delivery { response, wait, course } = delivery;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    match wire::plan(response, course) {
        Ok(response) => Ok(response),
        Err(by_hand) => {
            *locked(rest) = Some(Rest::Reply(by_hand));
            Err(End::Http)
        }
    }
}

/// Reads a body to its end, so that the client can finish sending, and keeps one byte more than is
/// allowed: that is how the handler knows that it is too large. `None` if it does not arrive, or not in time.
async fn read(mut body: Incoming, max: usize) -> Option<Bytes> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(max);
    let mut bytes = BytesMut::with_capacity(expected.min(max).min(ROOM));
    let all = async {
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame.ok()?.into_data() {
                let room = (max + 1).saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
            }
        }
        Some(())
    };
    tokio::time::timeout(BODY_TIME, all).await.ok()??;
    Some(bytes.freeze())
}
