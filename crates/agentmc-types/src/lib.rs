//! What the AgentMC API talks about: records, ids, enums, and the schema of what may be sent.
//!
//! This crate holds data and knows no network. `agentmc-core` says which operation takes and answers what.
//!
//! # Reading the types
//!
//! * **Records** are structs with public fields. [`Task::new`] and its like take the required members; each
//!   other member has a setter of its own name. A member the wire calls `type` is called `kind` here.
//! * **Unknown members** are kept in `extra` and written back: the API grows, and a record that is read,
//!   changed and written loses nothing. What no [`Value`](serde_json::Value) can hold (`1e999`, half a
//!   character) is an error in them, too.
//! * **Enums are open.** A value this version does not know is kept as `Other`, as it came.
//! * **Null and absent** are told apart where it matters, and nowhere else. A plain `Option` is `None` for
//!   both. [`Nullable`] inside an `Option`, mostly in requests, is three things: leave it, clear it, set it.
//! * **Ids** have a type each, so that a [`BoardId`] is never taken for a [`TaskId`].
//! * **Times** are [`Timestamp`]s: moments, read with any offset and written in UTC.
//! * **Objects of somebody's choice** are [`Object`]s or [`MapOf`] one type.
//!
//! # What is tolerated, and what is exact
//!
//! Reading follows the service where it strays from its own description: ids may be strings of digits, an
//! empty object may be `[]`, and members that some supported revision lacks have a default. A required
//! member that is missing, or a value of the wrong type, is an error.
//!
//! Writing is exact: an object is an object, an id is a number, and nothing is written that was not set.
//!
//! # Checking
//!
//! Every type has a [`Schema`](schema::Schema), which says what its JSON may be: types, lengths, ranges,
//! patterns, and the [`Revision`]s that have or require a member. Reading and writing do not check
//! limits; whoever sends a request does, against the schema.
//!
//! # Example
//!
//! ```
//! use agentmc_types::{Task, TaskAssigneeType, TaskId};
//!
//! let json = r#"{
//!     "id": "7", "team_id": 1, "board_id": 2, "column_id": 3, "title": "Water the plants",
//!     "is_archived": false, "position": 1, "assignee_type": "robot", "color": "green"
//! }"#;
//! let task: Task = serde_json::from_str(json)?;
//!
//! assert_eq!(task.id, TaskId(7));
//! assert_eq!(task.due_at, None);
//! assert_eq!(task.assignee_type, Some(TaskAssigneeType::Other("robot".into())));
//! assert_eq!(task.extra.get("color"), Some(&"green".into()));
//!
//! let written = serde_json::to_value(task.description("Twice a week"))?;
//! assert_eq!(written["id"], 7);
//! assert_eq!(written["description"], "Twice a week");
//! assert_eq!(written["assignee_type"], "robot");
//! assert_eq!(written["color"], "green");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod actor;
mod agent;
mod board;
mod brief;
mod calendar;
mod choice;
mod extra;
mod file;
mod heartbeat;
mod heartbeat_request;
mod host;
mod id;
mod instructions;
mod log;
mod notification;
mod nullable;
mod object;
mod page;
mod part;
#[doc(hidden)]
pub mod reader;
mod realtime;
mod record;
mod recurring;
mod revision;
pub mod schema;
mod secret;
mod shown;
mod task;
mod team;
mod text_enum;
mod time;

pub use actor::*;
pub use agent::*;
pub use board::*;
pub use brief::*;
pub use calendar::*;
pub use choice::*;
pub use extra::Extra;
pub use file::*;
pub use heartbeat::*;
pub use heartbeat_request::*;
pub use host::*;
pub use id::*;
pub use instructions::*;
pub use log::*;
pub use notification::*;
pub use nullable::Nullable;
pub use object::{MapOf, Object};
pub use page::*;
pub use realtime::*;
pub use recurring::*;
pub use revision::{Revision, UnknownRevision};
pub use secret::Secret;
pub use task::*;
pub use team::*;
pub use time::Timestamp;
