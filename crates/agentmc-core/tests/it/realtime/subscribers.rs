//! How subscribers stand to their subscriptions.

use std::task::Poll;

use agentmc_core::realtime::publish::PublishError;
use agentmc_core::realtime::{
    End, Event, HostOptions, Loss, MailboxLimits, SessionOptions, State, Subscriber,
};
use agentmc_core::types::{AgentId, SessionId, SignalSender};
use agentmc_core::{Api, Credential, Error};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::service::{TOKEN, api, ok, refusal};

const CLOSE: &str = "closeAgentRealtimeSession";

fn subscriber() -> Subscriber {
    Subscriber::of_session(&SessionOptions::best(TOKEN), MailboxLimits::default())
}

/// The API of a key that may act for several agents.
fn of_host() -> Api {
    Api::new(Credential::api_key("cc_key").unwrap())
}

fn ready(session: u64, agent: u64) -> Event {
    let session = json!({"id": session, "team_id": 1, "agent_id": agent, "status": "claimed"});
    Event::Ready(serde_json::from_value(session).unwrap())
}

fn closed_by_browser() -> End {
    End::Closed { sender: SignalSender::Browser, reason: None }
}

fn refused(status: u16) -> Error {
    refusal(CLOSE, status, &json!({})).unwrap_err()
}

#[test]
fn a_session_is_there_to_publish_to_once_it_is_listened_to() {
    let mut subscriber = subscriber();
    subscriber.push(Event::State(State::Connecting), None);
    subscriber.claimed(42.into(), 7.into());
    assert_eq!((subscriber.poll_session(), subscriber.session()), (Poll::Pending, None));
    subscriber.push(ready(42, 7), None);
    assert_eq!(subscriber.poll_session(), Poll::Ready(Some(42.into())));
    subscriber.push(Event::Ended(End::Expired), None);
    assert_eq!(subscriber.session(), Some(42.into()), "though it is over");
}

#[test]
fn nobody_waits_for_the_session_of_a_host_or_of_a_subscription_that_has_ended() {
    let host = Subscriber::of_host(&HostOptions::new(), MailboxLimits::default());
    let (mut ended, mut abandoned) = (subscriber(), subscriber());
    ended.push(Event::Ended(End::NoneRequested), None);
    abandoned.abandon();
    for subscriber in [host, ended, abandoned] {
        assert_eq!(subscriber.poll_session(), Poll::Ready(None));
    }
    let error = PublishError::unclaimed();
    assert!(error.stored.is_empty() && matches!(error.error, Error::Build(_)), "{error:?}");
}

#[test]
fn what_has_come_is_taken_though_nothing_will_come() {
    let mut subscriber = subscriber();
    assert!(subscriber.take().is_pending());
    subscriber.push(Event::Listening, Some(9.into()));
    subscriber.abandon();
    assert!(!subscriber.is_over());
    assert!(matches!(subscriber.take(), Poll::Ready(Some(Event::Listening))));
    assert_eq!(subscriber.mailbox().last_id(), Some(9.into()));
    assert!(subscriber.is_over());
    subscriber.push(Event::Listening, None);
    assert!(matches!(subscriber.take(), Poll::Ready(None)), "nobody is left to push");
}

#[test]
fn a_push_that_fills_it_pauses_and_a_take_that_makes_room_resumes() {
    let limits = MailboxLimits::default().events(2);
    let mut subscriber = Subscriber::of_session(&SessionOptions::best(TOKEN), limits);
    let pauses: Vec<_> =
        (1..4).map(|id| subscriber.push(Event::Unreadable(Some(id.into())), None)).collect();
    assert_eq!(pauses, [false, true, false]);
    let mut resumes = Vec::new();
    while let Poll::Ready(Some(_)) = subscriber.take() {
        resumes.push(subscriber.resume());
    }
    assert_eq!(resumes, [false, true, false, false]);
}

#[test]
fn it_acts_as_the_agent_that_was_chosen_or_configured_or_that_claimed() {
    let agent = |subscriber: &Subscriber, api: &Api| subscriber.api(api).agent();
    let mut claimed = subscriber();
    assert_eq!(agent(&claimed, &of_host()), None, "nobody knows yet");
    claimed.claimed(42.into(), 8.into());
    assert_eq!(agent(&claimed, &of_host()), Some(8.into()));
    assert_eq!(agent(&claimed, &api()), Some(7.into()));
    let options = SessionOptions::best(TOKEN).agent(9);
    let mut chosen = Subscriber::of_session(&options, MailboxLimits::default());
    chosen.claimed(42.into(), 8.into());
    for api in [api(), of_host()] {
        assert_eq!(agent(&chosen, &api), Some(9.into()));
    }
}

#[test]
fn a_claimed_session_that_may_go_on_is_closed_by_a_call() {
    let ends = [None, Some(End::Timeout), Some(End::Unsubscribed)];
    let refusals = [End::Refused(refused(403)), End::Taken(refused(409))];
    for end in ends.into_iter().chain(refusals.map(Some)) {
        let mut subscriber = subscriber();
        subscriber.claimed(42.into(), 8.into());
        let call = subscriber.close(&of_host(), end, Some("done")).unwrap().unwrap();
        let request = call.request();
        assert_eq!(call.endpoint().id, CLOSE);
        assert!(request.uri().path().ends_with("/42/close"), "{}", request.uri());
        assert_eq!(request.headers()["x-agent-id"], "8");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body, json!({"status": "closed", "reason": "done"}));
    }
}

#[test]
fn a_session_that_is_over_or_was_never_claimed_is_not_closed() {
    for end in [closed_by_browser(), End::Expired, End::Gone(refused(410)), End::ClosedHere] {
        for is_taken in [false, true] {
            let mut subscriber = subscriber();
            subscriber.claimed(42.into(), 7.into());
            subscriber.push(Event::Ended(end_again(&end)), None);
            let end = is_taken.then(|| end_again(&end));
            assert!(subscriber.close(&api(), end, None).unwrap().is_none());
        }
    }
    for end in [None, Some(End::NoneRequested), Some(End::Rejected(Loss::new(Some(4004), "")))] {
        assert!(subscriber().close(&api(), end, None).unwrap().is_none());
    }
}

fn end_again(end: &End) -> End {
    match end {
        End::Gone(_) => End::Gone(refused(410)),
        End::Expired => End::Expired,
        End::ClosedHere => End::ClosedHere,
        _ => closed_by_browser(),
    }
}

#[test]
fn what_kept_the_session_from_being_claimed_or_closed_is_the_error() {
    let close = |subscriber: &Subscriber, end| subscriber.close(&api(), Some(end), None);
    for end in [End::Refused, End::Taken] {
        let error = close(&subscriber(), end(refused(409))).unwrap_err();
        assert_eq!(error.status().unwrap(), 409);
    }
    let mut claimed = subscriber();
    claimed.claimed(42.into(), 7.into());
    let error = close(&claimed, End::NotClosed(refused(500))).unwrap_err();
    assert_eq!(error.status().unwrap(), 500, "it was asked for already");
    let long = "x".repeat(501);
    assert!(matches!(claimed.close(&api(), None, Some(&long)), Err(Error::Build(_))));
}

#[test]
fn a_session_that_is_gone_counts_as_closed() {
    Subscriber::closed(ok(&json!({}))).unwrap();
    for status in [404, 410] {
        Subscriber::closed(Err(refused(status))).unwrap();
    }
    for status in [0, 403, 409, 500] {
        Subscriber::closed(Err(refused(status))).unwrap_err();
    }
}

/// What a subscriber is told.
#[derive(Clone, Debug)]
enum Act {
    Claimed(u64, u64),
    Ready(u64, u64),
    State,
    Ended,
    Abandon,
    Take,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..4_u64, 1..4_u64).prop_map(|(session, agent)| Act::Claimed(session, agent)),
        (1..4_u64, 1..4_u64).prop_map(|(session, agent)| Act::Ready(session, agent)),
        Just(Act::State),
        Just(Act::Ended),
        Just(Act::Abandon),
        Just(Act::Take),
    ]
}

/// What is known of a subscriber's session, and of who acts in it.
fn known(subscriber: &Subscriber) -> (Poll<Option<SessionId>>, Option<AgentId>) {
    (subscriber.poll_session(), subscriber.api(&of_host()).agent())
}

proptest! {
    #[test]
    fn what_is_known_of_a_session_stays_so(acts in proptest::collection::vec(act(), 0..20)) {
        let mut subscriber = subscriber();
        let mut was_over = false;
        for act in acts {
            let before = known(&subscriber);
            match act {
                Act::Claimed(session, agent) => subscriber.claimed(session.into(), agent.into()),
                Act::Ready(session, agent) => _ = subscriber.push(ready(session, agent), None),
                Act::State => _ = subscriber.push(Event::State(State::Connected), None),
                Act::Ended => _ = subscriber.push(Event::Ended(End::Expired), None),
                Act::Abandon => subscriber.abandon(),
                Act::Take => {
                    let taken = subscriber.take();
                    prop_assert!(!was_over || matches!(taken, Poll::Ready(None)));
                }
            }
            let after = known(&subscriber);
            prop_assert!(before.0.is_pending() || before.0 == after.0);
            prop_assert!(before.1.is_none() || before.1 == after.1);
            prop_assert!(!was_over || subscriber.is_over());
            was_over = subscriber.is_over();
        }
    }
}
