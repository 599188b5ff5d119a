//! What can be observed of a call.

use agentmc_core::ops::tasks::ShowTask;
use http::StatusCode;

use super::observer::observe;
use super::{Bench, Driver};
use crate::{Fault, Rule};

pub(super) fn attempts<D: Driver>(bench: &Bench) {
    bench.sandbox.fault(Rule::new(Fault::Status(StatusCode::SERVICE_UNAVAILABLE)).next(1));
    bench.sandbox.fault(Rule::new(Fault::CloseBeforeHead).next(1));
    let client = bench.client::<D>();
    let (_, seen) = observe(|| client.send(&ShowTask::new(bench.task())).unwrap());
    let attempts: Vec<_> =
        seen.events.iter().filter(|event| event["message"] == "attempt").collect();
    assert_eq!(attempts.len(), 3, "{seen:?}");
    for (number, attempt) in (1..).zip(&attempts) {
        let has = |name: &str| attempt.contains_key(name);
        assert_eq!((&*attempt["operation"], &*attempt["revision"]), ("showTask", "0.3.169"));
        assert_eq!((&*attempt["attempt"], &*attempt["sent_bytes"]), (&*format!("{number}"), "0"));
        assert!(has("duration_us"), "{attempt:?}");
        assert_eq!(has("again_in_us"), number < 3, "{attempt:?}");
        assert_eq!(has("failure"), !has("status"), "{attempt:?}");
    }
    let statuses: Vec<_> =
        attempts.iter().map(|attempt| attempt.get("status").map(|s| &**s)).collect();
    assert!(statuses.contains(&Some("503")) && statuses.contains(&None), "{statuses:?}");
    assert_eq!(statuses[2], Some("200"));
    assert!(attempts[2]["received_bytes"].parse::<u32>().is_ok_and(|bytes| bytes > 100));
}

pub(super) fn span<D: Driver>(bench: &Bench) {
    let client = bench.client::<D>();
    let (_, seen) = observe(|| {
        client.send(&ShowTask::new(bench.task())).unwrap();
        client.send(&ShowTask::new(bench.task())).unwrap()
    });
    let calls: Vec<_> = seen.spans.iter().filter(|span| span["name"] == "call").collect();
    assert_eq!(calls.len(), 2, "{seen:?}");
    for call in calls {
        assert_eq!((&*call["operation"], &*call["revision"]), ("showTask", "0.3.169"));
    }
}
