//! Every operation by name, for callers that know them only at run time.

use crate::endpoint::Endpoint;
use crate::error::BuildError;
use crate::operation::Operation;
use crate::ops::{
    agents, boards, briefs, calendar, files, hosts, logs, notifications, tasks, teams,
};

/// Declares the list of operations.
macro_rules! operations {
    ($($subject:ident::$operation:ident),+ $(,)?) => {
        /// Every operation, by id.
        pub static OPERATIONS: &[&Endpoint] = &[$(<$subject::$operation as Operation>::ENDPOINT),+];

        /// Calls a macro with the path of every operation type: for tests and tools that handle each.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! for_each_operation {
            ($callback:ident) => { $callback! { $($crate::ops::$subject::$operation),+ } };
        }
    };
}

operations! {
    agents::AgentConnectedInstructions,
    hosts::AgentHeartbeat,
    hosts::AuthenticateAgentRealtimeSocket,
    hosts::AuthenticateHostRealtimeSocket,
    hosts::ClaimAgentRealtimeSession,
    hosts::CloseAgentRealtimeSession,
    calendar::CommentCalendarItem,
    agents::CompleteRecurringTaskRun,
    agents::ConnectAgent,
    briefs::CreateAgentBrief,
    hosts::CreateAgentRealtimeSignal,
    boards::CreateBoard,
    boards::CreateBoardColumn,
    calendar::CreateCalendarItem,
    files::CreateFile,
    files::CreateFileFolder,
    files::CreateFileUpload,
    tasks::CreateTask,
    tasks::CreateTaskComment,
    briefs::DeleteAgentBrief,
    boards::DeleteBoard,
    boards::DeleteBoardColumn,
    calendar::DeleteCalendarItem,
    files::DeleteFile,
    files::DeleteFileFolder,
    tasks::DeleteTask,
    tasks::DeleteTaskComment,
    files::DownloadFile,
    agents::GetAgentInstructions,
    briefs::ListAgentBriefs,
    hosts::ListAgentRealtimeRequestedSessions,
    hosts::ListAgentRealtimeSignals,
    teams::ListAgents,
    boards::ListBoards,
    calendar::ListCalendar,
    agents::ListDueRecurringTaskRuns,
    files::ListFileFolders,
    files::ListFiles,
    hosts::ListHosts,
    logs::ListLogs,
    notifications::ListNotifications,
    tasks::ListTaskComments,
    tasks::ListTasks,
    teams::ListTeamMembers,
    notifications::MarkAllNotificationsRead,
    notifications::MarkNotificationRead,
    files::PreviewFile,
    boards::ShowBoard,
    calendar::ShowCalendarItem,
    files::ShowFile,
    hosts::ShowHost,
    tasks::ShowTask,
    briefs::UpdateAgentBrief,
    boards::UpdateBoard,
    boards::UpdateBoardColumn,
    calendar::UpdateCalendarItem,
    files::UpdateFile,
    files::UpdateFileFolder,
    tasks::UpdateTask,
    tasks::UpdateTaskComment,
}

/// The operation that has or had the id.
///
/// # Errors
///
/// When none has; the error names the closest ids.
pub fn find(id: &str) -> Result<&'static Endpoint, BuildError> {
    let named = |endpoint: &&&'static Endpoint| endpoint.id == id;
    let once_named =
        |endpoint: &&&'static Endpoint| endpoint.history.iter().any(|step| step.id == id);
    let found = OPERATIONS.iter().find(named).or_else(|| OPERATIONS.iter().find(once_named));
    found.copied().ok_or_else(|| BuildError::UnknownOperation {
        id: id.into(),
        closest: closest(id, OPERATIONS.iter().map(|endpoint| endpoint.id)),
    })
}

/// Up to three of `names` that look most like `wanted`, the likest first; none if none does.
pub(crate) fn closest(
    wanted: &str,
    names: impl Iterator<Item = &'static str>,
) -> Box<[&'static str]> {
    let wanted = wanted.to_lowercase();
    let rate = |name: &'static str| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name);
    let mut rated: Vec<_> = names.map(rate).collect();
    rated.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    let best = rated.first().map_or(0.0, |(likeness, _)| *likeness);
    let likely = |(likeness, _): &(f64, _)| *likeness > 0.8 && *likeness > best - 0.06;
    rated.into_iter().filter(likely).take(3).map(|(_, name)| name).collect()
}
