//! What was said in a session, whole.

use std::collections::BTreeMap;

use agentmc_types::{AgentRealtimeSignal, Object, SessionId, SignalId, SignalSender, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::World;

/// The kind of a signal that carries a message.
pub(crate) const MESSAGE: &str = "message";

/// A message in a session, put together if it came in pieces.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SessionMessage {
    /// The signal that carried it, or its last piece to arrive.
    pub id: SignalId,
    /// How many signals carried it.
    pub signals: usize,
    /// Who sent it.
    pub sender: SignalSender,
    /// Its channel type, such as `chat.agent.done`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says.
    pub body: Object,
    /// When it was whole.
    pub created_at: Option<Timestamp>,
}

/// The pieces of a message that have arrived, by index.
type Pieces = BTreeMap<u64, String>;

impl World {
    /// The messages of a session whose last signal came after that of id `after`, oldest first. Those of which pieces
    /// are missing, or make no JSON, are left out.
    #[must_use]
    pub fn messages(&self, session: SessionId, after: SignalId) -> Vec<SessionMessage> {
        let mut waiting = BTreeMap::new();
        let signals = self.signals.values().filter(|signal| signal.session_id == session);
        let messages = signals.filter_map(|signal| read(signal, &mut waiting));
        messages.filter(|message| message.id > after).collect()
    }
}

/// The message that a signal carries, or makes whole.
fn read(
    signal: &AgentRealtimeSignal,
    waiting: &mut BTreeMap<(SignalSender, String, String), Pieces>,
) -> Option<SessionMessage> {
    let envelope = signal.payload.as_ref().filter(|_| signal.kind == MESSAGE)?;
    let kind = envelope.get("type")?.as_str()?.trim().to_lowercase();
    let body = envelope.get("payload").and_then(Value::as_object).cloned().unwrap_or_default();
    let message = |signals, body: Object| SessionMessage {
        id: signal.id,
        signals,
        sender: signal.sender.clone(),
        kind: kind.clone(),
        body,
        created_at: signal.created_at,
    };
    let Some((chunk, index, total, data)) = piece(&body) else {
        return Some(message(1, body.into()));
    };
    let key = (signal.sender.clone(), kind.clone(), chunk.to_owned());
    let pieces: &mut Pieces = waiting.entry(key.clone()).or_default();
    pieces.insert(index, data.to_owned());
    if (pieces.len() as u64) < total {
        return None;
    }
    let pieces = waiting.remove(&key)?;
    let count = pieces.len();
    let json = STANDARD.decode(pieces.into_values().collect::<String>()).ok()?;
    match serde_json::from_slice(&json).ok()? {
        Value::Object(body) => Some(message(count, body.into())),
        _ => None,
    }
}

/// The chunk id, the index, the total and the data of a body that is a piece.
fn piece(body: &serde_json::Map<String, Value>) -> Option<(&str, u64, u64, &str)> {
    let chunk = body.get("chunk_id")?.as_str().filter(|id| !id.is_empty())?;
    let (index, total) = (body.get("chunk_index")?.as_u64()?, body.get("chunk_total")?.as_u64()?);
    let fits =
        body.get("chunk_encoding")?.as_str()? == "base64json" && (1..=total).contains(&index);
    Some((chunk, index, total, body.get("chunk_data")?.as_str()?)).filter(|_| fits)
}
