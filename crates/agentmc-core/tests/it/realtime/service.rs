//! A service in memory: sessions, their signals, and a websocket, driven by a virtual clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use agentmc_core::call::Call;
use agentmc_core::realtime::{
    CallId, Config, Event, Input, Output, Realtime, SessionOptions, SocketId, SubscriptionId,
};
use agentmc_core::{Api, ApiError, Credential, Error, TransportError, TransportKind};
use bytes::Bytes;
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "agent-claim:16f4a0c2d9";
pub(crate) const HOST_CHANNEL: &str = "private-agent-realtime-host.12";

pub(crate) type Reply = Result<http::Response<Bytes>, Error>;

/// The time by the wall clock when the virtual clock is at zero.
pub(crate) const START: &str = "2026-02-22T17:00:00Z";

#[derive(Default)]
pub(crate) struct Room {
    pub(crate) status: String,
    pub(crate) signals: BTreeMap<u64, Value>,
    pub(crate) expires_at: Option<String>,
    pub(crate) updated_at: Option<String>,
    pub(crate) host: Option<String>,
}

pub(crate) struct Service {
    pub(crate) realtime: Realtime,
    pub(crate) now: Duration,
    pub(crate) rooms: BTreeMap<u64, Room>,
    /// Answers that are given instead of the usual ones, by operation, one after the other.
    pub(crate) faults: BTreeMap<&'static str, VecDeque<u16>>,
    /// Whether websockets can be opened and calls answered.
    pub(crate) is_up: bool,
    /// Whether the websocket answers pings.
    pub(crate) answers_pings: bool,
    /// Whether websockets that open are greeted.
    pub(crate) greets: bool,
    /// Whether subscriptions are confirmed.
    pub(crate) confirms: bool,
    pub(crate) activity_timeout: u64,
    /// Whether nobody ever answers that a session is to be closed.
    pub(crate) ignores_closing: bool,
    /// Whether listings of signals are answered later.
    pub(crate) delays_listings: bool,
    delayed: Vec<(CallId, Reply)>,
    pub(crate) socket: Option<SocketId>,
    pub(crate) sockets: Vec<(SocketId, String)>,
    pub(crate) closed_by_client: usize,
    pub(crate) subscribed: BTreeSet<String>,
    pub(crate) frames: Vec<Value>,
    pub(crate) calls: Vec<(&'static str, String)>,
    pub(crate) bodies: Vec<Value>,
    pub(crate) events: Vec<(SubscriptionId, Event)>,
    /// Where each subscription may start again.
    pub(crate) handled: BTreeMap<SubscriptionId, u64>,
    /// Up to where each subscription knows the session.
    pub(crate) caught_up: BTreeMap<SubscriptionId, u64>,
    last_signal: u64,
}

pub(crate) fn api() -> Api {
    Api::new(Credential::api_key("cc_key").unwrap()).acting_as(7)
}

pub(crate) fn ok(body: &Value) -> Reply {
    Ok(http::Response::new(body.to_string().into()))
}

/// A refusal; 0 is a broken connection.
pub(crate) fn refusal(operation: &'static str, status: u16, body: &Value) -> Reply {
    if status == 0 {
        return Err(TransportError::new(TransportKind::Lost, "broken").into());
    }
    let body = Bytes::from(body.to_string());
    let response = http::Response::builder().status(status).body(body).unwrap();
    Err(ApiError::read(operation, &response).into())
}

impl Service {
    pub(crate) fn new() -> Self {
        Self {
            realtime: Realtime::new(Config::new(api(), 7, START.parse().unwrap())),
            now: Duration::ZERO,
            rooms: BTreeMap::new(),
            faults: BTreeMap::new(),
            is_up: true,
            answers_pings: true,
            greets: true,
            confirms: true,
            activity_timeout: 30,
            ignores_closing: false,
            delays_listings: false,
            delayed: Vec::new(),
            socket: None,
            sockets: Vec::new(),
            closed_by_client: 0,
            subscribed: BTreeSet::new(),
            frames: Vec::new(),
            calls: Vec::new(),
            bodies: Vec::new(),
            events: Vec::new(),
            handled: BTreeMap::new(),
            caught_up: BTreeMap::new(),
            last_signal: 100,
        }
    }

    /// A service with one session that is requested, and a subscription to it that is ready.
    pub(crate) fn with_session(options: SessionOptions) -> (Self, SubscriptionId) {
        let mut service = Self::new();
        let id = options.session.unwrap().get();
        service.request(id);
        let subscription = service.subscribe(options);
        (service, subscription)
    }

    pub(crate) fn request(&mut self, id: u64) {
        self.rooms.insert(id, Room { status: "requested".to_owned(), ..Room::default() });
    }

    pub(crate) fn subscribe(&mut self, options: SessionOptions) -> SubscriptionId {
        let subscription = self.realtime.subscribe_session(self.now, options);
        self.settle();
        subscription
    }

    pub(crate) fn fail(&mut self, operation: &'static str, statuses: &[u16]) {
        self.faults.entry(operation).or_default().extend(statuses);
    }

    pub(crate) fn input(&mut self, input: Input<'_>) {
        self.realtime.handle(self.now, input);
        self.settle();
    }

    /// Does what the machine says until it says nothing.
    pub(crate) fn settle(&mut self) {
        while let Some(output) = self.realtime.poll() {
            match output {
                Output::Call(id, call) => {
                    if self.ignores_closing && call.endpoint().id == "closeAgentRealtimeSession" {
                        continue;
                    }
                    let delays = self.delays_listings;
                    let listings =
                        ["listAgentRealtimeSignals", "listAgentRealtimeRequestedSessions"];
                    let is_listing = listings.contains(&call.endpoint().id);
                    if let Some(reply) = self.answer(&call) {
                        if delays && is_listing {
                            self.delayed.push((id, reply));
                            continue;
                        }
                        self.realtime.handle(self.now, Input::Replied(id, reply));
                    }
                }
                Output::Open { socket, url, .. } => self.open(socket, url),
                Output::Send(socket, text) => {
                    assert_eq!(Some(socket), self.socket, "frames go to the open websocket");
                    self.frame(socket, serde_json::from_str(&text).unwrap());
                }
                Output::CloseSocket(socket, _) => {
                    self.closed_by_client += 1;
                    if self.socket == Some(socket) {
                        self.socket = None;
                        self.subscribed.clear();
                    }
                }
                Output::Event(id, event) => self.events.push((id, event)),
                Output::Handled(id, signal) => {
                    let before = self.handled.insert(id, signal.get());
                    assert!(before < Some(signal.get()), "it only grows");
                }
                Output::Claimed(_, session, _) => assert!(self.rooms.contains_key(&session.get())),
                Output::CaughtUp(id, signal) => _ = self.caught_up.insert(id, signal.get()),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Gives the answers that were held back.
    pub(crate) fn answer_delayed(&mut self) {
        for (id, reply) in std::mem::take(&mut self.delayed) {
            self.input(Input::Replied(id, reply));
        }
    }

    /// Lets time pass, with a stop at every deadline.
    pub(crate) fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.realtime.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.input(Input::Timeout);
        }
        self.now = end;
        self.input(Input::Timeout);
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.advance(Duration::from_secs(seconds));
    }

    fn open(&mut self, socket: SocketId, url: String) {
        self.sockets.push((socket, url));
        if !self.is_up {
            self.realtime.handle(self.now, Input::Closed(socket, None, "connection refused"));
            return;
        }
        self.socket = Some(socket);
        self.realtime.handle(self.now, Input::Opened(socket));
        if !self.greets {
            return;
        }
        let data = json!({
            "socket_id": format!("{}.1", socket.0), "activity_timeout": self.activity_timeout,
        });
        let hello = json!({"event": "pusher:connection_established", "data": data.to_string()});
        self.receive(&hello);
    }

    fn frame(&mut self, socket: SocketId, frame: Value) {
        let channel = frame["data"]["channel"].as_str().unwrap_or_default().to_owned();
        match frame["event"].as_str().unwrap() {
            "pusher:subscribe" => {
                let expected = format!("app:signed {}.1 {channel}", socket.0);
                assert_eq!(frame["data"]["auth"], expected, "signed for this websocket");
                if self.confirms {
                    self.subscribed.insert(channel.clone());
                    self.receive(&json!({
                        "event": "pusher_internal:subscription_succeeded", "channel": channel, "data": "{}",
                    }));
                }
            }
            "pusher:unsubscribe" => _ = self.subscribed.remove(&channel),
            "pusher:ping" if self.answers_pings => self.receive(&json!({"event": "pusher:pong"})),
            "pusher:ping" | "pusher:pong" => {}
            other => panic!("{other}"),
        }
        self.frames.push(frame);
    }

    pub(crate) fn receive(&mut self, frame: &Value) {
        if let Some(socket) = self.socket {
            self.realtime.handle(self.now, Input::Received(socket, &frame.to_string()));
        }
    }

    /// The server closes the websocket.
    pub(crate) fn drop_socket(&mut self, code: Option<u16>, reason: &str) {
        let socket = self.socket.take().unwrap();
        self.subscribed.clear();
        self.input(Input::Closed(socket, code, reason));
    }

    pub(crate) fn answer(&mut self, call: &Call) -> Option<Reply> {
        let operation = call.endpoint().id;
        let uri = call.request().uri();
        self.calls.push((operation, uri.path_and_query().unwrap().to_string()));
        self.bodies.push(serde_json::from_slice(call.request().body()).unwrap_or_default());
        if !self.is_up {
            return Some(refusal(operation, 0, &Value::Null));
        }
        let fault = self.faults.get_mut(operation).and_then(VecDeque::pop_front);
        if let Some(status) = fault {
            return Some(refusal(operation, status, &Value::Null));
        }
        Some(self.usual(call))
    }

    fn usual(&mut self, call: &Call) -> Reply {
        let operation = call.endpoint().id;
        let path = call.request().uri().path().to_owned();
        let id: u64 = path.split('/').find_map(|part| part.parse().ok()).unwrap_or_default();
        let body: Value = serde_json::from_slice(call.request().body()).unwrap_or_default();
        match operation {
            "listAgentRealtimeRequestedSessions" => {
                let requested = self.rooms.iter().filter(|(_, room)| room.status == "requested");
                let sessions: Vec<_> = requested.map(|(id, room)| session(*id, room)).collect();
                ok(&json!({"data": sessions}))
            }
            "authenticateAgentRealtimeSocket" | "authenticateHostRealtimeSocket" => {
                let (socket, channel) = (&body["socket_id"], &body["channel_name"]);
                let auth = format!(
                    "app:signed {} {}",
                    socket.as_str().unwrap(),
                    channel.as_str().unwrap()
                );
                ok(&json!({"auth": auth}))
            }
            _ => {
                let Some(room) = self.rooms.get_mut(&id) else {
                    return refusal(operation, 404, &Value::Null);
                };
                match operation {
                    "claimAgentRealtimeSession" => room.status = "claimed".to_owned(),
                    "closeAgentRealtimeSession" => {
                        room.status = body["status"].as_str().unwrap().to_owned();
                    }
                    "listAgentRealtimeSignals" => {
                        let query = call.request().uri().query().unwrap_or_default();
                        let number = |name: &str| {
                            let part = query.split('&').find_map(|part| part.strip_prefix(name));
                            part.and_then(|part| part.strip_prefix('=')?.parse::<u64>().ok())
                        };
                        let after = number("after_id").unwrap_or_default();
                        let limit = number("limit").unwrap_or(200) as usize;
                        let rows: Vec<_> =
                            room.signals.range(after + 1..).take(limit).map(|(_, it)| it).collect();
                        return ok(&json!({"data": rows, "session": session(id, room)}));
                    }
                    other => panic!("{other}"),
                }
                ok(&json!({"data": session(id, room)}))
            }
        }
    }

    /// Stores a signal, without pushing it.
    pub(crate) fn store(&mut self, room: u64, sender: &str, kind: &str, payload: &Value) -> u64 {
        self.last_signal += 1;
        self.store_as(self.last_signal, room, sender, kind, payload)
    }

    pub(crate) fn store_as(
        &mut self,
        id: u64,
        room: u64,
        sender: &str,
        kind: &str,
        payload: &Value,
    ) -> u64 {
        self.last_signal = self.last_signal.max(id);
        let signal = json!({
            "id": id, "session_id": room, "team_id": 1, "agent_id": 7, "sender": sender, "type": kind,
            "payload": payload, "created_at": "2026-02-22T17:00:01Z", "updated_at": null,
        });
        self.rooms.get_mut(&room).unwrap().signals.insert(id, signal);
        id
    }

    /// Pushes a signal that is stored, if its channel is subscribed to.
    pub(crate) fn push(&mut self, room: u64, id: u64) {
        let signal = self.rooms[&room].signals[&id].clone();
        let channel = format!("private-agent-realtime.7.{room}");
        if self.subscribed.contains(&channel) {
            self.receive(&json!({
                "event": "agent.realtime.signal", "channel": channel, "data": signal.to_string(),
            }));
            self.settle();
        }
    }

    /// A browser says something.
    pub(crate) fn say(&mut self, room: u64, text: &str) -> u64 {
        let id = self.store(room, "browser", "message", &chat(text));
        self.push(room, id);
        id
    }

    /// The texts of the chat messages that were told of.
    pub(crate) fn chats(&self) -> Vec<String> {
        self.messages().map(|message| message.payload.value()["content"].to_string()).collect()
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &agentmc_core::realtime::Message> {
        self.events.iter().filter_map(|(_, event)| match event {
            Event::Message(message) => Some(message),
            _ => None,
        })
    }

    /// The last event of a subscription, as text: for ends.
    pub(crate) fn end(&self, id: SubscriptionId) -> String {
        let ends: Vec<_> = self.events.iter().filter(|(of, _)| *of == id).collect();
        match ends.last() {
            Some((_, Event::Ended(end))) => end.to_string(),
            other => format!("{other:?}"),
        }
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.calls.iter().filter(|(id, _)| *id == operation).count()
    }
}

pub(crate) fn chat(text: &str) -> Value {
    json!({"type": "chat.user", "payload": {"content": text, "request_id": "req-1"}})
}

pub(crate) fn socket(channel: &str, host: &str) -> Value {
    json!({
        "connection": {"driver": "reverb", "key": "app", "cluster": "", "host": host, "port": 6001,
                       "scheme": "http", "path": ""},
        "channel": channel, "event": "agent.realtime.signal", "auth_endpoint": "/socket-auth",
    })
}

pub(crate) fn session(id: u64, room: &Room) -> Value {
    json!({
        "id": id, "team_id": 1, "agent_id": 7, "status": room.status, "expires_at": room.expires_at,
        "updated_at": room.updated_at,
        "socket": socket(
            &format!("private-agent-realtime.7.{id}"),
            room.host.as_deref().unwrap_or("127.0.0.1"),
        ),
    })
}
