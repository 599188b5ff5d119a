//! What is repeated, how often and when, and what must not be.

use std::time::{Duration, Instant};

use agentmc_core::ops::hosts::{AgentHeartbeat, ClaimAgentRealtimeSession};
use agentmc_core::ops::tasks::{CreateTask, ShowTask};
use agentmc_core::{Api, Error, ErrorKind, RetryPolicy};
use http::StatusCode;
use serde_json::json;

use super::bench::{kind, members};
use super::{Bench, Driver};
use crate::{Fault, Rule};

const LOST: Fault = Fault::CloseBeforeHead;

/// Creates a task that nothing else is named after.
fn create<D: Driver>(bench: &Bench) -> Result<(), Error> {
    let (board, column) = bench.column();
    bench.client::<D>().send(&CreateTask::new(board, column, "Once", "only")).map(drop)
}

/// How many tasks there are that [`create`] made.
fn made(bench: &Bench) -> usize {
    bench.sandbox.world(|world| world.tasks.values().filter(|task| task.title == "Once").count())
}

fn show<D: Driver>(bench: &Bench, api: Api) -> Result<(), Error> {
    bench.client_of::<D>(api).send(&ShowTask::new(bench.task())).map(drop)
}

pub(super) fn reading_is_repeated<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(LOST).next(2));
    show::<D>(bench, bench.api()).unwrap();
    assert_eq!(bench.seen("showTask").len(), 3);
}

pub(super) fn attempts_end<D: Driver>(bench: &Bench) {
    bench.fault(LOST);
    assert_eq!(kind(show::<D>(bench, bench.api())), ErrorKind::Lost);
    assert_eq!(bench.seen("showTask").len(), 3);
    assert_eq!(kind(show::<D>(bench, bench.api().retry(RetryPolicy::NEVER))), ErrorKind::Lost);
    assert_eq!(bench.seen("showTask").len(), 4);
}

pub(super) fn a_lost_create_is_reported<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(LOST).next(1));
    assert_eq!(kind(create::<D>(bench)), ErrorKind::Lost);
    assert_eq!((bench.seen("createTask").len(), made(bench)), (1, 1));
}

pub(super) fn claim_is_repeated<D: Driver>(bench: &Bench) {
    let agent = bench.sandbox.world(|world| *world.agents.keys().next().unwrap());
    let session = bench.sandbox.request_session(agent).unwrap();
    bench.sandbox.fault(Rule::new(LOST).next(1));
    let client = bench.client_of::<D>(bench.api().acting_as(agent));
    let claim = ClaimAgentRealtimeSession::new(session).owner_token("agent-claim:conformance");
    assert_eq!(client.send(&claim).unwrap().id, session);
    assert_eq!(bench.seen("claimAgentRealtimeSession").len(), 2);
}

pub(super) fn heartbeat_is_repeated<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(LOST).next(1));
    let network = json!({"private_ip": "10.0.0.2", "public_ip": "203.0.113.9"});
    let runtime = json!({"name": "openclaw", "version": "1.2.3"});
    let meta = json!({
        "hostname": "worker-01", "ip": "10.0.0.2", "network": network, "os": "linux", "os_version": "6.1",
        "arch": "x86_64", "cpu": "a cpu", "cpu_cores": 2, "ram_gb": 24, "uptime_seconds": 5,
        "disk": {"total_bytes": 10, "free_bytes": 5}, "runtime": runtime,
    });
    let params = json!({
        "meta": {
            "runtime": runtime, "models": ["a-model"], "openclaw_version": "1.2.3", "openclaw_build": "7",
        },
        "agent": null, "host": {"fingerprint": "f".repeat(64), "name": "worker-01", "meta": meta},
    });
    let reply = bench.client::<D>().call("agentHeartbeat", members(params)).unwrap();
    assert_eq!(reply["ok"], true);
    assert_eq!(bench.seen(<AgentHeartbeat as agentmc_core::Operation>::ENDPOINT.id).len(), 2);
}

pub(super) fn a_rate_limited_create_is_repeated<D: Driver>(bench: &Bench) {
    let busy = Fault::RetryAfter(StatusCode::TOO_MANY_REQUESTS, "0".into());
    bench.sandbox.fault(Rule::new(busy).next(1));
    create::<D>(bench).unwrap();
    assert_eq!((bench.seen("createTask").len(), made(bench)), (2, 1));
}

pub(super) fn an_unavailable_create_is_not_repeated<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(Fault::Status(StatusCode::SERVICE_UNAVAILABLE)).next(1));
    assert_eq!(kind(create::<D>(bench)), ErrorKind::Server);
    assert_eq!(bench.seen("createTask").len(), 1);
}

pub(super) fn an_invited_create_is_repeated<D: Driver>(bench: &Bench) {
    let later = Fault::RetryAfter(StatusCode::SERVICE_UNAVAILABLE, "0".into());
    bench.sandbox.fault(Rule::new(later).next(1));
    create::<D>(bench).unwrap();
    assert_eq!((bench.seen("createTask").len(), made(bench)), (2, 1));
}

pub(super) fn a_refusal_is_final<D: Driver>(bench: &Bench) {
    bench.fault(Fault::Status(StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(kind(show::<D>(bench, bench.api())), ErrorKind::Validation);
    assert_eq!(bench.seen("showTask").len(), 1);
}

pub(super) fn waits_double<D: Driver>(bench: &Bench) {
    bench.fault(LOST);
    let ms = Duration::from_millis;
    let client = bench.client_of::<D>(bench.api().retry(RetryPolicy::new(5, ms(8), ms(20))));
    let start = Instant::now();
    assert_eq!(kind(client.send(&ShowTask::new(bench.task()))), ErrorKind::Lost);
    assert_eq!(bench.seen("showTask").len(), 5);
    match client.waited() {
        Some(waited) => assert_eq!(waited, [ms(8), ms(16), ms(20), ms(20)]),
        None => assert!(start.elapsed() >= ms(4 + 8 + 10 + 10), "{:?}", start.elapsed()),
    }
}

pub(super) fn retry_after_is_kept<D: Driver>(bench: &Bench) {
    let busy = Fault::RetryAfter(StatusCode::TOO_MANY_REQUESTS, "1".into());
    bench.sandbox.fault(Rule::new(busy).next(1));
    let client = bench.client::<D>();
    let start = Instant::now();
    client.send(&ShowTask::new(bench.task())).unwrap();
    let waited = client.waited().map_or_else(|| start.elapsed(), |waits| waits.iter().sum());
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
}

pub(super) fn too_long_a_wait_is_not_taken<D: Driver>(bench: &Bench) {
    bench.fault(Fault::RetryAfter(StatusCode::TOO_MANY_REQUESTS, "86400".into()));
    assert_eq!(kind(show::<D>(bench, bench.api())), ErrorKind::RateLimited);
    assert_eq!(bench.seen("showTask").len(), 1);
}

pub(super) fn deadline_ends_repeating<D: Driver>(bench: &Bench) {
    bench.fault(LOST);
    let wait = Duration::from_millis(20);
    let api = bench.api().retry(RetryPolicy::new(1000, wait, wait));
    let kind = kind(show::<D>(bench, api.deadline(Duration::from_millis(100))));
    // An attempt may be in progress when the time is over.
    assert!([ErrorKind::Lost, ErrorKind::Timeout].contains(&kind), "{kind}");
    // Each wait is at least half of 20 ms.
    let attempts = bench.seen("showTask").len();
    assert!((1..=10).contains(&attempts), "{attempts} attempts");
}

pub(super) fn deadline_ends_an_attempt<D: Driver>(bench: &Bench) {
    bench.fault(Fault::DelayHead(Duration::from_secs(3600)));
    let api = bench.api().deadline(Duration::from_millis(60));
    assert_eq!(kind(show::<D>(bench, api)), ErrorKind::Timeout);
    assert_eq!(bench.seen("showTask").len(), 1);
}

pub(super) fn the_same_bytes_again<D: Driver>(bench: &Bench) {
    let busy = Fault::RetryAfter(StatusCode::TOO_MANY_REQUESTS, "0".into());
    bench.sandbox.fault(Rule::new(busy).next(2));
    create::<D>(bench).unwrap();
    let seen = bench.seen("createTask");
    assert_eq!(seen.len(), 3);
    for again in &seen[1..] {
        assert_eq!((&again.method, &again.target), (&seen[0].method, &seen[0].target));
        assert_eq!((&again.headers, &again.body), (&seen[0].headers, &seen[0].body));
    }
}
