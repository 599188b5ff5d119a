//! An async AgentMC client: `reqwest` and `tokio` around [`agentmc_core`].
//!
//! A [`Client`] sends operations. What an operation is, which requests it makes, what is repeated and
//! what a reply means is decided in the core, so this client and the blocking one behave alike.
//!
//! ```
//! use agentmc_async::Client;
//! use agentmc_async::ops::boards::{ListBoards, ShowBoard};
//! use agentmc_async::ops::tasks::CreateTask;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let sandbox = agentmc_sandbox::Sandbox::start()?;
//! let client = Client::new(sandbox.api())?;
//!
//! let board = client.list(ListBoards::new()).next().await.ok_or("no board")??;
//! let board = client.send(&ShowBoard::new(board.id)).await?;
//! let column = &board.columns.ok_or("no columns")?[0];
//!
//! let task = client.send(&CreateTask::new(board.id, column.id, "Greet", "Say hello.")).await?;
//! assert_eq!(task.title, "Greet");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Out of scope: connection management, proxies and TLS are [`reqwest`]'s business. [`Client::build`]
//! takes its builder, so that each can be set.

mod client;
mod download;
mod listing;
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
pub use {http, reqwest, rustls, serde_json};
