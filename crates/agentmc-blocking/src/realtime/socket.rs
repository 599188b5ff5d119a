//! One websocket: opened, written and closed by a thread of its own, for which another reads.
//!
//! The one that reads sees bytes only: it gives them to the first, which decrypts and decodes them. So
//! one thread can wait for the server and for what is to be said at the same time, without polling.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use agentmc_core::observe::WebsocketWatch;
use agentmc_core::realtime::{SocketId, Tuning};
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message, Utf8Bytes, WebSocket};

use super::connect::{Wire, open};
use super::driver::News;
use crate::transport::Transport;

/// How long a server may take to answer a goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// What is read from a connection at once.
pub(super) const BUFFER: usize = 16 << 10;

/// How many pieces of that size are read before they are decoded.
const BUFFERS: usize = 4;

/// What a websocket is to say, and what was read for it.
pub(super) enum Say {
    Text(String),
    Close(u16),
    Read(Vec<u8>),
    /// Nothing more can be read.
    Gone(String),
}

/// The websocket to open.
pub(super) struct Plan {
    pub(super) socket: SocketId,
    pub(super) url: String,
    pub(super) origin: String,
    pub(super) tuning: Tuning,
    pub(super) watch: WebsocketWatch,
}

/// What ends a connection that is not open yet, from another thread.
#[derive(Default)]
pub(super) struct Plug(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Nothing,
    Opening(TcpStream),
    Open,
    Pulled,
}

impl Plug {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn pull(&self) {
        self.change(|state| match state {
            State::Open => {}
            State::Opening(stream) => {
                let _ = stream.shutdown(Shutdown::Both);
                *state = State::Pulled;
            }
            State::Nothing | State::Pulled => *state = State::Pulled,
        });
    }

    /// Something is connected.
    pub(super) fn connected(&self, stream: &TcpStream) -> io::Result<()> {
        let stream = stream.try_clone()?;
        let mut result = Ok(());
        self.change(|state| match state {
            State::Pulled => result = Err(io::ErrorKind::Interrupted.into()),
            _ => *state = State::Opening(stream),
        });
        result
    }

    fn opened(&self) {
        self.change(|state| *state = State::Open);
    }
}

/// Starts the thread of a websocket.
pub(super) fn start(
    transport: Transport,
    plan: Plan,
    (sayer, says): (Sender<Say>, Receiver<Say>),
    plug: Arc<Plug>,
    reporter: SyncSender<News>,
) -> io::Result<()> {
    let builder = thread::Builder::new().name("agentmc-websocket".into());
    let run = move || {
        let socket = plan.socket;
        let websocket = match open(&transport, &plan, &plug) {
            Ok(websocket) => websocket,
            Err(failure) => {
                tracing::debug!(socket = socket.0, %failure, "websocket not opened");
                plan.watch.closed(None, &failure);
                let _ = reporter.send(News::Closed(socket, None, failure));
                return;
            }
        };
        plug.opened();
        plan.watch.opened();
        let mut conversation = Conversation { socket, websocket, reporter };
        let outcome = conversation.hold(sayer, &says);
        conversation.end(outcome, plan.watch, &says);
    };
    builder.spawn(run).map(|_| ())
}

struct Conversation {
    socket: SocketId,
    websocket: WebSocket<Wire>,
    reporter: SyncSender<News>,
}

/// How a websocket ends.
enum Outcome {
    /// We hang up.
    Left(u16),
    Lost(Option<u16>, String),
}

impl Conversation {
    /// Passes on what is said on either side, until one of them ends it.
    fn hold(&mut self, sayer: Sender<Say>, says: &Receiver<Say>) -> Outcome {
        let empty = match self.start_reading(sayer) {
            Ok(empty) => empty,
            Err(error) => return Outcome::Lost(None, error.to_string()),
        };
        if self.reporter.send(News::Opened(self.socket)).is_err() {
            return Outcome::Left(1001);
        }
        // The handshake may have brought the first frames along.
        if let Err(outcome) = self.receive() {
            return outcome;
        }
        while let Ok(say) = says.recv() {
            let result = match say {
                Say::Text(text) => self.websocket.send(Message::text(text)).map_err(lost),
                Say::Close(code) => Err(Outcome::Left(code)),
                Say::Gone(reason) => Err(Outcome::Lost(None, reason)),
                Say::Read(bytes) => {
                    self.websocket.get_mut().feed(bytes);
                    let result = self.receive();
                    let _ = empty.send(self.websocket.get_mut().take_back());
                    result
                }
            };
            if let Err(outcome) = result {
                return outcome;
            }
        }
        Outcome::Left(1001)
    }

    /// Starts the thread that reads. It fills the buffers it is given.
    fn start_reading(&mut self, sayer: Sender<Say>) -> io::Result<Sender<Vec<u8>>> {
        let mut stream = self.websocket.get_mut().start_feeding()?;
        let (empty, buffers) = channel::<Vec<u8>>();
        for _ in 0..BUFFERS {
            let _ = empty.send(Vec::new());
        }
        let builder = thread::Builder::new().name("agentmc-reader".into());
        builder.spawn(move || {
            while let Ok(mut buffer) = buffers.recv() {
                buffer.resize(BUFFER, 0);
                let say = match stream.read(&mut buffer) {
                    Ok(0) => Say::Gone("the connection was closed".to_owned()),
                    Ok(read) => {
                        buffer.truncate(read);
                        Say::Read(buffer)
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Say::Gone(error.to_string()),
                };
                let is_gone = matches!(say, Say::Gone(_));
                if sayer.send(say).is_err() || is_gone {
                    return;
                }
            }
        })?;
        Ok(empty)
    }

    /// Passes on the frames that are there.
    fn receive(&mut self) -> Result<(), Outcome> {
        loop {
            match self.websocket.read() {
                Ok(Message::Text(text)) => {
                    let news = News::Received(self.socket, text);
                    self.reporter.send(news).map_err(|_| Outcome::Left(1001))?;
                }
                Ok(Message::Close(frame)) => {
                    // The answer to it is written with the next flush.
                    let _ = self.websocket.flush();
                    return Err(match frame {
                        Some(frame) => {
                            Outcome::Lost(Some(frame.code.into()), frame.reason.to_string())
                        }
                        None => Outcome::Lost(None, String::new()),
                    });
                }
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    // What answers a ping is written with the next flush.
                    return self.websocket.flush().map_err(lost);
                }
                Err(error) => return Err(lost(error)),
            }
        }
    }

    fn end(mut self, outcome: Outcome, watch: WebsocketWatch, says: &Receiver<Say>) {
        match outcome {
            Outcome::Left(code) => {
                watch.closed(Some(code), "");
                let reason = Utf8Bytes::default();
                let _ = self
                    .websocket
                    .close(Some(CloseFrame { code: CloseCode::from(code), reason }))
                    .and_then(|()| self.websocket.flush());
                self.websocket.get_ref().hang_up(Shutdown::Write);
                // The server has a moment to answer: a connection that is cut at once may lose what was
                // said last.
                let end = Instant::now() + FAREWELL;
                while let Ok(say) = says.recv_timeout(end.saturating_duration_since(Instant::now()))
                {
                    if matches!(say, Say::Gone(_)) {
                        break;
                    }
                }
            }
            Outcome::Lost(code, reason) => {
                watch.closed(code, &reason);
                let _ = self.reporter.send(News::Closed(self.socket, code, reason));
            }
        }
        self.websocket.get_ref().hang_up(Shutdown::Both);
    }
}

fn lost(error: Error) -> Outcome {
    Outcome::Lost(None, error.to_string())
}
