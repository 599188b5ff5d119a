//! HTTP/1.1 on 127.0.0.1.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::handler::MAX_BODY;
use crate::sandbox::State;
use crate::world::MAX_FILE;

/// How long to wait when the machine has no sockets left.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(10);

/// The listening sockets and the thread that serves them.
pub(crate) struct Server {
    address: SocketAddr,
    storage: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// What a socket leads to.
#[derive(Clone, Copy, Debug)]
enum Origin {
    Api,
    Storage,
}

impl Origin {
    /// The largest body a request may have, in bytes.
    const fn max_body(self) -> usize {
        match self {
            Self::Api => MAX_BODY,
            Self::Storage => MAX_FILE as usize,
        }
    }
}

impl Server {
    pub(crate) fn start(port: u16, state: Arc<State>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ((api, address), (store, storage)) = {
            let _inside = runtime.enter();
            (listen(port)?, listen(0)?)
        };
        let (stop, stopped) = oneshot::channel::<Infallible>();
        let serve = async move {
            tokio::select! {
                () = accept(api, Origin::Api, Arc::clone(&state)) => {}
                () = accept(store, Origin::Storage, state) => {}
                _ = stopped => {}
            }
        };
        // Dropping the runtime at the end drops every connection, idle ones too.
        let thread = std::thread::Builder::new().name("agentmc-sandbox".into());
        let thread = thread.spawn(move || runtime.block_on(serve))?;
        Ok(Self { address, storage, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) const fn storage(&self) -> SocketAddr {
        self.storage
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((TcpListener::from_std(listener)?, address))
}

async fn accept(listener: TcpListener, origin: Origin, state: Arc<State>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(converse(stream, origin, Arc::clone(&state)))),
            Err(_) => tokio::time::sleep(OUT_OF_SOCKETS).await,
        }
    }
}

/// Answers the requests of one connection, until either side ends it.
async fn converse(stream: TcpStream, origin: Origin, state: Arc<State>) {
    // Without it, small replies wait for the client's acknowledgement of earlier ones.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let state = Arc::clone(&state);
        async move {
            let (parts, body) = request.into_parts();
            let request = http::Request::from_parts(parts, read(body, origin.max_body()).await?);
            let response = match origin {
                Origin::Api => state.answer(request),
                Origin::Storage => state.store(request),
            };
            Ok::<_, hyper::Error>(response.map(Full::new))
        }
    });
    // A connection that breaks is the client's affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Reads a body to its end, so that the client can finish sending, and keeps one byte more than is
/// allowed: that is how the handler knows that it is too large.
async fn read(mut body: Incoming, max: usize) -> hyper::Result<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            let room = (max + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(&data[..data.len().min(room)]);
        }
    }
    Ok(bytes.freeze())
}
