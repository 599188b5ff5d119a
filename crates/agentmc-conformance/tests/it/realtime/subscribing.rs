//! Subscribing, hearing and answering.

use agentmc_conformance::{Listening, live_on_both};
use agentmc_core::realtime::{End, Event, HostOptions, Outgoing, SessionOptions, Start};
use agentmc_core::types::{RealtimeSessionStatus, SignalId};
use agentmc_sandbox::BrowserMessage;
use serde_json::Map;

use super::wires::host_socket;
use super::{Stage, end, heard, ready, text, texts};

/// Where to start, given the first signal of a session.
type StartAt = fn(u64) -> Start;

live_on_both! {
    fn a_message_is_heard_and_answered<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        assert_eq!(subscription.session(), Some(session));
        let asked = stage.say(session, "Ready?");
        let heard = heard(&mut subscription, "a message", |event| match event {
            Event::Message(message) => Some(message.clone()),
            _ => None,
        });
        assert_eq!((heard.signal_id.get(), heard.request_id()), (asked, Some("req-1")));
        assert_eq!(subscription.last_id(), Some(heard.signal_id));
        let answer = Outgoing::chat_done("req-1", "Yes.");
        let ids = subscription.publish(&answer).unwrap();
        let said = stage.sandbox.messages(session, heard.signal_id);
        assert_eq!((said[0].id, said.len(), ids.len()), (ids[0], 1, 1));
        assert_eq!(said[0].body["content"].as_str(), Some("Yes."));
    }

    fn where_to_start_decides_what_is_heard<S>() {
        let stage = Stage::<S>::new();
        let starts: [(StartAt, &[&str]); 3] = [
            (|_| Start::Beginning, &["1", "2", "3"]),
            (|first| Start::After(first.into()), &["2", "3"]),
            (|_| Start::Now, &["3"]),
        ];
        for (start, expected) in starts {
            let session = stage.request();
            let first = stage.say(session, "1");
            stage.say(session, "2");
            let mut subscription = stage.join_from(session, start(first));
            stage.say(session, "3");
            assert_eq!(texts(&mut subscription, expected.len()), expected);
        }
    }

    fn the_best_requested_session_is_claimed_when_none_is_given<S>() {
        let stage = Stage::<S>::new();
        stage.request();
        let newest = stage.request();
        let token = S::owner_token(&stage.realtime);
        let mut subscription = S::session(&stage.realtime, SessionOptions::best(token));
        ready(&mut subscription);
        assert_eq!(subscription.session(), Some(newest));
        stage.say(newest, "Hello");
        assert_eq!(texts(&mut subscription, 1), ["Hello"]);
        assert_eq!(subscription.publish(&Outgoing::chat_done("req-1", "Yes.")).unwrap().len(), 1);
    }

    fn a_session_of_another_owner_is_left_to_it<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let _first = stage.join(session);
        let other = SessionOptions::session(session, "agent-claim:another-process").agent(stage.agent);
        let mut subscription = S::session(&stage.realtime, other);
        let end = end(&mut subscription);
        assert!(matches!(end, End::Taken(_)), "{end:?}");
        assert!(subscription.is_over());
        let refused = subscription.publish(&Outgoing::chat_done("req-1", "Yes.")).unwrap_err();
        assert!(refused.stored.is_empty(), "{refused:?}");
    }

    fn the_owner_token_is_random_and_the_same_in_all_of_the_process<S>() {
        let (one, other) = (Stage::<S>::new(), Stage::<S>::new());
        let (one, other) = (S::owner_token(&one.realtime), S::owner_token(&other.realtime));
        assert_eq!(one.expose(), other.expose());
        let digits = one.expose().strip_prefix("agent-claim:").unwrap();
        assert!(digits.len() == 48 && digits.bytes().any(|digit| digit != digits.as_bytes()[0]));
    }

    fn messages_in_pieces_are_whole_both_ways<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let mut subscription = stage.join(session);
        let long: String = (0..60_000).map(|at| char::from(b'a' + (at % 26) as u8)).collect();
        let sent = stage.sandbox.browser_sends(session, &BrowserMessage::chat("req-2", &long));
        let sent = sent.unwrap();
        assert!(sent.len() > 5);
        assert_eq!(heard(&mut subscription, "the long message", text), long);
        assert_eq!(subscription.last_id(), sent.last().copied());
        let answer = Outgoing::new("snapshot.response", Map::new()).with("request_id", "req-2");
        let ids = subscription.publish(&answer.with("text", long.as_str())).unwrap();
        let said = stage.sandbox.messages(session, *sent.last().unwrap());
        assert_eq!((said.len(), said[0].signals, Some(&said[0].id)), (1, ids.len(), ids.last()));
        assert_eq!(said[0].body["text"].as_str().map(str::len), Some(long.len()));
    }

    fn a_host_hears_of_sessions_as_they_are_requested<S>() {
        let stage = Stage::<S>::new();
        let asked = stage.request();
        let mut host = S::host(&stage.realtime, HostOptions::new());
        let told = |event: &Event| match event {
            Event::SessionRequested { session_id, .. } => Some(*session_id),
            _ => None,
        };
        while heard(&mut host, "a session", told) != asked {}
        host.listen_on(Some(host_socket(&stage, "http", None)));
        heard(&mut host, "listening", |event| matches!(event, Event::Listening).then_some(()));
        assert_eq!(stage.sandbox.sockets().len(), 1);
        let asked = stage.request();
        // Pushed, unless the listing that follows the subscription was quicker.
        let agent = heard(&mut host, "a session", |event| match event {
            Event::SessionRequested { session_id, agent_id, .. } if *session_id == asked => {
                Some(*agent_id)
            }
            _ => None,
        });
        assert_eq!(agent, Some(stage.agent));
        host.listen_on(None);
        stage.until("the websocket is closed", |sandbox| sandbox.sockets().is_empty());
        assert_eq!(host.last_id(), None);
        assert!(host.publish(&Outgoing::chat_done("r", "x")).is_err());
    }

    fn a_session_is_closed_with_a_reason<S>() {
        let stage = Stage::<S>::new();
        let session = stage.request();
        let subscription = stage.join(session);
        subscription.close(Some("done for today")).unwrap();
        let (status, farewell) = stage.sandbox.world(|world| {
            let last = world.signals.values().next_back().unwrap();
            (world.sessions[&session].status.clone(), last.payload.clone().unwrap())
        });
        assert_eq!(status, RealtimeSessionStatus::Closed);
        assert_eq!(farewell["reason"].as_str(), Some("done for today"));
        stage.until("the websocket is closed", |sandbox| sandbox.sockets().is_empty());
        assert!(stage.sandbox.messages(session, SignalId(0)).is_empty());
    }
}
