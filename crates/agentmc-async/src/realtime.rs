//! Sessions as they happen: signals, messages and requests over websockets.
//!
//! [`Client::realtime`] gives a [`Realtime`], which subscribes to sessions and hosts. Each subscription is
//! a stream of [`Event`]s, and answers with [`Subscription::publish`].
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let sandbox = agentmc_sandbox::Sandbox::start()?;
//! # let client = agentmc_async::Client::new(sandbox.api())?;
//! # let agent = client.list(agentmc_async::ops::teams::ListAgents::new()).next().await.ok_or("no agent")??.id;
//! # let session = sandbox.request_session(agent).ok_or("no session")?;
//! use agentmc_async::realtime::{Body, Event, Outgoing, SessionOptions};
//!
//! let realtime = client.realtime();
//! let options = SessionOptions::session(session, realtime.owner_token());
//! let mut subscription = realtime.subscribe_session(options);
//!
//! while let Some(event) = subscription.next().await {
//!     match event {
//!         Event::Ready(_) => {
//!             # sandbox.browser_sends(session, &agentmc_sandbox::BrowserMessage::chat("req-1", "Ready?"));
//!         }
//!         Event::Message(message) => {
//!             let Body::ChatUser(chat) = message.body() else { continue };
//!             let request = message.request_id().unwrap_or_default();
//!             let answer = Outgoing::chat_done(request, &format!("You said: {}", chat.text));
//!             subscription.publish(&answer).await?;
//!             break;
//!         }
//!         Event::Ended(end) => panic!("{end}"),
//!         _ => {}
//!     }
//! }
//! // To be stored, for the next subscription to start after.
//! assert!(subscription.last_id().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Websockets are opened by the client's own `reqwest`: with its certificates, through its proxy, within its
//! time to connect. Those that are not encrypted pass a proxy only if it lets them change the protocol.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use agentmc_core::realtime::{Subscriber, claim};
use agentmc_core::types::{Secret, SessionId};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

mod driver;
mod publisher;
mod slot;
mod socket;
mod subscription;

pub use agentmc_core::realtime::{
    Announcement, Body, ChannelType, End, Event, Gaps, HostOptions, Json, Loss, MailboxLimits,
    Message, Outgoing, Patience, SessionOptions, Signal, SignalKind, Start, State, Tuning, chunk,
    inbox, message, publish,
};
pub use publisher::Publisher;
pub use subscription::Subscription;

use crate::client::Client;
use driver::{Command, Driver};
pub(crate) use publisher::Lanes;
use publisher::To;
use slot::{Seat, Slot};

/// What subscribes to sessions and hosts. Cheap to clone; clones share their websockets, one for each
/// address however many subscriptions there are.
///
/// The first subscription starts a task, on the runtime it is made on. It ends when the last clone and the
/// last subscription are gone.
#[derive(Clone, Debug)]
pub struct Realtime {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    tuning: Tuning,
    commands: Mutex<Option<UnboundedSender<Command>>>,
}

impl Realtime {
    pub(crate) fn new(client: Client, tuning: Tuning) -> Self {
        Self { shared: Arc::new(Shared { client, tuning, commands: Mutex::default() }) }
    }

    /// Claims a session and subscribes to it: the given one, or the best of those that are requested.
    /// Returns at once; the first thing to hear is [`Event::Ready`], or why not.
    ///
    /// # Panics
    ///
    /// Outside a `tokio` runtime with I/O and time enabled.
    pub fn subscribe_session(&self, options: SessionOptions) -> Subscription {
        let subscriber = Subscriber::of_session(&options, self.shared.tuning.mailbox);
        let slot = Arc::new(Slot::new(subscriber, self.shared.lanes()));
        self.shared.begin(Command::Session(Seat(Arc::clone(&slot)), Box::new(options)));
        Subscription::new(self, slot)
    }

    /// Subscribes to the sessions that are requested of a host's agents. Returns at once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = agentmc_sandbox::Sandbox::start()?;
    /// # let client = agentmc_async::Client::new(sandbox.api())?;
    /// # let agent = client.list(agentmc_async::ops::teams::ListAgents::new()).next().await.ok_or("no agent")??.id;
    /// # let asked = sandbox.request_session(agent).ok_or("no session")?;
    /// use agentmc_async::realtime::{Event, HostOptions};
    ///
    /// let mut host = client.realtime().subscribe_host(HostOptions::new());
    /// while let Some(event) = host.next().await {
    ///     if let Event::SessionRequested { session_id, .. } = event {
    ///         # let session_id = if session_id == asked { session_id } else { continue };
    ///         assert_eq!(session_id, asked);
    ///         break;
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
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

    /// Tells the task, if there is one.
    fn tell(&self, command: Command) {
        let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        // A task that is gone has ended its subscriptions.
        let _ = commands.as_ref().map(|commands| commands.send(command));
    }

    /// Tells the task, which is started if there is none, or if its runtime is gone.
    fn begin(&self, command: Command) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent = match commands.as_ref() {
            Some(commands) => commands.send(command).err().map(|error| error.0),
            None => Some(command),
        };
        if let Some(command) = unsent {
            let (sender, receiver) = unbounded_channel();
            tokio::spawn(Driver::new(self.client.clone(), self.tuning, receiver).run());
            let _ = sender.send(command);
            *commands = Some(sender);
        }
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
