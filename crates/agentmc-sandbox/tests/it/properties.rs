//! What holds whatever is asked.

use std::collections::{BTreeMap, BTreeSet};

use agentmc_core::OPERATIONS;
use agentmc_sandbox::World;
use agentmc_types::Object;
use fastrand::Rng;

use crate::{generate, visitor};

#[test]
fn no_request_breaks_the_world() {
    let mut rng = Rng::with_seed(11);
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    let mut succeeded = BTreeSet::new();
    let mut missing = BTreeSet::new();
    // Deletions empty a world in the long run, so there are ten of them.
    for seed in 0..10 {
        let mut world = World::new(seed);
        for _ in 0..1_000 {
            if rng.u8(..20) == 0 {
                let session = world.request_session(rng.u64(1..4).into()).filter(|_| rng.bool());
                session.and_then(|session| world.browser_says(session, "message", Object::new()));
            }
            let request = generate::request(&mut rng, &world);
            let reply = visitor::read(&request, world.handle(&request));
            assert!(reply.status < 500 || reply.status == 501, "{request:?} {}", reply.body);
            *statuses.entry(reply.status).or_default() += 1;
            match reply.status {
                501 => missing.insert(reply.operation()),
                200..300 => succeeded.insert(reply.operation()),
                _ => false,
            };
        }
    }
    for status in [200, 201, 204, 400, 401, 403, 404, 405, 409, 422, 501] {
        assert!(statuses.contains_key(&status), "nothing was answered with {status}: {statuses:?}");
    }
    let all: BTreeSet<_> = succeeded.union(&missing).copied().collect();
    let never: Vec<_> =
        OPERATIONS.iter().map(|endpoint| endpoint.id).filter(|id| !all.contains(id)).collect();
    assert!(never.is_empty(), "{never:?} never got past the checks");
    assert_eq!(succeeded.intersection(&missing).count(), 0);
}

#[test]
fn the_same_seed_and_requests_give_the_same_replies() {
    let run = || {
        let mut world = World::new(5);
        let mut rng = Rng::with_seed(5);
        let replies = (0..500).map(|_| {
            let request = generate::request(&mut rng, &world);
            let response = world.handle(&request);
            (response.status(), response.headers().clone(), response.body().clone())
        });
        replies.collect::<Vec<_>>()
    };
    assert!(run() == run());
}

#[test]
fn another_seed_makes_another_world() {
    let tasks =
        |seed| World::new(seed).tasks.values().map(|task| task.title.clone()).collect::<Vec<_>>();
    assert_eq!(tasks(1).len(), 63);
    assert_ne!(tasks(1), tasks(2));
}
