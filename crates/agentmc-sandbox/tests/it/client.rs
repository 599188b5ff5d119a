//! A websocket client that knows nothing but frames.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use agentmc_sandbox::Sandbox;
use agentmc_types::{AgentId, SessionId};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket};

/// How long to wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    pub(crate) socket: WebSocket<TcpStream>,
    /// The socket's id.
    pub(crate) id: String,
}

/// The host and the port.
pub(crate) fn authority(sandbox: &Sandbox) -> &str {
    sandbox.url().strip_prefix("http://").unwrap().split('/').next().unwrap()
}

/// Where clients connect.
pub(crate) fn target(sandbox: &Sandbox) -> String {
    format!("/app/{}?protocol=7&client=test&version=1&flash=false", sandbox.keys().socket_key)
}

/// Opens a socket.
pub(crate) fn connect(
    sandbox: &Sandbox,
    target: &str,
    origin: Option<&str>,
) -> WebSocket<TcpStream> {
    let authority = authority(sandbox);
    let stream = TcpStream::connect(authority).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut request = format!("ws://{authority}{target}").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("Origin", origin.parse().unwrap());
    }
    tokio_tungstenite::tungstenite::client(request, stream).unwrap().0
}

/// The next text frame.
pub(crate) fn frame(socket: &mut WebSocket<TcpStream>) -> Value {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?} is no text"),
        }
    }
}

/// The code and the reason of the close frame, which must be next.
pub(crate) fn closed(socket: &mut WebSocket<TcpStream>) -> (u16, String) {
    match socket.read().unwrap() {
        Message::Close(Some(close)) => (close.code.into(), close.reason.to_string()),
        other => panic!("{other:?} closes nothing"),
    }
}

/// The data of a frame, which stands in a string.
pub(crate) fn data(frame: &Value) -> Value {
    serde_json::from_str(frame["data"].as_str().unwrap()).unwrap()
}

impl Client {
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        let mut socket = connect(sandbox, &target(sandbox), None);
        let greeting = frame(&mut socket);
        assert_eq!(greeting["event"], "pusher:connection_established");
        Self { socket, id: data(&greeting)["socket_id"].as_str().unwrap().to_owned() }
    }

    pub(crate) fn send(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).unwrap();
    }

    pub(crate) fn frame(&mut self) -> Value {
        frame(&mut self.socket)
    }

    pub(crate) fn ask(&mut self, channel: &str, auth: &str) {
        let data = json!({"channel": channel, "auth": auth});
        self.send(&json!({"event": "pusher:subscribe", "data": data}));
    }

    /// Subscribes to a channel, and waits until it has.
    pub(crate) fn subscribe(&mut self, sandbox: &Sandbox, channel: &str) {
        self.ask(channel, &sandbox.keys().sign(&self.id, channel));
        let frame = self.frame();
        assert_eq!(frame["event"], "pusher_internal:subscription_succeeded", "{frame}");
        assert_eq!(frame["channel"], channel);
    }

    /// The next frame, which must be a signal.
    pub(crate) fn signal(&mut self) -> Value {
        let frame = self.frame();
        assert_eq!(frame["event"], "agent.realtime.signal", "{frame}");
        data(&frame)
    }

    /// The texts of the next so many messages.
    pub(crate) fn texts(&mut self, count: usize) -> Vec<String> {
        let text = |_| self.signal()["payload"]["text"].as_str().unwrap().to_owned();
        (0..count).map(text).collect()
    }

    /// Makes sure that everything sent so far has arrived: the answer to a ping comes after it.
    pub(crate) fn has_nothing_more(&mut self) {
        self.send(&json!({"event": "pusher:ping", "data": {}}));
        assert_eq!(self.frame()["event"], "pusher:pong");
    }
}

/// A session with the first agent, and its channel.
pub(crate) fn session(sandbox: &Sandbox) -> (SessionId, String) {
    let session = sandbox.request_session(AgentId(1)).unwrap();
    (session, format!("private-agent-realtime.1.{session}"))
}

/// A browser says something.
pub(crate) fn say(sandbox: &Sandbox, session: SessionId, text: &str) -> u64 {
    let payload = agentmc_types::Object::from_iter([("text", text)]);
    sandbox.browser_says(session, "message", payload).unwrap().get()
}

/// Says what this machine cannot test, past the harness, which hides what passing tests print.
pub(crate) fn not_run(what: &str) {
    let _ = writeln!(std::io::stderr(), "\nNOT RUN: {what}");
}
