//! Joining the pieces of messages.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use agentmc_types::{SignalId, SignalSender};

use super::{Piece, decode};
use crate::realtime::message::{Carried, ChannelType, Message};
use crate::realtime::signal::Signal;

/// What a piece, or an unfinished message, counts for besides its texts.
const PIECE_BYTES: usize = 64;

/// How many finished messages are remembered, so that a piece sent twice does not start one anew.
const REMEMBERED: usize = 16;

/// How many pieces of them are.
const MARKS: usize = 1 << 14;

/// How much of messages that are not yet whole is kept, for each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JoinLimits {
    /// The most bytes of one message, as it travels; 4 MiB by default.
    pub message_bytes: usize,
    /// The most bytes of all messages; 16 MiB by default.
    pub session_bytes: usize,
    /// The most messages; 64 by default.
    pub messages: usize,
    /// How long a message may go without a new piece; 5 minutes by default.
    pub patience: Duration,
}

impl Default for JoinLimits {
    fn default() -> Self {
        Self {
            message_bytes: 4 << 20,
            session_bytes: 16 << 20,
            messages: 64,
            patience: Duration::from_secs(300),
        }
    }
}

/// A message in pieces that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// What tied its pieces together.
    pub chunk_id: Box<str>,
    /// What it was about.
    pub channel_type: ChannelType,
    /// Who sent it.
    pub sender: SignalSender,
    /// What it answers or asks, if a piece said so.
    pub request_id: Option<Box<str>>,
    /// How many pieces had arrived.
    pub received: usize,
    /// How many there should have been.
    pub total: u32,
    /// The signal of its first piece.
    pub first_signal: SignalId,
    /// Why it was given up.
    pub reason: DropReason,
}

/// Why a message in pieces was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// Its pieces do not agree on how many there are.
    Total,
    /// Its data is not base64 of UTF-8.
    Encoding,
    /// Its data is not JSON.
    Json,
    /// It alone is larger than a message may be.
    TooLarge,
    /// There were too many unfinished messages, or too much of them, and it waited longest.
    NoRoom,
    /// Too long without a new piece.
    Expired,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Total => "its pieces do not agree on how many there are",
            Self::Encoding => "its data is not base64 of text",
            Self::Json => "its data is not JSON",
            Self::TooLarge => "it is too large",
            Self::NoRoom => "there are too many unfinished messages",
            Self::Expired => "its other pieces did not come in time",
        })
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (received, total) = (self.received, self.total);
        write!(f, "{} message {:?} from ", self.channel_type, self.chunk_id)?;
        write!(f, "{}, {received} of {total} pieces: {}", self.sender, self.reason)
    }
}

/// Joins the messages of one session.
///
/// ```
/// use std::time::Duration;
///
/// use agentmc_core::realtime::chunk::{Joiner, SplitLimits, split};
/// use agentmc_core::realtime::message::Outgoing;
/// use agentmc_core::realtime::Signal;
///
/// let sent = Outgoing::chat_done("req-1", &"long ".repeat(4_000));
/// let mut joiner = Joiner::new(Default::default());
/// let mut joined = None;
/// for (at, piece) in split(&sent, "chunk_1", SplitLimits::default())?.iter().enumerate() {
///     let json = format!(r#"{{"id": {at}, "sender": "agent", "type": "message", "payload": {piece}}}"#);
///     joined = joiner.add(Duration::ZERO, &Signal::read(&json, 7.into())?);
/// }
/// assert_eq!(joined.unwrap().payload.value()["content"], sent.payload()["content"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Joiner {
    limits: JoinLimits,
    unfinished: BTreeMap<Key, Unfinished>,
    finished: VecDeque<(Key, Vec<u64>)>,
    /// The messages given up for what they are, so that their other pieces do not start them anew.
    hopeless: VecDeque<(Key, Duration)>,
    bytes: usize,
    dropped: VecDeque<Dropped>,
}

/// What makes pieces belong together.
type Key = (Box<str>, SignalSender, ChannelType);

#[derive(Debug)]
struct Unfinished {
    total: u32,
    pieces: BTreeMap<u32, Box<str>>,
    /// The bytes of the data.
    size: usize,
    /// The bytes of all its texts, and what it and its pieces count for besides.
    bytes: usize,
    touched: Duration,
    first_signal: SignalId,
    request_id: Option<Box<str>>,
}

impl Joiner {
    /// Nothing joined yet.
    #[must_use]
    pub const fn new(limits: JoinLimits) -> Self {
        Self {
            limits,
            unfinished: BTreeMap::new(),
            finished: VecDeque::new(),
            hopeless: VecDeque::new(),
            bytes: 0,
            dropped: VecDeque::new(),
        }
    }

    /// Takes a signal: the message it carries or completes. A piece of one not yet whole is kept.
    pub fn add(&mut self, now: Duration, signal: &Signal) -> Option<Message> {
        match Message::carried(signal) {
            Carried::Whole(shape) => Some(Message::new(signal.clone(), shape)),
            Carried::Piece(piece) => self.piece(now, &piece),
            Carried::Nothing => None,
        }
    }

    /// Takes a message that was given up.
    pub fn poll(&mut self) -> Option<Dropped> {
        self.dropped.pop_front()
    }

    /// Gives up what went too long without a new piece.
    pub fn expire(&mut self, now: Duration) {
        let patience = self.limits.patience;
        // Who sends all of it again after so long means it.
        self.hopeless.retain(|(_, touched)| touched.saturating_add(patience) > now);
        let late = |unfinished: &Unfinished| unfinished.touched.saturating_add(patience) <= now;
        let keys: Vec<Key> = self
            .unfinished
            .iter()
            .filter(|(_, unfinished)| late(unfinished))
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            self.give_up(&key, DropReason::Expired);
        }
    }

    /// When something will have gone too long without a new piece.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let touched = self.unfinished.values().map(|unfinished| unfinished.touched).min()?;
        Some(touched.saturating_add(self.limits.patience))
    }

    /// The first signal of an unfinished message. A caller that stores where to start again, and wants
    /// such messages whole, stores the id before it.
    #[must_use]
    pub fn oldest_signal(&self) -> Option<SignalId> {
        self.unfinished.values().map(|unfinished| unfinished.first_signal).min()
    }

    /// How many bytes unfinished messages take up: at most
    /// [`session_bytes`](JoinLimits::session_bytes).
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn piece(&mut self, now: Duration, piece: &Piece<'_>) -> Option<Message> {
        self.expire(now);
        let key =
            (piece.chunk_id.as_ref().into(), piece.sender.clone(), piece.channel_type.clone());
        if self.hopeless.iter().any(|(hopeless, _)| *hopeless == key)
            || self.is_repeated(&key, piece)
        {
            return None;
        }
        let unfinished = self.unfinished.entry(key.clone()).or_insert_with(|| {
            let bytes = key.0.len() + key.2.as_str().len() + PIECE_BYTES;
            self.bytes += bytes;
            Unfinished {
                total: piece.total,
                pieces: BTreeMap::new(),
                size: 0,
                bytes,
                touched: now,
                first_signal: piece.signal_id,
                request_id: None,
            }
        });
        unfinished.first_signal = unfinished.first_signal.min(piece.signal_id);
        unfinished.touched = now;
        if unfinished.request_id.is_none()
            && let Some(id) = piece.request_id.as_deref()
        {
            unfinished.request_id = Some(id.into());
            unfinished.bytes += id.len();
            self.bytes += id.len();
        }
        if unfinished.total != piece.total {
            self.give_up(&key, DropReason::Total);
            return None;
        }
        if let Entry::Vacant(place) = unfinished.pieces.entry(piece.index) {
            let bytes = piece.data.len() + PIECE_BYTES;
            place.insert(piece.data.as_ref().into());
            unfinished.size += piece.data.len();
            unfinished.bytes += bytes;
            self.bytes += bytes;
        }
        if unfinished.size > self.limits.message_bytes {
            self.give_up(&key, DropReason::TooLarge);
            return None;
        }
        if unfinished.pieces.len() == unfinished.total as usize {
            return self.finish(key, piece);
        }
        self.make_room();
        None
    }

    fn finish(&mut self, key: Key, last: &Piece<'_>) -> Option<Message> {
        let unfinished = self.unfinished.get(&key)?;
        match decode(unfinished.pieces.values().map(AsRef::as_ref)) {
            Ok(payload) => {
                let mut last = last.clone();
                if last.request_id.is_none() {
                    last.request_id =
                        unfinished.request_id.as_deref().map(|id| id.to_owned().into());
                }
                let marks = unfinished.pieces.values().map(|data| mark(data)).collect();
                let message = Message::joined(&last, payload);
                self.remove(&key);
                self.remember(key, marks);
                Some(message)
            }
            Err(reason) => {
                self.give_up(&key, reason);
                None
            }
        }
    }

    fn remember(&mut self, key: Key, marks: Vec<u64>) {
        self.finished.push_back((key, marks));
        let pieces = |finished: &VecDeque<(Key, Vec<u64>)>| {
            finished.iter().map(|(_, marks)| marks.len()).sum::<usize>()
        };
        while self.finished.len() > REMEMBERED || pieces(&self.finished) > MARKS {
            self.finished.pop_front();
        }
    }

    /// Whether a piece is one of a message that is whole already: a sender that cannot tell whether a
    /// piece arrived may send it again.
    fn is_repeated(&self, key: &Key, piece: &Piece<'_>) -> bool {
        !self.unfinished.contains_key(key)
            && self.finished.iter().any(|(finished, marks)| {
                finished == key
                    && marks.len() == piece.total as usize
                    && marks.get(piece.index as usize - 1) == Some(&mark(&piece.data))
            })
    }

    fn make_room(&mut self) {
        while self.unfinished.len() > self.limits.messages || self.bytes > self.limits.session_bytes
        {
            let oldest = self
                .unfinished
                .iter()
                .min_by_key(|(_, unfinished)| (unfinished.touched, unfinished.first_signal));
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            self.give_up(&key, DropReason::NoRoom);
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Unfinished> {
        let unfinished = self.unfinished.remove(key)?;
        self.bytes -= unfinished.bytes;
        Some(unfinished)
    }

    fn give_up(&mut self, key: &Key, reason: DropReason) {
        let Some(unfinished) = self.remove(key) else { return };
        if matches!(reason, DropReason::Total | DropReason::TooLarge) {
            self.hopeless.push_back((key.clone(), unfinished.touched));
            if self.hopeless.len() > REMEMBERED {
                self.hopeless.pop_front();
            }
        }
        let (chunk_id, sender, channel_type) = key.clone();
        self.dropped.push_back(Dropped {
            chunk_id,
            channel_type,
            sender,
            request_id: unfinished.request_id,
            received: unfinished.pieces.len(),
            total: unfinished.total,
            first_signal: unfinished.first_signal,
            reason,
        });
    }
}

/// A short mark of a piece's data (FNV-1a): enough to know it again, not to prove it.
fn mark(data: &str) -> u64 {
    data.bytes().fold(0xcbf2_9ce4_8422_2325, |mark, byte| {
        (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
