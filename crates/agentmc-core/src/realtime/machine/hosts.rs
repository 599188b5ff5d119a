//! Subscriptions to hosts.

use std::time::Duration;

use agentmc_types::HostRealtimeSocketPayload;
use bytes::Bytes;

use super::{
    End, Error, Event, Host, HostOptions, Owner, Purpose, Realtime, SubscriptionId, Timer,
};
use crate::realtime::host::{Announcement, Polling, SAFETY_NET};
use crate::realtime::retry::is_final;

impl Realtime {
    pub(super) fn start_host(&mut self, now: Duration, id: SubscriptionId, options: HostOptions) {
        self.hosts.insert(id, Host::new(options.agent, options.socket));
        self.timers.set((id, Timer::Poll), now);
        self.join_host(now, id);
        self.expire(now);
    }

    fn join_host(&mut self, now: Duration, id: SubscriptionId) {
        let Some(socket) = self.hosts.get(&id).and_then(|host| host.socket.clone()) else { return };
        match self.join(now, id, &socket, Owner::Host) {
            Ok(number) => {
                if let Some(host) = self.hosts.get_mut(&id) {
                    host.connection = Some(number);
                }
                self.drain(now, number);
            }
            Err(end) => self.finish(now, id, end),
        }
    }

    pub(super) fn move_host(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        socket: Option<Box<HostRealtimeSocketPayload>>,
    ) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| host.socket != socket) else {
            return;
        };
        host.socket = socket;
        host.is_listening = false;
        let connection = host.connection.take();
        self.part(now, id, connection);
        self.timers.set((id, Timer::Poll), now);
        self.join_host(now, id);
    }

    pub(super) fn host_ready(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(host) = self.hosts.get_mut(&id) {
            host.is_listening = true;
            // What was requested before is not announced any more.
            self.timers.set((id, Timer::Poll), now);
            self.event(id, Event::Listening);
        }
    }

    pub(super) fn host_lost(&mut self, now: Duration, id: SubscriptionId) {
        if let Some(host) = self.hosts.get_mut(&id)
            && std::mem::take(&mut host.is_listening)
        {
            let pause = host.pause(&mut self.jitter);
            self.timers.set((id, Timer::Poll), now.saturating_add(pause));
        }
    }

    pub(super) fn announced(&mut self, id: SubscriptionId, announcement: Announcement) {
        let Announcement { session_id, agent_id } = announcement;
        let host = self.hosts.get_mut(&id).filter(|host| !host.is_paused);
        if host.is_some_and(|host| host.announce(session_id)) {
            let session = None;
            self.event(id, Event::SessionRequested { session_id, agent_id, session });
        }
    }

    pub(super) fn poll_host(&mut self, now: Duration, id: SubscriptionId) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| !host.is_paused) else { return };
        if host.polling != Polling::No && now < host.polled_at.saturating_add(SAFETY_NET) {
            host.polling = Polling::Twice;
            // An answer that never comes is not waited for for ever.
            let at = host.polled_at.saturating_add(SAFETY_NET);
            self.timers.set((id, Timer::Poll), at);
            return;
        }
        host.polled_at = now;
        match host.poll(&self.config.api) {
            Ok(call) => {
                host.polling = Polling::Once;
                let resumes = std::mem::take(&mut host.has_missed);
                self.timers.set((id, Timer::Poll), now.saturating_add(SAFETY_NET));
                self.call(id, Purpose::Poll(resumes), call);
            }
            Err(error) => self.finish(now, id, End::Refused(error.into())),
        }
    }

    pub(super) fn polled(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        resumes: bool,
        result: Result<http::Response<Bytes>, Error>,
    ) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        let asks_again = std::mem::replace(&mut host.polling, Polling::No) == Polling::Twice;
        if host.is_paused {
            host.has_missed |= resumes;
            return;
        }
        let listed = host.listed(result);
        let pause = match asks_again && listed.is_ok() {
            true => Duration::ZERO,
            false => host.pause(&mut self.jitter),
        };
        host.has_missed |= resumes && listed.is_err();
        self.timers.set((id, Timer::Poll), now.saturating_add(pause));
        let sessions = match listed {
            Ok(sessions) => sessions,
            Err(error) if is_final(&error) => return self.finish(now, id, End::of(error)),
            Err(_) => return,
        };
        let missed = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
        for session in sessions {
            let (session_id, agent_id) = (session.id, Some(session.agent_id));
            let session = Some(Box::new(session));
            self.event(id, Event::SessionRequested { session_id, agent_id, session });
        }
        if resumes {
            self.event(id, Event::Resumed { missed });
        }
    }
}
