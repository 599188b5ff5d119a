//! The channels on a websocket: signing, subscribing, what is pushed.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::value::RawValue;

use super::{
    CallId, Channel, ChannelId, Connection, End, Event, Loss, Name, Output, Owner, Phase, Signal,
    Timer,
};
use crate::call::Call;
use crate::error::{BuildError, Error};
use crate::operation::Operation;
use crate::ops::hosts::{AuthenticateAgentRealtimeSocket, AuthenticateHostRealtimeSocket};
use crate::realtime::frame::Say;
use crate::realtime::host::Announcement;
use crate::realtime::json::inner;
use crate::realtime::retry::{asked_pause, is_final};
use crate::reply::Reply;
use crate::retry::RetryPolicy;

/// How many subscriptions are signed at a time.
const SIGNING: usize = 32;

/// The least time between two reports that a channel is late.
const SHORTEST: Duration = Duration::from_millis(100);

/// How long a server has to confirm a subscription before it is signed anew.
const CONFIRM: Duration = Duration::from_secs(15);

/// A channel somebody wants.
#[derive(Debug)]
pub(super) struct Member {
    name: Box<str>,
    owner: Owner,
    stage: Stage,
    failures: u32,
    was_ready: bool,
    waits_since: Duration,
}

/// Where the name of a channel leads.
#[derive(Debug)]
pub(super) struct Place {
    id: ChannelId,
    owner: Owner,
    /// The event that matters, if it is not the usual one.
    event: Option<Box<str>>,
}

impl Place {
    fn is_for(&self, event: &str) -> bool {
        self.event.as_deref().unwrap_or_else(|| self.owner.usual_event()) == event
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// For the websocket, or for another attempt.
    Waiting,
    /// For its turn to be signed.
    Queued,
    Signing(CallId),
    /// For the server to confirm.
    Subscribing,
    Ready,
}

impl Connection {
    pub(super) fn subscribe(&mut self, now: Duration, id: ChannelId, channel: Channel) {
        if self.members.contains_key(&id) || self.names.contains_key(channel.name.as_bytes()) {
            self.event(Event::Ended(id, End::Duplicate));
            return;
        }
        let Channel { name, event, owner } = channel;
        let event = Some(event).filter(|event| **event != *owner.usual_event());
        self.names.insert(Name::new(&name), Place { id, owner, event });
        let (failures, was_ready) = (0, matches!(owner, Owner::Host));
        let stage = Stage::Waiting;
        let member = Member { name, owner, stage, failures, was_ready, waits_since: now };
        self.members.insert(id, member);
        self.timers.set(Timer::Ready(id), now.saturating_add(self.config.patience.ready));
        match self.phase {
            Phase::Idle => self.open(now),
            Phase::Up(..) => self.again(id),
            Phase::Opening(_) | Phase::Pausing => {}
        }
    }

    /// Forgets the channel; whether there was one.
    pub(super) fn leave(&mut self, id: ChannelId) -> bool {
        let Some(member) = self.members.remove(&id) else { return false };
        self.names.swap_remove(member.name.as_bytes());
        self.timers.clear(Timer::Ready(id));
        self.timers.clear(Timer::Again(id));
        match member.stage {
            Stage::Signing(call) => {
                self.signing.remove(&call);
            }
            Stage::Subscribing | Stage::Ready => {
                self.send(&Say::Unsubscribe { channel: &member.name });
            }
            Stage::Waiting | Stage::Queued => {}
        }
        true
    }

    pub(super) fn end(&mut self, id: ChannelId, end: End) {
        if self.leave(id) {
            self.event(Event::Ended(id, end));
        }
    }

    /// The websocket is up: every channel is signed.
    pub(super) fn queue_all(&mut self) {
        let ids: Vec<_> = self.channels().collect();
        for id in ids {
            self.again(id);
        }
    }

    /// The websocket is down: every channel waits.
    pub(super) fn wait_all(&mut self, now: Duration) {
        let ready = self.config.patience.ready;
        for (id, member) in &mut self.members {
            self.timers.clear(Timer::Again(*id));
            if member.stage == Stage::Ready {
                member.waits_since = now;
                self.timers.set(Timer::Ready(*id), now.saturating_add(ready));
            }
            member.stage = Stage::Waiting;
        }
    }

    /// Puts a channel in line to be signed.
    pub(super) fn again(&mut self, id: ChannelId) {
        let Some(member) = self.members.get_mut(&id) else { return };
        if matches!(self.phase, Phase::Up(..)) {
            member.stage = Stage::Queued;
            self.queue.push_back(id);
        }
    }

    /// Signs as many channels as may be signed at a time.
    pub(super) fn sign(&mut self, now: Duration) {
        while self.signing.len() < SIGNING {
            let Phase::Up(_, socket_id) = &self.phase else { return };
            let Some(id) = self.queue.pop_front() else { return };
            let Some(member) = self.members.get_mut(&id) else { continue };
            if member.stage != Stage::Queued {
                continue;
            }
            match signature(&self.config.api, &member.name, member.owner, socket_id) {
                Ok(call) => {
                    let call_id = CallId(Self::next_id(self.config.number, &mut self.calls));
                    member.stage = Stage::Signing(call_id);
                    self.signing.insert(call_id, id);
                    self.out.push_back(Output::Call(call_id, Box::new(call)));
                }
                Err(error) => self.failed(now, id, error.into()),
            }
        }
    }

    /// The answer to a call that signs.
    pub(super) fn signed(
        &mut self,
        now: Duration,
        call: CallId,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let Some(id) = self.signing.remove(&call) else { return };
        let Some(member) = self.members.get_mut(&id) else { return };
        type Signed = <AuthenticateAgentRealtimeSocket as Operation>::Reply;
        let operation = AuthenticateAgentRealtimeSocket::ENDPOINT.id;
        let signed = result.and_then(|reply| Ok(Signed::read(operation, &reply)?));
        let signed = match signed {
            Ok(signed) => signed,
            Err(error) => return self.failed(now, id, error),
        };
        member.stage = Stage::Subscribing;
        self.timers.set(Timer::Again(id), now.saturating_add(CONFIRM));
        let channel_data = signed.extra.get("channel_data").and_then(|data| data.as_str());
        let say = Say::Subscribe { channel: &member.name, auth: &signed.auth, channel_data };
        let text = say.text();
        if let Phase::Up(socket, _) = self.phase {
            self.out.push_back(Output::Send(socket, text));
        }
    }

    /// A channel could not be signed.
    fn failed(&mut self, now: Duration, id: ChannelId, error: Error) {
        if is_final(&error) {
            self.end(id, End::of(error));
            return;
        }
        self.pause(now, id, asked_pause(&error));
    }

    /// Tries a channel again after a pause, of at least as long as the server asked for.
    fn pause(&mut self, now: Duration, id: ChannelId, at_least: Duration) {
        let Some(member) = self.members.get_mut(&id) else { return };
        member.failures = member.failures.saturating_add(1);
        if std::mem::replace(&mut member.stage, Stage::Waiting) == Stage::Ready {
            member.waits_since = now;
            let late = now.saturating_add(self.config.patience.ready);
            self.timers.set(Timer::Ready(id), late);
            self.out.push_back(Output::Event(Event::Lost(id)));
        }
        let Some(member) = self.members.get(&id) else { return };
        let pause = self.jitter.retry(member.failures).max(at_least);
        self.timers.set(Timer::Again(id), now.saturating_add(pause));
    }

    pub(super) fn subscribed(&mut self, channel: &str) {
        let Some(id) = self.names.get(channel.as_bytes()).map(|place| place.id) else { return };
        let Some(member) = self.members.get_mut(&id) else { return };
        if member.stage != Stage::Subscribing {
            return;
        }
        member.stage = Stage::Ready;
        member.failures = 0;
        member.was_ready = true;
        self.failures = 0;
        self.timers.clear(Timer::Ready(id));
        self.timers.clear(Timer::Again(id));
        self.event(Event::Ready(id));
    }

    pub(super) fn refused(
        &mut self,
        now: Duration,
        channel: &str,
        status: Option<u16>,
        error: &str,
    ) {
        let Some(id) = self.names.get(channel.as_bytes()).map(|place| place.id) else { return };
        let is_final = status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .is_some_and(crate::realtime::retry::is_final_status);
        if is_final {
            self.end(id, End::Rejected(Loss::new(status, error)));
        } else {
            self.pause(now, id, Duration::ZERO);
        }
    }

    /// Takes a complaint for one about the subscription that is not yet confirmed. Of several it cannot
    /// be told which is meant: each is tried again, at a time of its own. Whether there was any.
    pub(super) fn blame(&mut self, now: Duration, loss: &Loss) -> bool {
        let waiting = |(_, member): &(&ChannelId, &Member)| member.stage == Stage::Subscribing;
        let ids: Vec<_> = self.members.iter().filter(waiting).map(|(id, _)| *id).collect();
        match ids.as_slice() {
            [] => return false,
            [id] => self.end(*id, End::Rejected(loss.clone())),
            ids => {
                for id in ids {
                    self.pause(now, *id, Duration::ZERO);
                }
            }
        }
        true
    }

    /// A channel is not ready in time. One that never was is given up.
    pub(super) fn late(&mut self, now: Duration, id: ChannelId) {
        let Some(member) = self.members.get(&id) else { return };
        if member.was_ready {
            let waited = now.saturating_sub(member.waits_since);
            let ready = self.config.patience.ready.max(SHORTEST);
            self.timers.set(Timer::Ready(id), now.saturating_add(ready));
            self.event(Event::Late(id, waited));
        } else {
            self.end(id, End::Timeout);
        }
    }

    pub(super) fn pushed(&mut self, event: &str, channel: &str, data: Option<&RawValue>) {
        let Some(place) = self.names.get(channel.as_bytes()).filter(|place| place.is_for(event))
        else {
            return;
        };
        let (id, owner) = (place.id, place.owner);
        let mut buffer = std::mem::take(&mut self.unescaped);
        let text = data.and_then(|data| inner(data, &mut buffer));
        let read = match owner {
            Owner::Session { session, .. } => match text.map(|text| Signal::read(text, session)) {
                Some(Ok(signal)) if signal.session_id == session => Some(Event::Signal(id, signal)),
                Some(Ok(_)) => None,
                Some(Err(_)) | None => Some(Event::Unreadable(id)),
            },
            Owner::Host => match text.and_then(Announcement::read) {
                Some(announcement) => Some(Event::Announced(id, announcement)),
                None => Some(Event::Unreadable(id)),
            },
        };
        if buffer.capacity() <= 1 << 16 {
            self.unescaped = buffer;
        }
        if let Some(event) = read {
            self.event(event);
        }
    }
}

/// The call that signs a subscription. It repeats nothing by itself, since the connection does.
fn signature(
    api: &crate::api::Api,
    name: &str,
    owner: Owner,
    socket_id: &str,
) -> Result<Call, BuildError> {
    let api = api.clone().retry(RetryPolicy::NEVER);
    match owner {
        Owner::Host => api.call(&AuthenticateHostRealtimeSocket::new(socket_id, name)),
        Owner::Session { session, agent } => {
            let api = match agent {
                Some(agent) => api.acting_as(agent),
                None => api,
            };
            api.call(&AuthenticateAgentRealtimeSocket::new(session, socket_id, name))
        }
    }
}
