//! Messages that are too large for one signal.

use std::borrow::Cow;

use agentmc_types::{SessionId, SignalId, SignalSender, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;

use super::json::Json;
use super::message::{ChannelType, Outgoing};

mod join;

pub use join::{DropReason, Dropped, JoinLimits, Joiner};

/// How large a signal may be, in bytes of JSON. Smaller values than 1,024 count as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SplitLimits {
    /// The envelope, `{type, payload}`; 9,000 by default.
    pub envelope: usize,
    /// The whole signal, as it is pushed; 10,000 by default.
    pub signal: usize,
}

impl Default for SplitLimits {
    fn default() -> Self {
        Self { envelope: 9_000, signal: 10_000 }
    }
}

impl SplitLimits {
    /// Limits of the given sizes.
    #[must_use]
    pub const fn new(envelope: usize, signal: usize) -> Self {
        Self { envelope, signal }
    }

    /// The largest envelope that keeps to both limits.
    fn largest_envelope(self) -> usize {
        let around = size_of_json(&Signal {
            id: 0,
            session_id: 0,
            sender: "agent",
            kind: "message",
            payload: (),
            created_at: "2000-01-01T00:00:00Z",
        });
        let without_null = around - "null".len();
        self.envelope.max(1_024).min(self.signal.max(1_024).saturating_sub(without_null))
    }
}

/// One piece of a message, as it arrives.
#[derive(Clone, Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) chunk_id: Cow<'a, str>,
    pub(crate) index: u32,
    pub(crate) total: u32,
    pub(crate) data: Cow<'a, str>,
    pub(crate) channel_type: ChannelType,
    pub(crate) request_id: Option<Cow<'a, str>>,
    pub(crate) signal_id: SignalId,
    pub(crate) session_id: SessionId,
    pub(crate) sender: SignalSender,
    pub(crate) created_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    payload: T,
}

#[derive(Serialize)]
struct Chunk<'a> {
    chunk_id: &'a str,
    chunk_index: u32,
    chunk_total: u32,
    chunk_encoding: &'a str,
    chunk_data: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Signal<'a> {
    id: u64,
    session_id: u64,
    sender: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    payload: (),
    created_at: &'a str,
}

/// The payloads of the signals that carry a message: one if it fits, else pieces to send in order.
///
/// `chunk_id` ties the pieces together and must not be used for two messages.
///
/// ```
/// use agentmc_core::realtime::chunk::{SplitLimits, split};
/// use agentmc_core::realtime::message::Outgoing;
///
/// let message = Outgoing::chat_done("req-1", &"long ".repeat(4_000));
/// let pieces = split(&message, "chunk_1", SplitLimits::default())?;
/// assert_eq!(pieces.len(), 4);
/// assert!(pieces.iter().all(|piece| piece.as_str().len() <= 9_000));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// When the message cannot be written as JSON, or leaves no room for data: the names around it take up
/// the whole limit.
pub fn split(
    message: &Outgoing,
    chunk_id: &str,
    limits: SplitLimits,
) -> serde_json::Result<Vec<Json>> {
    let limit = limits.largest_envelope();
    let kind = message.channel_type();
    let whole = serde_json::to_string(&Envelope { kind, payload: message.payload() })?;
    if whole.len() <= limit {
        return Ok(vec![Json::new(whole)?]);
    }
    let data = STANDARD.encode(serde_json::to_string(message.payload())?);
    let write = |index, total, data: &str| {
        let payload = Chunk {
            chunk_id,
            chunk_index: index,
            chunk_total: total,
            chunk_encoding: "base64json",
            chunk_data: data,
            request_id: message.request_id(),
        };
        serde_json::to_string(&Envelope { kind, payload })
    };
    let mut total = 1_u32;
    let size = loop {
        let nines = 10_u32.saturating_pow(digits(total)).saturating_sub(1);
        let size = limit.saturating_sub(write(nines, total, "")?.len());
        let needed = match size {
            0 => return Err(serde::ser::Error::custom("the limit leaves no room for data")),
            size => data.len().div_ceil(size),
        };
        let needed = u32::try_from(needed).unwrap_or(u32::MAX);
        // Only ever upward, so that two totals cannot take turns.
        if needed <= total {
            break size;
        }
        total = needed;
    };
    (1..=total)
        .map(|index| {
            let start = (index as usize - 1) * size;
            let end = (start + size).min(data.len());
            let piece = data.get(start.min(end)..end).unwrap_or_default();
            write(index, total, piece).and_then(Json::new)
        })
        .collect()
}

const fn digits(number: u32) -> u32 {
    number.ilog10() + 1
}

fn size_of_json<T: Serialize>(value: &T) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |text| text.len())
}

/// What the pieces of a message say together.
fn decode<'a>(pieces: impl Iterator<Item = &'a str>) -> Result<Json, DropReason> {
    let data: String = pieces.collect();
    let text = STANDARD.decode(data).map_err(|_| DropReason::Encoding)?;
    let text = String::from_utf8(text).map_err(|_| DropReason::Encoding)?;
    serde_json::from_str::<&RawValue>(&text).map(Json::of).map_err(|_| DropReason::Json)
}
