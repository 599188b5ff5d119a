//! An AgentMC server in the process, for demos, tests and people who write agents without an account.
//!
//! A [`Sandbox`] listens on 127.0.0.1 and a free port, on a thread of its own, until it is dropped. It has a
//! team with people, agents, a host, boards, tasks, a calendar, briefs and files; what is created, changed and
//! deleted stays so.
//! It speaks every revision of the API at once, from the same description as the client: paths,
//! parameters and limits are read backwards from the operations of `agentmc-core`.
//!
//! A [`World`] is the same server without a socket: a request in, a response out. It reads no clock and
//! draws no random number but from its seed, so the same seed and the same requests give the same
//! replies, byte for byte. Its clock advances by one second with each request.
//!
//! The bytes of files travel to and from a second origin, [`Sandbox::storage_url`], by signed URLs and without a
//! credential. [`World::store`] answers there.
//!
//! # Realtime
//!
//! Websockets connect to `/app/{key}` on the API's own origin and speak the Pusher protocol, version 7: signatures are
//! checked, pings are answered, and who is silent is pinged and then closed. Signals are pushed on the channels of
//! their sessions, sessions somebody asks for on those of hosts, in the order in which they happen, and an agent's
//! notifications as messages of the service. [`Sandbox::sockets`] tells who is connected. [`World::take_pushes`] has
//! the pushes where there are no sockets.
//!
//! The side of the browser is played by [`Sandbox::request_session`], [`Sandbox::browser_sends`] with a
//! [`BrowserMessage`], [`Sandbox::messages`], [`Sandbox::browser_heartbeat`] and [`Sandbox::browser_closes`], and over
//! HTTP, which the real service does not have, by the page at `/sandbox/` and what it asks for:
//!
//! | request | what it does |
//! | --- | --- |
//! | `GET /sandbox/` | the page |
//! | `GET /sandbox/state` | the agents, the last 100 sessions, the boards with their tasks, and the websockets |
//! | `POST /sandbox/sessions` | asks for a session: `agent_id`, and perhaps `user_id`, null for the service itself |
//! | `GET /sandbox/sessions/{id}/signals` | the next 200 signals after `after_id` |
//! | `POST /sandbox/sessions/{id}/signals` | a browser sends a signal: `type`, `payload` |
//! | `GET /sandbox/sessions/{id}/messages` | the messages after `after_id`, those in pieces put together |
//! | `POST /sandbox/sessions/{id}/messages` | a browser sends a message: `type`, `payload`, and perhaps `envelope`, the bytes beyond which it travels in pieces |
//! | `POST /sandbox/sessions/{id}/heartbeat` | a browser is still there |
//! | `POST /sandbox/sessions/{id}/close` | a browser ends the session: perhaps `reason` |
//! | `GET /sandbox/hosts/{id}/commands` | the commands to the host's runtime, and what became of them |
//! | `POST /sandbox/hosts/{id}/commands` | the service wants something of the runtime: `type`, and `payload` with `agent_name`, `runtime_key` and perhaps `agent_emoji` |
//!
//! Bodies and replies are JSON, refusals are as those of the API, and no credential is needed. Only pages of the
//! sandbox itself may ask: another `Origin`, or a `Host` that is no name of this machine, is refused.
//!
//! Commands to hosts' runtimes, [`Sandbox::queue_command`], travel with heartbeats until a host reports on them.
//!
//! # What goes wrong on demand
//!
//! [`Sandbox::fault`] takes a [`Rule`]: a [`Fault`], such as a connection that is reset in the middle of a body, and
//! at which requests it strikes. [`Sandbox::go_down`] closes the ports. [`Sandbox::exchange`] tells what a perfect
//! transport would make of a call, faults included: the reference for those with sockets.
//! [`Sandbox::socket_fault`] does the same to websockets: a [`SocketFault`] drops, closes, delays, doubles, reverses,
//! loses or garbles. [`Options::rate_limit`] and [`Options::latency`] make it as strict and as slow as a service far away.
//!
//! Nobody has to ask for some refusals: what is no request, or not the whole of one, gets an error envelope, too, and
//! its connection ends.
//!
//! # What is kept
//!
//! [`Options::data`] keeps the world in a file, and [`World::save`] and [`World::load`] do so by hand. A world that
//! is loaded goes on exactly as the one that was saved would.
//!
//! Nothing grows without end. The last 10,000 log entries, comments, notifications, signals, finished runs and
//! entries of briefs are kept, and the last 1,000 sessions and commands to hosts' runtimes. A plan allows 10 agents,
//! 1,000 each of boards, folders, briefs, hosts and open uploads, and 10,000 each of columns, tasks, items of the calendar and files; a file may have
//! 64 MiB, and all of them 256 MiB. What goes beyond is refused with status 402. A connection may be idle for a
//! minute and take 10 seconds for the head of a request. There are 1,024 of them to the API and 256 to storage at a
//! time, and 256 websockets; when there are as many, a new one takes the place of the one that is idle for the longest.
//! A websocket has 4,096 subscriptions and takes messages of 16 KiB; one whose client leaves more than 16 MiB unread is closed. A signal of more than 10,000 bytes is
//! stored and not pushed.
//!
//! # What it does not do
//!
//! Time passes by itself at one second a request, or as on the wall with [`Clock::Wall`], and otherwise as
//! [`World::advance`] has it. Hosts and agents that fall silent stay online. Rate limits count wrong credentials like right ones, and storage has neither limits nor
//! latency. A world with a file is copied and written as a whole once a second while it changes, during the copying
//! of which requests wait: some milliseconds, with full tables a tenth of a second. Sessions last for ten years,
//! since clients hold their end against a clock of their own. Faults of HTTP do not strike websockets or the page,
//! and clients send no events to each other. It is no place for secrets: everybody on this machine can reach it.
//!
//! # Example
//!
//! ```
//! use agentmc_core::ops::boards::{CreateBoard, ListBoards};
//! use agentmc_core::reply::Reply;
//! use agentmc_core::{Operation, Output};
//! use agentmc_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start()?;
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//!
//! // Any client can call `sandbox.url()`. This one goes without the socket.
//! fn send<O: Operation>(sandbox: &Sandbox, operation: &O) -> Result<Output<O>, Box<dyn std::error::Error>> {
//!     let call = sandbox.api().call(operation)?;
//!     let response = sandbox.world(|world| world.handle(call.request()));
//!     Ok(O::Reply::read(O::ENDPOINT.id, &response)?)
//! }
//!
//! let before = send(&sandbox, &ListBoards::new())?.meta.total;
//! let board = send(&sandbox, &CreateBoard::new("Garden"))?;
//! let after = send(&sandbox, &ListBoards::new())?;
//! assert_eq!(after.meta.total, before + 1);
//! assert!(after.data.iter().any(|other| other.id == board.id));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "conformance")]
pub mod conformance;
mod connections;
mod fault;
mod handler;
mod keys;
mod limit;
mod options;
mod page;
mod raw;
mod reply;
mod sandbox;
mod save;
mod saver;
mod seed;
mod seen;
mod server;
mod socket;
mod state;
mod store;
mod world;

pub use fault::{Fault, Rule, RuleError};
pub use keys::Keys;
pub use options::{Clock, Options};
#[doc(hidden)]
pub use raw::try_raw;
pub use sandbox::Sandbox;
pub use seen::Seen;
pub use socket::{SocketFault, SocketSeen};
pub use world::{
    BriefEntry, BrowserMessage, CalendarComment, Push, RecurringTask, RuntimeCommand,
    SessionMessage, Table, Team, Upload, World,
};
