//! One client, many callers.

use std::collections::BTreeSet;
use std::thread;

use agentmc_core::ops::tasks::{CreateTask, ShowTask};

use super::{Bench, Driver};

pub(super) fn shared<D: Driver>(bench: &Bench) {
    let client = bench.client::<D>();
    let ids: Vec<_> = bench.sandbox.world(|world| world.tasks.keys().copied().collect());
    thread::scope(|scope| {
        for thread in 0..16 {
            let (client, ids) = (&client, &ids);
            scope.spawn(move || {
                for call in 0..16 {
                    let id = ids[(thread + call) % ids.len()];
                    assert_eq!(client.send(&ShowTask::new(id)).unwrap().id, id);
                }
            });
        }
    });
    assert_eq!(bench.seen("showTask").len(), 256);
}

pub(super) fn many<D: Driver>(bench: &Bench) {
    let client = bench.client::<D>();
    let (board, column) = bench.column();
    let made: Vec<_> = thread::scope(|scope| {
        let create = |number: usize| {
            let client = &client;
            scope.spawn(move || {
                let title = format!("Number {number}");
                let task = client.send(&CreateTask::new(board, column, &*title, "y")).unwrap();
                assert_eq!(task.title, title);
                task.id
            })
        };
        let threads: Vec<_> = (0..256).map(create).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 256);
    assert_eq!(bench.seen("createTask").len(), 256);
}
