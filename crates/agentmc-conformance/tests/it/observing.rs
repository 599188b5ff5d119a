//! What both clients tell an observer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentmc_conformance::{Subject, on_both};
use agentmc_core::observe::{Attempt, Ended, Observer, StorageReply, StorageRequest};
use agentmc_core::ops::boards::ListBoards;
use agentmc_core::ops::tasks::{CreateTask, ShowTask};
use agentmc_core::transfer::NewFile;
use agentmc_core::{ErrorKind, RetryPolicy};
use agentmc_sandbox::conformance::{Content, Sink};
use agentmc_sandbox::{Fault, Rule, Sandbox};
use http::StatusCode;

/// What was told, in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// A request: method, path and query.
    Asked(String),
    /// What came of it: status, and whether it is asked again.
    Answered(Option<u16>, bool),
    /// The bytes that came with a status.
    Received(Option<u16>, Option<u64>),
    Websocket(&'static str, Option<u16>, String),
}

#[derive(Debug, Default)]
struct Notes(Mutex<Vec<Told>>);

impl Notes {
    fn note(&self, told: Told) {
        self.0.lock().unwrap().push(told);
    }

    fn all(&self) -> Vec<Told> {
        self.0.lock().unwrap().clone()
    }

    fn asked(&self) -> Vec<String> {
        let asked = |told| if let Told::Asked(asked) = told { Some(asked) } else { None };
        self.all().into_iter().filter_map(asked).collect()
    }
}

impl Observer for Notes {
    fn begins(&self, attempt: &Attempt<'_>) {
        let request = attempt.request;
        let target = request.uri().path_and_query().unwrap();
        self.note(Told::Asked(format!("{} {target}", request.method())));
    }

    fn ended(&self, ended: &Ended<'_>) {
        let status = ended.outcome.ok().map(|reply| reply.status().as_u16());
        self.note(Told::Answered(status, ended.again_in.is_some()));
    }

    fn storage_begins(&self, request: &StorageRequest<'_>) {
        self.note(Told::Asked(format!("{} {}", request.method, path(request.url))));
    }

    fn storage_ended(&self, reply: &StorageReply) {
        let status = reply.outcome.ok().map(|status| status.as_u16());
        self.note(Told::Answered(status, reply.again_in.is_some()));
        self.note(Told::Received(status, reply.received));
    }

    fn websocket_opens(&self, url: &str) {
        self.note(Told::Asked(format!("GET {}", path(url))));
        self.note(Told::Websocket("opens", None, url.to_owned()));
    }

    fn websocket_opened(&self, url: &str) {
        self.note(Told::Websocket("opened", None, url.to_owned()));
    }

    fn websocket_closed(&self, url: &str, code: Option<u16>, reason: &str) {
        self.note(Told::Websocket("closed", code, format!("{url} {reason}")));
    }
}

fn path(url: &str) -> &str {
    let (_, place) = url.split_once("://").unwrap();
    &place[place.find('/').unwrap()..]
}

/// A client whose requests are written down.
fn observed<S: Subject>(sandbox: &Sandbox) -> (Arc<Notes>, S) {
    let notes = Arc::new(Notes::default());
    let at_once = RetryPolicy::new(3, Duration::from_millis(2), Duration::from_secs(1));
    (Arc::clone(&notes), S::new(sandbox.api().retry(at_once).observed_by(notes)))
}

/// The requests that arrived, those to storage without the query.
fn arrived(sandbox: &Sandbox) -> Vec<String> {
    let shown = |seen: agentmc_sandbox::Seen| {
        let path = seen.target.split('?').next().unwrap();
        let target = if path.starts_with("/api/") { &seen.target } else { path };
        format!("{} {target}", seen.method)
    };
    sandbox.seen().into_iter().map(shown).collect()
}

fn refused(status: StatusCode) -> Rule {
    Rule::new(Fault::Status(status)).next(1)
}

on_both! {
    fn every_request_that_arrives_was_told_in_order<S>() {
        let sandbox = Sandbox::start().unwrap();
        let (notes, client) = observed::<S>(&sandbox);
        let boards = client.list(ListBoards::new().per_page(1), usize::MAX).unwrap();
        assert!(boards.len() > 1);
        sandbox.fault(refused(StatusCode::SERVICE_UNAVAILABLE));
        sandbox.fault(Rule::new(Fault::CloseBeforeHead).next(1));
        client.send(&ShowTask::new(1)).unwrap();
        sandbox.fault(refused(StatusCode::SERVICE_UNAVAILABLE));
        let create = CreateTask::new(1, 1, "Once", "only");
        assert_eq!(client.send(&create).unwrap_err().kind(), ErrorKind::Server);

        let content = vec![b'x'; 300_000];
        sandbox.fault(refused(StatusCode::SERVICE_UNAVAILABLE).storage());
        sandbox.fault(refused(StatusCode::FORBIDDEN).storage());
        let sent = Content::Bytes(content.clone().into());
        let file = client.upload(NewFile::new("x.bin"), sent).unwrap().file;
        sandbox.fault(Rule::new(Fault::CloseInBody).storage().next(1));
        let mut sink = Vec::new();
        client.download(file.id, Sink::Memory(&mut sink)).unwrap();
        assert!(sink == content);

        let asked = notes.asked();
        assert_eq!(asked, arrived(&sandbox));
        let storage: Vec<_> = asked.iter().filter(|asked| !asked.contains("/api/")).collect();
        assert!(storage.len() >= 5, "{storage:?}");
        assert!(storage.iter().all(|asked| !asked.contains('?')), "{storage:?}");
        // One answer to each, before the next.
        let all = notes.all();
        let calls: Vec<_> = all.iter().filter(|told| !matches!(told, Told::Received(..))).collect();
        for pair in calls.chunks(2) {
            assert!(matches!(pair, [Told::Asked(_), Told::Answered(..)]), "{pair:?} of {all:?}");
        }
        let received: Vec<_> = all.iter().filter_map(|told| match told {
            Told::Received(status, bytes) => Some((*status, *bytes)),
            _ => None,
        }).collect();
        let refusals = received.iter().filter(|(status, _)| matches!(status, Some(403 | 503)));
        assert!(refusals.clone().all(|(_, bytes)| bytes.is_some_and(|bytes| bytes > 0)), "{received:?}");
        assert_eq!(refusals.count(), 2);
        let content = received.iter().filter(|(status, _)| !matches!(status, Some(403 | 503)));
        assert_eq!(content.filter_map(|(_, bytes)| *bytes).sum::<u64>(), 300_000);
    }

    fn what_came_of_each_attempt_is_told_and_whether_it_is_made_again<S>() {
        let sandbox = Sandbox::start().unwrap();
        let (notes, client) = observed::<S>(&sandbox);
        sandbox.fault(Rule::new(Fault::CloseBeforeHead).next(1));
        sandbox.fault(refused(StatusCode::SERVICE_UNAVAILABLE));
        client.send(&ShowTask::new(1)).unwrap();
        sandbox.fault(refused(StatusCode::SERVICE_UNAVAILABLE).storage());
        client.upload(NewFile::new("x.bin"), Content::Bytes("x".into())).unwrap();
        let answers = notes.all().into_iter().filter_map(|told| match told {
            Told::Answered(status, again) => Some((status, again)),
            _ => None,
        });
        let expected =
            [(None, true), (Some(503), true), (Some(200), false), (Some(201), false), (Some(503), true),
             (Some(200), false), (Some(201), false)];
        assert_eq!(answers.collect::<Vec<_>>(), expected);
    }
}

mod live {
    use std::sync::Arc;
    use std::time::Duration;

    use agentmc_conformance::{Listening, live_on_both};
    use agentmc_core::realtime::{Event, Outgoing, SessionOptions, Tuning};
    use agentmc_sandbox::{Sandbox, SocketFault};

    use super::{Notes, Told, arrived, observed};

    fn wait(subscription: &mut impl Listening, what: impl Fn(&Event) -> bool) {
        while let Some(event) = subscription.next_within(Duration::from_secs(30)) {
            if what(&event) {
                return;
            }
        }
        panic!("{subscription:?} is over");
    }

    live_on_both! {
        fn what_realtime_asks_is_told_and_its_websockets_without_their_query<S>() {
            let sandbox = Sandbox::start().unwrap();
            let agent = sandbox.world(|world| *world.agents.keys().next().unwrap());
            let session = sandbox.request_session(agent).unwrap();
            let (notes, client): (Arc<Notes>, S) = observed(&sandbox);
            let realtime = client.realtime(Tuning::new());
            let options = SessionOptions::session(session, S::owner_token(&realtime)).agent(agent);
            let mut subscription = S::session(&realtime, options);
            wait(&mut subscription, |event| matches!(event, Event::Ready(_)));
            subscription.publish(&Outgoing::chat_done("req-1", "Hello")).unwrap();
            // Sent away at once, it comes back at once.
            sandbox.socket_fault(SocketFault::Close(4200, "away".to_owned()));
            wait(&mut subscription, |event| matches!(event, Event::Resumed { .. }));
            subscription.close(None).unwrap();

            // Calls of realtime are made side by side, and one may still be on its way.
            let (seen, mut asked) = (arrived(&sandbox), notes.asked());
            assert!(seen.iter().any(|seen| seen.starts_with("GET /app/")), "{seen:?}");
            for seen in seen {
                let at = asked.iter().position(|asked| *asked == seen);
                asked.remove(at.unwrap_or_else(|| panic!("{seen} was not told")));
            }
            assert!(asked.iter().all(|asked| asked.starts_with("GET /api/")), "{asked:?}");
            let url = format!("{}/app/", sandbox.url().trim_end_matches("/api/v1").replace("http", "ws"));
            let told = notes.all().into_iter().filter_map(|told| match told {
                Told::Websocket(what, code, text) => {
                    assert!(text.starts_with(&url) && !text.contains('?'), "{text}");
                    let reason = text.split_once(' ').map(|(_, reason)| reason.to_owned());
                    Some((what, code, reason.unwrap_or_default()))
                }
                _ => None,
            });
            let expected = [
                ("opens", None, String::new()),
                ("opened", None, String::new()),
                ("closed", Some(4200), "away".to_owned()),
                ("opens", None, String::new()),
                ("opened", None, String::new()),
            ];
            assert_eq!(told.take(5).collect::<Vec<_>>(), expected);
        }
    }
}
