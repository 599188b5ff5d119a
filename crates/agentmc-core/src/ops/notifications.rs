//! Notifications: mentions, assignments and comments that somebody should see.

use agentmc_types::{Notification, NotificationId, NotificationsMarkedRead};

use crate::operation;
use crate::reply::{Data, Page};

operation! {
    /// Lists notifications.
    ///
    /// A page at a time. A notification for an agent may come with instructions and with the request
    /// that answers it.
    pub struct ListNotifications -> Page<Notification>;

    GET "listNotifications" Notifications agent_scoped {
        V0_1_1 => "/notifications" KEY_OR_BEARER 200 [401, 403, 422],
        V0_3_64 => "/notifications" KEY_OR_COOKIE 200 [401, 403, 422],
        V0_3_169 => "/notifications" KEY_OR_COOKIE 200 [401, 403, 422],
    }

    query {
        /// Whether to list only those not read yet.
        unread: bool,
        /// The notifications on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Marks one notification as read.
    ///
    /// Marking it again changes nothing.
    pub struct MarkNotificationRead -> Data<Notification>;

    PATCH "markNotificationRead" Notifications idempotent agent_scoped {
        V0_1_1 => "/notifications/{notification}/read" KEY_OR_BEARER 200 [401, 403, 404],
        V0_3_64 => "/notifications/{notification}/read" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/notifications/{notification}/read" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The notification to mark, by its UUID.
        notification: NotificationId,
    }

    body? {}
}

operation! {
    /// Marks all notifications as read.
    ///
    /// The reply counts those that were marked and those that are still unread.
    pub struct MarkAllNotificationsRead -> Data<NotificationsMarkedRead>;

    POST "markAllNotificationsRead" Notifications idempotent agent_scoped {
        V0_1_1 => "/notifications/read-all" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/notifications/read-all" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/notifications/read-all" KEY_OR_COOKIE 200 [401, 403],
    }

    body? {}
}
