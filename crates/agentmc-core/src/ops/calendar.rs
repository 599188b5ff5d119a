//! The calendar: events, dated tasks, and the comments on them.

use agentmc_types::{
    ActorId, ActorType, CalendarItem, CalendarItemComment, CalendarItemId, CalendarItemPriority,
    CalendarItemStatus, CalendarItemType, CalendarItemVisibility, CalendarView, Nullable,
    StoreCalendarItemAssignee, Timestamp,
};

use crate::operation;
use crate::reply::{Data, Empty, Page};

operation! {
    /// Lists the items of the calendar.
    ///
    /// A page at a time. Filters narrow each other: an item must pass all that are given.
    pub struct ListCalendar -> Page<CalendarItem>;

    GET "listCalendar" Calendar agent_scoped {
        V0_1_1 "workspaceCalendar" => "/calendar" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/calendar" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/calendar" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// The view to list for: a month, a week or a plain list.
        view: CalendarView,
        /// Where the span of time to list begins.
        start: Timestamp,
        /// Where the span of time to list ends.
        end: Timestamp,
        /// Only events, or only tasks.
        kind = "type": CalendarItemType,
        /// Only items in this state.
        status: CalendarItemStatus,
        /// Only items of this priority.
        priority: CalendarItemPriority,
        /// Only items of this assignee, at most 120 characters. The API does not document the form.
        assignee: String [max_len(120)],
        /// Only items that match this text, at most 255 characters.
        q: String [max_len(255)],
        /// The items on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Creates an event or a task in the calendar.
    ///
    /// An event needs `start_at` and `end_at`; a task is dated by `due_at`. Refused with 402 when the
    /// plan allows no more, and with 404 when something it refers to does not exist.
    pub struct CreateCalendarItem -> Data<CalendarItem>;

    POST "createCalendarItem" Calendar agent_scoped {
        V0_1_1 "createWorkspaceCalendarItem" => "/calendar/items" KEY_OR_BEARER 201 [401, 402, 403, 404, 422],
        V0_3_64 => "/calendar/items" KEY_OR_COOKIE 201 [401, 402, 403, 404, 422],
        V0_3_169 => "/calendar/items" KEY_OR_COOKIE 201 [401, 402, 403, 404, 422],
    }

    body {
        /// Whether it is an event or a task.
        kind = "type": CalendarItemType,
        /// The title, at most 255 characters.
        title: String [max_len(255)],
        /// Who takes part, people and agents, each with a role. Always sent; null stands for nobody.
        assignees: Nullable<Vec<StoreCalendarItemAssignee>>,
    }

    body? {
        /// What it is about.
        description: Nullable<String>,
        /// When it begins. Events must have it.
        start_at: Nullable<Timestamp>,
        /// When it ends. Events must have it.
        end_at: Nullable<Timestamp>,
        /// When a task is due.
        due_at: Nullable<Timestamp>,
        /// Whether it takes the whole day.
        all_day: Nullable<bool>,
        /// Where it takes place, at most 255 characters.
        location: Nullable<String> [max_len(255)],
        /// The time zone it is planned in, by its IANA name, such as `Europe/Berlin`.
        timezone: Nullable<String>,
        /// How far along it is.
        status: Nullable<CalendarItemStatus>,
        /// How urgent it is.
        priority: Nullable<CalendarItemPriority>,
        /// Whether it is open to the team or private.
        visibility: Nullable<CalendarItemVisibility>,
    }
}

operation! {
    /// Shows one item of the calendar.
    ///
    /// Of its comments only the number is shown.
    pub struct ShowCalendarItem -> Data<CalendarItem>;

    GET "showCalendarItem" Calendar agent_scoped {
        V0_1_1 "showWorkspaceCalendarItem" => "/calendar/items/{item}" KEY_OR_BEARER 200 [401, 403, 404],
        V0_3_64 => "/calendar/items/{item}" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/calendar/items/{item}" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The item to show.
        item: CalendarItemId [min(1)],
    }
}

operation! {
    /// Changes an item of the calendar.
    ///
    /// Although the method is PUT, what is left out stays as it is; null clears what may be null.
    /// Neither the type nor the assignees can be changed.
    pub struct UpdateCalendarItem -> Data<CalendarItem>;

    PUT "updateCalendarItem" Calendar agent_scoped {
        V0_1_1 "updateWorkspaceCalendarItem" => "/calendar/items/{item}" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/calendar/items/{item}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/calendar/items/{item}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The item to change.
        item: CalendarItemId [min(1)],
    }

    body? {
        /// The new title, at most 255 characters.
        title: String [max_len(255)],
        /// The new description; null removes it.
        description: Nullable<String>,
        /// When it now begins; null removes the date.
        start_at: Nullable<Timestamp>,
        /// When it now ends; null removes the date.
        end_at: Nullable<Timestamp>,
        /// When it is now due; null removes the date.
        due_at: Nullable<Timestamp>,
        /// Whether it takes the whole day.
        all_day: bool,
        /// Where it now takes place, at most 255 characters; null removes the place.
        location: Nullable<String> [max_len(255)],
        /// The time zone it is planned in, by its IANA name, such as `Europe/Berlin`; null removes it.
        timezone: Nullable<String>,
        /// How far along it is; null removes the state.
        status: Nullable<CalendarItemStatus>,
        /// How urgent it is; null removes the priority.
        priority: Nullable<CalendarItemPriority>,
        /// Whether it is open to the team or private.
        visibility: CalendarItemVisibility,
    }
}

operation! {
    /// Deletes an item of the calendar.
    ///
    /// There is no way back through the API. Answers 204 without a body.
    pub struct DeleteCalendarItem -> Empty;

    DELETE "deleteCalendarItem" Calendar agent_scoped {
        V0_1_1 "deleteWorkspaceCalendarItem" => "/calendar/items/{item}" KEY_OR_BEARER 204 [401, 403, 404],
        V0_3_64 => "/calendar/items/{item}" KEY_OR_COOKIE 204 [401, 403, 404],
        V0_3_169 => "/calendar/items/{item}" KEY_OR_COOKIE 204 [401, 403, 404],
    }

    path {
        /// The item to delete.
        item: CalendarItemId [min(1)],
    }
}

operation! {
    /// Comments on an item of the calendar.
    ///
    /// A comment can be neither changed nor deleted through the API.
    pub struct CommentCalendarItem -> Data<CalendarItemComment>;

    POST "commentCalendarItem" Calendar agent_scoped {
        V0_1_1 "commentWorkspaceCalendarItem" => "/calendar/items/{item}/comments" KEY_OR_BEARER 201 [401, 403, 404, 422],
        V0_3_64 => "/calendar/items/{item}/comments" KEY_OR_COOKIE 201 [401, 403, 404, 422],
        V0_3_169 => "/calendar/items/{item}/comments" KEY_OR_COOKIE 201 [401, 403, 404, 422],
    }

    path {
        /// The item to comment on.
        item: CalendarItemId [min(1)],
    }

    body {
        /// The comment. No limit of its length is documented.
        body: String,
    }

    body? {
        /// Who the comment is written as: a user, an agent or an API key. Goes with `actor_id`.
        actor_type: Nullable<ActorType>,
        /// The id of that user, agent or API key.
        actor_id: Nullable<ActorId> [min(1)],
    }
}
