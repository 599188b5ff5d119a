//! The AgentMC API without I/O.

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
pub mod endpoint;
pub mod error;
pub mod operation;
pub mod ops;
pub mod pages;
#[doc(hidden)]
pub mod params;
pub mod registry;
pub mod reply;
pub mod retry;
mod text;

pub use api::Api;
pub use base_url::{BaseUrl, BaseUrlError};
pub use call::{Call, Step};
pub use credential::Credential;
pub use endpoint::Endpoint;
pub use error::{
    ApiError, BuildError, DecodeError, Error, ErrorKind, TransportError, TransportKind,
};
pub use operation::{Operation, Output};
pub use registry::{OPERATIONS, find};
pub use retry::RetryPolicy;
