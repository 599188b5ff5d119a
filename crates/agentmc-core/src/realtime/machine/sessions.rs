//! Subscriptions to sessions.

use std::time::Duration;

use agentmc_types::{AgentRealtimeSession, RealtimeCloseStatus, RealtimeSessionStatus, SignalId};
use bytes::Bytes;

use super::{End, Error, Event, Output, Owner, Purpose, Realtime, Session, SubscriptionId, Timer};
use crate::ops::hosts::{CloseAgentRealtimeSession, ListAgentRealtimeSignals};
use crate::realtime::claim::{Claim, ClaimStep};
use crate::realtime::inbox::{Delivery, Query};
use crate::realtime::options::SessionOptions;
use crate::realtime::retry::{asked_pause, is_final};
use crate::realtime::signal::{Listed, Signal};
use crate::retry::RetryPolicy;

/// How long a listing waits that nobody is in a hurry for.
const LINGER: Duration = Duration::from_secs(1);

/// How long giving a session back may take.
const FAREWELL: Duration = Duration::from_secs(10);

/// The least time between two listings that nobody asked for.
const SHORTEST: Duration = Duration::from_millis(100);

/// How often it is asked again whether a session has expired, if nobody answers.
const CHECKS: u32 = 6;

/// The most signals in one answer to a listing, as an inbox asks for them.
const PAGE: usize = 200;

impl Realtime {
    pub(super) fn start_session(
        &mut self,
        now: Duration,
        options: SessionOptions,
    ) -> SubscriptionId {
        let (api, token) = (self.api_for(options.agent), options.owner_token.clone());
        let mut claim = match options.session {
            Some(session) => Claim::session(api, token, session),
            None => Claim::best(api, token),
        };
        let step = claim.start();
        let number = self.next_subscription();
        let id = self.sessions.insert(number, Session::new(&options, claim));
        self.timers.set((id, Timer::Ready), now.saturating_add(self.config.patience.ready));
        self.claim_step(now, id, step);
        id
    }

    pub(super) fn claim_replied(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let wall = self.wall(now);
        let claim = self.sessions.get_mut(id).and_then(|session| session.claim.as_mut());
        if let Some(claim) = claim {
            let step = claim.replied(wall, result);
            self.claim_step(now, id, step);
        }
    }

    fn claim_step(&mut self, now: Duration, id: SubscriptionId, step: ClaimStep) {
        match step {
            ClaimStep::Call(call) => self.call(id, Purpose::Claim, call),
            ClaimStep::Done(Ok(claimed)) => self.claimed(now, id, claimed),
            ClaimStep::Done(Err(end)) => self.finish(now, id, end),
        }
    }

    fn claimed(&mut self, now: Duration, id: SubscriptionId, claimed: Box<AgentRealtimeSession>) {
        self.learn_time(now, &claimed);
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.claim = None;
        session.id = Some(claimed.id);
        self.out.push_back(Output::Claimed(id, claimed.id, claimed.agent_id));
        // The agent that claimed is the one that goes on: a host key may act for several.
        if session.agent.is_none() && self.config.api.agent().is_none() {
            session.agent = Some(claimed.agent_id);
        }
        let owner = Owner::Session { session: claimed.id, agent: session.agent };
        session.expires_at = claimed.expires_at;
        let socket = claimed.socket.clone();
        session.claimed = Some(claimed);
        if let Some(reason) = session.wants_close.take() {
            return self.close(now, id, reason);
        }
        self.watch_expiry(now, id);
        let joined = match socket {
            Some(socket) => self.join(now, id, &socket, owner),
            None => Err(End::NoSocket),
        };
        match joined {
            Ok(number) => {
                if let Some(session) = self.sessions.get_mut(id) {
                    session.connection = Some(number);
                }
                self.drain(now, number);
            }
            Err(end) => self.finish(now, id, end),
        }
    }

    pub(super) fn session_ready(&mut self, now: Duration, id: SubscriptionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.was_ready = true;
        session.is_listening = true;
        if !session.is_paused {
            session.inbox.confirmed();
        }
        let checks_gaps = session.inbox.checks_gaps();
        self.timers.clear((id, Timer::List));
        if checks_gaps {
            self.recheck_later(now, id);
        }
        self.deliver(now, id);
    }

    pub(super) fn not_ready(&mut self, now: Duration, id: SubscriptionId) {
        let ending = self.sessions.get_mut(id).and_then(|session| session.ending.take());
        if let Some(end) = ending {
            return self.finish(now, id, end);
        }
        // Whoever wants it closed waits for the claim, whose calls have limits of their own.
        if self.sessions.get(id).is_some_and(|session| session.wants_close.is_some()) {
            return;
        }
        if self
            .sessions
            .get(id)
            .is_some_and(|session| !session.was_ready || session.claimed.is_some())
        {
            self.finish(now, id, End::Timeout);
        }
    }

    pub(super) fn pushed(&mut self, now: Duration, id: SubscriptionId, signal: Signal) {
        self.take_in(now, id, Some(signal));
    }

    pub(super) fn hurry(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.inbox.hurry();
            self.deliver(now, id);
        }
    }

    /// Lists, since nothing tells that the last signal was not pushed.
    pub(super) fn recheck(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            if !session.inbox.is_listing() {
                session.inbox.reread();
            }
            self.recheck_later(now, id);
            self.deliver(now, id);
        }
    }

    /// Not all sessions are listed at the same time.
    fn recheck_later(&mut self, now: Duration, id: SubscriptionId) {
        let pause = self.config.patience.recheck.max(SHORTEST);
        let pause = pause.saturating_add(self.jitter.up_to(pause / 2));
        self.timers.set((id, Timer::Recheck), now.saturating_add(pause));
    }

    pub(super) fn expire_pieces(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            if let Some(joiner) = &mut session.joiner {
                joiner.expire(now);
            }
            self.deliver(now, id);
        }
    }

    /// Tells what the inbox has, and asks for what it wants.
    pub(super) fn deliver(&mut self, now: Duration, id: SubscriptionId) {
        self.take_in(now, id, None);
    }

    /// The same with a signal that was pushed.
    fn take_in(&mut self, now: Duration, id: SubscriptionId, pushed: Option<Signal>) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let passed = pushed.and_then(|signal| session.pushed(signal));
        let mut next = passed.map(Delivery::Signal);
        let mut end = None;
        // Who starts "now" is told when that is: what is said from then on is told.
        let knows_now =
            session.inbox.last_id().is_some() || next.is_some() || session.inbox.has_deliveries();
        if session.was_ready
            && knows_now
            && let Some(claimed) = session.claimed.take()
        {
            self.timers.clear((id, Timer::Ready));
            self.out.push_back(Output::Event(id, Event::Ready(claimed)));
        }
        while let Some(delivery) = next.take().or_else(|| session.inbox.poll()) {
            match delivery {
                Delivery::Signal(signal) => {
                    let signal_id = signal.id;
                    end = session.close(&signal);
                    if let Some(event) = session.read(now, signal) {
                        self.out.push_back(Output::Event(id, event));
                    }
                    if let Some(handled) = session.handled(signal_id) {
                        self.out.push_back(Output::Handled(id, handled));
                    }
                }
                Delivery::CaughtUp { missed } => {
                    if let Some(last) = session.inbox.last_id() {
                        self.out.push_back(Output::CaughtUp(id, last));
                    }
                    session.has_caught_up = true;
                    if std::mem::take(&mut session.owes_resumed) {
                        self.out.push_back(Output::Event(id, Event::Resumed { missed }));
                    }
                }
            }
            while let Some(dropped) = session.dropped() {
                self.out.push_back(Output::Event(id, Event::Dropped(dropped)));
            }
            if end.is_some() {
                break;
            }
        }
        while let Some(dropped) = session.dropped() {
            self.out.push_back(Output::Event(id, Event::Dropped(dropped)));
        }
        if let Some(end) = end {
            return self.finish(now, id, end);
        }
        let last = session.inbox.last_id();
        if let Some(handled) = last.and_then(|last| session.handled(last)) {
            self.out.push_back(Output::Handled(id, handled));
        }
        if let Some(deadline) = session.joiner.as_ref().and_then(|joiner| joiner.deadline())
            && !self.timers.is_set((id, Timer::Join))
        {
            self.timers.set((id, Timer::Join), deadline);
        }
        if session.inbox.is_lingering() && !self.timers.is_set((id, Timer::Linger)) {
            self.timers.set((id, Timer::Linger), now.saturating_add(LINGER));
        }
        if session.inbox.is_wanting()
            && !self.timers.is_set((id, Timer::List))
            && let Some(query) = session.inbox.wanted()
        {
            self.timers.clear((id, Timer::Linger));
            self.list(now, id, query);
        }
    }

    fn list(&mut self, now: Duration, id: SubscriptionId, query: Query) {
        let Some((session, agent)) =
            self.sessions.get(id).and_then(|session| Some((session.id?, session.agent)))
        else {
            return;
        };
        let operation = ListAgentRealtimeSignals::new(session);
        let operation = operation.after_id(query.after_id).limit(query.limit);
        match self.api_for(agent).retry(RetryPolicy::NEVER).call(&operation) {
            Ok(call) => self.call(id, Purpose::List(query.ticket), call),
            Err(error) => self.finish(now, id, End::Refused(error.into())),
        }
    }

    pub(super) fn listed(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        ticket: u64,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let session = self.sessions.get_mut(id).filter(|session| !session.is_closing);
        let Some(session) = session else { return };
        let Some(session_id) = session.id else { return };
        let at_least = match result {
            Err(error) if is_final(&error) => return self.finish(now, id, End::of(error)),
            Err(error) => asked_pause(&error),
            Ok(reply) => match Listed::read(reply.body(), session_id) {
                Ok(listed) => return self.take_listed(now, id, ticket, listed),
                Err(_) => Duration::ZERO,
            },
        };
        if let Some(over) = session.over.clone() {
            return self.finish(now, id, End::Over(over));
        }
        session.failures = session.failures.saturating_add(1);
        session.inbox.failed(ticket);
        let pause = self.jitter.retry(session.failures).max(at_least);
        self.timers.set((id, Timer::List), now.saturating_add(pause));
    }

    fn take_listed(&mut self, now: Duration, id: SubscriptionId, ticket: u64, listed: Listed) {
        if let Some(seen) = &listed.session {
            self.learn_time(now, seen);
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        (session.failures, session.checks) = (0, 0);
        // What was asked for before the websocket was lost is asked for again.
        if !session.inbox.is_asked(ticket) {
            return;
        }
        let mut unnamed = 0;
        for unreadable in listed.unreadable {
            match unreadable {
                Some(signal) => session.inbox.skip(signal),
                None => unnamed += 1,
            }
            // One without an id cannot be passed over: it is listed again and again, and told once.
            if unreadable.is_some() || unnamed > session.unnamed {
                self.out.push_back(Output::Event(id, Event::Unreadable(unreadable)));
            }
        }
        session.unnamed = unnamed;
        let is_full = listed.rows >= PAGE;
        if let Some(seen) = listed.session {
            session.expires_at = seen.expires_at.or(session.expires_at);
            session.over = ended(&seen).filter(|_| !is_full);
        }
        session.inbox.listed(ticket, listed.signals, is_full);
        let over = session.over.clone();
        self.watch_expiry(now, id);
        self.deliver(now, id);
        // What is held behind a gap is listed first.
        let is_listing = self.sessions.get(id).is_some_and(|session| session.inbox.is_listing());
        if let Some(over) = over
            && !is_listing
        {
            self.finish(now, id, End::Over(over));
        }
    }

    fn watch_expiry(&mut self, now: Duration, id: SubscriptionId) {
        let Some(at) = self.sessions.get(id).and_then(|session| session.expires_at) else {
            return;
        };
        let left = at.duration_since(self.service_time(now));
        let left = Duration::try_from(left).unwrap_or_default();
        self.timers.set((id, Timer::Expire), now.saturating_add(left));
    }

    /// The session expires by what was last heard. Use prolongs it, so the service is asked.
    pub(super) fn check_expiry(&mut self, now: Duration, id: SubscriptionId) {
        let Some(session) = self.sessions.get(id) else { return };
        let Some(session_id) = session.id.filter(|_| session.was_ready) else {
            return self.finish(now, id, End::Expired);
        };
        // What the session still has is told first.
        let is_listing = session.inbox.is_listing() && session.failures == 0;
        if session.is_paused || is_listing {
            self.timers.set((id, Timer::Expire), now.saturating_add(LINGER));
            return;
        }
        let after = session.inbox.last_id().unwrap_or(SignalId(0));
        let operation = ListAgentRealtimeSignals::new(session_id).after_id(after).limit(1);
        match self.api_for(session.agent).retry(RetryPolicy::NEVER).call(&operation) {
            Ok(call) => self.call(id, Purpose::Expiry, call),
            Err(_) => self.finish(now, id, End::Expired),
        }
    }

    pub(super) fn expiry_replied(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let time = self.service_time(now);
        let Some(session) = self.sessions.get_mut(id).filter(|it| !it.is_closing) else { return };
        let Some(session_id) = session.id else { return };
        let seen = match result {
            Ok(reply) => Listed::read(reply.body(), session_id).ok().and_then(|it| it.session),
            Err(error) if is_final(&error) => return self.finish(now, id, End::of(error)),
            // That nobody answers does not say that the session is over, until it was asked often enough.
            Err(error) if session.checks < CHECKS => {
                session.checks += 1;
                let pause = self.jitter.retry(session.checks).max(asked_pause(&error));
                self.timers.set((id, Timer::Expire), now.saturating_add(pause));
                return;
            }
            Err(_) => None,
        };
        session.checks = 0;
        let seen = seen.filter(|seen| ended(seen).is_none());
        match seen.and_then(|seen| seen.expires_at).filter(|at| *at > time) {
            Some(at) => {
                session.expires_at = Some(at);
                self.watch_expiry(now, id);
            }
            None => self.finish(now, id, End::Expired),
        }
    }

    /// Closes the session of a subscription, on behalf of the caller.
    pub(super) fn close(&mut self, now: Duration, id: SubscriptionId, reason: Option<String>) {
        if self.hosts.contains_key(&id) {
            // A host has no session to close.
            return self.finish(now, id, End::Unsubscribed);
        }
        let session = self.sessions.get_mut(id).filter(|session| !session.is_closing);
        let Some(session) = session else { return };
        if session.claim.is_some() {
            // There is nothing to close yet, or there will be.
            session.wants_close = Some(reason);
            return;
        }
        let Some(session_id) = session.id else { return };
        session.is_closing = true;
        session.inbox.lost();
        let (agent, connection) = (session.agent, session.connection.take());
        self.clear_timers(id);
        self.part(now, id, connection);
        let mut operation = CloseAgentRealtimeSession::new(session_id);
        operation = operation.status(RealtimeCloseStatus::Closed);
        if let Some(reason) = reason {
            operation = operation.reason(reason);
        }
        match self.api_for(agent).call(&operation) {
            Ok(call) => self.call(id, Purpose::Close, call),
            Err(error) => self.finish(now, id, End::NotClosed(error.into())),
        }
    }

    pub(super) fn close_replied(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let end = match result {
            Ok(_) => End::ClosedHere,
            Err(error) => match End::of(error) {
                End::Gone(_) => End::ClosedHere,
                End::Taken(error) | End::Refused(error) => End::NotClosed(error),
                end => end,
            },
        };
        // A session that was given back ends as it would have without.
        let ending = self.sessions.get_mut(id).and_then(|session| session.ending.take());
        self.finish(now, id, ending.unwrap_or(end));
    }

    /// Closes a session as failed whose channel was refused right after it was claimed: the end is told when
    /// that is done. Gives the end back if there is nothing to close.
    pub(super) fn abandon(&mut self, now: Duration, id: SubscriptionId, end: End) -> Option<End> {
        let is_refused = match &end {
            End::Refused(_) | End::Gone(_) | End::Taken(_) => true,
            End::Rejected(loss) => loss.code.is_some_and(|code| code < 1000 || code == 4009),
            _ => false,
        };
        let session = self.sessions.get_mut(id).filter(|it| !it.was_ready && is_refused);
        let Some(session) = session else { return Some(end) };
        let (Some(session_id), agent) = (session.id, session.agent) else { return Some(end) };
        let operation = CloseAgentRealtimeSession::new(session_id);
        let operation = operation.reason("channel authorisation failed");
        let operation = operation.status(RealtimeCloseStatus::Failed);
        let Ok(call) = self.api_for(agent).call(&operation) else { return Some(end) };
        if let Some(session) = self.sessions.get_mut(id) {
            (session.is_closing, session.ending) = (true, Some(end));
        }
        self.call(id, Purpose::Close, call);
        self.clear_timers(id);
        // Whoever waits for the end does not wait for ever.
        self.timers.set((id, Timer::Ready), now.saturating_add(FAREWELL));
        None
    }
}

/// How a session has ended, if it has.
fn ended(session: &AgentRealtimeSession) -> Option<RealtimeSessionStatus> {
    use RealtimeSessionStatus::{Closed, Expired, Failed};
    matches!(session.status, Closed | Expired | Failed).then(|| session.status.clone())
}
