//! The listening sockets, open and closed.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc as threads};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{address, converse};
use crate::connections::{Connections, Place};
use crate::state::{Origin, State};

/// How long to wait when the machine has no sockets left, or a port is taken for a moment.
const MOMENT: Duration = Duration::from_millis(10);

/// How many connections the system keeps waiting.
const WAITING: u32 = 1_024;

/// What the owner, or a fault, wants of the sockets.
#[derive(Debug)]
pub(super) enum Command {
    /// Close them, for so long or until further notice.
    Close { time: Option<Duration>, done: Option<threads::Sender<()>> },
    /// Open them again.
    Open { done: threads::Sender<io::Result<()>> },
}

/// The listening sockets.
pub(super) struct Doors {
    api: TcpListener,
    storage: TcpListener,
}

impl Doors {
    /// Listens at the port for the API, and at a free one for storage.
    pub(super) fn open(port: u16) -> io::Result<Self> {
        Ok(Self { api: bind(port)?.listen(WAITING)?, storage: bind(0)?.listen(WAITING)? })
    }

    pub(super) fn addresses(&self) -> io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.api.local_addr()?, self.storage.local_addr()?))
    }
}

/// A socket that holds the port, where connecting is refused until it listens.
fn bind(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Elsewhere it would let two servers have the same port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address(port))?;
    Ok(socket)
}

/// Serves both origins, as commands have it.
pub(super) async fn serve(
    mut doors: Doors,
    state: Arc<State>,
    own: mpsc::UnboundedSender<Command>,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let Ok((api, storage)) = doors.addresses() else { return };
    let ports = (api.port(), storage.port());
    let mut connections = JoinSet::new();
    loop {
        let start = |stream, origin| {
            let place = Place::take(Arc::clone(&state), origin);
            converse::converse(stream, place, origin, Arc::clone(&state), own.clone())
        };
        let told = welcome(&doors, &state.connections, &mut connections, &mut commands, start);
        let Some((time, done)) = told.await else { return };
        // Nobody sees a connection end who could still make a new one.
        drop(doors);
        let held = (bind(ports.0), bind(ports.1));
        connections.shutdown().await;
        let _ = done.map(|done| done.send(()));
        let Some(opened) = reopen(held, ports, time, &mut commands, &state).await else { return };
        doors = opened;
    }
}

/// Accepts connections until it is told to close; `None` if nobody is left to tell.
async fn welcome<F: Future<Output = ()> + Send + 'static>(
    doors: &Doors,
    all: &Connections,
    connections: &mut JoinSet<()>,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    start: impl Fn(TcpStream, Origin) -> F,
) -> Option<(Option<Duration>, Option<threads::Sender<()>>)> {
    loop {
        let (accepted, origin) = tokio::select! {
            command = commands.recv() => match command? {
                Command::Close { time, done } => return Some((time, done)),
                Command::Open { done } => {
                    let _ = done.send(Ok(()));
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
            () = all.left() => continue,
            accepted = doors.api.accept(), if all.has_room(Origin::Api) => (accepted, Origin::Api),
            accepted = doors.storage.accept(), if all.has_room(Origin::Storage) => {
                (accepted, Origin::Storage)
            }
        };
        match accepted {
            Ok((stream, _)) => drop(connections.spawn(start(stream, origin))),
            Err(_) => tokio::time::sleep(MOMENT).await,
        }
    }
}

/// Waits until the time is over or it is told to open, and listens again.
async fn reopen(
    held: (io::Result<TcpSocket>, io::Result<TcpSocket>),
    ports: (u16, u16),
    time: Option<Duration>,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    state: &State,
) -> Option<Doors> {
    let mut held = Some(held);
    let mut end = time.and_then(|time| Instant::now().checked_add(time));
    loop {
        let over = async {
            match end {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        let asked = tokio::select! {
            () = over => None,
            command = commands.recv() => match command? {
                Command::Open { done } => Some(done),
                Command::Close { time, done } => {
                    end = time.and_then(|time| Instant::now().checked_add(time));
                    let _ = done.map(|done| done.send(()));
                    continue;
                }
            },
        };
        let (api, storage) = held.take().unwrap_or_else(|| (bind(ports.0), bind(ports.1)));
        let opened = listen(api).and_then(|api| Ok(Doors { api, storage: listen(storage)? }));
        let (opened, outcome) = match opened {
            Ok(doors) => (Some(doors), Ok(())),
            Err(error) => (None, Err(error)),
        };
        if opened.is_some() {
            // Whoever is told that it listens finds it so.
            state.note_up();
        }
        match asked {
            Some(done) => drop(done.send(outcome)),
            None => end = Some(Instant::now() + MOMENT),
        }
        if opened.is_some() {
            return opened;
        }
    }
}

fn listen(socket: io::Result<TcpSocket>) -> io::Result<TcpListener> {
    socket?.listen(WAITING)
}
