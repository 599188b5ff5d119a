//! How cost grows: with the size of a page, with the length of a text, with the calls in flight.

use agentmc_core::ops::tasks::CreateTask;

use crate::build::api;
use crate::measure::{Effort, compare};
use crate::report::{Report, time};
use crate::{calls, decode};

const SUBJECT: &str = "Growth";

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    let one = decode::reply(10);
    for tasks in [1, 3, 10, 30, 100] {
        let reply = decode::reply(tasks);
        let ratio = compare(effort, || decode::ours(&reply), || decode::ours(&one));
        let each = ratio.median() * 10.0 / tasks as f64;
        let what = format!("reading a page of {tasks}: cost of a task, over that in a page of 10");
        report.figure(SUBJECT, &what, each, None, time(ratio.ours));
    }
    let api = api();
    let text = |length: usize| CreateTask::new(3, 8, "x", "y".repeat(length));
    let one = text(1_000);
    for length in [100, 1_000, 10_000, 100_000, 1_000_000] {
        let task = text(length);
        let call = |task| api.call(task).expect("a call");
        let ratio = compare(effort, || call(&task), || call(&one));
        let each = ratio.median() * 1000.0 / length as f64;
        let what =
            format!("building a task of {length} characters: cost of one, over that of 1,000");
        report.figure(SUBJECT, &what, each, None, time(ratio.ours));
    }
    calls::in_flight(report, SUBJECT, &[1, 4, 16, 64, 256, 1024]);
}
