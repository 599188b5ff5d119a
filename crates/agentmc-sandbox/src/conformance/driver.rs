//! A client under test.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agentmc_core::reply::{Page, Reply};
use agentmc_core::transfer::{NewFile, Progress};
use agentmc_core::types::{FileId, Page as PageOf, TeamFile};
use agentmc_core::{Api, Error, Operation, Output};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::Sandbox;

/// A client under test, and how to make it do what clients do.
///
/// Threads share it, and it is called from several at once.
pub trait Driver: Send + Sync + Sized {
    /// A client of `api`, which is at `sandbox`. A driver without sockets needs to know it; others do not.
    fn connect(sandbox: &Arc<Sandbox>, api: Api) -> Self;

    /// Performs `operation`.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error>;

    /// Performs an operation by name.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error>;

    /// Walks through a listing, item by item, for as long as `visit` returns true.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn walk<O, T>(&self, operation: O, visit: impl FnMut(T) -> bool) -> Result<(), Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>;

    /// Uploads `content` as `file`.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn upload(&self, file: NewFile, content: Content<'_>) -> Result<Transferred, Error>;

    /// Downloads the content of a file.
    ///
    /// # Errors
    ///
    /// As the client has them.
    fn download(&self, file: FileId, sink: Sink<'_>) -> Result<Transferred, Error>;

    /// How long it has waited between attempts, one after the other, if its clock is its own.
    fn waited(&self) -> Option<Vec<Duration>> {
        None
    }
}

/// Where the content of an upload is.
pub enum Content<'a> {
    /// In memory.
    Bytes(Bytes),
    /// In a file.
    Path(&'a Path),
    /// In a stream of so many bytes, which can be read once.
    Stream(Box<dyn Read + Send>, u64),
}

/// Where the content of a download goes.
pub enum Sink<'a> {
    /// To memory.
    Memory(&'a mut Vec<u8>),
    /// To a file.
    Path(&'a Path),
}

/// What came of a transfer.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "drivers make it")]
pub struct Transferred {
    /// The file.
    pub file: TeamFile,
    /// What was reported on the way.
    pub progress: Vec<Progress>,
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Path(path) => write!(f, "Path({})", path.display()),
            Self::Stream(_, size) => write!(f, "Stream({size})"),
        }
    }
}

impl std::fmt::Debug for Sink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(_) => f.write_str("Memory"),
            Self::Path(path) => write!(f, "Path({})", path.display()),
        }
    }
}
