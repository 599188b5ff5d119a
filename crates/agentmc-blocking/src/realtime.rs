//! Sessions as they happen: signals, messages and requests over websockets.
//!
//! [`Client::realtime`] gives a [`Realtime`], which subscribes to sessions and hosts. Each subscription is
//! an iterator of [`Event`]s, and answers with [`Subscription::publish`].
//!
//! ```
//! # let sandbox = agentmc_sandbox::Sandbox::start()?;
//! # let client = agentmc_blocking::Client::new(sandbox.api());
//! # let agent = client.list(agentmc_blocking::ops::teams::ListAgents::new()).next().ok_or("no agent")??.id;
//! # let session = sandbox.request_session(agent).ok_or("no session")?;
//! use agentmc_blocking::realtime::{Body, Event, Outgoing, SessionOptions};
//!
//! let realtime = client.realtime();
//! let options = SessionOptions::session(session, realtime.owner_token());
//! let mut subscription = realtime.subscribe_session(options);
//!
//! while let Some(event) = subscription.next() {
//!     match event {
//!         Event::Ready(_) => {
//!             # sandbox.browser_sends(session, &agentmc_sandbox::BrowserMessage::chat("req-1", "Ready?"));
//!         }
//!         Event::Message(message) => {
//!             let Body::ChatUser(chat) = message.body() else { continue };
//!             let request = message.request_id().unwrap_or_default();
//!             let answer = Outgoing::chat_done(request, &format!("You said: {}", chat.text));
//!             subscription.publish(&answer)?;
//!             break;
//!         }
//!         Event::Ended(end) => panic!("{end}"),
//!         _ => {}
//!     }
//! }
//! // To be stored, for the next subscription to start after.
//! assert!(subscription.last_id().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Websockets go through the client's proxy if that speaks plain HTTP and lets them through, whether they are
//! encrypted or not. Encrypted ones trust whom the client trusts; a client that verifies nobody opens none.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use agentmc_core::realtime::{Subscriber, claim};
use agentmc_core::types::{Secret, SessionId};

mod connect;
mod driver;
mod publisher;
mod slot;
mod socket;
mod subscription;
mod tls;
mod workers;

pub use agentmc_core::realtime::{
    Announcement, Body, ChannelType, End, Event, Gaps, HostOptions, Json, Loss, MailboxLimits,
    Message, Outgoing, Patience, SessionOptions, Signal, SignalKind, Start, State, Tuning, chunk,
    inbox, message, publish,
};
pub use publisher::Publisher;
pub use subscription::Subscription;

use crate::client::Client;
use driver::{Command, Driver, News, WAITING};
pub(crate) use publisher::Lanes;
use publisher::To;
use slot::{Seat, Slot};

/// What subscribes to sessions and hosts. Cheap to clone; clones share their websockets, one for each
/// address however many subscriptions there are.
///
/// The first subscription starts a thread, each websocket two, and up to 32 make calls while there are any. They
/// end when the last clone and the last subscription are gone.
#[derive(Clone, Debug)]
pub struct Realtime {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    tuning: Tuning,
    driver: Mutex<Option<SyncSender<News>>>,
}

impl Realtime {
    pub(crate) fn new(client: Client, tuning: Tuning) -> Self {
        Self { shared: Arc::new(Shared { client, tuning, driver: Mutex::default() }) }
    }

    /// Claims a session and subscribes to it: the given one, or the best of those that are requested.
    /// Returns at once; the first thing to hear is [`Event::Ready`], or why not.
    ///
    /// # Panics
    ///
    /// When the system gives no thread.
    pub fn subscribe_session(&self, options: SessionOptions) -> Subscription {
        let subscriber = Subscriber::of_session(&options, self.shared.tuning.mailbox);
        let slot = Arc::new(Slot::new(subscriber, self.shared.lanes()));
        self.shared.begin(Command::Session(Seat(Arc::clone(&slot)), Box::new(options)));
        Subscription::new(self, slot)
    }

    /// Subscribes to the sessions that are requested of a host's agents. Returns at once.
    ///
    /// ```
    /// # let sandbox = agentmc_sandbox::Sandbox::start()?;
    /// # let client = agentmc_blocking::Client::new(sandbox.api());
    /// # let agent = client.list(agentmc_blocking::ops::teams::ListAgents::new()).next().ok_or("no agent")??.id;
    /// # let asked = sandbox.request_session(agent).ok_or("no session")?;
    /// use agentmc_blocking::realtime::{Event, HostOptions};
    ///
    /// let mut host = client.realtime().subscribe_host(HostOptions::new());
    /// while let Some(event) = host.next() {
    ///     if let Event::SessionRequested { session_id, .. } = event {
    ///         # let session_id = if session_id == asked { session_id } else { continue };
    ///         assert_eq!(session_id, asked);
    ///         break;
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Realtime::subscribe_session`].
    pub fn subscribe_host(&self, options: HostOptions) -> Subscription {
        let subscriber = Subscriber::of_host(&options, self.shared.tuning.mailbox);
        let slot = Arc::new(Slot::new(subscriber, self.shared.lanes()));
        self.shared.begin(Command::Host(Seat(Arc::clone(&slot)), options));
        Subscription::new(self, slot)
    }

    /// What sends messages to a session without listening to it, as the agent the client acts as: for who has
    /// claimed it elsewhere.
    #[must_use]
    pub fn publisher(&self, session: impl Into<SessionId>) -> Publisher {
        let (session, (lanes, server)) = (session.into(), self.shared.lanes());
        let lane = lanes.lock().unwrap_or_else(PoisonError::into_inner).of(&server, session);
        self.shared.publisher(To::Session(session, lane))
    }

    /// What proves that a session is claimed by this process: random, and the same for as long as it runs.
    /// Another process takes a session over only with the same token, or once the claim is stale.
    ///
    /// # Panics
    ///
    /// When the system has no randomness.
    #[must_use]
    pub fn owner_token(&self) -> Secret {
        owner_token()
    }
}

impl Shared {
    /// Where the messages of sessions go one after the other, and whose sessions they are.
    fn lanes(&self) -> (Arc<Lanes>, Box<str>) {
        let server = self.client.api().base().to_string();
        (Arc::clone(self.client.lanes()), server.into())
    }

    fn publisher(&self, to: To) -> Publisher {
        Publisher { client: self.client.clone(), tuning: self.tuning, to }
    }

    /// Tells the driver, if there is one.
    fn tell(&self, command: Command) {
        let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(driver) = driver {
            // A driver that is gone has ended its subscriptions.
            let _ = driver.send(News::Command(command));
        }
    }

    /// Tells the driver, which is started if there is none.
    fn begin(&self, command: Command) {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        let news = News::Command(command);
        let unsent = match driver.as_ref() {
            Some(driver) => driver.send(news).err().map(|error| error.0),
            None => Some(news),
        };
        if let Some(news) = unsent {
            let _ = driver.insert(self.start()).send(news);
        }
    }

    #[expect(clippy::expect_used, reason = "as the standard library does")]
    fn start(&self) -> SyncSender<News> {
        let (reporter, news) = sync_channel(WAITING);
        let (client, tuning, own) = (self.client.clone(), self.tuning, reporter.clone());
        let builder = thread::Builder::new().name("agentmc-realtime".into());
        let run = move || Driver::new(client, tuning, own, news).run();
        builder.spawn(run).expect("the system has a thread");
        reporter
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.tell(Command::Stop);
    }
}

/// The token of this process.
fn owner_token() -> Secret {
    static TOKEN: OnceLock<Secret> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "a system without randomness has no TLS either")]
    let token = || {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        claim::owner_token(bytes)
    };
    TOKEN.get_or_init(token).clone()
}
