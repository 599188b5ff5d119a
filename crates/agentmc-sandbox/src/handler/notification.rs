//! Notifications.

use agentmc_core::ops::notifications::{
    ListNotifications, MarkAllNotificationsRead, MarkNotificationRead,
};
use agentmc_types::{AssigneeId, AssigneeType, Notification, NotificationsMarkedRead, Timestamp};

use super::Answer;
use super::auth::Who;
use super::context::Context;
use crate::reply::Refusal;

pub(super) fn list(
    cx: &mut Context<'_>,
    operation: ListNotifications,
) -> Answer<ListNotifications> {
    let unread = operation.unread.unwrap_or(false);
    let wanted = |notification: &&Notification| {
        is_for(cx, notification) && !(unread && notification.is_read)
    };
    let notifications: Vec<_> = cx.world.notifications.iter().rev().filter(wanted).collect();
    Ok(cx.page(operation.page, operation.per_page, &notifications, |notification| {
        (*notification).clone()
    }))
}

pub(super) fn mark(
    cx: &mut Context<'_>,
    operation: MarkNotificationRead,
) -> Answer<MarkNotificationRead> {
    let wanted = |notification: &Notification| {
        notification.id == operation.notification && is_for(cx, notification)
    };
    let index = cx.world.notifications.iter().position(wanted);
    let now = cx.now();
    let notification = index.and_then(|index| cx.world.notifications.get_mut(index));
    let notification = notification.ok_or_else(|| Refusal::not_found("notification"))?;
    read(notification, now);
    Ok(notification.clone())
}

pub(super) fn mark_all(
    cx: &mut Context<'_>,
    _: MarkAllNotificationsRead,
) -> Answer<MarkAllNotificationsRead> {
    let unread = |notification: &Notification| !notification.is_read && is_for(cx, notification);
    let found: Vec<usize> = cx
        .world
        .notifications
        .iter()
        .enumerate()
        .filter(|(_, found)| unread(found))
        .map(|(index, _)| index)
        .collect();
    let now = cx.now();
    for index in &found {
        if let Some(notification) = cx.world.notifications.get_mut(*index) {
            read(notification, now);
        }
    }
    Ok(NotificationsMarkedRead::new(found.len() as u64, 0))
}

fn read(notification: &mut Notification, now: Timestamp) {
    if !notification.is_read {
        notification.is_read = true;
        notification.read_at = Some(now);
        notification.updated_at = Some(now);
    }
}

/// Whether a notification is for the caller. A key without an acting agent has those of all agents it acts for;
/// the team's has those of people too.
fn is_for(cx: &Context<'_>, notification: &Notification) -> bool {
    if notification.team_id != Some(cx.caller.team) {
        return false;
    }
    let agent = notification.agent_id.and_then(|agent| cx.world.agents.get(&agent));
    match (cx.caller.who, cx.agent) {
        (Who::User(user), _) => {
            let person = notification.assignee_type == Some(AssigneeType::User);
            person && notification.assignee_id == Some(AssigneeId(user.get()))
        }
        (Who::Team, None) => true,
        _ => agent.is_some_and(|agent| cx.reaches(agent)),
    }
}
