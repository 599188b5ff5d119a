//! An operation spelled out, as `operation!` would write it, and compared with the macro's.

use agentmc_core::encode::Encoder;
use agentmc_core::endpoint::{Endpoint, Method, Param, Place, Step, Tag, auth};
use agentmc_core::reply::{Data, Reply, read_typed};
use agentmc_core::schema::{Describe, Field};
use agentmc_core::types::{ColumnId, Nullable, Task, TaskId, Timestamp};
use agentmc_core::{BuildError, Operation, Revision, operation, params};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use crate::samples::{api, members};

operation! {
    /// Moves a task to another column.
    ///
    /// It goes to the end of the column.
    pub struct MoveTask -> Data<Task>;

    PATCH "moveTask" Tasks idempotent agent_scoped {
        V0_3_64 "shiftTask" => "/tasks/{task}/column" KEY 200 [404],
        V0_3_169 => "/tasks/{task}/moves" KEY_OR_COOKIE 200 [404, 422],
    }

    path {
        /// The task to move.
        task: TaskId [min(1)],
    }

    body {
        /// The column to move it to.
        column_id: ColumnId [min(1)],
    }

    body? {
        /// When it is due from now on.
        due_at: Nullable<Timestamp>,
    }

    query {
        /// Whether the people on it are told.
        kind = "notify": bool => since(V0_3_169),
    }
}

/// Moves a task to another column.
///
/// It goes to the end of the column.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an operation does nothing until a client sends it"]
#[non_exhaustive]
pub(crate) struct MoveTaskByHand {
    /// The task to move.
    pub task: TaskId,
    /// The column to move it to.
    pub column_id: ColumnId,
    /// When it is due from now on.
    pub due_at: Option<Nullable<Timestamp>>,
    /// Whether the people on it are told.
    pub kind: Option<bool>,
}

impl MoveTaskByHand {
    /// The operation with its required parameters; the optional ones have setters.
    pub(crate) fn new(task: impl Into<TaskId>, column_id: impl Into<ColumnId>) -> Self {
        Self { task: task.into(), column_id: column_id.into(), due_at: None, kind: None }
    }

    /// When it is due from now on.
    pub(crate) fn due_at(mut self, value: impl Into<Nullable<Timestamp>>) -> Self {
        self.due_at = Some(value.into());
        self
    }

    /// Whether the people on it are told.
    pub(crate) fn kind(mut self, value: bool) -> Self {
        self.kind = Some(value);
        self
    }

    const DECLARATION: Endpoint = Endpoint::new(
        "moveTask",
        &[" Moves a task to another column.", "", " It goes to the end of the column."],
        Tag::Tasks,
        Method::PATCH,
        &[
            Step::new(
                Revision::V0_3_64,
                "shiftTask",
                "/tasks/{task}/column",
                auth::KEY,
                200,
                &[404],
            ),
            Step::new(
                Revision::V0_3_169,
                "moveTask",
                "/tasks/{task}/moves",
                auth::KEY_OR_COOKIE,
                200,
                &[404, 422],
            ),
        ],
        &[
            Param::new(
                Field::new("task", &[" The task to move."], TaskId::SCHEMA.min(1)).required(),
                Place::Path,
            ),
            Param::new(
                Field::new("column_id", &[" The column to move it to."], ColumnId::SCHEMA.min(1))
                    .required(),
                Place::Body,
            ),
            Param::new(
                Field::new(
                    "due_at",
                    &[" When it is due from now on."],
                    Nullable::<Timestamp>::SCHEMA,
                ),
                Place::Body,
            ),
            Param::new(
                Field::new("notify", &[" Whether the people on it are told."], bool::SCHEMA)
                    .since(Revision::V0_3_169),
                Place::Query,
            ),
        ],
        <Data<Task> as Reply>::SHAPE,
        true,
        false,
        read_typed::<Data<Task>>,
    )
    .idempotent()
    .agent_scoped()
    .checked();
}

impl Operation for MoveTaskByHand {
    type Reply = Data<Task>;

    const ENDPOINT: &'static Endpoint = &Self::DECLARATION;

    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), BuildError> {
        out.required(&self.task)?;
        out.required(&self.column_id)?;
        out.optional(self.due_at.as_ref())?;
        out.optional(self.kind.as_ref())?;
        Ok(())
    }

    fn from_params(mut params: Map<String, Value>) -> Result<Self, BuildError> {
        let id = Self::ENDPOINT.id;
        Ok(Self {
            task: params::required(id, &mut params, "task")?,
            column_id: params::required(id, &mut params, "column_id")?,
            due_at: params::optional(id, &mut params, "due_at")?,
            kind: params::optional(id, &mut params, "notify")?,
        })
    }
}

impl Serialize for MoveTaskByHand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("task", &self.task)?;
        map.serialize_entry("column_id", &self.column_id)?;
        if let Some(value) = &self.due_at {
            map.serialize_entry("due_at", value)?;
        }
        if let Some(value) = &self.kind {
            map.serialize_entry("notify", value)?;
        }
        map.end()
    }
}

#[test]
fn the_macro_declares_what_a_person_would_write() {
    assert_eq!(facts(MoveTask::ENDPOINT), facts(MoveTaskByHand::ENDPOINT));
    assert_eq!(MoveTask::ENDPOINT.aliases().collect::<Vec<_>>(), ["shiftTask"]);
}

/// Everything of an endpoint but the address of its function.
fn facts(endpoint: &Endpoint) -> String {
    let Endpoint {
        id,
        docs,
        tag,
        method,
        history,
        params,
        shape,
        idempotent,
        agent_scoped,
        sends_body,
        open_body,
        ..
    } = endpoint;
    format!(
        "{id} {docs:?} {tag:?} {method:?} {history:?} {params:?} {shape:?} {:?}",
        [idempotent, agent_scoped, sends_body, open_body]
    )
}

#[test]
fn the_macro_builds_the_requests_a_person_would() {
    let due: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
    for revision in [Revision::V0_3_64, Revision::V0_3_169] {
        let same = |macros: MoveTask, by_hand: MoveTaskByHand| {
            let api = api(revision);
            let (left, right) = (api.call(&macros), api.call(&by_hand));
            assert_eq!(left.as_ref().err(), right.as_ref().err());
            let (Ok(left), Ok(right)) = (left, right) else { return };
            let (left, right) = (left.request(), right.request());
            assert_eq!(
                (left.method(), left.uri(), left.headers()),
                (right.method(), right.uri(), right.headers())
            );
            assert_eq!(left.body(), right.body());
        };
        same(MoveTask::new(7, 3), MoveTaskByHand::new(7, 3));
        same(
            MoveTask::new(7, 3).due_at(due).kind(true),
            MoveTaskByHand::new(7, 3).due_at(due).kind(true),
        );
        same(MoveTask::new(7, 3).due_at(None), MoveTaskByHand::new(7, 3).due_at(None));
        same(MoveTask::new(0, 3), MoveTaskByHand::new(0, 3));
    }
    let call = api(Revision::LATEST).call(&MoveTask::new(7, 3).due_at(None).kind(false)).unwrap();
    assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/tasks/7/moves?notify=false");
    assert_eq!(call.request().body(), r#"{"column_id":3,"due_at":null}"#);
}

#[test]
fn the_macro_reads_and_writes_json_as_a_person_would() {
    for json in [
        json!({"task": 7, "column_id": 3}),
        json!({"task": 7, "column_id": 3, "due_at": null}),
        json!({"task": 7, "column_id": 3, "due_at": "2026-03-01T17:00:00Z", "notify": true}),
    ] {
        let (macros, by_hand) = (
            MoveTask::from_params(members(json.clone())),
            MoveTaskByHand::from_params(members(json.clone())),
        );
        assert_eq!(serde_json::to_value(macros.unwrap()).unwrap(), json);
        assert_eq!(serde_json::to_value(by_hand.unwrap()).unwrap(), json);
    }
    for json in [
        json!({"task": 7}),
        json!({"task": "seven", "column_id": 3}),
        json!({"task": 7, "column_id": 3, "notify": 1}),
    ] {
        let (macros, by_hand) = (
            MoveTask::from_params(members(json.clone())),
            MoveTaskByHand::from_params(members(json)),
        );
        assert_eq!(macros.unwrap_err(), by_hand.unwrap_err());
    }
}
