//! Tasks on boards, and the comments people and agents leave on them.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{
    ActorId, ActorType, AgentId, AssigneeId, AssigneeType, BoardId, ColumnId, Object,
    TaskCommentId, TaskId, TeamFileAttachment, TeamId, Timestamp, UserId,
};

text_enum! {
    /// What a task is assigned to.
    pub enum TaskAssigneeType {
        /// A person.
        Human = "human",
        /// An agent.
        Agent = "agent",
    }
}

record! {
    /// The agent a task is assigned to, in brief.
    pub struct TaskAssignedAgent {
        nullable {
            /// The agent; null if there is none.
            id: AgentId,
            /// Its name.
            name: String,
            /// What its runtime reported about itself.
            meta: Object,
        }
    }
}

record! {
    /// A task: a card in a column of a board.
    pub struct Task {
        required {
            /// The task's id.
            id: TaskId,
            /// The team it belongs to.
            team_id: TeamId,
            /// The board it is on.
            board_id: BoardId,
            /// The column it is in.
            column_id: ColumnId,
            /// The title.
            title: String,
            /// Whether it is archived: kept, but off the board.
            is_archived: bool,
            /// Its place in the column, from top to bottom.
            position: i64,
        }
        nullable {
            /// The description, in Markdown.
            description: String,
            /// When it was archived; null while it is on the board.
            archived_at: Timestamp,
            /// When it is due.
            due_at: Timestamp,
            /// The person who made it; null if an agent or an API key did.
            created_by_user_id: UserId,
            /// The person it is assigned to; null if it is not assigned to a person.
            assigned_to_user_id: UserId,
            /// The agent it is assigned to; null if it is not assigned to an agent.
            assigned_to_agent_id: AgentId,
            /// What it is assigned to; null while it is assigned to nobody.
            assignee_type: TaskAssigneeType,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
        optional {
            /// The agent it is assigned to, in brief. Only some answers have it.
            assigned_agent: TaskAssignedAgent,
        }
        defaulted {
            /// The files attached to it.
            attachments: Vec<TeamFileAttachment> => since(V0_3_169),
        }
    }
}

record! {
    /// Somebody mentioned in a comment on a task.
    pub struct TaskCommentMention {
        required {
            /// A key for the mention, unique within the comment.
            key: String,
            /// What is mentioned: a person or an agent.
            kind = "type": AssigneeType,
            /// Who is mentioned, as `kind` says.
            id: AssigneeId,
            /// The name of whoever is mentioned.
            label: String,
            /// The handle of whoever is mentioned, without `@`.
            handle: String,
            /// The piece of the comment's text that mentions.
            token: String,
        }
    }
}

record! {
    /// A comment on a task.
    pub struct TaskComment {
        required {
            /// The comment's id.
            id: TaskCommentId,
            /// The task it is on.
            task_id: TaskId,
            /// What wrote it.
            actor_type: ActorType,
            /// The name of whoever wrote it.
            actor_name: String,
            /// The text, in Markdown.
            body: String,
            /// Whoever the text mentions.
            mentions: Vec<TaskCommentMention>,
        }
        nullable {
            /// Who wrote it, as `actor_type` says; null once the writer is gone.
            actor_id: ActorId,
            /// When it was last edited; null if never.
            edited_at: Timestamp,
            /// When it was written.
            created_at: Timestamp,
        }
        defaulted {
            /// The files attached to it.
            attachments: Vec<TeamFileAttachment> => since(V0_3_169),
        }
    }
}
