//! The least that somebody would write by hand to take signals: what memory alone makes of many sessions.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hint::black_box;

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Frame<'a> {
    event: &'a str,
    channel: &'a str,
    data: String,
}

#[derive(Deserialize)]
struct Signal<'a> {
    id: u64,
    session_id: u64,
    sender: &'a str,
    #[serde(borrow)]
    payload: &'a RawValue,
    created_at: &'a str,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    payload: Probe<'a>,
}

#[derive(Deserialize)]
struct Probe<'a> {
    #[serde(borrow)]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    chunk_id: Option<Cow<'a, str>>,
}

/// What is told of a signal.
struct Event {
    id: u64,
    kind: String,
    payload: String,
    request_id: Option<String>,
    created_at: String,
}

struct Session {
    id: u64,
    last: u64,
    event: Option<Event>,
}

/// Sessions in a list, which their channels' names lead to.
pub(crate) struct Minimum {
    names: HashMap<String, usize>,
    sessions: Vec<Session>,
}

impl Minimum {
    pub(crate) fn new(sessions: u64, name: impl Fn(u64) -> String) -> Self {
        let session = |id| Session { id, last: 0, event: None };
        Self {
            names: (1..=sessions).map(|id| (name(id), id as usize - 1)).collect(),
            sessions: (1..=sessions).map(session).collect(),
        }
    }

    #[inline(never)]
    pub(crate) fn receive(&mut self, frames: &[String]) {
        for frame in frames {
            self.take(frame).expect("every signal is a message");
        }
    }

    fn take(&mut self, frame: &str) -> Option<()> {
        let frame: Frame<'_> = serde_json::from_str(frame).ok()?;
        let place =
            self.names.get(frame.channel).filter(|_| frame.event == "agent.realtime.signal");
        let session = self.sessions.get_mut(*place?)?;
        let signal: Signal<'_> = serde_json::from_str(&frame.data).ok()?;
        if signal.session_id != session.id || signal.id <= session.last {
            return None;
        }
        session.last = signal.id;
        let envelope: Envelope<'_> = serde_json::from_str(signal.payload.get()).ok()?;
        if envelope.payload.chunk_id.is_some() || signal.sender != "browser" {
            return None;
        }
        session.event = Some(Event {
            id: signal.id,
            kind: envelope.kind.to_owned(),
            payload: signal.payload.get().to_owned(),
            request_id: envelope.payload.request_id.map(Cow::into_owned),
            created_at: signal.created_at.to_owned(),
        });
        let Event { id, kind, payload, request_id, created_at } = session.event.take()?;
        black_box((id, kind, payload, request_id, created_at));
        Some(())
    }
}
