//! One subscription to a session.

use agentmc_types::{
    AgentId, AgentRealtimeSession, RealtimeSessionStatus, SessionId, SignalId, SignalSender,
    Timestamp,
};

use super::chunk::{Dropped, JoinLimits, Joiner};
use super::claim::Claim;
use super::end::End;
use super::inbox::Inbox;
use super::message::{Carried, Message};
use super::options::{Event, SessionOptions};
use super::signal::{Signal, SignalKind};

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: Option<SessionId>,
    pub(crate) agent: Option<AgentId>,
    /// The claim, while it is under way.
    pub(crate) claim: Option<Box<Claim>>,
    /// The session as it was claimed, until that is told.
    pub(crate) claimed: Option<Box<AgentRealtimeSession>>,
    pub(crate) connection: Option<u32>,
    pub(crate) inbox: Inbox,
    /// Made for the first piece of a message.
    pub(crate) joiner: Option<Box<Joiner>>,
    join: JoinLimits,
    pub(crate) was_ready: bool,
    /// Whether the channel is subscribed to now.
    pub(crate) is_listening: bool,
    pub(crate) is_paused: bool,
    pub(crate) has_caught_up: bool,
    /// Whether something was missed since it was ready, and is to be told before [`Event::Resumed`].
    pub(crate) owes_resumed: bool,
    pub(crate) expires_at: Option<Timestamp>,
    /// How often a listing failed in a row.
    pub(crate) failures: u32,
    /// How often in a row it could not be found out whether the session has expired.
    pub(crate) checks: u32,
    /// The latest `close` that was pushed. One that is listed first may be from before the claim.
    pub(crate) closing: Option<SignalId>,
    /// How the session stood when its signals were last listed to the end, if it has ended.
    pub(crate) over: Option<RealtimeSessionStatus>,
    /// Whether the caller has closed the session, and waits for the service to say so.
    pub(crate) is_closing: bool,
    /// That the caller wants the session closed as soon as it is claimed, and why.
    pub(crate) wants_close: Option<Option<String>>,
    /// How the subscription ends when the session has been given back.
    pub(crate) ending: Option<End>,
    /// How many rows without an id the latest listing had.
    pub(crate) unnamed: u32,
    raw: bool,
    handled: Option<SignalId>,
}

impl Session {
    pub(crate) fn new(options: &SessionOptions, claim: Claim) -> Self {
        Self {
            id: options.session,
            agent: options.agent,
            claim: Some(Box::new(claim)),
            claimed: None,
            connection: None,
            inbox: Inbox::new(options.start).gaps(options.gaps).hold(options.hold),
            joiner: None,
            join: options.join,
            was_ready: false,
            is_listening: false,
            is_paused: false,
            has_caught_up: false,
            owes_resumed: false,
            expires_at: None,
            failures: 0,
            checks: 0,
            closing: None,
            over: None,
            is_closing: false,
            wants_close: None,
            ending: None,
            unnamed: 0,
            raw: options.raw,
            handled: None,
        }
    }

    /// The last signal that is not after `last`, and before which no message is unfinished.
    pub(crate) fn whole(&self, last: SignalId) -> SignalId {
        let unfinished = self.joiner.as_ref().and_then(|joiner| joiner.oldest_signal());
        let unfinished = unfinished.map(|id| SignalId(id.get().saturating_sub(1)));
        unfinished.map_or(last, |before| before.min(last))
    }

    /// Where to start to lose nothing once all up to `last` was told, if that has changed.
    pub(crate) fn handled(&mut self, last: SignalId) -> Option<SignalId> {
        let whole = Some(self.whole(last)).filter(|whole| Some(*whole) > self.handled)?;
        self.handled = Some(whole);
        Some(whole)
    }

    /// Takes a signal that was pushed. Gives it back if it is the next to be told.
    pub(crate) fn pushed(&mut self, signal: Signal) -> Option<Signal> {
        if signal.kind == SignalKind::Close {
            self.closing = self.closing.max(Some(signal.id));
        }
        self.inbox.passed(signal)
    }

    /// What to tell of a signal; nothing for a piece of a message that is not yet whole.
    pub(crate) fn read(&mut self, now: std::time::Duration, signal: Signal) -> Option<Event> {
        if self.raw || signal.kind != SignalKind::Message {
            return Some(Event::Signal(signal));
        }
        let is_browser = signal.sender == SignalSender::Browser;
        match Message::carried(&signal) {
            Carried::Whole(shape) if is_browser || shape.is_notification() => {
                Some(told(Message::new(signal, shape)))
            }
            // What the agent says in pieces is not for the agent, unless it is a notification.
            Carried::Piece(piece)
                if signal.sender != SignalSender::Agent
                    || piece.channel_type.as_str().contains("notification") =>
            {
                let joiner = self.joiner.get_or_insert_with(|| Box::new(Joiner::new(self.join)));
                let message = joiner.piece(now, &piece)?;
                match is_browser || message.is_notification() {
                    true => Some(told(message)),
                    false => Some(Event::Signal(message.into_signal())),
                }
            }
            Carried::Whole(_) | Carried::Piece(_) | Carried::Nothing => Some(Event::Signal(signal)),
        }
    }

    /// Takes a message that was given up.
    pub(crate) fn dropped(&mut self) -> Option<Dropped> {
        self.joiner.as_mut()?.poll()
    }

    /// How a `close` signal ends the session, if it does.
    pub(crate) fn close(&self, signal: &Signal) -> Option<End> {
        if signal.kind != SignalKind::Close {
            return None;
        }
        let is_now = self.over.is_some() || self.has_caught_up || self.closing == Some(signal.id);
        if !is_now {
            return None;
        }
        let payload = signal.payload.as_ref().map(super::json::Json::value);
        let reason = payload.and_then(|payload| Some(payload.get("reason")?.as_str()?.to_owned()));
        Some(End::Closed { sender: signal.sender.clone(), reason })
    }
}

fn told(message: Message) -> Event {
    match message.is_notification() {
        true => Event::Notification(message),
        false => Event::Message(message),
    }
}
