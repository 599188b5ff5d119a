//! Boards, tasks, the calendar and what recurs.

use agentmc_types::{
    ActorId, ActorType, AgentId, AgentRecurringTaskDueRun, AgentRecurringTaskRun, AssigneeId,
    AssigneeType, Board, BoardColumn, BoardId, BoardOwnerSummary, BoardVisibility,
    CalendarAssigneeRole, CalendarItem, CalendarItemAssignee, CalendarItemAssigneeId,
    CalendarItemComment, CalendarItemCommentId, CalendarItemId, CalendarItemPriority,
    CalendarItemStatus, CalendarItemType, CalendarItemVisibility, ColumnId, Log, LogId, Nullable,
    Object, RecurringTaskId, RecurringTaskRunId, RecurringTaskRunStatus, Secret,
    StoreCalendarItemAssignee, SubjectId, Task, TaskAssignedAgent, TaskAssigneeType, TaskComment,
    TaskCommentId, TaskCommentMention, TaskId, TeamFileAttachment, TeamId, Timestamp, UserId,
};

use super::{Run, plain};

pub(super) fn measure(run: &mut Run) {
    plain! {
        run;
        BoardColumn {
            required {
                id: ColumnId, board_id: BoardId, team_id: TeamId, name: String, position: i64,
            }
            nullable { created_at: Timestamp, updated_at: Timestamp }
        }
        BoardOwnerSummary {
            required { id: UserId, name: String }
        }
        Board {
            required { id: BoardId, team_id: TeamId, name: String, visibility: BoardVisibility }
            nullable {
                description: String, personal_owner_user_id: UserId, created_by_user_id: UserId,
                created_at: Timestamp, updated_at: Timestamp,
            }
            optional {
                personal_owner_user: BoardOwnerSummary, columns_count: i64, tasks_count: i64,
                columns: Vec<BoardColumn>,
            }
        }
        TaskAssignedAgent {
            nullable { id: AgentId, name: String, meta: Object }
        }
        Task {
            required {
                id: TaskId, team_id: TeamId, board_id: BoardId, column_id: ColumnId, title: String,
                is_archived: bool, position: i64,
            }
            nullable {
                description: String, archived_at: Timestamp, due_at: Timestamp,
                created_by_user_id: UserId, assigned_to_user_id: UserId,
                assigned_to_agent_id: AgentId, assignee_type: TaskAssigneeType,
                created_at: Timestamp, updated_at: Timestamp,
            }
            optional { assigned_agent: TaskAssignedAgent }
            defaulted { attachments: Vec<TeamFileAttachment> }
        }
        TaskCommentMention {
            required {
                key: String, kind = "type": AssigneeType, id: AssigneeId, label: String,
                handle: String, token: String,
            }
        }
        TaskComment {
            required {
                id: TaskCommentId, task_id: TaskId, actor_type: ActorType, actor_name: String,
                body: String, mentions: Vec<TaskCommentMention>,
            }
            nullable { actor_id: ActorId, edited_at: Timestamp, created_at: Timestamp }
            defaulted { attachments: Vec<TeamFileAttachment> }
        }
        CalendarItemAssignee {
            required {
                id: CalendarItemAssigneeId, assignee_type: AssigneeType, assignee_id: AssigneeId,
            }
            nullable { role: CalendarAssigneeRole, name: String, created_at: Timestamp }
        }
        CalendarItemComment {
            required { id: CalendarItemCommentId, actor_type: ActorType, body: String }
            nullable { actor_id: ActorId, created_at: Timestamp }
            defaulted { attachments: Vec<TeamFileAttachment> }
        }
        CalendarItem {
            required {
                id: CalendarItemId, team_id: TeamId, kind = "type": CalendarItemType, title: String,
                all_day: bool, visibility: CalendarItemVisibility,
                assignees: Vec<CalendarItemAssignee>,
            }
            nullable {
                description: String, start_at: Timestamp, end_at: Timestamp, due_at: Timestamp,
                location: String, timezone: String, status: CalendarItemStatus,
                priority: CalendarItemPriority, created_by: UserId, updated_by: UserId,
                comments_count: i64, created_at: Timestamp, updated_at: Timestamp,
                deleted_at: Timestamp,
            }
            defaulted { attachments: Vec<TeamFileAttachment> }
        }
        StoreCalendarItemAssignee {
            required { assignee_type: AssigneeType, assignee_id: AssigneeId }
            clearable { role: CalendarAssigneeRole }
        }
        AgentRecurringTaskDueRun {
            required {
                run_id: RecurringTaskRunId, task_id: RecurringTaskId, prompt: String,
                scheduled_for: Timestamp, claim_token: Secret, agent_id: AgentId,
            }
        }
        AgentRecurringTaskRun {
            required {
                id: RecurringTaskRunId, team_id: TeamId, agent_id: AgentId,
                agent_recurring_task_id: RecurringTaskId, scheduled_for: Timestamp,
                status: RecurringTaskRunStatus, claim_token: Secret, prompt_snapshot: String,
            }
            nullable {
                schedule_snapshot: Object, started_at: Timestamp, finished_at: Timestamp,
                summary: String, error_message: String, runtime_meta: Object, created_at: Timestamp,
                updated_at: Timestamp,
            }
        }
        Log {
            required { id: LogId, team_id: TeamId, action: String }
            nullable {
                actor_type: String, actor_id: ActorId, subject_type: String, subject_id: SubjectId,
                meta: Object, created_at: Timestamp,
            }
        }
    }
}
