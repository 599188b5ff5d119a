//! The websockets that are connected, and what they are told.
//!
//! This is the protocol without its sockets: frames in, frames out. `server::socket` connects it to the network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::keys::Keys;
use crate::state::locked;
use crate::world::Push;

mod fault;
mod frame;
mod queue;

use fault::Faults;
pub use fault::SocketFault;
use frame::Frame;
use queue::Queue;
pub(crate) use queue::{Cut, Frames, Out};

/// How many sockets there are at a time.
const SOCKETS: usize = 256;

/// How many channels a socket may subscribe to.
const CHANNELS: usize = 4_096;

/// The longest name of a channel, in bytes.
const CHANNEL_NAME: usize = 164;

/// The longest reason of a close frame, in bytes.
const REASON: usize = 123;

/// A websocket that is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketSeen {
    /// Its id, such as `1001.1`.
    pub id: String,
    /// The channels it has subscribed to, sorted.
    pub channels: Vec<String>,
    /// The `Origin` header it was opened with.
    pub origin: Option<String>,
    /// The path and the query it was opened with.
    pub target: String,
    /// How many frames have arrived on it, other than those of the websocket protocol itself.
    pub frames: u64,
}

/// Why a socket is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no such application.
    Key,
    /// A page of another origin opens it.
    Origin,
    /// The request does not say which protocol.
    NoProtocol,
    /// It is a protocol that is not spoken here.
    Protocol,
    /// There are too many.
    Full,
}

/// All sockets.
#[derive(Debug)]
pub(crate) struct Sockets {
    keys: Keys,
    activity: Duration,
    room: Mutex<Room>,
}

#[derive(Debug, Default)]
struct Room {
    sockets: BTreeMap<u64, Socket>,
    /// Who has subscribed to each channel.
    channels: BTreeMap<String, BTreeSet<u64>>,
    last: u64,
    faults: Faults,
}

#[derive(Debug)]
struct Socket {
    seen: SocketSeen,
    channels: BTreeSet<String>,
    queue: Queue,
}

/// A socket's place among the others, which it leaves when this is dropped.
#[derive(Debug)]
pub(crate) struct Seat<'a> {
    sockets: &'a Sockets,
    number: u64,
}

impl Refused {
    /// The code and the text of the error, and of the close frame after it.
    pub(crate) const fn told(self) -> (u16, &'static str) {
        match self {
            Self::Key => (4001, "Application does not exist"),
            Self::Protocol => (4007, "Unsupported protocol version"),
            Self::NoProtocol => (4008, "No protocol version supplied"),
            Self::Origin => (4009, "Origin not allowed"),
            Self::Full => (4100, "Over capacity"),
        }
    }

    /// The frames that say so.
    pub(crate) fn frames(self) -> [Out; 2] {
        let (code, text) = self.told();
        [Out::Text(frame::error(code, text).into()), Out::Close(code, text.to_owned())]
    }
}

impl Sockets {
    /// No sockets yet. One that is silent for the time of `activity` is pinged.
    pub(crate) fn new(keys: Keys, activity: Duration) -> Self {
        let activity = activity.clamp(Duration::from_millis(1), Duration::from_secs(24 * 60 * 60));
        Self { keys, activity, room: Mutex::default() }
    }

    pub(crate) const fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) const fn activity(&self) -> Duration {
        self.activity
    }

    /// Lets a socket in and greets it.
    pub(crate) fn enter(
        &self,
        target: String,
        origin: Option<String>,
    ) -> Result<(Seat<'_>, Frames, Cut), Refused> {
        let mut room = locked(&self.room);
        if room.sockets.len() >= SOCKETS {
            return Err(Refused::Full);
        }
        room.last += 1;
        let number = room.last;
        let id = format!("{}.{number}", 1_000 + number);
        let (queue, frames, cut) = queue::new();
        let seconds = self.activity.as_millis().div_ceil(1_000).max(1);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        queue.add(Out::Text(frame::established(&id, seconds).into()));
        let seen = SocketSeen { id, channels: Vec::new(), origin, target, frames: 0 };
        room.sockets.insert(number, Socket { seen, channels: BTreeSet::new(), queue });
        Ok((Seat { sockets: self, number }, frames, cut))
    }

    /// The sockets that are connected, in the order in which they connected.
    pub(crate) fn seen(&self) -> Vec<SocketSeen> {
        let room = locked(&self.room);
        let seen = |socket: &Socket| {
            let channels = socket.channels.iter().cloned().collect();
            SocketSeen { channels, ..socket.seen.clone() }
        };
        room.sockets.values().map(seen).collect()
    }

    /// Sends pushes to those who have subscribed to their channels.
    pub(crate) fn push(&self, pushes: Vec<Push>) {
        if pushes.is_empty() {
            return;
        }
        let mut room = locked(&self.room);
        for push in pushes {
            for push in room.faults.strike(push) {
                room.deliver(&push);
            }
        }
    }

    /// Lets something go wrong.
    pub(crate) fn fault(&self, fault: SocketFault) {
        let mut room = locked(&self.room);
        let faults = &mut room.faults;
        match fault {
            SocketFault::Drop => room.drop_all(),
            SocketFault::Close(code, reason) => room.close_all(code, &reason),
            SocketFault::RefuseSubscriptions(count, status) => {
                faults.refusal = status;
                faults.refuse = faults.refuse.saturating_add(count);
            }
            SocketFault::HoldPushes => faults.hold(),
            SocketFault::ReleasePushes => {
                for push in faults.release() {
                    room.deliver(&push);
                }
            }
            SocketFault::DuplicatePushes(count) => faults.duplicate(count),
            SocketFault::ReorderPushes(count) => faults.reorder(count),
            SocketFault::LosePushes(count) => faults.lose(count),
            SocketFault::ForgetPongs(forget) => faults.forget_pongs = forget,
            SocketFault::Garbage(text) => room.tell_all(&Out::Text(text.into())),
            SocketFault::Binary(bytes) => room.tell_all(&Out::Binary(bytes.into())),
            SocketFault::Raw(bytes) => room.tell_all(&Out::Raw(bytes.into())),
            SocketFault::TooLarge(size) => {
                room.tell_all(&Out::Text(frame::sized(size).into()));
            }
        }
    }
}

impl Seat<'_> {
    /// Takes in a text frame of the client.
    pub(crate) fn receive(&self, text: &str) {
        let mut room = locked(&self.sockets.room);
        if let Some(socket) = room.sockets.get_mut(&self.number) {
            socket.seen.frames += 1;
        }
        let Ok(Frame { event, data }) = serde_json::from_str::<Frame>(text) else {
            return room.tell(self.number, frame::error(4200, "Invalid message format"));
        };
        match event.as_str() {
            "pusher:ping" if room.faults.forget_pongs => {}
            "pusher:ping" => room.tell(self.number, frame::PONG),
            "pusher:pong" => {}
            "pusher:subscribe" => {
                let channel = data.channel.unwrap_or_default();
                let auth = data.auth.unwrap_or_default();
                room.subscribe(&self.sockets.keys, self.number, channel, &auth);
            }
            "pusher:unsubscribe" => room.leave(self.number, &data.channel.unwrap_or_default()),
            _ if event.starts_with("client-") => {
                room.tell(self.number, frame::error(4301, "Client events are not enabled"));
            }
            _ => room.tell(self.number, frame::error(4200, "Unknown event")),
        }
    }

    /// Takes in a frame that is no text.
    pub(crate) fn receive_binary(&self) {
        let mut room = locked(&self.sockets.room);
        if let Some(socket) = room.sockets.get_mut(&self.number) {
            socket.seen.frames += 1;
        }
        room.tell(self.number, frame::error(4200, "Invalid message format"));
    }

    /// Asks a client that is silent for a sign of life.
    pub(crate) fn ping(&self) {
        locked(&self.sockets.room).tell(self.number, frame::PING);
    }

    /// Has the socket closed, after what waits to be sent.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        locked(&self.sockets.room).close(self.number, code, reason);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        drop(locked(&self.sockets.room).remove(self.number));
    }
}

impl Room {
    /// Has a socket told something, or let go if it does not read.
    fn send(&mut self, number: u64, out: Out) {
        let Some(socket) = self.sockets.get(&number) else { return };
        if !socket.queue.add(out)
            && let Some(socket) = self.remove(number)
        {
            socket.queue.cut();
        }
    }

    fn tell(&mut self, number: u64, text: impl Into<Utf8Bytes>) {
        self.send(number, Out::Text(text.into()));
    }

    fn tell_all(&mut self, out: &Out) {
        for number in self.numbers() {
            self.send(number, out.clone());
        }
    }

    fn deliver(&mut self, push: &Push) {
        let Some(subscribers) = self.channels.get(&push.channel).cloned() else { return };
        let text = Utf8Bytes::from(frame::pushed(push));
        for number in subscribers {
            self.send(number, Out::Text(text.clone()));
        }
    }

    fn subscribe(&mut self, keys: &Keys, number: u64, channel: String, auth: &str) {
        let Some(socket) = self.sockets.get_mut(&number) else { return };
        let refused = if !is_private(&channel) {
            Some(("There is no such channel.", 404))
        } else if fault::take(&mut self.faults.refuse) {
            Some(("The subscription is refused.", self.faults.refusal))
        } else if auth != keys.sign(&socket.seen.id, &channel) {
            Some(("The signature is not that of this socket and channel.", 401))
        } else if socket.channels.len() >= CHANNELS && !socket.channels.contains(&channel) {
            Some(("There are too many subscriptions.", 429))
        } else {
            None
        };
        if let Some((error, status)) = refused {
            let shown = channel.get(..CHANNEL_NAME).unwrap_or(&channel);
            return self.tell(number, frame::refused(shown, error, status));
        }
        socket.channels.insert(channel.clone());
        let told = frame::subscribed(&channel);
        self.channels.entry(channel).or_default().insert(number);
        self.tell(number, told);
    }

    fn leave(&mut self, number: u64, channel: &str) {
        if let Some(socket) = self.sockets.get_mut(&number) {
            socket.channels.remove(channel);
        }
        self.forget(number, channel);
    }

    fn forget(&mut self, number: u64, channel: &str) {
        if let Some(subscribers) = self.channels.get_mut(channel) {
            subscribers.remove(&number);
            if subscribers.is_empty() {
                self.channels.remove(channel);
            }
        }
    }

    fn remove(&mut self, number: u64) -> Option<Socket> {
        let socket = self.sockets.remove(&number)?;
        for channel in &socket.channels {
            self.forget(number, channel);
        }
        Some(socket)
    }

    fn close(&mut self, number: u64, code: u16, reason: &str) {
        let mut end = reason.len().min(REASON);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        self.send(number, Out::Close(code, reason[..end].to_owned()));
        self.remove(number);
    }

    fn close_all(&mut self, code: u16, reason: &str) {
        for number in self.numbers() {
            self.close(number, code, reason);
        }
    }

    fn drop_all(&mut self) {
        for number in self.numbers() {
            if let Some(socket) = self.remove(number) {
                socket.queue.cut();
            }
        }
    }

    fn numbers(&self) -> Vec<u64> {
        self.sockets.keys().copied().collect()
    }
}

/// Whether a channel's name is one of those whose subscriptions are signed.
fn is_private(channel: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(&byte);
    channel.starts_with("private-") && channel.len() <= CHANNEL_NAME && channel.bytes().all(fits)
}
