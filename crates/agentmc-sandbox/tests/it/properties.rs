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
    // Deletions empty a world in the long run, so there are ten of them.
    for seed in 0..10 {
        let mut world = World::new(seed);
        for _ in 0..1_000 {
            if rng.u8(..20) == 0 {
                let session = world.request_session(rng.u64(1..4).into()).filter(|_| rng.bool());
                session.and_then(|session| world.browser_says(session, "message", Object::new()));
            }
            if rng.u8(..4) == 0 {
                let stored = world.store(&generate::transfer(&mut rng, &world));
                assert!(stored.status().as_u16() < 500);
            }
            let request = generate::request(&mut rng, &world);
            let reply = visitor::read(&request, world.handle(&request));
            assert!(reply.status < 500, "{request:?} {}", reply.body);
            *statuses.entry(reply.status).or_default() += 1;
            if reply.status < 400 {
                succeeded.insert(reply.operation());
            }
        }
    }
    for status in [200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 422] {
        assert!(statuses.contains_key(&status), "nothing was answered with {status}: {statuses:?}");
    }
    let ids = OPERATIONS.iter().map(|endpoint| endpoint.id);
    let never: Vec<_> = ids.filter(|id| !succeeded.contains(id)).collect();
    assert!(never.is_empty(), "{never:?} never succeeded");
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
