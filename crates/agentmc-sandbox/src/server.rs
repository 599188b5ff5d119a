//! HTTP/1.1 on 127.0.0.1.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc as threads};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::state::State;

mod converse;
mod doors;
mod line;
mod payload;
mod socket;
mod wire;

use doors::{Command, Doors};

/// The listening sockets and the thread that serves them.
pub(crate) struct Server {
    address: SocketAddr,
    storage: SocketAddr,
    commands: mpsc::UnboundedSender<Command>,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(port: u16, state: Arc<State>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let doors = {
            let _inside = runtime.enter();
            Doors::open(port)?
        };
        let (address, storage) = doors.addresses()?;
        let (stop, stopped) = oneshot::channel::<Infallible>();
        let (commands, received) = mpsc::unbounded_channel();
        let own = commands.clone();
        let serve = async move {
            tokio::select! {
                () = doors::serve(doors, state, own, received) => {}
                _ = stopped => {}
            }
        };
        // Dropping the runtime at the end drops every connection, idle ones too.
        let thread = std::thread::Builder::new().name("agentmc-sandbox".into());
        let thread = thread.spawn(move || runtime.block_on(serve))?;
        Ok(Self { address, storage, commands, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) const fn storage(&self) -> SocketAddr {
        self.storage
    }

    /// Closes the listeners and every connection, for so long or until further notice, and waits until they are.
    pub(crate) fn close(&self, time: Option<Duration>) {
        let (done, closed) = threads::channel();
        if self.commands.send(Command::Close { time, done: Some(done) }).is_ok() {
            // The thread that would answer has ended, and the sockets with it.
            let _ = closed.recv();
        }
    }

    /// Listens again.
    pub(crate) fn open(&self) -> io::Result<()> {
        let (done, opened) = threads::channel();
        let gone = || io::Error::other("the server has ended");
        self.commands.send(Command::Open { done }).map_err(|_| gone())?;
        opened.recv().map_err(|_| gone())?
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

fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}
