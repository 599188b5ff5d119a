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
//! # What goes wrong on demand
//!
//! [`Sandbox::fault`] takes a [`Rule`]: a [`Fault`], such as a connection that is reset in the middle of a body, and
//! at which requests it strikes. [`Sandbox::go_down`] closes the ports. [`Sandbox::exchange`] tells what a perfect
//! transport would make of a call, faults included: the reference for those with sockets.
//! [`Options::rate_limit`] and [`Options::latency`] make it as strict and as slow as a service far away.
//!
//! # What is kept
//!
//! [`Options::data`] keeps the world in a file, and [`World::save`] and [`World::load`] do so by hand. A world that
//! is loaded goes on exactly as the one that was saved would.
//!
//! Nothing grows without end. The last 10,000 log entries, comments, notifications, signals, finished runs and
//! entries of briefs are kept, and the last 1,000 sessions. A plan allows 10 agents, 1,000 each of boards, folders,
//! briefs, hosts and open uploads, and 10,000 each of columns, tasks, items of the calendar and files; a file may have
//! 64 MiB, and all of them 256 MiB. What goes beyond is refused with status 402. A connection may be idle for a
//! minute, and there are 1,024 at a time.
//!
//! # What it does not do
//!
//! Time passes by itself at one second a request, and otherwise as [`World::advance`] has it. Hosts and agents that
//! fall silent stay online. Rate limits count wrong credentials like right ones, and storage has neither limits nor
//! latency. A world with a file is copied and written as a whole once a second while it changes, during the copying
//! of which requests wait: some milliseconds, with full tables a tenth of a second. There is no websocket. It is no
//! place for secrets: everybody on this machine can reach it.
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
mod fault;
mod handler;
mod keys;
mod limit;
mod raw;
mod reply;
mod sandbox;
mod save;
mod saver;
mod seed;
mod seen;
mod server;
mod state;
mod store;
mod world;

pub use fault::{Fault, Rule, RuleError};
pub use keys::Keys;
#[doc(hidden)]
pub use raw::try_raw;
pub use sandbox::{Options, Sandbox};
pub use seen::Seen;
pub use world::{BriefEntry, CalendarComment, RecurringTask, Table, Team, Upload, World};
