//! The task that drives the machine of all subscriptions.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use agentmc_core::Error;
use agentmc_core::observe::WebsocketWatch;
use agentmc_core::realtime::{
    CallId, Config, Event, HostOptions, Input, Output, Realtime as Machine, SessionOptions,
    SocketId, SubscriptionId, Tuning,
};
use agentmc_core::types::{HostRealtimeSocketPayload, SignalId, Timestamp};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::slot::{Seat, Slot};
use super::socket::{self, News, Say};
use crate::client::Client;

/// How long what is under way may take once nobody is left.
const FAREWELL: Duration = Duration::from_secs(2);

/// How many frames wait for the driver before websockets are not read any more.
const FRAMES: usize = 256;

/// What subscribers want.
#[derive(Debug)]
pub(super) enum Command {
    Session(Seat, Box<SessionOptions>),
    Host(Seat, HostOptions),
    Listen(Arc<Slot>, Option<Box<HostRealtimeSocketPayload>>),
    Resume(Arc<Slot>),
    Close(Arc<Slot>, Option<String>),
    Unsubscribe(Arc<Slot>),
}

type Replied = (CallId, Result<http::Response<Bytes>, Error>);

/// What wakes the driver.
enum Woken {
    Command(Command),
    Replied(Replied),
    News(News),
    Timeout,
    /// Nobody is left.
    Alone,
}

pub(super) struct Driver {
    client: Client,
    tuning: Tuning,
    machine: Machine,
    started: Instant,
    seats: HashMap<SubscriptionId, Seat>,
    sockets: HashMap<SocketId, mpsc::UnboundedSender<Say>>,
    commands: mpsc::UnboundedReceiver<Command>,
    reporter: mpsc::Sender<News>,
    news: mpsc::Receiver<News>,
    calls: JoinSet<Replied>,
    websockets: JoinSet<()>,
    alarm: Pin<Box<Sleep>>,
}

impl Driver {
    pub(super) fn new(
        client: Client,
        tuning: Tuning,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        let config = Config::new(client.api().clone(), fastrand::u64(..), Timestamp::now());
        let (reporter, news) = mpsc::channel(FRAMES);
        let started = Instant::now();
        Self {
            machine: Machine::new(config.patience(tuning.patience)),
            client,
            tuning,
            started,
            seats: HashMap::new(),
            sockets: HashMap::new(),
            commands,
            reporter,
            news,
            calls: JoinSet::new(),
            websockets: JoinSet::new(),
            alarm: Box::pin(sleep_until(started)),
        }
    }

    /// Runs until nobody is left.
    pub(super) async fn run(mut self) {
        loop {
            let deadline = self.machine.deadline().and_then(|at| self.started.checked_add(at));
            if let Some(at) = deadline.filter(|at| *at != self.alarm.deadline()) {
                self.alarm.as_mut().reset(at);
            }
            match poll_fn(|cx| self.poll(cx, deadline.is_some())).await {
                Woken::Command(command) => self.obey(command),
                Woken::Replied((call, result)) => self.input(Input::Replied(call, result)),
                Woken::News(News::Opened(socket)) => self.input(Input::Opened(socket)),
                Woken::News(News::Received(socket, text)) => {
                    self.input(Input::Received(socket, &text));
                }
                Woken::News(News::Closed(socket, code, reason)) => {
                    self.sockets.remove(&socket);
                    self.input(Input::Closed(socket, code, &reason));
                }
                Woken::Timeout => self.input(Input::Timeout),
                Woken::Alone => break,
            }
        }
        // Sessions that were to be closed, and websockets that say goodbye.
        let farewell = async {
            while self.calls.join_next().await.is_some() {}
            while self.websockets.join_next().await.is_some() {}
        };
        let _ = timeout(FAREWELL, farewell).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>, has_deadline: bool) -> Poll<Woken> {
        if let Poll::Ready(command) = self.commands.poll_recv(cx) {
            return Poll::Ready(command.map_or(Woken::Alone, Woken::Command));
        }
        while let Poll::Ready(Some(joined)) = self.calls.poll_join_next(cx) {
            if let Ok(replied) = joined {
                return Poll::Ready(Woken::Replied(replied));
            }
        }
        while let Poll::Ready(Some(_)) = self.websockets.poll_join_next(cx) {}
        if has_deadline && self.alarm.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Woken::Timeout);
        }
        match self.news.poll_recv(cx) {
            Poll::Ready(Some(news)) => Poll::Ready(Woken::News(news)),
            _ => Poll::Pending,
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn obey(&mut self, command: Command) {
        let now = self.now();
        match command {
            Command::Session(seat, options) => {
                let id = self.machine.subscribe_session(now, *options);
                self.seat(id, seat);
                self.settle();
            }
            Command::Host(seat, options) => {
                let id = self.machine.subscribe_host(now, options);
                self.seat(id, seat);
                self.settle();
            }
            Command::Listen(slot, socket) => {
                self.input_for(&slot, |id| Input::HostSocket(id, socket));
            }
            Command::Resume(slot) if slot.lock().mailbox().is_paused() => {}
            Command::Resume(slot) => self.input_for(&slot, Input::Resume),
            Command::Close(slot, reason) => self.input_for(&slot, |id| Input::Close(id, reason)),
            Command::Unsubscribe(slot) => self.input_for(&slot, Input::Unsubscribe),
        }
    }

    fn seat(&mut self, id: SubscriptionId, seat: Seat) {
        let _ = seat.id.set(id);
        self.seats.insert(id, seat);
    }

    fn input_for(&mut self, slot: &Slot, input: impl FnOnce(SubscriptionId) -> Input<'static>) {
        // The ids of a driver that is gone are given out again.
        let Some(id) = slot.id.get() else { return };
        if self.seats.get(id).is_some_and(|seat| std::ptr::eq(&**seat, slot)) {
            self.input(input(*id));
        }
    }

    fn input(&mut self, input: Input<'_>) {
        self.machine.handle(self.now(), input);
        self.settle();
    }

    /// Does everything the machine says.
    fn settle(&mut self) {
        while let Some(output) = self.machine.poll() {
            match output {
                Output::Open { socket, url, origin } => self.open(socket, url, origin),
                Output::Send(socket, text) => self.say(socket, Say::Text(text)),
                Output::CloseSocket(socket, code) => {
                    self.say(socket, Say::Close(code));
                    self.sockets.remove(&socket);
                }
                Output::Call(id, call) => {
                    let client = self.client.clone();
                    self.calls.spawn(async move { (id, client.run(*call).await) });
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
        let (sayer, says) = mpsc::unbounded_channel();
        self.sockets.insert(socket, sayer);
        let transport = self.client.transport().clone();
        let watch = WebsocketWatch::opens(self.client.api(), &url);
        let plan = socket::Plan { socket, url, origin, tuning: self.tuning, watch };
        let reporter = self.reporter.clone();
        self.websockets.spawn(socket::run(transport, plan, says, reporter));
    }

    fn say(&self, socket: SocketId, say: Say) {
        if let Some(sayer) = self.sockets.get(&socket) {
            let _ = sayer.send(say);
        }
    }
}
