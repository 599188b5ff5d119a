//! Realtime: frames through the machine to typed events.

use std::time::Duration;

use agentmc_core::realtime::{Config, Event, Input, Output, Realtime, SessionOptions, SocketId};
use cpu_time::ThreadTime;

use crate::build;
use crate::measure::{Effort, quartiles};
use crate::report::{Bound, Report};

const SUBJECT: &str = "Realtime";
const NOW: Duration = Duration::ZERO;

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let few = if effort.rounds > 100 { 15 } else { 5 };
    let (one, _) = rate(report, few, 1);
    let target = Some((Bound::AtLeast, 500_000.0));
    report.figure(SUBJECT, "signals a second on one core, one session", one, target, "");
    let (many, bytes) = rate(report, few, 10_000);
    report.figure(SUBJECT, "signals a second, 10,000 sessions on one socket", many, None, "");
    let target = Some((Bound::AtMost, 1.0));
    let what = "cost of a signal among 10,000 sessions, over that in one";
    report.figure(SUBJECT, what, one / many, target, "");
    let target = Some((Bound::AtMost, 4096.0));
    report.figure(SUBJECT, "bytes an idle subscription", bytes, target, "");
}

/// Signals a second of processor time, and the bytes a subscription takes.
fn rate(report: &mut Report, turns: usize, sessions: u64) -> (f64, f64) {
    const SIGNALS: u64 = 50_000;
    let mut realtime = None;
    let memory = allocation_counter::measure(|| realtime = Some(subscribed(sessions)));
    let (mut realtime, socket) = realtime.expect("it was made");
    let mut rates = Vec::new();
    for turn in 0..turns as u64 {
        let frames: Vec<String> = (0..SIGNALS)
            .map(|n| frame(n % sessions + 1, (turn * SIGNALS + n) / sessions + 1))
            .collect();
        let mut messages = 0;
        let start = ThreadTime::now();
        for frame in &frames {
            messages += receive(&mut realtime, socket, frame);
        }
        rates.push(SIGNALS as f64 / start.elapsed().as_secs_f64());
        assert_eq!(messages, SIGNALS, "every signal is a message");
    }
    if sessions == 1 {
        let next = frame(1, turns as u64 * SIGNALS + 1);
        let count = allocation_counter::measure(|| {
            receive(&mut realtime, socket, &next);
        });
        let target = Some((Bound::AtMost, 3.0));
        report.figure(SUBJECT, "allocations a signal", count.count_total as f64, target, "");
    }
    (quartiles(rates)[1], memory.bytes_current as f64 / sessions as f64)
}

fn receive(realtime: &mut Realtime, socket: SocketId, frame: &str) -> u64 {
    realtime.handle(NOW, Input::Received(socket, frame));
    let mut messages = 0;
    while let Some(output) = realtime.poll() {
        messages += u64::from(matches!(output, Output::Event(_, Event::Message(_))));
    }
    messages
}

fn frame(session: u64, id: u64) -> String {
    let data = format!(
        r#"{{"id":{id},"session_id":{session},"sender":"browser","type":"message","payload":{{"type":"chat.user","payload":{{"content":"Please look at the board \"Ops\" and tell me what is late.","request_id":"req-{id}","message_id":{id},"timezone":"Europe/Berlin","source":"web","intent_scope":"chat"}}}},"created_at":"2026-02-22T17:21:00+00:00"}}"#
    );
    let channel = format!("private-agent-realtime.7.{session}");
    serde_json::json!({"event": "agent.realtime.signal", "channel": channel, "data": data})
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
