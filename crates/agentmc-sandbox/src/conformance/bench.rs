//! What every scenario begins with.

use std::sync::Arc;
use std::time::Duration;

use agentmc_core::{Api, Error, ErrorKind, RetryPolicy};
use agentmc_types::{BoardId, ColumnId, TaskId};
use serde_json::{Map, Value};

use super::Driver;
use crate::{Fault, Rule, Sandbox, Seen};

/// A sandbox, and what is known of it.
#[derive(Debug)]
pub struct Bench {
    /// The sandbox.
    pub sandbox: Arc<Sandbox>,
}

impl Bench {
    /// A sandbox of its own for one scenario.
    ///
    /// # Panics
    ///
    /// When the machine gives no port or no thread.
    #[must_use]
    pub fn new() -> Self {
        Self { sandbox: Arc::new(Sandbox::start().unwrap()) }
    }

    /// The sandbox's configuration, three attempts a call, which follow each other at once.
    pub(super) fn api(&self) -> Api {
        self.sandbox.api().timeout(Duration::from_secs(20)).retry(RetryPolicy::new(
            3,
            Duration::from_millis(2),
            Duration::from_secs(1),
        ))
    }

    pub(super) fn client<D: Driver>(&self) -> D {
        self.client_of(self.api())
    }

    pub(super) fn client_of<D: Driver>(&self, api: Api) -> D {
        D::connect(&self.sandbox, api)
    }

    /// A fault that strikes at every request to the API.
    pub(super) fn fault(&self, fault: Fault) {
        self.sandbox.fault(Rule::new(fault));
    }

    pub(super) fn task(&self) -> TaskId {
        self.sandbox.world(|world| *world.tasks.keys().next().unwrap())
    }

    /// A board of the keys' team, and a column of it.
    pub(super) fn column(&self) -> (BoardId, ColumnId) {
        self.sandbox.world(|world| {
            let task = world.tasks.values().next().unwrap();
            (task.board_id, task.column_id)
        })
    }

    /// The requests for an operation that have arrived.
    pub(super) fn seen(&self, operation: &str) -> Vec<Seen> {
        let mut seen = self.sandbox.seen();
        seen.retain(|seen| seen.operation == Some(operation));
        seen
    }

    /// The requests to storage that have arrived.
    pub(super) fn seen_by_storage(&self) -> Vec<Seen> {
        let mut seen = self.sandbox.seen();
        seen.retain(|seen| !seen.target.starts_with("/api/"));
        seen
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// The members of a JSON object.
pub(super) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

/// What an outcome that should be an error is about.
#[track_caller]
pub(super) fn kind<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ErrorKind {
    outcome.unwrap_err().kind()
}
