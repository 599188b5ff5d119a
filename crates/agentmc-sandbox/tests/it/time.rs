//! The clock, limits and latency.

use std::time::{Duration, Instant, SystemTime};

use agentmc_core::ops::boards::ListBoards;
use agentmc_sandbox::{Clock, Fault, Options, Rule, Sandbox, World};
use agentmc_types::{AgentId, Object, RealtimeSessionStatus};

use crate::storage::fetch;
use crate::visitor::Visitor;

#[test]
fn the_clock_can_be_moved_by_whole_seconds() {
    let mut world = World::new(0);
    let before = world.now().as_second();
    world.advance(Duration::from_millis(90_999));
    assert_eq!(world.now().as_second(), before + 90);
    world.advance(Duration::MAX);
    assert!(world.now().as_second() > before + 90, "the end of time is not passed");
}

#[test]
fn signed_urls_expire_when_time_passes() {
    let mut visitor = Visitor::new();
    let reply = visitor.get("/files/1/download");
    let url = reply.response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(fetch(&mut visitor.world, &url, &[]).status(), 200);
    visitor.world.advance(Duration::from_secs(15 * 60));
    assert_eq!(fetch(&mut visitor.world, &url, &[]).status(), 403);
}

#[test]
fn sessions_past_their_time_expire() {
    let sandbox = Sandbox::start().unwrap();
    let session = sandbox.request_session(AgentId(1)).unwrap();
    let status = || sandbox.world(|world| world.sessions[&session].status.clone());
    let end = sandbox.world(|world| world.sessions[&session].expires_at.unwrap());
    let left = sandbox.world(|world| end.duration_since(world.now()).unsigned_abs());
    sandbox.advance(left - Duration::from_secs(1));
    assert_eq!(status(), RealtimeSessionStatus::Requested);
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(status(), RealtimeSessionStatus::Expired);
    assert_eq!(sandbox.browser_says(session, "message", Object::new()), None);
}

#[test]
fn recurring_tasks_fall_due_when_time_passes() {
    let mut visitor = Visitor::new();
    let due = |visitor: &mut Visitor| {
        visitor.get("/agents/recurring-task-runs/due").body["data"].as_array().map(Vec::len)
    };
    let first = due(&mut visitor);
    assert_eq!(due(&mut visitor), Some(0));
    for run in visitor.world.runs.values_mut() {
        run.status = agentmc_types::RecurringTaskRunStatus::Success;
    }
    assert_eq!(due(&mut visitor), Some(0));
    visitor.world.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(due(&mut visitor), first);
}

#[test]
fn a_credential_has_so_many_requests_and_then_is_told_to_wait() {
    let sandbox = Sandbox::with(Options::default().rate_limit(2)).unwrap();
    let call = sandbox.api().call(&ListBoards::new()).unwrap();
    for _ in 0..2 {
        assert_eq!(sandbox.exchange(&call).unwrap().status(), 200);
    }
    let before = sandbox.world(|world| world.now());
    let refused = sandbox.exchange(&call).unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.body().starts_with(br#"{"error":{"code":"rate_limit.exceeded","#));
    assert_eq!(sandbox.world(|world| world.now()), before, "nothing happens in the world");
    let seen = sandbox.seen();
    assert_eq!((seen[2].operation, seen[2].status.as_u16()), (Some("listBoards"), 429));

    let other = agentmc_core::Credential::api_key(&sandbox.keys().team_key).unwrap();
    let other = sandbox.api().credential(other).call(&ListBoards::new()).unwrap();
    assert_eq!(sandbox.exchange(&other).unwrap().status(), 200);
}

#[test]
fn replies_wait_for_the_latency() {
    let latency = Duration::from_millis(50);
    let sandbox = Sandbox::with(Options::default().latency(latency)).unwrap();
    let call = sandbox.api().call(&ListBoards::new()).unwrap();
    assert!(sandbox.exchange(&call).is_ok());
    let hasty = sandbox.api().timeout(latency).call(&ListBoards::new()).unwrap();
    assert!(sandbox.exchange(&hasty).is_err(), "the latency counts like any wait");

    let started = Instant::now();
    let authority = sandbox.url().strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = std::net::TcpStream::connect(authority).unwrap();
    std::io::Write::write_all(
        &mut stream,
        b"GET /api/v1/boards HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    .unwrap();
    let mut reply = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut reply).unwrap();
    assert!(reply.starts_with(b"HTTP/1.1 401 ") && started.elapsed() >= latency);
}

#[test]
fn a_latency_beyond_all_time_is_waited_for_and_breaks_nothing() {
    let endless = Options::default()
        .latency(Duration::MAX)
        .faults(vec![Rule::new(Fault::DelayHead(Duration::MAX))]);
    let sandbox = Sandbox::with(endless).unwrap();
    let call = sandbox.api().call(&ListBoards::new()).unwrap();
    let kind = sandbox.exchange(&call).unwrap_err().kind;
    assert_eq!(kind, agentmc_core::TransportKind::Timeout);
    let mut stream = std::net::TcpStream::connect(crate::client::authority(&sandbox)).unwrap();
    std::io::Write::write_all(&mut stream, b"GET /api/v1/boards HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let started = Instant::now();
    while sandbox.seen_count() < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not arrive");
        std::thread::yield_now();
    }
    sandbox.clear_faults();
    assert_eq!(sandbox.exchange(&call).unwrap_err().kind, kind, "the latency stays");
}

#[test]
fn the_clock_may_follow_the_wall_and_never_goes_back() {
    let wall = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
    let sandbox = Sandbox::with(Options::default().clock(Clock::Wall)).unwrap();
    let now = || sandbox.world(|world| world.now().as_second());
    let call = sandbox.api().call(&ListBoards::new()).unwrap();
    for _ in 0..1_000 {
        assert_eq!(sandbox.exchange(&call).unwrap().status(), 200);
        sandbox.world(|world| world.request_session(AgentId(1)));
    }
    let (shown, wall) = (now(), wall());
    assert!(wall.abs_diff(shown) <= 2, "requests take no time: {shown} at {wall}");
    sandbox.advance(Duration::from_secs(3_600));
    assert!((shown + 3_600..shown + 3_660).contains(&now()), "it can be moved all the same");
}
