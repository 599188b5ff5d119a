//! Fifty sessions, five hundred signals a second, and everything that can go wrong with a websocket, at random:
//! `cargo run --release -p agentmc-conformance --example soak [SECONDS]`. Ten minutes by default.
//!
//! Ends with an error if a signal is lost, doubled or out of order on either client, or if memory grows after the first
//! tenth of the time. Prints how much memory the process has, every ten seconds.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a soak that cannot go on ends")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use agentmc_core::realtime::{Body, Event, Patience, SessionOptions, Start, Tuning};
use agentmc_core::types::SessionId;
use agentmc_sandbox::{BrowserMessage, Sandbox, SocketFault};

const SESSIONS: usize = 50;
const A_SECOND: u32 = 500;

fn main() {
    let seconds: u64 = std::env::args().nth(1).map_or(600, |text| text.parse().unwrap());
    let sandbox = Arc::new(Sandbox::start().unwrap());
    let agent = sandbox.world(|world| *world.agents.keys().next().unwrap());
    let sessions: Vec<_> = (0..SESSIONS).map(|_| sandbox.request_session(agent).unwrap()).collect();
    let heard = Arc::new(AtomicUsize::new(0));

    // Half of the sessions are the blocking client's, half the async one's.
    let (one, other) = sessions.split_at(SESSIONS / 2);
    let blocking = agentmc_blocking::Client::new(sandbox.api()).realtime_with(tuning());
    for session in one {
        let options = SessionOptions::session(*session, blocking.owner_token()).agent(agent);
        let subscription = blocking.subscribe_session(options.start(Start::Beginning));
        let heard = Arc::clone(&heard);
        std::thread::spawn(move || {
            let mut next = 0;
            subscription.for_each(|event| follow(&event, &mut next, &heard));
        });
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    let nonblocking = agentmc_async::Client::new(sandbox.api()).unwrap();
    runtime.block_on(async {
        let nonblocking = nonblocking.realtime_with(tuning());
        for session in other {
            let options = SessionOptions::session(*session, nonblocking.owner_token()).agent(agent);
            let mut subscription = nonblocking.subscribe_session(options.start(Start::Beginning));
            let heard = Arc::clone(&heard);
            tokio::spawn(async move {
                let mut next = 0;
                while let Some(event) = subscription.next().await {
                    follow(&event, &mut next, &heard);
                }
            });
        }
    });

    let (sent, early) = talk(&sandbox, &sessions, seconds, &heard);
    let deadline = Instant::now() + Duration::from_secs(60);
    while heard.load(Ordering::Relaxed) < sent && Instant::now() < deadline {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    // What is heard twice may come late.
    std::thread::sleep(Duration::from_secs(5));
    let heard = heard.load(Ordering::Relaxed);
    let late = memory();
    println!("{sent} sent, {heard} heard, each once and in order; {late} MiB of memory");
    assert_eq!(sent, heard, "signals are lost");
    assert!(late <= early + early / 2 + 16, "memory has grown from {early} MiB");
    // The subscriptions go on for as long as the process does.
    std::process::exit(0);
}

/// Clients that find out soon that nobody answers.
fn tuning() -> Tuning {
    let mut patience = Patience::default();
    patience.activity = Duration::from_millis(500);
    patience.pong = Duration::from_millis(500);
    Tuning::new().patience(patience)
}

/// Takes an event: the next message must have the next number.
fn follow(event: &Event, next: &mut usize, heard: &AtomicUsize) {
    match event {
        Event::Message(message) => {
            let Body::ChatUser(chat) = message.body() else { return };
            if *chat.text != next.to_string() {
                println!("{:?} hears {} instead of {next}", message.session_id, chat.text);
                std::process::exit(1);
            }
            *next += 1;
            heard.fetch_add(1, Ordering::Relaxed);
        }
        Event::Ended(end) => {
            println!("a session ends: {end}");
            std::process::exit(1);
        }
        _ => {}
    }
}

/// Says numbers to the sessions in turn, while faults strike. Gives how many, and the memory after a tenth of the time.
fn talk(
    sandbox: &Sandbox,
    sessions: &[SessionId],
    seconds: u64,
    heard: &AtomicUsize,
) -> (usize, u64) {
    let mut random = fastrand::Rng::with_seed(7);
    let mut said: BTreeMap<SessionId, usize> = BTreeMap::new();
    let (start, mut sent, mut faults) = (Instant::now(), 0, 0);
    let (end, mut report) = (Duration::from_secs(seconds), Duration::ZERO);
    let mut early = None;
    while start.elapsed() < end {
        if start.elapsed() >= report {
            let heard = heard.load(Ordering::Relaxed);
            println!("{report:?}: {sent} sent, {heard} heard, {faults} faults, {} MiB", memory());
            report += Duration::from_secs(10);
        }
        if start.elapsed() >= end / 10 {
            early.get_or_insert_with(memory);
        }
        let due = (start.elapsed().as_secs_f64() * f64::from(A_SECOND)) as usize;
        while sent < due {
            let session = sessions[sent % sessions.len()];
            let number = said.entry(session).or_default();
            let message = BrowserMessage::chat("soak", &number.to_string());
            sandbox.browser_sends(session, &message).unwrap();
            *number += 1;
            sent += 1;
        }
        if random.u32(..100) == 0 {
            sandbox.socket_fault(fault(&mut random));
            faults += 1;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
    sandbox.socket_fault(SocketFault::ReleasePushes);
    sandbox.socket_fault(SocketFault::ForgetPongs(false));
    // What was lost at the very end is caught up with.
    sandbox.socket_fault(SocketFault::Close(4200, "the end".to_owned()));
    (sent, early.unwrap_or_else(memory))
}

fn fault(random: &mut fastrand::Rng) -> SocketFault {
    match random.u32(..13) {
        0 => SocketFault::Drop,
        1 => SocketFault::Close(4200, "again".to_owned()),
        2 => SocketFault::LosePushes(random.u32(1..50)),
        3 => SocketFault::DuplicatePushes(random.u32(1..50)),
        4 => SocketFault::ReorderPushes(random.u32(2..20)),
        5 => SocketFault::HoldPushes,
        6 => SocketFault::ReleasePushes,
        7 => SocketFault::RefuseSubscriptions(random.u32(1..5), 500),
        8 => SocketFault::Garbage("no JSON".to_owned()),
        9 => SocketFault::TooLarge(100_000),
        10 => SocketFault::ForgetPongs(true),
        11 => SocketFault::ForgetPongs(false),
        _ => SocketFault::Raw(vec![0xFF; 8]),
    }
}

/// The memory this process has, in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}
