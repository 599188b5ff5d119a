//! The websocket itself: opening, greeting, staying alive, closing.

use std::time::Duration;

use super::{Connection, End, Event, Loss, Output, Phase, SocketId, State, Timer, origin};
use crate::realtime::frame::{Frame, Say, Wire};

/// How soon a server may send the client away at once a second time.
const AT_ONCE: Duration = Duration::from_secs(10);

/// What a close code asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Final,
    BackOff,
    AtOnce,
}

const fn verdict(code: Option<u16>) -> Verdict {
    match code {
        Some(4000..=4099 | 4300..) => Verdict::Final,
        Some(4200..=4299) => Verdict::AtOnce,
        _ => Verdict::BackOff,
    }
}

impl Connection {
    pub(super) fn open(&mut self, now: Duration) {
        let socket = SocketId(Self::next_id(self.config.number, &mut self.sockets));
        self.phase = Phase::Opening(socket);
        self.complaint = None;
        self.timers.set(Timer::Open, now.saturating_add(self.config.patience.open));
        self.event(Event::State(State::Connecting));
        let (url, origin) = (self.config.address.url(), origin(self.config.api.base()));
        self.out.push_back(Output::Open { socket, url, origin });
    }

    pub(super) fn send(&mut self, say: &Say<'_>) {
        if let Phase::Up(socket, _) = self.phase {
            self.out.push_back(Output::Send(socket, say.text()));
        }
    }

    pub(super) fn received(&mut self, now: Duration, socket: SocketId, text: &str) {
        if self.socket() != Some(socket) {
            return;
        }
        self.last_received = now;
        if std::mem::take(&mut self.is_pinged) {
            self.timers.clear(Timer::Pong);
            self.timers.set(Timer::Quiet, now.saturating_add(self.activity));
        }
        let Some(wire) = Wire::read(text) else { return };
        let mut scratch = std::mem::take(&mut self.scratch);
        match wire.frame(&mut scratch) {
            Frame::Event { event, channel, data } => self.pushed(event, channel, data),
            Frame::Established { socket_id, activity_timeout } => {
                self.greeted(now, socket, socket_id, activity_timeout);
            }
            Frame::Ping => self.send(&Say::Pong {}),
            Frame::Subscribed { channel } => self.subscribed(channel),
            Frame::Refused { channel, status, error } => {
                self.refused(now, channel, status, &error);
            }
            Frame::Error { code, message } => self.complained(now, Loss::new(code, message)),
            Frame::Pong | Frame::Other => {}
        }
        // The buffer `data` was unescaped to is used again, unless a single frame has blown it up.
        if scratch.capacity() <= 1 << 16 {
            self.scratch = scratch;
        }
    }

    fn greeted(
        &mut self,
        now: Duration,
        socket: SocketId,
        socket_id: String,
        activity_timeout: Option<u64>,
    ) {
        if self.phase != Phase::Opening(socket) || socket_id.is_empty() {
            return;
        }
        let asked = activity_timeout.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        let most = self.config.patience.activity;
        self.activity = asked.map_or(most, |asked| asked.min(most));
        self.phase = Phase::Up(socket, socket_id);
        self.timers.clear(Timer::Open);
        self.timers.set(Timer::Quiet, now.saturating_add(self.activity));
        self.event(Event::State(State::Connected));
        self.queue_all();
    }

    /// The server complains: about the connection, or, with 4009, about a subscription it does not name.
    fn complained(&mut self, now: Duration, loss: Loss) {
        let is_up = matches!(self.phase, Phase::Up(..));
        if is_up && loss.code == Some(4009) && self.blame(now, &loss) {
            return;
        }
        self.complaint = Some(loss.clone());
        if loss.code.is_some_and(|code| code >= 4000) {
            self.hang_up();
            self.lost(now, loss);
        }
    }

    pub(super) fn closed(&mut self, now: Duration, code: Option<u16>, reason: &str) {
        let complaint = self.complaint.take();
        let loss = match (code, complaint) {
            // A server may say why, and then close without a code of the protocol.
            (None | Some(0..=3999), Some(complaint)) if complaint.code.is_some() => complaint,
            (code, Some(complaint)) if reason.is_empty() => Loss::new(code, complaint.text),
            (code, _) => Loss::new(code, reason),
        };
        self.lost(now, loss);
    }

    /// The websocket is gone.
    fn lost(&mut self, now: Duration, loss: Loss) {
        self.reset();
        let verdict = verdict(loss.code);
        if verdict == Verdict::Final {
            let ids: Vec<_> = self.channels().collect();
            for id in ids {
                self.end(id, End::Rejected(loss.clone()));
            }
            self.event(Event::State(State::Closed));
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let soon = self.last_at_once.is_some_and(|last| now < last.saturating_add(AT_ONCE));
        let pause = if verdict == Verdict::AtOnce && !soon {
            self.last_at_once = Some(now);
            Duration::ZERO
        } else {
            self.jitter.reopen(self.failures)
        };
        self.event(Event::State(State::Waiting { pause, loss }));
        self.wait_all(now);
        self.phase = Phase::Pausing;
        self.timers.set(Timer::Reopen, now.saturating_add(pause));
    }

    /// Closes the websocket, so that what it still says does not count.
    fn hang_up(&mut self) {
        if let Some(socket) = self.socket() {
            self.out.push_back(Output::Close(socket, 1000));
        }
    }

    fn reset(&mut self) {
        self.phase = Phase::Idle;
        self.is_pinged = false;
        self.signing.clear();
        self.queue.clear();
        for timer in [Timer::Open, Timer::Quiet, Timer::Pong, Timer::Reopen] {
            self.timers.clear(timer);
        }
    }

    /// Closes the websocket when its last channel is gone.
    pub(super) fn rest(&mut self) {
        if self.members.is_empty() && self.phase != Phase::Idle {
            self.hang_up();
            self.reset();
            self.failures = 0;
            self.event(Event::State(State::Closed));
        }
    }

    pub(super) fn due(&mut self, now: Duration, timer: Timer) {
        match timer {
            Timer::Open => {
                self.hang_up();
                let complaint = self.complaint.take();
                let loss = complaint.unwrap_or_else(|| Loss::new(None, "no greeting in time"));
                self.lost(now, Loss::new(None, loss.text));
            }
            Timer::Quiet => {
                let due = self.last_received.saturating_add(self.activity);
                if due > now {
                    self.timers.set(Timer::Quiet, due);
                } else {
                    self.send(&Say::Ping {});
                    self.is_pinged = true;
                    self.timers.set(Timer::Pong, now.saturating_add(self.config.patience.pong));
                }
            }
            Timer::Pong => {
                self.hang_up();
                self.lost(now, Loss::new(None, "no answer to a ping"));
            }
            Timer::Reopen => self.open(now),
            Timer::Ready(id) => self.late(now, id),
            Timer::Again(id) => self.again(id),
        }
    }
}
