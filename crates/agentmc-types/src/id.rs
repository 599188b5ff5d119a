//! Ids: one type for each thing that has one, so that no board is taken for a task.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::nullable::Nullable;
use crate::part::small;
use crate::schema::{Describe, Schema};

/// Declares ids that are numbers.
macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident),+ $(,)?) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }

        impl From<u64> for Nullable<$name> {
            fn from(id: u64) -> Self {
                Self::Value($name(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberOrText(stringify!($name))).map(Self)
            }
        }

        small! { $name = Self(0) }

        impl Describe for $name {
            const SCHEMA: Schema = Schema::integer().min(0);
        }
    )+};
}

ids! {
    /// The id of whoever did something: a user, an agent or an API key, as the `actor_type` beside it says.
    ActorId,
    /// The id of an agent.
    AgentId,
    /// The id of whoever something is assigned to, or who is meant: a user or an agent, as the type beside it says.
    AssigneeId,
    /// The id of a file attached to something.
    AttachmentId,
    /// The id of a board.
    BoardId,
    /// The id of one entry of a brief.
    BriefEntryId,
    /// The id of a brief.
    BriefId,
    /// The id of an assignment of a calendar item.
    CalendarItemAssigneeId,
    /// The id of a comment on a calendar item.
    CalendarItemCommentId,
    /// The id of a calendar item.
    CalendarItemId,
    /// The id of a column of a board.
    ColumnId,
    /// The id of a comment that a notification is about: on a task or on a calendar item.
    CommentId,
    /// The id of a file.
    FileId,
    /// The id of a folder of files.
    FolderId,
    /// The id of a host: a machine that runs agents.
    HostId,
    /// The id of a command to a host's runtime.
    HostRuntimeCommandId,
    /// The id of a log entry.
    LogId,
    /// The id of a recurring task of an agent.
    RecurringTaskId,
    /// The id of one run of a recurring task.
    RecurringTaskRunId,
    /// The id of a realtime session.
    SessionId,
    /// The id of a signal in a realtime session.
    SignalId,
    /// The id of whatever something is about, as the `subject_type` beside it says.
    SubjectId,
    /// The id of a comment on a task.
    TaskCommentId,
    /// The id of a task.
    TaskId,
    /// The id of a team.
    TeamId,
    /// The id of a person.
    UserId,
    /// The id of a workspace, the old name of a team.
    WorkspaceId,
}

/// The id of a notification, a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotificationId(pub Uuid);

impl From<Uuid> for NotificationId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for NotificationId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

small! { NotificationId = Self(Uuid::nil()) }

impl Describe for NotificationId {
    const SCHEMA: Schema = Schema::uuid();
}

/// Reads an id from a number, or from a string of digits: the service sends both.
struct NumberOrText(&'static str);

impl serde::de::Visitor<'_> for NumberOrText {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number for {}", self.0)
    }

    fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<u64, E> {
        Ok(id)
    }

    fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<u64, E> {
        u64::try_from(id).map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(id), &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u64, E> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let id = if digits { text.parse().ok() } else { None };
        id.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}
