//! Realtime: frames through the machine to typed events.

use std::time::Duration;

use agentmc_core::realtime::{Config, Event, Input, Output, Realtime, SessionOptions, SocketId};
use cpu_time::ThreadTime;

use crate::build;
use crate::measure::{Effort, of_pairs};
use crate::minimum::Minimum;
use crate::report::{Bound, Report};

pub(crate) const SUBJECT: &str = "Realtime";
const NOW: Duration = Duration::ZERO;

/// How many signals a turn has.
const SIGNALS: u64 = 20_000;

/// How many sessions are many.
pub(crate) const MANY: u64 = 10_000;

/// From which session to which a turn goes on, so that none is near the last in memory and yet each has its turn: what
/// stands in a row, the processor fetches before it is asked for.
const APART: u64 = 7_919;

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let turns = if effort.rounds > 100 { 31 } else { 9 };
    let mut one = Stream::new(1);
    let mut many = Stream::new(MANY);
    let mut pairs = |sessions, step| {
        of_pairs((0..turns).map(|_| (many.turn(sessions, step), one.turn(1, 1))).collect())
    };
    let (among, apart) = (pairs(MANY, 1), pairs(MANY, APART));
    let first = pairs(1, 1);
    let (mut plain_one, mut plain_many) = (Minimum::new(1, channel), Minimum::new(MANY, channel));
    let mut plain = |step| {
        let pair = |_| {
            let frames = many.frames_apart(SIGNALS, MANY, step);
            let ours = nanos(|| plain_many.receive(&frames));
            let frames = one.frames(SIGNALS, 1);
            (ours, nanos(|| plain_one.receive(&frames)))
        };
        of_pairs((0..turns).map(pair).collect())
    };
    let (plain_among, plain_apart) = (plain(1), plain(APART));

    let mut figure = |what: &str, value: f64, target: Option<(Bound, f64)>| {
        report.figure(SUBJECT, what, value, target, "");
    };
    let target = Some((Bound::AtLeast, 500_000.0));
    figure("signals a second on one core, one session", (1e9 / among.theirs).round(), target);
    figure("signals a second, to 10,000 sessions in turn", (1e9 / among.ours).round(), None);
    let what = "a signal to one of 10,000 sessions, over one to the only session";
    report.ratio(SUBJECT, what, Some(1.05), first);
    let what = "a signal to each of 10,000 sessions in turn, over one to the only session";
    report.ratio(SUBJECT, what, Some(1.05), among);
    let minimum = "the same of a minimum written by hand: what memory alone costs";
    report.ratio(SUBJECT, minimum, None, plain_among);
    let what =
        "a signal to each of 10,000 sessions, each far from the last, over one to the only session";
    report.ratio(SUBJECT, what, None, apart);
    report.ratio(SUBJECT, &format!("{minimum}, each far from the last"), None, plain_apart);
}

/// A machine with subscriptions on one socket, and the signals it is sent.
pub(crate) struct Stream {
    realtime: Realtime,
    socket: SocketId,
    /// The last id of each session.
    last: Vec<u64>,
}

impl Stream {
    pub(crate) fn new(sessions: u64) -> Self {
        let (realtime, socket) = subscribed(sessions);
        Self { realtime, socket, last: vec![0; sessions as usize] }
    }

    /// So many signals, to so many of the sessions in turn.
    pub(crate) fn frames(&mut self, signals: u64, sessions: u64) -> Vec<String> {
        self.frames_apart(signals, sessions, 1)
    }

    /// The same with each so many sessions after the last.
    fn frames_apart(&mut self, signals: u64, sessions: u64, step: u64) -> Vec<String> {
        let next = |n| {
            let session = n * step % sessions;
            let last = &mut self.last[session as usize];
            *last += 1;
            frame(session + 1, *last)
        };
        (0..signals).map(next).collect()
    }

    #[inline(never)]
    pub(crate) fn receive(&mut self, frames: &[String]) {
        let mut messages = 0;
        for frame in frames {
            self.realtime.handle(NOW, Input::Received(self.socket, frame));
            while let Some(output) = self.realtime.poll() {
                messages += usize::from(matches!(output, Output::Event(_, Event::Message(_))));
            }
        }
        assert_eq!(messages, frames.len(), "every signal is a message");
    }

    /// The processor time of a signal, in nanoseconds.
    fn turn(&mut self, sessions: u64, step: u64) -> f64 {
        let frames = self.frames_apart(SIGNALS, sessions, step);
        nanos(|| self.receive(&frames))
    }
}

/// The processor time of each signal of a turn, in nanoseconds.
fn nanos(receive: impl FnOnce()) -> f64 {
    let start = ThreadTime::now();
    receive();
    start.elapsed().as_nanos() as f64 / SIGNALS as f64
}

fn channel(session: u64) -> String {
    format!("private-agent-realtime.7.{session}")
}

fn frame(session: u64, id: u64) -> String {
    let data = format!(
        r#"{{"id":{id},"session_id":{session},"sender":"browser","type":"message","payload":{{"type":"chat.user","payload":{{"content":"Please look at the board \"Ops\" and tell me what is late.","request_id":"req-{id}","message_id":{id},"timezone":"Europe/Berlin","source":"web","intent_scope":"chat"}}}},"created_at":"2026-02-22T17:21:00+00:00"}}"#
    );
    serde_json::json!({"event": "agent.realtime.signal", "channel": channel(session), "data": data})
        .to_string()
}

/// A machine with so many subscriptions on one socket, all of them ready.
fn subscribed(sessions: u64) -> (Realtime, SocketId) {
    let now = "2026-02-22T17:21:00Z".parse().expect("a time");
    let mut realtime = Realtime::new(Config::new(build::api(), 1, now));
    let mut socket = None;
    for session in 1..=sessions {
        let options = SessionOptions::session(session, "agent-claim:16f4a0c2d9");
        realtime.subscribe_session(NOW, options);
        while let Some(output) = realtime.poll() {
            match output {
                Output::Call(id, call) => {
                    let reply = reply(call.endpoint().id, session);
                    realtime.handle(NOW, Input::Replied(id, Ok(http::Response::new(reply.into()))));
                }
                Output::Open { socket: opened, .. } => {
                    socket = Some(opened);
                    realtime.handle(NOW, Input::Opened(opened));
                    let hello = r#"{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.2\",\"activity_timeout\":30}"}"#;
                    realtime.handle(NOW, Input::Received(opened, hello));
                }
                Output::Send(socket, _) => {
                    let done = format!(
                        r#"{{"event":"pusher_internal:subscription_succeeded","channel":"private-agent-realtime.7.{session}","data":"{{}}"}}"#
                    );
                    realtime.handle(NOW, Input::Received(socket, &done));
                }
                _ => {}
            }
        }
    }
    (realtime, socket.expect("a socket was opened"))
}

fn reply(operation: &str, session: u64) -> String {
    let record = format!(
        r#"{{"id": {session}, "team_id": 1, "agent_id": 7, "status": "claimed", "socket": {{"connection": {{"key": "app", "host": "ws.example.com"}}, "channel": "private-agent-realtime.7.{session}"}}}}"#
    );
    match operation {
        "claimAgentRealtimeSession" => format!(r#"{{"data": {record}}}"#),
        "authenticateAgentRealtimeSocket" => r#"{"auth":"app:x"}"#.to_owned(),
        _ => format!(r#"{{"data": [], "session": {record}}}"#),
    }
}
