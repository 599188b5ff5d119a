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
//! # What it does not do
//!
//! A plan limits nothing but the number of agents and the bytes of files, sessions do not expire by themselves,
//! and there is no websocket. It is no place for secrets: everybody on this machine can reach it.
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

mod handler;
mod keys;
mod reply;
mod sandbox;
mod seed;
mod seen;
mod server;
mod store;
mod world;

pub use keys::Keys;
pub use sandbox::{Options, Sandbox};
pub use seen::Seen;
pub use world::{BriefEntry, CalendarComment, RecurringTask, Table, Team, Upload, World};
