//! Every type that is JSON, with its schema and its way there and back.

use std::fmt::Debug;

use agentmc_types::schema::{Describe, Schema};
use agentmc_types::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A type under test.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) schema: Schema,
    /// Reads JSON text and writes it again.
    pub(crate) rewrite: fn(&str) -> Result<Value, String>,
}

macro_rules! every_type {
    ($($name:ident $(<$of:ty>)?),+ $(,)?) => {
        /// Every public type that is JSON; generic ones with one argument of each sort.
        pub(crate) const TYPES: &[Entry] = &[
            $(Entry {
                name: stringify!($name),
                schema: <$name $(<$of>)? as Describe>::SCHEMA,
                rewrite: rewrite::<$name $(<$of>)?>,
            }),+
        ];
    };
}

every_type! {
    // Ids.
    ActorId, AgentId, AssigneeId, AttachmentId, BoardId, BriefEntryId, BriefId, CalendarItemAssigneeId,
    CalendarItemCommentId, CalendarItemId, ColumnId, CommentId, FileId, FolderId, HostId, HostRuntimeCommandId, LogId,
    NotificationId, RecurringTaskId, RecurringTaskRunId, SessionId, SignalId, SubjectId, TaskCommentId, TaskId, TeamId,
    UserId, WorkspaceId,
    // Values.
    MapOf<String>, MapOf<bool>, Nullable<TaskId>, Nullable<Object>, Object, Secret, TextOrFlag, TextOrObject, Timestamp,
    // Enums.
    ActorType, AgentType, AssigneeType, BoardScope, BoardVisibility, CalendarAssigneeRole, CalendarItemPriority,
    CalendarItemStatus, CalendarItemType, CalendarItemVisibility, CalendarView, FilePreviewKind, FileSort,
    HostRuntimeCommandStatus, MimeGroup, NotificationType, OnlineStatus, RealtimeCloseStatus, RealtimeSessionStatus,
    RecurringTaskRunOutcome, RecurringTaskRunStatus, ResponseActionMethod, ResponseActionType, RuntimeProvider,
    SignalSender, SortDirection, TaskAssigneeType, UploadMethod,
    // Records the service answers with.
    AgentBriefResponse, AgentConnectedInstructionsResponse, AgentHeartbeatResponse, AgentInstructionBundleFile,
    AgentInstructionsResponse, AgentRealtimeSession, AgentRealtimeSignal, AgentRealtimeSignalResponse,
    AgentRealtimeSignalsResponse, AgentRealtimeSocketAuthResponse, AgentRecurringTaskDueRun, AgentRecurringTaskRun,
    Board, BoardColumn, BoardOwnerSummary, BriefEntrySummary, CalendarItem, CalendarItemAssignee, CalendarItemComment,
    ConnectAgentResponse, HeartbeatAgentSummary, HeartbeatDefaults, Host, HostAgentSummary, HostAgentsMeta,
    HostDetailResponse, HostRealtimeSocketConnection, HostRealtimeSocketPayload, HostRuntimeCommand,
    HostRuntimeCommandPayload, InstructedAgent, Log, Notification, NotificationAgentInstructions,
    NotificationResponseAction, NotificationsMarkedRead, Page<Task>, PaginationLinks, PaginationMeta,
    PaginationMetaLink, PlanSummary, RecurringBriefSummary, ResponseActionBody, ResponseActionHeaders,
    ResponseActionQuery, Task, TaskAssignedAgent, TaskComment, TaskCommentMention, TeamAgent, TeamAgentHostSummary,
    TeamFile, TeamFileAttachment, TeamFileAttachmentFileSummary, TeamFileFolder, TeamFileFolderListResponse,
    TeamFileUploadTicket, TeamMember, TeamSummary, Workspace,
    // Records a caller sends.
    BriefSource, HeartbeatAgent, HeartbeatHost, HeartbeatHostAgent, HeartbeatMeta, HeartbeatRuntime, HostDisk, HostMeta,
    HostNetwork, HostRuntime, HostRuntimeCommandResult, HostRuntimeCommandUpdate, OpenclawModelsStatus,
    StoreBrief, StoreCalendarItemAssignee, UpdateBrief,
}

/// Reads `text`, writes it, and holds what the two must agree on against each other.
fn rewrite<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    text: &str,
) -> Result<Value, String> {
    let error = |error: serde_json::Error| format!("{error}\n{text}");
    let read: T = serde_json::from_str(text).map_err(error)?;
    let written = serde_json::to_string(&read).map_err(error)?;

    let again: T = serde_json::from_str(&written).map_err(error)?;
    ensure(again == read, || {
        format!("reading what was written gives\n{again:?}\ninstead of\n{read:?}")
    })?;
    let rewritten = serde_json::to_string(&again).map_err(error)?;
    ensure(rewritten == written, || format!("written twice:\n{written}\n{rewritten}"))?;

    let tree: Value = serde_json::from_str(text).map_err(error)?;
    let from_tree = T::deserialize(&tree).map_err(error)?;
    ensure(from_tree == read, || format!("from a tree\n{from_tree:?}\nfrom text\n{read:?}"))?;
    serde_json::from_str(&written).map_err(error)
}

fn ensure(holds: bool, complaint: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(complaint()) }
}
