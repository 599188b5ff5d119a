//! Realtime on both clients, over real sockets, against the sandbox.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agentmc_conformance::{Listening, Live};
use agentmc_core::realtime::{Body, End, Event, Patience, SessionOptions, Start, State, Tuning};
use agentmc_core::types::{AgentId, SessionId};
use agentmc_sandbox::{BrowserMessage, Options, Sandbox, SocketFault};

mod claiming;
mod ending;
mod losing;
mod pausing;
mod publishing;
mod secrets;
mod sharing;
mod silence;
mod subscribing;
mod wires;

/// How long anything may take.
const TIME: Duration = Duration::from_secs(30);

/// A sandbox, and a client that listens.
struct Stage<S: Live> {
    sandbox: Arc<Sandbox>,
    agent: AgentId,
    client: S,
    realtime: S::Realtime,
}

impl<S: Live> Stage<S> {
    fn new() -> Self {
        Self::tuned(Tuning::new())
    }

    fn tuned(tuning: Tuning) -> Self {
        Self::with(Options::default(), tuning)
    }

    fn with(options: Options, tuning: Tuning) -> Self {
        let sandbox = Arc::new(Sandbox::with(options).unwrap());
        let agent = sandbox.world(|world| *world.agents.keys().next().unwrap());
        let client = S::new(sandbox.api());
        let realtime = client.realtime(tuning);
        Self { sandbox, agent, client, realtime }
    }

    fn request(&self) -> SessionId {
        self.sandbox.request_session(self.agent).unwrap()
    }

    fn options(&self, session: SessionId) -> SessionOptions {
        SessionOptions::session(session, S::owner_token(&self.realtime)).agent(self.agent)
    }

    /// A subscription that is ready.
    fn join(&self, session: SessionId) -> S::Subscription {
        self.join_from(session, Start::Beginning)
    }

    fn join_from(&self, session: SessionId, start: Start) -> S::Subscription {
        let options = self.options(session).start(start);
        let mut subscription = S::session(&self.realtime, options);
        ready(&mut subscription);
        subscription
    }

    fn say(&self, session: SessionId, text: &str) -> u64 {
        let ids = self.sandbox.browser_sends(session, &BrowserMessage::chat("req-1", text));
        ids.unwrap().last().unwrap().get()
    }

    fn fault(&self, fault: SocketFault) {
        self.sandbox.socket_fault(fault);
    }

    /// Waits until the sandbox has heard from the client what it should.
    #[track_caller]
    fn until(&self, what: &str, is_so: impl Fn(&Sandbox) -> bool) {
        until(what, || is_so(&self.sandbox));
    }
}

#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + TIME;
    while !is_so() {
        assert!(Instant::now() < end, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The first thing `pick` picks.
#[track_caller]
fn heard<T>(
    subscription: &mut impl Listening,
    what: &str,
    mut pick: impl FnMut(&Event) -> Option<T>,
) -> T {
    let end = Instant::now() + TIME;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let Some(event) = subscription.next_within(left) else { panic!("not heard: {what}") };
        if let Some(picked) = pick(&event) {
            return picked;
        }
        assert!(!matches!(event, Event::Ended(_)), "before {what}: {event:?}");
    }
}

#[track_caller]
fn ready(subscription: &mut impl Listening) {
    heard(subscription, "ready", |event| matches!(event, Event::Ready(_)).then_some(()));
}

#[track_caller]
fn lost(subscription: &mut impl Listening) {
    heard(subscription, "lost", |event| {
        matches!(event, Event::State(State::Waiting { .. })).then_some(())
    });
}

/// What a browser says in an event.
fn text(event: &Event) -> Option<String> {
    let Event::Message(message) = event else { return None };
    match message.body() {
        Body::ChatUser(chat) => Some(chat.text.into_owned()),
        _ => None,
    }
}

/// The next texts.
#[track_caller]
fn texts(subscription: &mut impl Listening, count: usize) -> Vec<String> {
    (0..count).map(|_| heard(subscription, "a message", text)).collect()
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// How the subscription ends.
#[track_caller]
fn end(subscription: &mut impl Listening) -> End {
    let end = Instant::now() + TIME;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match subscription.next_within(left) {
            Some(Event::Ended(end)) => return end,
            Some(_) => {}
            None => panic!("it does not end"),
        }
    }
}

/// A tuning that loses patience soon.
fn impatient() -> Tuning {
    let mut patience = Patience::default();
    patience.activity = Duration::from_millis(50);
    patience.pong = Duration::from_millis(50);
    Tuning::new().patience(patience)
}
