//! What a browser says to an agent.

use agentmc_types::Object;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The largest envelope of a message, in bytes of JSON.
const ENVELOPE: usize = 9_000;

/// A message of a browser to an agent. [`World::browser_sends`](crate::World::browser_sends) sends it: in one signal
/// if it fits, else in pieces.
///
/// The pieces are made here, not by the client's own code, so that neither hides the other's mistakes.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a message says nothing until it is sent"]
pub struct BrowserMessage {
    kind: String,
    body: Object,
    envelope: usize,
}

impl BrowserMessage {
    /// A message of any channel type, such as `chat.user`.
    pub fn new(kind: impl Into<String>, body: Object) -> Self {
        Self { kind: kind.into(), body, envelope: ENVELOPE }
    }

    /// Asks the agent something (`chat.user`).
    pub fn chat(request_id: &str, content: &str) -> Self {
        Self::asking("chat.user", request_id, [("content", content)])
    }

    /// Asks for the agent's documents (`snapshot.request`).
    pub fn snapshot(request_id: &str, reason: &str) -> Self {
        Self::asking("snapshot.request", request_id, [("reason", reason)])
    }

    /// Changes a document, or makes one (`file.save`). `base_hash` is that of the text it had, if any.
    pub fn save_file(
        request_id: &str,
        file_id: &str,
        base_hash: Option<&str>,
        body_markdown: &str,
    ) -> Self {
        let members = [("file_id", file_id), ("body_markdown", body_markdown)];
        Self::asking("file.save", request_id, members).with("base_hash", base_hash)
    }

    /// Deletes a document (`file.delete`).
    pub fn delete_file(request_id: &str, file_id: &str, base_hash: Option<&str>) -> Self {
        Self::asking("file.delete", request_id, [("file_id", file_id)]).with("base_hash", base_hash)
    }

    /// Changes what the agent is called (`agent.profile.update`). An empty `emoji` takes it away.
    pub fn update_profile(request_id: &str, name: &str, emoji: &str) -> Self {
        Self::asking("agent.profile.update", request_id, [("name", name), ("emoji", emoji)])
    }

    /// Lets an envelope have so many bytes of JSON at most, from 256 to 9,000, which is the default: small ones make
    /// pieces of short messages, too.
    pub fn envelope(mut self, bytes: usize) -> Self {
        self.envelope = bytes.clamp(256, ENVELOPE);
        self
    }

    fn asking<const N: usize>(kind: &str, request_id: &str, members: [(&str, &str); N]) -> Self {
        let members = members.into_iter().chain([("request_id", request_id)]);
        Self::new(kind, members.collect())
    }

    fn with(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.body.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The payloads of the signals that carry it.
    pub(super) fn payloads(&self, chunk_id: &str) -> Vec<Object> {
        let whole = self.enclose(json!(self.body));
        let inner = json!(self.body).to_string();
        if size(&whole) <= self.envelope {
            return vec![whole];
        }
        let data = STANDARD.encode(inner);
        let write = |index: usize, total: usize, data: &str| {
            let mut piece = json!({
                "chunk_id": chunk_id,
                "chunk_index": index,
                "chunk_total": total,
                "chunk_encoding": "base64json",
                "chunk_data": data,
            });
            if let Some(request_id) = self.body.get("request_id") {
                piece["request_id"] = request_id.clone();
            }
            self.enclose(piece)
        };
        // More pieces have longer numbers and so less room; the total only grows until it fits.
        let mut total = 1;
        let room = loop {
            let nines = 10_usize.pow(total.to_string().len() as u32) - 1;
            let room = self.envelope.saturating_sub(size(&write(nines, total, "")));
            if room == 0 {
                // Its names alone fill an envelope, so pieces would be no smaller.
                return vec![whole];
            }
            let needed = data.len().div_ceil(room);
            if needed <= total {
                break room;
            }
            total = needed;
        };
        let starts = (0..data.len()).step_by(room);
        let pieces = starts.map(|start| &data[start..data.len().min(start + room)]);
        (1..).zip(pieces).map(|(index, data)| write(index, total, data)).collect()
    }

    fn enclose(&self, payload: Value) -> Object {
        Object::from_iter([("type", json!(self.kind)), ("payload", payload)])
    }
}

fn size(object: &Object) -> usize {
    json!(object).to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message whose inner payload has so many letters.
    fn message(letters: usize) -> BrowserMessage {
        let members = [("request_id", json!("req-1")), ("x", json!("a".repeat(letters)))];
        BrowserMessage::new("snapshot.response", Object::from_iter(members))
    }

    /// The number of pieces, the size of the first, and the data of the first and the last.
    fn figures(letters: usize) -> (usize, usize, usize, usize) {
        let pieces = message(letters).payloads("chunk_fixed");
        let data = |piece: &Object| piece["payload"]["chunk_data"].as_str().map_or(0, str::len);
        (pieces.len(), size(&pieces[0]), data(&pieces[0]), data(&pieces[pieces.len() - 1]))
    }

    #[test]
    fn pieces_are_as_many_and_as_large_as_the_service_makes_them() {
        assert_eq!(figures(8_930), (1, 8_998, 0, 0));
        assert_eq!(figures(8_940), (2, 9_000, 8_836, 3_124));
        assert_eq!(figures(20_000), (4, 9_000, 8_836, 200));
        assert_eq!(figures(100_000), (16, 8_999, 8_834, 862));
    }

    #[test]
    fn names_that_fill_an_envelope_travel_whole() {
        let message = BrowserMessage::new("x".repeat(300), Object::new()).envelope(0);
        assert_eq!(message.payloads("c").len(), 1);
    }
}
