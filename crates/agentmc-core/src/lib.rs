//! The AgentMC API without I/O: what to send, and what a reply means.
//!
//! An operation is a value. [`Api::call`] turns it into a [`Call`], which holds an
//! [`http::Request`]. Whoever drives the call says that it begins, sends the request, reports what came of it to
//! [`Call::resolve`], and is told either to send it again after a delay or that the call is done.
//! [`Reply::read`](reply::Reply::read) makes a value of the response. The whole walk:
//!
//! ```
//! use std::time::Duration;
//!
//! use agentmc_core::call::Step;
//! use agentmc_core::ops::tasks::ShowTask;
//! use agentmc_core::reply::Reply;
//! use agentmc_core::{Api, Credential, Operation};
//!
//! // Who is calling, and as which agent. The base URL and the revision have defaults.
//! let api = Api::new(Credential::api_key("cc_key")?).acting_as(7);
//!
//! // An operation becomes a request.
//! let mut call = api.call(&ShowTask::new(42))?;
//! assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/tasks/42");
//! assert_eq!(call.request().headers()["x-agent-id"], "7");
//!
//! // A driver says so and sends it; here the answer is made up.
//! call.begin();
//! let body = r#"{"data": {"id": 42, "team_id": 1, "board_id": 3, "column_id": 8, "title": "Ship",
//!                "position": 1, "is_archived": false}}"#;
//! let response = http::Response::new(body.into());
//!
//! // The outcome of an attempt becomes a step: send it again, or done.
//! let step = call.resolve(Ok(response), Duration::from_millis(40), 0.5);
//! let Step::Done(result) = step else { panic!("200 is final") };
//!
//! // A response becomes a value.
//! let task = <ShowTask as Operation>::Reply::read("showTask", &result?)?;
//! assert_eq!(task.title, "Ship");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Callers that know operations only at run time, such as other languages, go by name: [`find`] an
//! [`Endpoint`], [`Api::call_by_name`] with a flat JSON object, [`Endpoint::read_json`], or
//! [`Endpoint::read_raw`] for its text. Both ways end in the same encoder and make the same bytes.
//!
//! # What is where
//!
//! * [`ops`]: the operations, by subject. [`registry`]: the same by name.
//! * [`mod@operation`]: the trait, and the macro that declares one; operations of your own work alike.
//! * [`api`], [`credential`], [`base_url`]: what every request shares.
//! * [`encode`], [`check`]: how requests are written, and refused before they are.
//! * [`call`], [`retry`], [`reply`], [`pages`], [`error`]: what becomes of them.
//! * [`encoding`]: compressed replies. [`realtime`]: sessions over websockets.
//! * [`transfer`]: the bytes of files, to and from storage.
//! * [`observe`]: who is told of requests and replies as they are.
//! * [`endpoint`]: the facts of an operation; [`endpoint::route`]: from a request back to them.
//! * [`types`]: what the API talks about.
//!
//! # Out of scope
//!
//! Sockets, clocks, randomness, files and the environment: all are inputs. A lint and a build for
//! `wasm32` keep it so. What is observed goes to [`tracing`], which does nothing without a subscriber,
//! and to an [`Observer`], if there is one.
//! `agentmc-blocking` and `agentmc-async` drive calls over real connections.

pub use agentmc_types as types;
pub use agentmc_types::{Revision, schema};
#[doc(hidden)]
pub use {serde, serde_json};

pub mod api;
pub mod base_url;
pub mod call;
pub mod check;
pub mod credential;
pub mod encode;
pub mod encoding;
pub mod endpoint;
pub mod error;
mod escape;
pub mod observe;
pub mod operation;
pub mod ops;
pub mod pages;
#[doc(hidden)]
pub mod params;
mod reader;
pub mod realtime;
pub mod registry;
pub mod reply;
pub mod retry;
mod text;
mod trace;
pub mod transfer;

pub use api::Api;
pub use base_url::{BaseUrl, BaseUrlError};
pub use call::{Call, Step};
pub use credential::Credential;
pub use endpoint::Endpoint;
pub use error::{
    ApiError, BuildError, DecodeError, Error, ErrorKind, TransferError, TransportError,
    TransportKind,
};
pub use observe::Observer;
pub use operation::{Operation, Output};
pub use registry::{OPERATIONS, find};
pub use retry::RetryPolicy;
