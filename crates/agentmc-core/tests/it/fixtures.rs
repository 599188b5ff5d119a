//! Replies as the service gives them, with made-up content: complete ones of the newest revision that
//! has the operation, and older ones where they have less.

use agentmc_core::Revision;
use bytes::Bytes;
use serde_json::Value;

/// A reply to an operation.
pub(crate) struct Fixture {
    pub(crate) id: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! fixtures {
    ($folder:literal: $($id:ident),+ $(,)?) => {
        &[$(Fixture {
            id: stringify!($id),
            text: include_str!(concat!("../fixtures", $folder, "/", stringify!($id), ".json")),
        }),+]
    };
}

/// A reply with every member for each operation that has a body in its reply.
pub(crate) const COMPLETE: &[Fixture] = fixtures! { "":
    agentConnectedInstructions, agentHeartbeat, authenticateAgentRealtimeSocket, authenticateHostRealtimeSocket,
    claimAgentRealtimeSession, closeAgentRealtimeSession, commentCalendarItem, completeRecurringTaskRun, connectAgent,
    createAgentBrief, createAgentRealtimeSignal, createBoard, createBoardColumn, createCalendarItem, createFile,
    createFileFolder, createFileUpload, createTask, createTaskComment, getAgentInstructions, listAgentBriefs,
    listAgentRealtimeRequestedSessions, listAgentRealtimeSignals, listAgents, listBoards, listCalendar,
    listDueRecurringTaskRuns, listFileFolders, listFiles, listHosts, listLogs, listNotifications, listTaskComments,
    listTasks, listTeamMembers, markAllNotificationsRead, markNotificationRead, showBoard, showCalendarItem, showFile,
    showHost, showTask, updateAgentBrief, updateBoard, updateBoardColumn, updateCalendarItem, updateFile,
    updateFileFolder, updateTask, updateTaskComment,
};

/// Replies of older revisions.
pub(crate) const OLDER: &[(Revision, &[Fixture])] = &[
    (
        Revision::V0_1_1,
        fixtures! { "/0.1.1": agentConnectedInstructions, agentHeartbeat, claimAgentRealtimeSession, connectAgent, listBoards },
    ),
    (
        Revision::V0_3_64,
        fixtures! { "/0.3.64":
            agentHeartbeat, claimAgentRealtimeSession, commentCalendarItem, createAgentBrief, createTaskComment,
            listAgents, listNotifications, listTasks, showCalendarItem, showHost, showTask,
        },
    ),
];

impl Fixture {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text).unwrap()
    }
}

/// A reply of this status and body.
pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> http::Response<Bytes> {
    http::Response::builder().status(status).body(body.into()).unwrap()
}

/// A reply with one header and no body.
pub(crate) fn reply_with(status: u16, name: &str, value: &str) -> http::Response<Bytes> {
    http::Response::builder().status(status).header(name, value).body(Bytes::new()).unwrap()
}
