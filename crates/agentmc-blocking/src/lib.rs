//! A blocking AgentMC client: `ureq` around [`agentmc_core`], without an async runtime.
//!
//! A [`Client`] sends operations. What an operation is, which requests it makes, what is repeated and
//! what a reply means is decided in the core, so this client and the async one behave alike.
//!
//! ```
//! use agentmc_blocking::Client;
//! use agentmc_blocking::ops::tasks::{CreateTask, ListTasks};
//!
//! let sandbox = agentmc_sandbox::Sandbox::start()?;
//! let client = Client::new(sandbox.api());
//!
//! let board = client.list(agentmc_blocking::ops::boards::ListBoards::new()).next().ok_or("no board")??;
//! let board = client.send(&agentmc_blocking::ops::boards::ShowBoard::new(board.id))?;
//! let column = &board.columns.ok_or("no columns")?[0];
//!
//! let task = client.send(&CreateTask::new(board.id, column.id, "Greet", "Say hello."))?;
//! let titles: Result<Vec<String>, _> =
//!     client.list(ListTasks::new().board_id(board.id).per_page(10)).map(|task| Ok(task?.title)).collect();
//! # let titles: Vec<String> = titles.map_err(|error: agentmc_blocking::Error| error)?;
//! assert!(titles.contains(&task.title));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Out of scope: connection management, proxies and TLS are [`ureq`]'s business. [`Client::build`]
//! takes its configuration, so that each can be set.

mod client;
mod connect;
mod download;
mod listing;
mod mask;
mod part;
#[cfg(feature = "realtime")]
pub mod realtime;
mod transport;
mod upload;

pub use agentmc_core::transfer::{Checksum, NewFile, Progress};
pub use agentmc_core::{
    Api, ApiError, BaseUrl, BuildError, Credential, DecodeError, Error, ErrorKind, Observer,
    Operation, Output, RetryPolicy, Revision, TransferError, TransportError, TransportKind,
    observe, ops, pages, types,
};
pub use client::Client;
pub use download::Download;
pub use listing::Listing;
#[cfg(feature = "realtime")]
pub use realtime::Realtime;
pub use upload::Upload;
pub use {http, serde_json, ureq};
