//! What waits for a subscriber.

use std::time::Duration;

use agentmc_core::realtime::{End, Event, Mailbox, MailboxLimits, Signal, State};

fn signal(id: u64) -> Event {
    Event::Signal(Signal::read(&format!(r#"{{"id": {id}}}"#), 42.into()).unwrap())
}

#[test]
fn an_event_counts_as_handled_when_it_is_taken() {
    let mut mailbox = Mailbox::new(MailboxLimits::default());
    mailbox.handled(3.into());
    assert_eq!(mailbox.last_id(), Some(3.into()), "nothing waits");
    for id in [4, 5] {
        mailbox.push(signal(id));
        mailbox.handled(id.into());
    }
    assert_eq!((mailbox.last_id(), mailbox.newest_id()), (Some(3.into()), Some(5.into())));
    mailbox.take().unwrap();
    assert_eq!(mailbox.last_id(), Some(4.into()));
    mailbox.take().unwrap();
    assert_eq!((mailbox.last_id(), mailbox.len()), (Some(5.into()), 0));
}

#[test]
fn a_full_one_pauses_once_and_resumes_once_half_is_taken() {
    let mut mailbox = Mailbox::new(MailboxLimits::default().events(4));
    let pauses: Vec<_> = (1..6).map(|id| (mailbox.push(signal(id)), mailbox.pause()).1).collect();
    assert_eq!(pauses, [false, false, false, true, false]);
    let taken: Vec<_> = (0..6).map(|_| (mailbox.take().unwrap(), mailbox.resume())).collect();
    assert!(
        taken.iter().map(|(_, resumes)| *resumes).eq([false, false, true, false, false, false])
    );
    let paused = taken.iter().position(|(event, _)| matches!(event, Event::Paused));
    assert_eq!(paused, Some(4), "after what waited, and once");
}

#[test]
fn content_fills_it_as_well_as_numbers() {
    let mut mailbox = Mailbox::new(MailboxLimits::default().bytes(4_096));
    let large = format!(r#"{{"id": 1, "payload": "{}"}}"#, "x".repeat(4_096));
    mailbox.push(Event::Signal(Signal::read(&large, 42.into()).unwrap()));
    assert!(mailbox.pause());
    mailbox.take().unwrap();
    assert!(mailbox.resume());
}

#[test]
fn a_full_one_does_not_grow_by_how_things_stand() {
    let mut mailbox = Mailbox::new(MailboxLimits::default().events(2));
    mailbox.push(signal(1));
    mailbox.push(signal(2));
    for seconds in 0..1_000 {
        mailbox.push(Event::State(State::Connecting));
        mailbox.push(Event::State(State::Connected));
        mailbox.push(Event::Late(Duration::from_secs(seconds)));
        mailbox.push(Event::Listening);
    }
    assert_eq!(mailbox.len(), 5);
    mailbox.handled(9.into());
    mailbox.push(Event::Listening);
    let events: Vec<_> = std::iter::from_fn(|| mailbox.take()).collect();
    assert!(matches!(events[2], Event::State(State::Connected)), "{events:?}");
    assert!(matches!(events[3], Event::Late(late) if late.as_secs() == 999), "{events:?}");
    assert_eq!(mailbox.last_id(), Some(9.into()));
}

#[test]
fn nothing_comes_after_the_end() {
    let mut mailbox = Mailbox::new(MailboxLimits::default().events(1));
    mailbox.push(Event::Ended(End::Expired));
    assert!(mailbox.is_over() && !mailbox.pause());
    mailbox.push(signal(1));
    assert!(matches!(mailbox.take(), Some(Event::Ended(End::Expired))));
    assert!(mailbox.take().is_none());
}
