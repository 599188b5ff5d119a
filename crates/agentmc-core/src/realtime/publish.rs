//! Sending a message: all of it, once.

use std::time::Duration;

use agentmc_types::{SessionId, SignalId, SignalSender};
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::chunk::{SplitLimits, split};
use super::jitter::Jitter;
use super::json::Json;
use super::message::Outgoing;
use super::retry::{asked_pause, is_final, is_unclear};
use super::signal::{Listed, Signal, SignalKind};
use crate::api::Api;
use crate::call::Call;
use crate::encode::Encoder;
use crate::endpoint::Endpoint;
use crate::error::{BuildError, DecodeError, Error};
use crate::operation::Operation;
use crate::ops::hosts::{CreateAgentRealtimeSignal, ListAgentRealtimeSignals};
use crate::retry::RetryPolicy;

mod lane;

pub use lane::{Lane, Lanes};

/// The most signals in one answer to a listing.
const PAGE: u32 = 200;

/// How often a piece is tried by default.
pub const ATTEMPTS: u32 = 5;

/// What to do next.
#[derive(Debug)]
#[must_use]
pub enum PublishStep {
    /// Make a call, and give what came of it to [`Publish::replied`].
    Call(Box<Call>),
    /// Wait, then ask [`Publish::next`].
    Wait(Duration),
    /// The message is stored: the ids of its signals, in order. Or it is not, or not all of it.
    Done(Result<Vec<SignalId>, PublishError>),
}

/// A message that was not stored, or not all of it.
#[derive(Debug, thiserror::Error)]
#[error("{} of {pieces} signals of the message are stored", .stored.len())]
#[non_exhaustive]
pub struct PublishError {
    /// The signals that are stored.
    pub stored: Vec<SignalId>,
    /// How many there should have been.
    pub pieces: usize,
    /// Why there are no more.
    #[source]
    pub error: Error,
}

impl PublishError {
    /// A message of which nothing was sent.
    #[must_use]
    pub const fn unsent(error: Error) -> Self {
        Self { stored: Vec::new(), pieces: 1, error }
    }

    /// A message to a subscription that has no session to send it to, and never will have.
    #[must_use]
    pub fn unclaimed() -> Self {
        let operation = CreateAgentRealtimeSignal::ENDPOINT.id;
        Self::unsent(BuildError::Missing { operation, name: "session".into() }.into())
    }
}

/// A message on its way into a session.
///
/// It is sent signal by signal, each after the one before is known to be stored. When it is unclear
/// whether one was stored, the session's signals are listed, and it is sent again only if it is not there.
///
/// So that an equal message of earlier is not taken for this one, it must be known where the session stood
/// before: tell with [`after`](Self::after), or what fits one signal begins with listings up to the end.
/// Publish to a session one message after the other: an equal one that is stored meanwhile, by whomever,
/// cannot be told from this one.
///
/// ```
/// use agentmc_core::realtime::message::Outgoing;
/// use agentmc_core::realtime::publish::{Publish, PublishStep};
/// use agentmc_core::{Api, Credential};
///
/// let api = Api::new(Credential::api_key("cc_key")?).acting_as(7);
/// let answer = Outgoing::chat_done("req-1", "Done.");
/// let mut publish = Publish::new(api, 42.into(), &answer, 1)?.after(8.into());
/// let PublishStep::Call(call) = publish.next() else { panic!("there is something to send") };
/// assert_eq!(call.endpoint().id, "createAgentRealtimeSignal");
///
/// let body = r#"{"data": {"id": 9, "session_id": 42, "sender": "agent", "type": "message"}}"#;
/// publish.replied(Ok(http::Response::new(body.into())));
/// let PublishStep::Done(Ok(ids)) = publish.next() else { panic!("it is stored") };
/// assert_eq!(ids, [9.into()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Publish {
    api: Api,
    session: SessionId,
    pieces: Vec<Json>,
    stored: Vec<SignalId>,
    /// Nothing of this message stands at or before this signal.
    after: SignalId,
    /// Whether all that is older than the message stands at or before it.
    is_exact: bool,
    /// Whether the piece that was sent last may be stored.
    is_unclear: bool,
    attempts: u32,
    failures: u32,
    stage: Stage,
    pause: Option<Duration>,
    error: Option<Error>,
    jitter: Jitter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Sending,
    /// Finding out where the session stands before anything is sent.
    Surveying,
    /// Looking for the piece after this signal.
    Looking(SignalId),
    Failed,
}

impl Publish {
    /// A message to a session. Acts as the agent `api` acts as. `seed` is for the name of a message in
    /// pieces, and must differ from message to message; and for pauses.
    ///
    /// # Errors
    ///
    /// When the message cannot be split.
    pub fn new(
        api: Api,
        session: SessionId,
        message: &Outgoing,
        seed: u64,
    ) -> Result<Self, DecodeError> {
        Self::with_limits(api, session, message, seed, SplitLimits::default())
    }

    /// The same, with signals of other sizes.
    ///
    /// # Errors
    ///
    /// When the message cannot be split.
    pub fn with_limits(
        api: Api,
        session: SessionId,
        message: &Outgoing,
        seed: u64,
        limits: SplitLimits,
    ) -> Result<Self, DecodeError> {
        let mut jitter = Jitter::new(seed);
        let chunk_id = format!("chunk_{:016x}{:016x}", jitter.number(), jitter.number());
        let operation = CreateAgentRealtimeSignal::ENDPOINT.id;
        let unsendable = |error| DecodeError::new(operation, "payload", error);
        let pieces = split(message, &chunk_id, limits).map_err(unsendable)?;
        Ok(Self {
            api: api.retry(RetryPolicy::NEVER),
            session,
            // Pieces have a name that no other message has.
            stage: if pieces.len() == 1 { Stage::Surveying } else { Stage::Sending },
            pieces,
            stored: Vec::new(),
            after: SignalId(0),
            is_exact: false,
            is_unclear: false,
            attempts: ATTEMPTS,
            failures: 0,
            pause: None,
            error: None,
            jitter,
        })
    }

    /// Says that whatever was stored before the message was made stands at or before this signal. Spares
    /// finding that out.
    #[must_use]
    pub const fn after(mut self, id: SignalId) -> Self {
        self.stage = Stage::Sending;
        self.after = id;
        self.is_exact = true;
        self
    }

    /// Says that at least whatever stands at or before this signal was stored before the message was made.
    /// Spares listing that.
    #[must_use]
    pub const fn known(mut self, id: SignalId) -> Self {
        self.after = id;
        self
    }

    /// How often a piece is tried, and looked for; [`ATTEMPTS`] times by default.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Where the session stands at least, for the next message to be published [after](Self::after): the
    /// last signal that was stored, or what was known before. Nothing until that is found out, nor while
    /// it is unclear whether a signal is stored.
    #[must_use]
    pub fn last_id(&self) -> Option<SignalId> {
        (self.is_exact && !self.is_unclear).then_some(self.after)
    }

    /// How many signals the message takes.
    #[must_use]
    pub const fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// What to do now.
    #[expect(clippy::should_implement_trait, reason = "what is next depends on replies")]
    pub fn next(&mut self) -> PublishStep {
        if let Some(pause) = self.pause.take() {
            return PublishStep::Wait(pause);
        }
        if let Some(error) = self.error.take().filter(|_| self.stage == Stage::Failed) {
            return self.give_up(error);
        }
        let Some(piece) = self.pieces.get(self.stored.len()) else {
            return PublishStep::Done(Ok(self.stored.clone()));
        };
        let call = match self.stage {
            Stage::Surveying => self.listing(self.after),
            Stage::Looking(after) => self.listing(after),
            _ => self.api.call(&Send { session: self.session, payload: piece }),
        };
        match call {
            Ok(call) => PublishStep::Call(Box::new(call)),
            Err(error) => self.give_up(error.into()),
        }
    }

    /// What came of a call.
    pub fn replied(&mut self, result: Result<http::Response<Bytes>, Error>) {
        match self.stage {
            Stage::Sending => match result.and_then(|reply| stored(&reply, self.session)) {
                Ok(id) => self.found(id),
                Err(error) => {
                    if is_unclear(&error) {
                        self.is_unclear = true;
                        self.stage = Stage::Looking(self.after);
                    }
                    self.failed(error);
                }
            },
            Stage::Surveying | Stage::Looking(_) => {
                match result.and_then(|reply| listed(&reply, self.session)) {
                    Ok(listed) if self.stage == Stage::Surveying => self.surveyed(&listed),
                    Ok(listed) => self.looked(&listed),
                    Err(error) => self.failed(error),
                }
            }
            Stage::Failed => {}
        }
    }

    fn listing(&self, after: SignalId) -> Result<Call, BuildError> {
        self.api.call(&ListAgentRealtimeSignals::new(self.session).after_id(after).limit(PAGE))
    }

    fn surveyed(&mut self, listed: &Listed) {
        self.failures = 0;
        let last = last_of(listed);
        let goes_on = listed.rows >= PAGE as usize && last > Some(self.after);
        self.after = last.map_or(self.after, |last| last.max(self.after));
        if !goes_on {
            self.stage = Stage::Sending;
            self.is_exact = true;
        }
    }

    fn looked(&mut self, listed: &Listed) {
        let Some(piece) = self.pieces.get(self.stored.len()) else { return };
        let wanted = piece.value();
        let is_it = |signal: &&Signal| {
            signal.sender == SignalSender::Agent
                && signal.kind == SignalKind::Message
                && !self.stored.contains(&signal.id)
                && signal.payload.as_ref().is_some_and(|payload| same(&payload.value(), &wanted))
        };
        if let Some(signal) = listed.signals.iter().find(is_it) {
            return self.found(signal.id);
        }
        let last = last_of(listed);
        let is_full = listed.rows >= PAGE as usize;
        self.stage = match (self.stage, last) {
            (Stage::Looking(after), Some(last)) if is_full && last > after => Stage::Looking(last),
            _ => {
                self.is_unclear = false;
                Stage::Sending
            }
        };
    }

    fn found(&mut self, id: SignalId) {
        self.stored.push(id);
        self.after = self.after.max(id);
        (self.is_exact, self.is_unclear) = (true, false);
        self.stage = Stage::Sending;
        self.failures = 0;
    }

    fn failed(&mut self, error: Error) {
        self.failures += 1;
        if is_final(&error) || self.failures >= self.attempts {
            self.stage = Stage::Failed;
            self.error = Some(error);
        } else {
            self.pause = Some(self.jitter.retry(self.failures).max(asked_pause(&error)));
        }
    }

    fn give_up(&mut self, error: Error) -> PublishStep {
        self.stage = Stage::Failed;
        let (stored, pieces) = (self.stored.clone(), self.pieces.len());
        PublishStep::Done(Err(PublishError { stored, pieces, error }))
    }
}

/// The last signal of a page, whether it could be read or not.
fn last_of(listed: &Listed) -> Option<SignalId> {
    let readable = listed.signals.iter().map(|signal| signal.id);
    readable.chain(listed.unreadable.iter().flatten().copied()).max()
}

/// The id of a signal that was stored.
fn stored(reply: &http::Response<Bytes>, session: SessionId) -> Result<SignalId, Error> {
    #[derive(serde::Deserialize)]
    struct Stored<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let read = serde_json::from_slice::<Stored<'_>>(reply.body())
        .and_then(|stored| Signal::read(stored.data.get(), session));
    let at_fault = |error| {
        DecodeError::in_body(CreateAgentRealtimeSignal::ENDPOINT.id, "data".to_owned(), &error)
    };
    Ok(read.map_err(at_fault)?.id)
}

fn listed(reply: &http::Response<Bytes>, session: SessionId) -> Result<Listed, Error> {
    let at_fault = |error| {
        DecodeError::in_body(ListAgentRealtimeSignals::ENDPOINT.id, "data".to_owned(), &error)
    };
    Ok(Listed::read(reply.body(), session).map_err(at_fault)?)
}

/// Whether the service may have stored `sent` as `found`: its language does not tell an empty list from
/// an empty object, nor 1.0 from 1, and its framework trims texts and turns empty ones into null.
fn same(found: &Value, sent: &Value) -> bool {
    let is_empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        Value::Null => true,
        _ => false,
    };
    match (found, sent) {
        (Value::Object(found), Value::Object(sent)) => {
            found.len() == sent.len()
                && sent.iter().all(|(name, sent)| found.get(name).is_some_and(|it| same(it, sent)))
        }
        (Value::Array(found), Value::Array(sent)) => {
            found.len() == sent.len() && found.iter().zip(sent).all(|(it, sent)| same(it, sent))
        }
        (Value::Number(found), Value::Number(sent)) => {
            found == sent || found.as_f64() == sent.as_f64()
        }
        (Value::String(found), Value::String(sent)) => found == sent || found == sent.trim(),
        (found, sent) => found == sent || is_empty(found) && is_empty(sent),
    }
}

/// `createAgentRealtimeSignal` with a payload that is JSON already, so that its members keep their order.
#[derive(Serialize)]
struct Send<'a> {
    session: SessionId,
    payload: &'a Json,
}

impl Operation for Send<'_> {
    type Reply = <CreateAgentRealtimeSignal as Operation>::Reply;

    const ENDPOINT: &'static Endpoint = CreateAgentRealtimeSignal::ENDPOINT;

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), BuildError> {
        out.required(&self.session)?;
        out.required("message")?;
        out.required(self.payload)
    }

    fn from_params(_: Map<String, Value>) -> Result<Self, BuildError> {
        // It borrows its payload, so it is only ever written.
        let operation = Self::ENDPOINT.id;
        Err(BuildError::Missing { operation, name: "payload".into() })
    }
}
