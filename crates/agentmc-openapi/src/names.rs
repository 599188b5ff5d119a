//! The names of records, under which a document keeps their schemas.

use agentmc_core::schema::{Describe, Field, Kind};
use agentmc_core::types;

macro_rules! named {
    ($($name:ident),+ $(,)?) => {
        /// Every record with a name, and its members.
        static RECORDS: &[(&str, &[Field])] =
            &[$((stringify!($name), members(<types::$name as Describe>::SCHEMA.kind))),+];
    };
}

named! {
    AgentBriefResponse, AgentConnectedInstructionsResponse, AgentHeartbeatResponse, AgentInstructionBundleFile,
    AgentInstructionsResponse, AgentRealtimeSession, AgentRealtimeSignal, AgentRealtimeSignalResponse,
    AgentRealtimeSignalsResponse, AgentRealtimeSocketAuthResponse, AgentRecurringTaskDueRun, AgentRecurringTaskRun,
    Board, BoardColumn, BoardOwnerSummary, BriefEntrySummary, BriefSource, CalendarItem, CalendarItemAssignee,
    CalendarItemComment, ConnectAgentResponse, HeartbeatAgent, HeartbeatAgentSummary, HeartbeatDefaults,
    HeartbeatHost, HeartbeatHostAgent, HeartbeatMeta, HeartbeatRuntime, Host, HostAgentSummary, HostAgentsMeta,
    HostDetailResponse, HostDisk, HostMeta, HostNetwork, HostRealtimeSocketConnection, HostRealtimeSocketPayload,
    HostRuntime, HostRuntimeCommand, HostRuntimeCommandPayload, HostRuntimeCommandResult, HostRuntimeCommandUpdate,
    InstructedAgent, Log, Notification, NotificationAgentInstructions, NotificationResponseAction,
    NotificationsMarkedRead, OpenclawModelsStatus, PaginationLinks, PaginationMeta, PaginationMetaLink,
    RecurringBriefSummary, ResponseActionBody, ResponseActionHeaders, ResponseActionQuery, StoreBrief,
    StoreCalendarItemAssignee, Task, TaskAssignedAgent, TaskComment, TaskCommentMention, TeamAgent,
    TeamAgentHostSummary, TeamFile, TeamFileAttachment, TeamFileAttachmentFileSummary, TeamFileFolder,
    TeamFileFolderListResponse, TeamFileUploadTicket, TeamMember, UpdateBrief, Workspace,
}

const fn members(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Object(fields) => fields,
        _ => &[],
    }
}

/// The name of the record with these members, if it has one. Members and what is said of them tell records apart.
pub(crate) fn name(fields: &[Field]) -> Option<&'static str> {
    let same = |(left, right): (&Field, &Field)| left.name == right.name && left.docs == right.docs;
    let found = RECORDS
        .iter()
        .find(|(_, members)| members.len() == fields.len() && members.iter().zip(fields).all(same));
    found.map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::{RECORDS, name};

    #[test]
    fn a_record_is_known_by_its_members() {
        for (record, fields) in RECORDS {
            assert!(!fields.is_empty(), "{record} is no record");
            assert_eq!(name(fields), Some(*record));
        }
    }
}
