//! What follows from the outcome of an attempt.

use std::time::Duration;

use agentmc_core::call::{Call, Step};
use agentmc_core::ops::boards::{CreateBoard, ShowBoard};
use agentmc_core::ops::hosts::ClaimAgentRealtimeSession;
use agentmc_core::retry::{Failure, RetryPolicy};
use agentmc_core::{
    Endpoint, Error, ErrorKind, Operation, Revision, TransportError, TransportKind,
};
use bytes::Bytes;
use http::{Response, StatusCode};
use proptest::prelude::*;

use crate::fixtures::{reply, reply_with};
use crate::generate;
use crate::samples;

const CONNECT: Outcome = Outcome::Fails(TransportKind::Connect);
const LOST: Outcome = Outcome::Fails(TransportKind::Lost);
const TIMEOUT: Outcome = Outcome::Fails(TransportKind::Timeout);
const TOO_LARGE: Outcome = Outcome::Fails(TransportKind::TooLarge);

/// What comes of an attempt.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Replies(u16),
    Fails(TransportKind),
}

impl Outcome {
    fn result(self) -> Result<Response<Bytes>, TransportError> {
        match self {
            Self::Replies(status) => Ok(reply(status, "")),
            Self::Fails(kind) => Err(TransportError::new(kind, "the cause")),
        }
    }
}

/// A call that repeating does no harm to.
fn idempotent() -> Call {
    samples::api(Revision::LATEST).call(&ShowBoard::new(3)).unwrap()
}

/// A call that would do its work twice.
fn creating() -> Call {
    samples::api(Revision::LATEST).call(&CreateBoard::new("Operations")).unwrap()
}

fn patient(policy: RetryPolicy) -> Call {
    samples::api(Revision::LATEST).retry(policy).call(&ShowBoard::new(3)).unwrap()
}

/// The delay before the next attempt; `None` if there is none.
fn delay(call: &mut Call, result: Result<Response<Bytes>, TransportError>) -> Option<Duration> {
    match call.resolve(result, Duration::ZERO, 0.0) {
        Step::Again(delay) => Some(delay),
        Step::Done(_) => None,
    }
}

#[test]
fn an_outcome_is_repeated_only_where_that_is_safe() {
    use Outcome::Replies;

    for (outcome, idempotent_again, creating_again) in [
        (CONNECT, true, true),
        (Replies(429), true, true),
        (LOST, true, false),
        (TIMEOUT, true, false),
        (Replies(500), true, false),
        (Replies(502), true, false),
        (Replies(503), true, false),
        (Replies(504), true, false),
        (TOO_LARGE, false, false),
        (Replies(200), false, false),
        (Replies(204), false, false),
        (Replies(302), false, false),
        (Replies(400), false, false),
        (Replies(401), false, false),
        (Replies(402), false, false),
        (Replies(403), false, false),
        (Replies(404), false, false),
        (Replies(408), false, false),
        (Replies(409), false, false),
        (Replies(422), false, false),
        (Replies(501), false, false),
        (Replies(505), false, false),
    ] {
        assert_eq!(
            delay(&mut idempotent(), outcome.result()).is_some(),
            idempotent_again,
            "{outcome:?}"
        );
        assert_eq!(
            delay(&mut creating(), outcome.result()).is_some(),
            creating_again,
            "{outcome:?}"
        );
    }
}

/// What follows from a lost attempt that ended so many milliseconds after the start of the call.
fn after_loss(call: &mut Call, elapsed: u64) -> Option<Duration> {
    match call.resolve(LOST.result(), Duration::from_millis(elapsed), 0.0) {
        Step::Again(delay) => Some(delay),
        Step::Done(_) => None,
    }
}

#[test]
fn no_attempt_begins_at_or_after_the_deadline() {
    let policy = RetryPolicy::new(9, Duration::from_millis(100), Duration::from_secs(9));
    for (deadline, elapsed, again) in [(300, 199, true), (300, 200, false), (300, 300, false)] {
        let api = samples::api(Revision::LATEST).retry(policy);
        let api = api.deadline(Duration::from_millis(deadline));
        let mut call = api.call(&ShowBoard::new(3)).unwrap();
        assert_eq!(after_loss(&mut call, elapsed).is_some(), again, "{elapsed} of {deadline} ms");
    }
}

#[test]
fn an_attempt_has_no_more_time_than_the_call_has_left() {
    let policy = RetryPolicy::new(9, Duration::from_millis(100), Duration::from_secs(9));
    let api = samples::api(Revision::LATEST).retry(policy).timeout(Duration::from_millis(400));
    let mut patient = api.call(&ShowBoard::new(3)).unwrap();
    let mut call = api.deadline(Duration::from_millis(900)).call(&ShowBoard::new(3)).unwrap();
    assert_eq!(call.timeout(), Duration::from_millis(400));
    after_loss(&mut call, 500).unwrap();
    assert_eq!(call.timeout(), Duration::from_millis(300), "the delay of 100 ms counts");
    after_loss(&mut patient, 500).unwrap();
    assert_eq!(patient.timeout(), Duration::from_millis(400));
}

#[test]
fn a_deadline_ends_the_call_with_what_happened_last() {
    let api = samples::api(Revision::LATEST).deadline(Duration::from_millis(10));
    let mut call = api.call(&ShowBoard::new(3)).unwrap();
    let step = call.resolve(TIMEOUT.result(), Duration::from_millis(10), 0.0);
    let Step::Done(Err(error)) = step else { panic!("{step:?}") };
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn an_invitation_to_come_back_is_taken_by_every_call() {
    let busy = |status| reply_with(status, "Retry-After", "2");
    for status in [429, 503] {
        assert_eq!(delay(&mut idempotent(), Ok(busy(status))), Some(Duration::from_secs(2)));
        assert_eq!(delay(&mut creating(), Ok(busy(status))), Some(Duration::from_secs(2)));
    }
    assert_eq!(delay(&mut idempotent(), Ok(busy(500))), Some(Duration::from_secs(2)));
    assert_eq!(delay(&mut creating(), Ok(busy(500))), None);
    assert_eq!(delay(&mut idempotent(), Ok(busy(409))), None);
}

#[test]
fn a_flagged_post_is_repeated_like_a_get() {
    let claim = ClaimAgentRealtimeSession::new(1).owner_token("agent-claim:16f4a0c2d9");
    let mut call = samples::api(Revision::LATEST).call(&claim).unwrap();
    assert!(delay(&mut call, LOST.result()).is_some());
}

#[test]
fn idempotent_are_get_put_delete_and_what_is_flagged() {
    let flagged: Vec<_> = agentmc_core::OPERATIONS
        .iter()
        .filter(|endpoint| endpoint.idempotent && !endpoint.method.is_idempotent())
        .map(|endpoint| endpoint.id)
        .collect();
    assert_eq!(
        flagged,
        [
            "agentHeartbeat",
            "authenticateAgentRealtimeSocket",
            "authenticateHostRealtimeSocket",
            "claimAgentRealtimeSession",
            "closeAgentRealtimeSession",
            "markAllNotificationsRead",
            "markNotificationRead",
        ]
    );
    for endpoint in agentmc_core::OPERATIONS {
        let by_method = matches!(endpoint.method.as_str(), "GET" | "PUT" | "DELETE");
        assert!(!by_method || endpoint.idempotent, "{}", endpoint.id);
    }
}

#[test]
fn a_server_that_asks_for_more_than_the_longest_delay_is_left_alone() {
    let policy = RetryPolicy::new(9, Duration::from_millis(1), Duration::from_secs(20));
    let after =
        |value: &str| delay(&mut patient(policy), Ok(reply_with(503, "Retry-After", value)));
    assert_eq!(after("20"), Some(Duration::from_secs(20)));
    assert_eq!(after("21"), None);
    assert_eq!(after("18446744073709551615"), None);
    assert_eq!(after("0"), Some(Duration::ZERO));
    assert_eq!(after(" 7 "), Some(Duration::from_secs(7)));
}

#[test]
fn a_date_to_come_back_at_is_read_against_the_date_of_the_reply() {
    let after = |until: &str, date: Option<&str>| {
        let mut response = Response::builder().status(503).header("Retry-After", until);
        if let Some(date) = date {
            response = response.header("Date", date);
        }
        delay(&mut idempotent(), Ok(response.body(Bytes::new()).unwrap()))
    };
    let now = Some("Sun, 22 Feb 2026 17:21:00 GMT");
    assert_eq!(after("Sun, 22 Feb 2026 17:21:05 GMT", now), Some(Duration::from_secs(5)));
    assert_eq!(after("Sunday, 22-Feb-26 17:21:05 GMT", now), Some(Duration::from_secs(5)));
    assert_eq!(after("Sun, 22 Feb 2026 17:20:00 GMT", now), Some(Duration::ZERO));
    assert_eq!(
        after("Sun, 22 Feb 2026 17:22:00 GMT", now),
        None,
        "a minute is longer than the longest delay"
    );

    // What cannot be read is as if it were not there: the policy's own delay.
    let own = Some(Duration::from_millis(350));
    assert_eq!(after("Sun, 22 Feb 2026 17:21:05 GMT", None), own);
    assert_eq!(after("Sun, 22 Feb 2026 17:21:05 GMT", Some("today")), own);
    for malformed in ["", "soon", "-1", "1.5", "2 s"] {
        assert_eq!(after(malformed, now), own, "{malformed:?}");
    }
    assert_eq!(after("18446744073709551616", now), None, "longer than can be counted");
    let mut creating = creating();
    assert_eq!(delay(&mut creating, Ok(reply_with(503, "Retry-After", "soon"))), None);
}

#[test]
fn attempts_are_counted_and_the_request_stays_the_same() {
    let mut call = samples::api(Revision::LATEST).call(&ShowBoard::new(3)).unwrap();
    let sent =
        format!("{:?} {:?}", call.request(), call.request().headers()["x-api-key"].as_bytes());
    for attempt in 1..=2 {
        assert_eq!(call.attempt(), attempt);
        assert!(delay(&mut call, LOST.result()).is_some());
        assert_eq!(
            format!("{:?} {:?}", call.request(), call.request().headers()["x-api-key"].as_bytes()),
            sent
        );
    }
    assert_eq!(call.attempt(), 3);
    let Step::Done(Err(Error::Transport(error))) = call.resolve(LOST.result(), Duration::ZERO, 0.0)
    else {
        panic!("the third is the last")
    };
    assert_eq!((error.operation, error.kind), ("showBoard", TransportKind::Lost));
}

#[test]
fn the_reply_of_a_later_attempt_is_the_result() {
    let mut call = idempotent();
    assert!(delay(&mut call, CONNECT.result()).is_some());
    let Step::Done(Ok(response)) = call.resolve(Ok(reply(200, "{}")), Duration::ZERO, 0.0) else {
        panic!("200 is the end")
    };
    assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"{}"[..]));
}

#[test]
fn a_call_carries_how_patient_and_how_hungry_its_driver_may_be() {
    let call = idempotent();
    assert_eq!((call.timeout(), call.max_reply_bytes()), (Duration::from_secs(30), 32 << 20));
    let api = samples::api(Revision::LATEST).timeout(Duration::from_secs(7)).max_reply_bytes(1000);
    let call = api.call(&ShowBoard::new(3)).unwrap();
    assert_eq!((call.timeout(), call.max_reply_bytes()), (Duration::from_secs(7), 1000));
    assert_eq!(api.time_to_connect(), Duration::from_secs(10));
    assert_eq!(
        api.connect_timeout(Duration::from_secs(1)).time_to_connect(),
        Duration::from_secs(1)
    );
}

#[test]
fn never_is_one_attempt() {
    for outcome in [CONNECT, LOST, Outcome::Replies(429), Outcome::Replies(503)] {
        assert_eq!(delay(&mut patient(RetryPolicy::NEVER), outcome.result()), None, "{outcome:?}");
    }
    let none = RetryPolicy::new(0, Duration::ZERO, Duration::ZERO);
    assert_eq!(delay(&mut patient(none), CONNECT.result()), None);
}

#[test]
fn transport_errors_say_what_failed_and_keep_the_cause() {
    for (kind, error_kind, message) in [
        (TransportKind::Connect, ErrorKind::Connect, "createBoard: could not connect"),
        (
            TransportKind::Lost,
            ErrorKind::Lost,
            "createBoard: the connection broke before the whole reply arrived",
        ),
        (TransportKind::Timeout, ErrorKind::Timeout, "createBoard: no reply in time"),
        (
            TransportKind::TooLarge,
            ErrorKind::TooLarge,
            "createBoard: the reply is larger than the client accepts",
        ),
    ] {
        let api = samples::api(Revision::LATEST).retry(RetryPolicy::NEVER);
        let mut call = api.call(&CreateBoard::new("Operations")).unwrap();
        let Step::Done(Err(error)) =
            call.resolve(Outcome::Fails(kind).result(), Duration::ZERO, 0.0)
        else {
            panic!("{kind:?}")
        };
        assert_eq!((error.kind(), error.status()), (error_kind, None));
        assert_eq!(error.to_string(), message);
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the cause");
        assert_eq!(
            error.to_json(),
            serde_json::json!({
                "kind": error_kind.as_str(), "message": format!("{message}: the cause"), "operation": "createBoard",
            })
        );
    }
}

const LOST_ATTEMPT: Failure = Failure::Transport(TransportKind::Lost);

#[test]
fn delays_double_up_to_the_longest() {
    let policy = RetryPolicy::new(u32::MAX, Duration::from_millis(350), Duration::from_secs(20));
    let delay = |attempt| {
        policy.delay(ShowBoard::ENDPOINT, attempt, LOST_ATTEMPT, 0.0).unwrap().as_millis()
    };
    assert_eq!([1, 2, 3, 4, 5, 6, 7].map(delay), [350, 700, 1400, 2800, 5600, 11_200, 20_000]);
    assert_eq!([8, 33, 1000, u32::MAX - 1].map(delay), [20_000; 4]);
}

#[test]
fn jitter_takes_up_to_half_of_a_delay_and_none_of_an_invitation() {
    let policy = RetryPolicy::new(3, Duration::from_secs(4), Duration::from_secs(20));
    let delay = |jitter| policy.delay(ShowBoard::ENDPOINT, 1, LOST_ATTEMPT, jitter).unwrap();
    assert_eq!(delay(0.0), Duration::from_secs(4));
    assert_eq!(delay(0.5), Duration::from_secs(3));
    assert_eq!(delay(1.0), Duration::from_secs(2));
    for (odd, same_as) in
        [(f64::NAN, 0.0), (f64::INFINITY, 0.0), (f64::NEG_INFINITY, 0.0), (-3.0, 0.0), (7.0, 1.0)]
    {
        assert_eq!(delay(odd), delay(same_as), "{odd}");
    }
    let asked = Failure::Status {
        status: StatusCode::SERVICE_UNAVAILABLE,
        retry_after: Some(Duration::from_secs(9)),
    };
    assert_eq!(policy.delay(ShowBoard::ENDPOINT, 1, asked, 1.0), Some(Duration::from_secs(9)));
}

#[test]
fn the_longest_of_all_delays_is_a_delay() {
    let policy = RetryPolicy::new(3, Duration::MAX, Duration::MAX);
    let delay = |jitter| policy.delay(ShowBoard::ENDPOINT, 2, LOST_ATTEMPT, jitter);
    assert_eq!(delay(0.0), Some(Duration::MAX));
    assert!(delay(1.0) < Some(Duration::MAX));
}

#[test]
fn the_policy_without_a_choice_is_three_attempts() {
    assert_eq!(
        RetryPolicy::default(),
        RetryPolicy::new(3, Duration::from_millis(350), Duration::from_secs(20))
    );
}

fn outcomes() -> impl Strategy<Value = (Result<u16, TransportKind>, Option<String>)> {
    let kinds = &[
        TransportKind::Connect,
        TransportKind::Lost,
        TransportKind::Timeout,
        TransportKind::TooLarge,
    ][..];
    let status =
        prop_oneof![prop::sample::select(&[429_u16, 500, 502, 503, 504][..]), 100..1000_u16];
    let outcome =
        prop_oneof![3 => status.prop_map(Ok), 1 => prop::sample::select(kinds).prop_map(Err)];
    let after =
        prop_oneof!["[0-9]{1,20}", "[ -~]{0,12}", Just("Sun, 22 Feb 2026 17:21:05 GMT".to_owned())];
    (outcome, proptest::option::of(after))
}

fn response(status: u16, retry_after: Option<&str>) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    if let Some(after) = retry_after {
        response =
            response.header("Retry-After", after).header("Date", "Sun, 22 Feb 2026 17:21:00 GMT");
    }
    response.body(Bytes::new()).unwrap()
}

#[test]
fn any_history_ends_within_the_policy() {
    let endpoints: &[&Endpoint] = agentmc_core::OPERATIONS;
    let policy = (0..6_u32, 0..u64::MAX, 0..u64::MAX);
    let history = proptest::collection::vec((outcomes(), any::<f64>()), 8);
    let result = generate::run(
        512,
        &(prop::sample::select(endpoints), policy, history),
        |(endpoint, policy, history)| {
            let (attempts, first, longest) = policy;
            let policy = RetryPolicy::new(
                attempts,
                Duration::from_nanos(first),
                Duration::from_nanos(longest),
            );
            let revision = endpoint.newest();
            let api = samples::api(revision).retry(policy);
            let mut call = api
                .call_by_name(endpoint.id, samples::params(endpoint, revision))
                .map_err(|error| error.to_string())?;
            let body = call.request().body().clone();
            for (made, ((outcome, after), jitter)) in (1..).zip(history) {
                if call.attempt() != made || call.request().body() != &body {
                    return Err(format!("attempt {made} is another call"));
                }
                let result = match outcome {
                    Ok(status) => Ok(response(status, after.as_deref())),
                    Err(kind) => Err(TransportError::new(kind, "the cause")),
                };
                match call.resolve(result, Duration::ZERO, jitter) {
                    Step::Done(_) => return Ok(()),
                    Step::Again(delay) if delay > policy.longest => {
                        return Err(format!("{delay:?} is too long"));
                    }
                    Step::Again(_) if made >= policy.attempts => {
                        return Err(format!("{made} attempts were not enough"));
                    }
                    Step::Again(_) => {}
                }
            }
            Err("the call never ended".to_owned())
        },
    );
    assert_eq!(result, Ok(()));
}
