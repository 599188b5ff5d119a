//! Tasks on boards, and the comments on them.

use agentmc_types::{
    ActorId, ActorType, AgentId, BoardId, ColumnId, Nullable, Task, TaskComment, TaskCommentId,
    TaskId, Timestamp, UserId,
};

use crate::operation;
use crate::reply::{Data, Empty, Page};

operation! {
    /// Lists tasks.
    ///
    /// A page at a time. Filters narrow each other: a task must pass all that are given.
    pub struct ListTasks -> Page<Task>;

    GET "listTasks" Tasks agent_scoped {
        V0_1_1 => "/tasks" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/tasks" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/tasks" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// Only tasks on this board.
        board_id: BoardId [min(1)],
        /// Only archived tasks, or only those that are not archived.
        archived: bool,
        /// Only tasks assigned to this person.
        assigned_to_user_id: UserId [min(1)],
        /// Only tasks assigned to this agent.
        assigned_to_agent: AgentId [min(1)],
        /// Only tasks of this agent. Also makes it the acting agent of the call, which
        /// `assigned_to_agent` does not.
        agent_id: AgentId [min(1)],
        /// Only tasks due at this time or later.
        due_from: Timestamp,
        /// Only tasks due at this time or earlier.
        due_to: Timestamp,
        /// The tasks on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Creates a task in a column of a board.
    ///
    /// Refused with 402 when the plan allows no more tasks, and with 404 when something it refers
    /// to, such as the board, does not exist.
    pub struct CreateTask -> Data<Task>;

    POST "createTask" Tasks agent_scoped {
        V0_1_1 => "/tasks" KEY_OR_BEARER 201 [401, 402, 403, 404, 422],
        V0_3_64 => "/tasks" KEY_OR_COOKIE 201 [401, 402, 403, 404, 422],
        V0_3_169 => "/tasks" KEY_OR_COOKIE 201 [401, 402, 403, 404, 422],
    }

    body {
        /// The board the task is on.
        board_id: BoardId,
        /// The column of that board the task is in.
        column_id: ColumnId,
        /// The title, at most 255 characters.
        title: String [max_len(255)],
        /// What is to be done.
        description: String,
    }

    body? {
        /// When the task was archived; left out or null for a task that is not.
        archived_at: Nullable<Timestamp>,
        /// The place in the column, from 1.
        position: Nullable<u64> [min(1)],
        /// When the task is due.
        due_at: Nullable<Timestamp>,
        /// The person the task is assigned to.
        assigned_to_user_id: Nullable<UserId>,
        /// The agent the task is assigned to.
        assigned_to_agent_id: Nullable<AgentId> [min(1)],
    }
}

operation! {
    /// Shows one task.
    ///
    /// Its comments are apart: `listTaskComments` lists them.
    pub struct ShowTask -> Data<Task>;

    GET "showTask" Tasks agent_scoped {
        V0_1_1 => "/tasks/{task}" KEY_OR_BEARER 200 [401, 403, 404],
        V0_3_64 => "/tasks/{task}" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/tasks/{task}" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The task to show.
        task: TaskId [min(1)],
    }
}

operation! {
    /// Changes a task, moves it to another column, or archives it.
    ///
    /// What is left out stays as it is; null clears what may be null.
    pub struct UpdateTask -> Data<Task>;

    PATCH "updateTask" Tasks agent_scoped {
        V0_1_1 => "/tasks/{task}" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/tasks/{task}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/tasks/{task}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The task to change.
        task: TaskId [min(1)],
    }

    body? {
        /// The column to move the task to.
        column_id: ColumnId,
        /// The new title, at most 255 characters.
        title: String [max_len(255)],
        /// The new description. It cannot be null.
        description: String,
        /// When the task was archived: a time archives it, null brings it back.
        archived_at: Nullable<Timestamp>,
        /// The new place in the column, from 1.
        position: u64 [min(1)],
        /// When the task is now due; null removes the date.
        due_at: Nullable<Timestamp>,
        /// The person the task is assigned to; null for nobody.
        assigned_to_user_id: Nullable<UserId>,
        /// The agent the task is assigned to; null for none.
        assigned_to_agent_id: Nullable<AgentId> [min(1)],
    }
}

operation! {
    /// Deletes a task.
    ///
    /// There is no way back through the API; `updateTask` with `archived_at` only puts it away.
    /// Answers 204 without a body.
    pub struct DeleteTask -> Empty;

    DELETE "deleteTask" Tasks agent_scoped {
        V0_1_1 => "/tasks/{task}" KEY_OR_BEARER 204 [401, 403, 404],
        V0_3_64 => "/tasks/{task}" KEY_OR_COOKIE 204 [401, 403, 404],
        V0_3_169 => "/tasks/{task}" KEY_OR_COOKIE 204 [401, 403, 404],
    }

    path {
        /// The task to delete.
        task: TaskId [min(1)],
    }
}

operation! {
    /// Lists the comments on a task.
    ///
    /// A page at a time.
    pub struct ListTaskComments -> Page<TaskComment>;

    GET "listTaskComments" Tasks {
        V0_1_1 => "/tasks/{task}/comments" KEY_OR_BEARER 200 [401, 403, 404],
        V0_3_64 => "/tasks/{task}/comments" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/tasks/{task}/comments" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The task whose comments to list.
        task: TaskId [min(1)],
    }

    query {
        /// The comments on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Comments on a task.
    ///
    /// The reply lists whom the text mentions.
    pub struct CreateTaskComment -> Data<TaskComment>;

    POST "createTaskComment" Tasks agent_scoped {
        V0_1_1 => "/tasks/{task}/comments" KEY_OR_BEARER 201 [401, 403, 404, 422],
        V0_3_64 => "/tasks/{task}/comments" KEY_OR_COOKIE 201 [401, 403, 404, 422],
        V0_3_169 => "/tasks/{task}/comments" KEY_OR_COOKIE 201 [401, 403, 404, 422],
    }

    path {
        /// The task to comment on.
        task: TaskId [min(1)],
    }

    body {
        /// The comment, at most 5,000 characters.
        body: String [max_len(5000)],
    }

    body? {
        /// Who the comment is written as: a user, an agent or an API key. Goes with `actor_id`.
        actor_type: Nullable<ActorType>,
        /// The id of that user, agent or API key.
        actor_id: Nullable<ActorId> [min(1)],
    }
}

operation! {
    /// Changes the text of a comment on a task.
    ///
    /// The reply's `edited_at` tells that it was changed.
    pub struct UpdateTaskComment -> Data<TaskComment>;

    PATCH "updateTaskComment" Tasks agent_scoped {
        V0_1_1 => "/tasks/{task}/comments/{comment}" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/tasks/{task}/comments/{comment}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/tasks/{task}/comments/{comment}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The task the comment is on.
        task: TaskId [min(1)],
        /// The comment to change.
        comment: TaskCommentId [min(1)],
    }

    body {
        /// The new text, at most 5,000 characters.
        body: String [max_len(5000)],
    }
}

operation! {
    /// Deletes a comment on a task.
    ///
    /// There is no way back through the API. Answers 204 without a body.
    pub struct DeleteTaskComment -> Empty;

    DELETE "deleteTaskComment" Tasks agent_scoped {
        V0_1_1 => "/tasks/{task}/comments/{comment}" KEY_OR_BEARER 204 [401, 403, 404],
        V0_3_64 => "/tasks/{task}/comments/{comment}" KEY_OR_COOKIE 204 [401, 403, 404],
        V0_3_169 => "/tasks/{task}/comments/{comment}" KEY_OR_COOKIE 204 [401, 403, 404],
    }

    path {
        /// The task the comment is on.
        task: TaskId [min(1)],
        /// The comment to delete.
        comment: TaskCommentId [min(1)],
    }
}
