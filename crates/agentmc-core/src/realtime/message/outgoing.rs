//! Messages an agent sends.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::ChannelType;

/// A message to send, before it is known whether it fits into one signal.
///
/// ```
/// use agentmc_core::realtime::message::Outgoing;
///
/// let answer = Outgoing::chat_done("req-1", "Done.").with("message_id", 12);
/// assert_eq!(answer.payload()["content"], "Done.");
/// assert_eq!(answer.payload()["request_id"], "req-1");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    channel_type: String,
    payload: Map<String, Value>,
}

/// Why a file was not saved or not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileProblem {
    /// The request lacks something.
    InvalidRequest,
    /// There is no such file, or it is none of the agent's.
    InvalidFileId,
    /// The file has changed since the browser read it.
    Conflict,
    /// It could not be written.
    SaveFailed,
    /// It could not be deleted.
    DeleteFailed,
}

impl FileProblem {
    /// The problem as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidFileId => "invalid_file_id",
            Self::Conflict => "conflict",
            Self::SaveFailed => "save_failed",
            Self::DeleteFailed => "delete_failed",
        }
    }
}

impl Outgoing {
    /// A message of any type, with any content.
    #[must_use]
    pub fn new(channel_type: impl Into<String>, payload: Map<String, Value>) -> Self {
        Self { channel_type: channel_type.into(), payload }
    }

    fn answer(channel_type: &ChannelType, request_id: &str) -> Self {
        let message = Self::new(channel_type.as_str(), Map::new());
        if request_id.is_empty() { message } else { message.with("request_id", request_id) }
    }

    /// Sets a member of the content.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload.insert(name.to_owned(), value.into());
        self
    }

    /// More of an answer: `text` is appended to what came before.
    #[must_use]
    pub fn chat_delta(request_id: &str, delta_id: &str, text: &str) -> Self {
        let delta = Self::answer(&ChannelType::ChatDelta, request_id).with("delta", text);
        let delta = delta.with("delta_kind", "content").with("delta_mode", "append");
        delta.with("delta_id", delta_id)
    }

    /// What the agent is doing, in place of what it said it was doing before.
    #[must_use]
    pub fn chat_status(request_id: &str, delta_id: &str, text: &str) -> Self {
        let delta = Self::chat_delta(request_id, delta_id, text);
        delta.with("delta_kind", "status").with("delta_mode", "replace")
    }

    /// A whole answer.
    #[must_use]
    pub fn chat_done(request_id: &str, content: &str) -> Self {
        let done = Self::answer(&ChannelType::ChatDone, request_id).with("content", content);
        done.with("meta", json!({"status": "ok"}))
    }

    /// Why there is no answer, in words for the person who asked.
    #[must_use]
    pub fn chat_failed(request_id: &str, content: &str) -> Self {
        Self::chat_done(request_id, content).with("meta", json!({"status": "error"}))
    }

    /// That no answer came in time, in words for the person who asked.
    #[must_use]
    pub fn chat_timed_out(request_id: &str, content: &str) -> Self {
        Self::chat_done(request_id, content).with("meta", json!({"status": "timeout"}))
    }

    /// Says more about an answer: its `source`, `run_id`, `text_source`, `signal_id` or `generated_at`.
    #[must_use]
    pub fn meta(mut self, name: &str, value: impl Into<Value>) -> Self {
        let meta = self.payload.entry("meta").or_insert_with(|| json!({}));
        if let Value::Object(meta) = meta {
            meta.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The agent's files: id, title and text of each. Their hashes are added.
    #[must_use]
    pub fn snapshot<'a>(
        request_id: &str,
        reason: Option<&str>,
        docs: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
    ) -> Self {
        let doc = |(id, title, text)| doc(id, title, text);
        let docs: Vec<Value> = docs.into_iter().map(doc).collect();
        let snapshot = Self::answer(&ChannelType::SnapshotResponse, request_id);
        snapshot.with("reason", reason.map_or(Value::Null, Value::from)).with("docs", docs)
    }

    /// A file was saved; this is how it is now.
    #[must_use]
    pub fn file_saved(request_id: &str, id: &str, title: &str, text: &str) -> Self {
        Self::of_file(&ChannelType::FileSaved, request_id, id).with("doc", doc(id, title, text))
    }

    /// A file was not saved. `current_hash` is that of the text it has, if it is there.
    #[must_use]
    pub fn file_save_failed(
        request_id: &str,
        id: &str,
        problem: FileProblem,
        error: &str,
        current_hash: Option<&str>,
    ) -> Self {
        let failed = Self::of_file(&ChannelType::FileSaveFailed, request_id, id);
        failed.of_problem(problem, error, current_hash)
    }

    /// A file was deleted. `previous_hash` is that of the text it had.
    #[must_use]
    pub fn file_deleted(request_id: &str, id: &str, previous_hash: Option<&str>) -> Self {
        let deleted = Self::of_file(&ChannelType::FileDeleted, request_id, id);
        let hash = previous_hash.map_or(Value::Null, Value::from);
        deleted.with("deleted", true).with("previous_hash", hash)
    }

    /// A file was not deleted. `current_hash` is that of the text it has, if it is there.
    #[must_use]
    pub fn file_delete_failed(
        request_id: &str,
        id: &str,
        problem: FileProblem,
        error: &str,
        current_hash: Option<&str>,
    ) -> Self {
        let failed = Self::of_file(&ChannelType::FileDeleteFailed, request_id, id);
        failed.of_problem(problem, error, current_hash)
    }

    /// The profile was changed; this is how it is now.
    #[must_use]
    pub fn profile_updated(
        request_id: &str,
        provider: &str,
        agent_key: &str,
        name: &str,
        emoji: Option<&str>,
    ) -> Self {
        let updated = Self::answer(&ChannelType::ProfileUpdated, request_id);
        let updated = updated.with("provider", provider).with("agent_key", agent_key);
        updated.with("profile", json!({"name": name, "emoji": emoji}))
    }

    /// The profile was not changed.
    #[must_use]
    pub fn profile_failed(request_id: &str, code: &str, error: &str) -> Self {
        let failed = Self::answer(&ChannelType::ProfileFailed, request_id);
        failed.with("code", code).with("error", error)
    }

    fn of_file(channel_type: &ChannelType, request_id: &str, id: &str) -> Self {
        Self::answer(channel_type, request_id).with("file_id", id).with("doc_id", id)
    }

    fn of_problem(self, problem: FileProblem, error: &str, current_hash: Option<&str>) -> Self {
        let hash = current_hash.map_or(Value::Null, Value::from);
        self.with("code", problem.as_str()).with("error", error).with("current_hash", hash)
    }

    /// What the message is about.
    #[must_use]
    pub fn channel_type(&self) -> &str {
        &self.channel_type
    }

    /// The content.
    #[must_use]
    pub const fn payload(&self) -> &Map<String, Value> {
        &self.payload
    }

    /// What it answers, if it says so.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.payload.get("request_id").and_then(Value::as_str).filter(|id| !id.is_empty())
    }
}

fn doc(id: &str, title: &str, text: &str) -> Value {
    json!({"id": id, "title": title, "body_markdown": text, "base_hash": base_hash(text)})
}

/// The hash by which both sides know a text: SHA-256 of its UTF-8, in lower-case hex. A file that is
/// absent has none.
///
/// ```
/// use agentmc_core::realtime::message::base_hash;
///
/// assert!(base_hash("").starts_with("e3b0c44298fc1c14"));
/// ```
#[must_use]
pub fn base_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
