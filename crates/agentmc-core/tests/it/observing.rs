//! What an observer is told of a call.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentmc_core::call::{Call, Step};
use agentmc_core::observe::{Attempt, Ended, Observer};
use agentmc_core::ops::boards::ShowBoard;
use agentmc_core::ops::hosts::ClaimAgentRealtimeSession;
use agentmc_core::{Api, Revision, TransportError, TransportKind};

use crate::fixtures::reply;
use crate::samples;

/// Writes down what it is told.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Notes {
    fn begins(&self, attempt: &Attempt<'_>) {
        let Attempt { endpoint, number, request, .. } = attempt;
        let note = format!("{} {number}: {}", endpoint.id, request.uri().path());
        self.0.lock().unwrap().push(note);
    }

    fn ended(&self, ended: &Ended<'_>) {
        let outcome = match ended.outcome {
            Ok(reply) => format!("{} {:?}", reply.status().as_u16(), reply.body()),
            Err(error) => error.kind.to_string(),
        };
        let Ended { attempt, duration, again_in, .. } = ended;
        let again = again_in.map(|delay| delay.as_millis());
        let note = format!("{} {outcome} {} {again:?}", attempt.number, duration.as_millis());
        self.0.lock().unwrap().push(note);
    }
}

fn observed() -> (Arc<Notes>, Api) {
    let notes = Arc::new(Notes::default());
    (Arc::clone(&notes), samples::api(Revision::LATEST).observed_by(notes))
}

fn lost() -> Result<http::Response<bytes::Bytes>, TransportError> {
    Err(TransportError::new(TransportKind::Lost, "the cause"))
}

fn resolve(
    call: &mut Call,
    outcome: Result<http::Response<bytes::Bytes>, TransportError>,
    elapsed: u64,
) -> bool {
    matches!(call.resolve(outcome, Duration::from_millis(elapsed), 0.0), Step::Again(_))
}

#[test]
fn every_attempt_is_told_once_before_it_is_sent_and_once_when_it_has_ended() {
    let (notes, api) = observed();
    let mut call = api.call(&ShowBoard::new(3)).unwrap();
    assert!(notes.take().is_empty(), "a call that is only built is not told");
    call.begin();
    call.begin();
    assert_eq!(notes.take(), ["showBoard 1: /api/v1/boards/3"]);
    assert!(resolve(&mut call, lost(), 40));
    assert_eq!(
        notes.take(),
        ["1 the connection broke before the whole reply arrived 40 Some(350)"]
    );
    call.begin();
    assert_eq!(notes.take(), ["showBoard 2: /api/v1/boards/3"]);
    assert!(!resolve(&mut call, Ok(reply(404, "gone")), 400));
    assert_eq!(notes.take(), ["2 404 b\"gone\" 10 None"]);
}

#[test]
fn an_attempt_whose_beginning_nobody_says_is_told_with_its_outcome() {
    let (notes, api) = observed();
    let mut call = api.call(&ShowBoard::new(3)).unwrap();
    assert!(resolve(&mut call, Ok(reply(503, "")), 0));
    assert!(!resolve(&mut call, Ok(reply(200, "{}")), 360));
    let told = notes.take();
    assert_eq!(told[0], "showBoard 1: /api/v1/boards/3");
    assert_eq!(told[2], "showBoard 2: /api/v1/boards/3");
    assert_eq!(told.len(), 4);
}

#[test]
fn the_last_observer_is_the_one_that_is_told() {
    let (first, api) = observed();
    let second = Arc::new(Notes::default());
    let mut call = api.observed_by(Arc::clone(&second)).call(&ShowBoard::new(3)).unwrap();
    call.begin();
    assert_eq!((first.take().len(), second.take().len()), (0, 1));
}

#[test]
fn what_debug_shows_of_what_is_told_has_no_body_and_no_credential() {
    struct Shown(Arc<Mutex<String>>);

    impl Observer for Shown {
        fn ended(&self, ended: &Ended<'_>) {
            *self.0.lock().unwrap() = format!("{ended:?}");
        }
    }

    let shown = Arc::new(Mutex::new(String::new()));
    let api = samples::api(Revision::LATEST).acting_as(7).observed_by(Shown(Arc::clone(&shown)));
    let claim = ClaimAgentRealtimeSession::new(5).owner_token("agent-claim:s3cr3t-owner");
    let mut call = api.call(&claim).unwrap();
    assert!(!resolve(&mut call, Ok(reply(200, "s3cr3t-reply")), 0));
    let shown = shown.lock().unwrap();
    assert!(shown.contains("claimAgentRealtimeSession") && shown.contains("200"), "{shown}");
    assert!(!shown.contains("s3cr3t") && shown.contains("Sensitive"), "{shown}");
    assert_eq!(format!("{api:?}").matches("observed").count(), 1);
}
