//! Walks through listings that behave, and that do not.

use agentmc_core::ErrorKind;
use agentmc_core::ops::tasks::ListTasks;
use agentmc_types::TaskId;
use http::StatusCode;
use serde_json::json;

use super::bench::kind;
use super::{Bench, Driver};
use crate::{Fault, Rule};

const PAGE: u32 = 3;

fn tasks() -> ListTasks {
    ListTasks::new().per_page(PAGE)
}

/// Every task the walk gives, until `enough` of them.
fn walk<D: Driver>(bench: &Bench, enough: usize) -> (Vec<TaskId>, Result<(), agentmc_core::Error>) {
    let mut ids = Vec::new();
    let outcome = bench.client::<D>().walk(tasks(), |task| {
        ids.push(task.id);
        ids.len() < enough
    });
    (ids, outcome)
}

/// All tasks in one page.
fn all<D: Driver>(bench: &Bench) -> Vec<TaskId> {
    let page = bench.client::<D>().send(&ListTasks::new().per_page(100)).unwrap();
    assert!(page.data.len() > 2 * PAGE as usize && page.meta.last_page == 1, "{:?}", page.meta);
    page.data.iter().map(|task| task.id).collect()
}

pub(super) fn several<D: Driver>(bench: &Bench) {
    let expected = all::<D>(bench);
    let before = bench.sandbox.seen_count();
    let (ids, outcome) = walk::<D>(bench, usize::MAX);
    outcome.unwrap();
    assert_eq!(ids, expected);
    let pages = bench.sandbox.seen_count() - before;
    assert_eq!(pages, expected.len().div_ceil(PAGE as usize));
}

pub(super) fn empty_in_the_middle<D: Driver>(bench: &Bench) {
    let expected = all::<D>(bench);
    let empty = json!({
        "data": [], "links": {"first": null, "last": null, "prev": null, "next": null},
        "meta": {"current_page": 2, "last_page": 9, "path": "x", "per_page": PAGE, "total": expected.len()},
    });
    let empty = empty.to_string();
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{empty}",
        empty.len()
    );
    let fault = Fault::Raw(reply.into());
    bench.sandbox.fault(Rule::new(fault).operation("listTasks").after(1).next(1));
    let (ids, outcome) = walk::<D>(bench, usize::MAX);
    outcome.unwrap();
    assert_eq!((&ids[..3], &ids[3..]), (&expected[..3], &expected[6..]));
}

pub(super) fn repeated<D: Driver>(bench: &Bench) {
    let expected = all::<D>(bench);
    bench.fault(Fault::RepeatPage);
    let (ids, outcome) = walk::<D>(bench, usize::MAX);
    outcome.unwrap();
    assert_eq!(ids, expected[..PAGE as usize]);
}

pub(super) fn changed_meanwhile<D: Driver>(bench: &Bench) {
    let expected = all::<D>(bench);
    let mut ids = Vec::new();
    let outcome = bench.client::<D>().walk(tasks(), |task| {
        if ids.is_empty() {
            bench.sandbox.world(|world| world.tasks.remove(&task.id));
        }
        ids.push(task.id);
        true
    });
    outcome.unwrap();
    // The others have moved up by one, and the one that moved across the end of the first page is not seen.
    let mut seen = expected.clone();
    seen.remove(PAGE as usize);
    assert_eq!(ids, seen);
}

pub(super) fn stopping_early<D: Driver>(bench: &Bench) {
    for (enough, pages) in [(1, 1), (PAGE as usize, 1), (PAGE as usize + 1, 2)] {
        let before = bench.sandbox.seen_count();
        let (ids, outcome) = walk::<D>(bench, enough);
        outcome.unwrap();
        assert_eq!((ids.len(), bench.sandbox.seen_count() - before), (enough, pages));
    }
}

pub(super) fn failing_later<D: Driver>(bench: &Bench) {
    let fault = Fault::Status(StatusCode::FORBIDDEN);
    bench.sandbox.fault(Rule::new(fault).operation("listTasks").after(1).next(1));
    let (ids, outcome) = walk::<D>(bench, usize::MAX);
    assert_eq!((ids.len(), kind(outcome)), (PAGE as usize, ErrorKind::Forbidden));
    assert_eq!(bench.seen("listTasks").len(), 2);
}
