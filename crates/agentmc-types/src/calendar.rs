//! The calendar: events, tasks with a date, who takes part, and comments.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{
    ActorId, ActorType, AssigneeId, AssigneeType, CalendarItemAssigneeId, CalendarItemCommentId,
    CalendarItemId, TeamFileAttachment, TeamId, Timestamp, UserId,
};

text_enum! {
    /// How a calendar is looked at.
    pub enum CalendarView {
        /// By the month.
        Month = "month",
        /// By the week.
        Week = "week",
        /// As a list.
        List = "list",
    }
}

text_enum! {
    /// What a calendar item is.
    pub enum CalendarItemType {
        /// Something that happens from a time to a time.
        Event = "event",
        /// Something to be done, perhaps by a time.
        Task = "task",
    }
}

text_enum! {
    /// How far a calendar item has come.
    pub enum CalendarItemStatus {
        /// Not started.
        Todo = "todo",
        /// Started.
        InProgress = "in_progress",
        /// Waiting for something.
        Blocked = "blocked",
        /// Finished.
        Done = "done",
        /// Given up.
        Canceled = "canceled",
    }
}

text_enum! {
    /// How urgent a calendar item is.
    pub enum CalendarItemPriority {
        /// Whenever there is time.
        Low = "low",
        /// In its turn.
        Medium = "medium",
        /// Before others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    }
}

text_enum! {
    /// Who sees a calendar item.
    pub enum CalendarItemVisibility {
        /// The whole team.
        Team = "team",
        /// Whoever made it and whoever it is assigned to.
        Private = "private",
    }
}

text_enum! {
    /// What part somebody has in a calendar item.
    pub enum CalendarAssigneeRole {
        /// Answers for it.
        Owner = "owner",
        /// Takes part in it.
        Collaborator = "collaborator",
        /// Is told about it.
        Watcher = "watcher",
    }
}

record! {
    /// Somebody a calendar item is assigned to.
    pub struct CalendarItemAssignee {
        required {
            /// The assignment's id.
            id: CalendarItemAssigneeId,
            /// What it is assigned to: a person or an agent.
            assignee_type: AssigneeType,
            /// Who it is assigned to, as `assignee_type` says.
            assignee_id: AssigneeId,
        }
        nullable {
            /// What part the assignee has.
            role: CalendarAssigneeRole,
            /// The assignee's name; null once the assignee is gone.
            name: String,
            /// When it was assigned.
            created_at: Timestamp,
        }
    }
}

record! {
    /// A comment on a calendar item.
    pub struct CalendarItemComment {
        required {
            /// The comment's id.
            id: CalendarItemCommentId,
            /// What wrote it.
            actor_type: ActorType,
            /// The text, in Markdown.
            body: String,
        }
        nullable {
            /// Who wrote it, as `actor_type` says; null once the writer is gone.
            actor_id: ActorId,
            /// When it was written.
            created_at: Timestamp,
        }
        defaulted {
            /// The files attached to it.
            attachments: Vec<TeamFileAttachment> => since(V0_3_169),
        }
    }
}

record! {
    /// An event or a task in the calendar. Tasks here are not the tasks on boards.
    pub struct CalendarItem {
        required {
            /// The item's id.
            id: CalendarItemId,
            /// The team it belongs to.
            team_id: TeamId,
            /// What it is.
            kind = "type": CalendarItemType,
            /// The title.
            title: String,
            /// Whether it takes whole days, so that only the dates of its times count.
            all_day: bool,
            /// Who sees it.
            visibility: CalendarItemVisibility,
            /// Whoever it is assigned to.
            assignees: Vec<CalendarItemAssignee>,
        }
        nullable {
            /// The description, in Markdown.
            description: String,
            /// When it starts; an event always has it.
            start_at: Timestamp,
            /// When it ends; an event always has it.
            end_at: Timestamp,
            /// When it is due, if it is a task.
            due_at: Timestamp,
            /// Where it takes place.
            location: String,
            /// The time zone it is planned in, such as `Europe/Vienna`.
            timezone: String,
            /// How far it has come.
            status: CalendarItemStatus,
            /// How urgent it is.
            priority: CalendarItemPriority,
            /// The person who made it; null if an agent or an API key did.
            created_by: UserId,
            /// The person who last changed it; null if an agent or an API key did.
            updated_by: UserId,
            /// How many comments it has. Only some answers count.
            comments_count: i64,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
            /// When it was deleted; null while it exists.
            deleted_at: Timestamp,
        }
        defaulted {
            /// The files attached to it.
            attachments: Vec<TeamFileAttachment> => since(V0_3_169),
        }
    }
}

record! {
    /// Somebody to assign a calendar item to.
    pub struct StoreCalendarItemAssignee {
        required {
            /// What to assign it to: a person or an agent.
            assignee_type: AssigneeType,
            /// Who to assign it to, as `assignee_type` says.
            assignee_id: AssigneeId [min(1)],
        }
        clearable {
            /// What part the assignee has.
            role: CalendarAssigneeRole,
        }
    }
}
