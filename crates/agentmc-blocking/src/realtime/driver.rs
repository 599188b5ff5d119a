//! The thread that drives the machine of all subscriptions.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::time::Instant;

use agentmc_core::observe::WebsocketWatch;
use agentmc_core::realtime::{
    CallId, Config, Event, HostOptions, Input, Output, Realtime as Machine, SessionOptions,
    SocketId, SubscriptionId, Tuning,
};
use agentmc_core::types::{HostRealtimeSocketPayload, SignalId, Timestamp};
use agentmc_core::{Error, TransportError, TransportKind};
use bytes::Bytes;

use super::slot::{Seat, Slot};
use super::socket::{self, Plan, Plug, Say};
use super::workers::Workers;
use crate::client::Client;

/// How much waits for the driver before others wait to tell it: frames, replies and wishes.
pub(super) const WAITING: usize = 256;

/// What subscribers want.
pub(super) enum Command {
    Session(Seat, Box<SessionOptions>),
    Host(Seat, HostOptions),
    Listen(Arc<Slot>, Option<Box<HostRealtimeSocketPayload>>),
    Resume(Arc<Slot>),
    Close(Arc<Slot>, Option<String>),
    Unsubscribe(Arc<Slot>),
    /// Nobody is left.
    Stop,
}

/// What the driver is told.
pub(super) enum News {
    Command(Command),
    Replied(CallId, Result<http::Response<Bytes>, Error>),
    Opened(SocketId),
    Received(SocketId, tungstenite::Utf8Bytes),
    Closed(SocketId, Option<u16>, String),
}

/// A websocket whose thread is told what to say.
struct Socket {
    sayer: Sender<Say>,
    plug: Arc<Plug>,
}

pub(super) struct Driver {
    client: Client,
    tuning: Tuning,
    machine: Machine,
    started: Instant,
    seats: HashMap<SubscriptionId, Seat>,
    sockets: HashMap<SocketId, Socket>,
    reporter: SyncSender<News>,
    news: Receiver<News>,
    workers: Workers,
}

impl Driver {
    pub(super) fn new(
        client: Client,
        tuning: Tuning,
        reporter: SyncSender<News>,
        news: Receiver<News>,
    ) -> Self {
        let config = Config::new(client.api().clone(), fastrand::u64(..), Timestamp::now());
        let (caller, report) = (client.clone(), reporter.clone());
        let workers = Workers::new(move |(id, call)| {
            let _ = report.send(News::Replied(id, caller.run(*call)));
        });
        Self {
            machine: Machine::new(config.patience(tuning.patience)),
            client,
            tuning,
            started: Instant::now(),
            seats: HashMap::new(),
            sockets: HashMap::new(),
            reporter,
            news,
            workers,
        }
    }

    /// Runs until nobody is left.
    pub(super) fn run(mut self) {
        loop {
            match self.wait() {
                Some(News::Command(Command::Stop)) => break,
                Some(News::Command(command)) => self.obey(command),
                Some(News::Replied(call, result)) => self.input(Input::Replied(call, result)),
                Some(News::Opened(socket)) => self.input(Input::Opened(socket)),
                Some(News::Received(socket, text)) => self.input(Input::Received(socket, &text)),
                Some(News::Closed(socket, code, reason)) => {
                    self.sockets.remove(&socket);
                    self.input(Input::Closed(socket, code, &reason));
                }
                None => self.input(Input::Timeout),
            }
        }
    }

    /// What happens next; nothing if the machine's deadline passes before.
    fn wait(&self) -> Option<News> {
        // The driver can report to itself, so the channel is never disconnected.
        let Some(deadline) = self.machine.deadline() else { return self.news.recv().ok() };
        self.news.recv_timeout(deadline.saturating_sub(self.started.elapsed())).ok()
    }

    fn obey(&mut self, command: Command) {
        let now = self.started.elapsed();
        match command {
            Command::Session(seat, options) => {
                let id = self.machine.subscribe_session(now, *options);
                self.seat(id, seat);
            }
            Command::Host(seat, options) => {
                let id = self.machine.subscribe_host(now, options);
                self.seat(id, seat);
            }
            Command::Listen(slot, socket) => {
                self.input_for(&slot, |id| Input::HostSocket(id, socket));
            }
            Command::Resume(slot) if slot.lock().mailbox().is_paused() => {}
            Command::Resume(slot) => self.input_for(&slot, Input::Resume),
            Command::Close(slot, reason) => self.input_for(&slot, |id| Input::Close(id, reason)),
            Command::Unsubscribe(slot) => self.input_for(&slot, Input::Unsubscribe),
            Command::Stop => {}
        }
    }

    fn seat(&mut self, id: SubscriptionId, seat: Seat) {
        let _ = seat.id.set(id);
        self.seats.insert(id, seat);
        self.settle();
    }

    fn input_for(&mut self, slot: &Slot, input: impl FnOnce(SubscriptionId) -> Input<'static>) {
        // The ids of a driver that is gone are given out again.
        let Some(id) = slot.id.get() else { return };
        if self.seats.get(id).is_some_and(|seat| std::ptr::eq(&**seat, slot)) {
            self.input(input(*id));
        }
    }

    fn input(&mut self, input: Input<'_>) {
        self.machine.handle(self.started.elapsed(), input);
        self.settle();
    }

    /// Does everything the machine says.
    fn settle(&mut self) {
        while let Some(output) = self.machine.poll() {
            match output {
                Output::Open { socket, url, origin } => self.open(socket, url, origin),
                Output::Send(socket, text) => {
                    if let Some(socket) = self.sockets.get(&socket) {
                        let _ = socket.sayer.send(Say::Text(text));
                    }
                }
                Output::CloseSocket(socket, code) => {
                    if let Some(socket) = self.sockets.remove(&socket) {
                        socket.close(code);
                    }
                }
                Output::Call(id, call) => {
                    if let Err((id, _)) = self.workers.submit((id, call)) {
                        let error = TransportError::new(TransportKind::Connect, "no thread");
                        self.machine
                            .handle(self.started.elapsed(), Input::Replied(id, Err(error.into())));
                    }
                }
                Output::Event(id, event) => {
                    let handled = self.machine.poll_handled(id);
                    self.tell(id, event, handled);
                }
                Output::Handled(id, signal) => {
                    if let Some(seat) = self.seats.get(&id) {
                        seat.lock().handled(signal);
                    }
                }
                Output::Claimed(id, session, agent) => {
                    if let Some(seat) = self.seats.get(&id) {
                        seat.lock().claimed(session, agent);
                    }
                }
                Output::CaughtUp(id, signal) => {
                    if let Some(seat) = self.seats.get(&id) {
                        seat.lock().caught_up(signal);
                    }
                }
                _ => {}
            }
        }
    }

    fn tell(&mut self, id: SubscriptionId, event: Event, handled: Option<SignalId>) {
        let is_over = matches!(event, Event::Ended(_));
        if self.seats.get(&id).is_some_and(|seat| seat.push(event, handled)) {
            self.machine.handle(self.started.elapsed(), Input::Pause(id));
        }
        if is_over {
            self.seats.remove(&id);
        }
    }

    fn open(&mut self, socket: SocketId, url: String, origin: String) {
        let ((sayer, says), plug) = (channel(), Arc::<Plug>::default());
        let watch = WebsocketWatch::opens(self.client.api(), &url);
        let plan = Plan { socket, url, origin, tuning: self.tuning, watch };
        let opened = socket::start(
            self.client.transport().clone(),
            plan,
            (sayer.clone(), says),
            Arc::clone(&plug),
            self.reporter.clone(),
        );
        match opened {
            Ok(()) => _ = self.sockets.insert(socket, Socket { sayer, plug }),
            Err(error) => {
                let (now, text) = (self.started.elapsed(), error.to_string());
                self.machine.handle(now, Input::Closed(socket, None, &text));
            }
        }
    }
}

impl Socket {
    fn close(self, code: u16) {
        let _ = self.sayer.send(Say::Close(code));
        // One that is not open yet hears nothing.
        self.plug.pull();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for (_, socket) in self.sockets.drain() {
            socket.close(1001);
        }
    }
}
