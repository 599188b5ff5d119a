//! Examples that work as they stand: each is run by a test, against a sandbox of its own.

use agentmc_core::Endpoint;

/// The examples of each operation.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "agentConnectedInstructions",
        &["agentmc agents connected-instructions --agent 1 --revision 0.1.1"],
    ),
    (
        "agentHeartbeat",
        &[
            "agentmc hosts heartbeat --json @heartbeat.json",
            "agentmc hosts heartbeat --agent 1 --status online --revision 0.1.1",
        ],
    ),
    (
        "authenticateAgentRealtimeSocket",
        &[
            "agentmc sessions authenticate 1 --socket-id 123.456 --channel-name private-agent-session.1 --dry-run",
        ],
    ),
    (
        "authenticateHostRealtimeSocket",
        &["agentmc hosts authenticate --socket-id 123.456 --channel-name private-host.1 --dry-run"],
    ),
    (
        "claimAgentRealtimeSession",
        &["agentmc sessions claim 1 --owner-token host-7f3a9c2e51d84b60 --dry-run"],
    ),
    ("closeAgentRealtimeSession", &["agentmc sessions close 1 --reason 'The user left' --dry-run"]),
    ("commentCalendarItem", &["agentmc calendar comment 1 --body 'I will be late.'"]),
    (
        "completeRecurringTaskRun",
        &["agentmc recurring complete 1 --status success --claim-token @token.txt --dry-run"],
    ),
    ("connectAgent", &["agentmc agents connect --json '{\"name\": \"Scout\"}' --revision 0.1.1"]),
    (
        "createAgentBrief",
        &[
            "agentmc briefs create --agent 1 --brief key=weekly --brief name='Weekly report' --brief content_markdown='All is well.'",
        ],
    ),
    (
        "createAgentRealtimeSignal",
        &["agentmc sessions signals create 1 --type message --payload text=Hello --dry-run"],
    ),
    (
        "createBoard",
        &[
            "agentmc boards create --name Garden",
            "agentmc boards create --name Diary --visibility personal --personal-owner-user-id 1",
        ],
    ),
    ("createBoardColumn", &["agentmc boards columns create 1 --name Blocked --position 2"]),
    (
        "createCalendarItem",
        &[
            "agentmc calendar create --type task --title 'Water the plants' --due-at 'tomorrow 9:00' --no-assignees",
            "agentmc calendar create --type event --title Retro --start-at 'friday 15:00' --end-at 'friday 16:00' --assignees assignee_type=agent,assignee_id=1",
        ],
    ),
    (
        "createFile",
        &["agentmc files create --upload-id 01JQ0000000000000000000000 --folder-id 1 --dry-run"],
    ),
    ("createFileFolder", &["agentmc folders create --name 2026 --parent-id 1"]),
    (
        "createFileUpload",
        &[
            "agentmc files uploads create --filename notes.md --byte-size 12 --mime-type text/markdown",
        ],
    ),
    (
        "createTask",
        &[
            "agentmc tasks create --board-id 1 --column-id 1 --title 'Write the report' --description 'Two pages.'",
            "agentmc tasks create --board-id 1 --column-id 1 --title Call --description Ask --due-at 'monday 9:00' --assigned-to-agent-id 1",
            "agentmc tasks create --json '{\"board_id\": 1, \"column_id\": 1, \"title\": \"Call\", \"description\": \"Ask\"}' --dry-run",
        ],
    ),
    ("createTaskComment", &["agentmc tasks comments create 1 --body 'Done, please review.'"]),
    ("deleteAgentBrief", &["agentmc briefs delete 1"]),
    ("deleteBoard", &["agentmc boards delete 3"]),
    ("deleteBoardColumn", &["agentmc boards columns delete 1 --column-id 4 --dry-run"]),
    ("deleteCalendarItem", &["agentmc calendar delete 2"]),
    ("deleteFile", &["agentmc files delete 4"]),
    ("deleteFileFolder", &["agentmc folders delete 3"]),
    ("deleteTask", &["agentmc tasks delete 5"]),
    ("deleteTaskComment", &["agentmc tasks comments delete 5 7"]),
    (
        "downloadFile",
        &[
            "agentmc files download 1",
            "agentmc files download 2 report.txt",
            "agentmc files download 1 - --quiet",
        ],
    ),
    ("getAgentInstructions", &["agentmc agents instructions --agent 1"]),
    ("listAgentBriefs", &["agentmc briefs list --search report"]),
    ("listAgentRealtimeRequestedSessions", &["agentmc sessions list --limit 10"]),
    ("listAgentRealtimeSignals", &["agentmc sessions signals list 1 --after-id 0 --dry-run"]),
    ("listAgents", &["agentmc agents list", "agentmc agents list --columns id,name,status"]),
    ("listBoards", &["agentmc boards list --scope team"]),
    (
        "listCalendar",
        &[
            "agentmc calendar list --view week",
            "agentmc calendar list --start today --end +2w --type event",
        ],
    ),
    ("listDueRecurringTaskRuns", &["agentmc recurring list --limit 5 --agent 1"]),
    ("listFileFolders", &["agentmc folders list"]),
    (
        "listFiles",
        &[
            "agentmc files list --mime-group markdown",
            "agentmc files list --sort size_bytes --direction desc",
        ],
    ),
    ("listHosts", &["agentmc hosts list --status online"]),
    ("listLogs", &["agentmc logs list --per-page 10", "agentmc logs list --all -o jsonl"]),
    ("listNotifications", &["agentmc notifications list --unread"]),
    ("listTaskComments", &["agentmc tasks comments list 5"]),
    (
        "listTasks",
        &[
            "agentmc tasks list --board-id 1",
            "agentmc tasks list --due-to +1w --all -o csv --columns id,title,due_at",
            "agentmc tasks list --query 'data[*].title'",
        ],
    ),
    ("listTeamMembers", &["agentmc members list --search a"]),
    ("markAllNotificationsRead", &["agentmc notifications read-all"]),
    ("markNotificationRead", &["agentmc notifications read 90b3cceb-5de9-4a7b-87e3-13161059a89f"]),
    ("previewFile", &["agentmc files preview 1"]),
    ("showBoard", &["agentmc boards show 1", "agentmc boards show 1 --query 'data.columns[*].id'"]),
    ("showCalendarItem", &["agentmc calendar show 1"]),
    ("showFile", &["agentmc files show 1"]),
    ("showHost", &["agentmc hosts show 1 --agents-per-page 5"]),
    ("showTask", &["agentmc tasks show 5", "agentmc tasks show 5 --columns title,due_at"]),
    ("updateAgentBrief", &["agentmc briefs update 1 --brief name='Morning report'"]),
    ("updateBoard", &["agentmc boards update 1 --name Roadmap --no-description"]),
    ("updateBoardColumn", &["agentmc boards columns update 1 --column-id 2 --name Doing"]),
    ("updateCalendarItem", &["agentmc calendar update 4 --status done --no-location"]),
    ("updateFile", &["agentmc files update 1 --display-name guide.md --folder-id 1"]),
    ("updateFileFolder", &["agentmc folders update 3 --name Drafts --no-parent-id"]),
    (
        "updateTask",
        &[
            "agentmc tasks update 5 --column-id 2 --position 1",
            "agentmc tasks update 5 --due-at +2d --no-assigned-to-user-id",
        ],
    ),
    ("updateTaskComment", &["agentmc tasks comments update 5 7 --body 'Done.'"]),
];

/// The examples of an operation.
pub(crate) fn of(endpoint: &Endpoint) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(id, _)| *id == endpoint.id).map_or(&[], |(_, examples)| examples)
}

#[cfg(test)]
mod tests {
    use agentmc_core::OPERATIONS;

    use super::{EXAMPLES, of};
    use crate::resource::naming::Name;

    #[test]
    fn every_operation_has_examples_of_its_own_command() {
        assert_eq!(EXAMPLES.len(), OPERATIONS.len());
        for endpoint in OPERATIONS {
            let command = Name::of(endpoint).command();
            assert!(!of(endpoint).is_empty(), "{}", endpoint.id);
            assert!(
                of(endpoint).iter().all(|example| example.starts_with(&command)),
                "{}",
                endpoint.id
            );
        }
    }
}
