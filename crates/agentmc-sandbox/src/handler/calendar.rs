//! The calendar.

use agentmc_core::ops::calendar::{
    CommentCalendarItem, CreateCalendarItem, DeleteCalendarItem, ListCalendar, ShowCalendarItem,
    UpdateCalendarItem,
};
use agentmc_types::{
    CalendarItem, CalendarItemAssignee, CalendarItemComment, CalendarItemId, CalendarItemType,
    CalendarItemVisibility, CalendarView, Nullable, StoreCalendarItemAssignee, Timestamp,
};

use super::Answer;
use super::comment::author;
use super::context::{Context, matches};
use crate::reply::{Fields, Refusal};
use crate::world::bound::MANY;
use crate::world::calendar::{party, span};
use crate::world::{CalendarComment, Party};

const DAY: i64 = 24 * 60 * 60;

pub(super) fn list(cx: &mut Context<'_>, operation: ListCalendar) -> Answer<ListCalendar> {
    let (start, end) = bounds(cx, operation.view.as_ref(), operation.start, operation.end);
    let dated = |item: &CalendarItem| match span(item) {
        Some((first, last)) => {
            start.is_none_or(|start| last >= start) && end.is_none_or(|end| first <= end)
        }
        None => start.is_none() && end.is_none(),
    };
    let found = |item: &CalendarItem, text: &str| {
        let texts = [Some(&item.title), item.description.as_ref(), item.location.as_ref()];
        texts.into_iter().flatten().any(|other| matches(other, text))
    };
    let wanted = |item: &&CalendarItem| {
        item.team_id == cx.caller.team
            && item.deleted_at.is_none()
            && sees(cx, item)
            && operation.kind.as_ref().is_none_or(|kind| item.kind == *kind)
            && (operation.status.is_none() || item.status == operation.status)
            && (operation.priority.is_none() || item.priority == operation.priority)
            && operation.assignee.as_ref().is_none_or(|assignee| {
                item.assignees.iter().any(|other| is_called(cx, other, assignee))
            })
            && operation.q.as_ref().is_none_or(|text| found(item, text))
            && dated(item)
    };
    let mut items: Vec<_> = cx.world.calendar.values().filter(wanted).collect();
    let first = |item: &CalendarItem| span(item).map_or(Timestamp::MAX, |(first, _)| first);
    items.sort_by_key(|item| (first(item), item.id));
    Ok(cx.page(operation.page, operation.per_page, &items, |item| view(cx, item)))
}

pub(super) fn create(
    cx: &mut Context<'_>,
    operation: CreateCalendarItem,
) -> Answer<CreateCalendarItem> {
    cx.room(cx.world.calendar.len(), MANY, "items of the calendar")?;
    let (team, user, now) = (cx.caller.team, cx.user(), cx.now());
    let all_day = operation.all_day.and_then(Nullable::into_option).unwrap_or(false);
    let visibility = operation.visibility.and_then(Nullable::into_option);
    let visibility = visibility.unwrap_or(CalendarItemVisibility::Team);
    // The id is given out once nothing can go wrong any more.
    let mut item = CalendarItem::new(
        CalendarItemId(0),
        team,
        operation.kind,
        operation.title,
        all_day,
        visibility,
        Vec::new(),
    )
    .created_at(now)
    .updated_at(now);
    item.description = operation.description.and_then(Nullable::into_option);
    item.start_at = operation.start_at.and_then(Nullable::into_option);
    item.end_at = operation.end_at.and_then(Nullable::into_option);
    item.due_at = operation.due_at.and_then(Nullable::into_option);
    item.location = operation.location.and_then(Nullable::into_option);
    item.timezone = operation.timezone.and_then(Nullable::into_option);
    item.status = operation.status.and_then(Nullable::into_option);
    item.priority = operation.priority.and_then(Nullable::into_option);
    item.created_by = user;
    item.updated_by = user;
    let mut fields = Fields::default();
    check_dates(&item, &mut fields);
    let parties = parties(cx, operation.assignees.as_option(), &mut fields);
    fields.refuse()?;

    for (party, assignee) in parties {
        let assignment = cx.world.assignment(party, assignee.role.and_then(Nullable::into_option));
        item.assignees.push(assignment);
    }
    let id = cx.world.calendar.add(|id| {
        item.id = id;
        item.clone()
    });
    cx.log("calendar_item.created", id.get(), &item.title);
    let actor = cx.actor();
    cx.world.notify_assignee(&item, &actor);
    Ok(view(cx, &item))
}

pub(super) fn show(cx: &mut Context<'_>, operation: ShowCalendarItem) -> Answer<ShowCalendarItem> {
    item(cx, operation.item).map(|item| view(cx, item))
}

pub(super) fn update(
    cx: &mut Context<'_>,
    operation: UpdateCalendarItem,
) -> Answer<UpdateCalendarItem> {
    let mut item = item(cx, operation.item)?.clone();
    set(&mut item.title, operation.title);
    set(&mut item.all_day, operation.all_day);
    set(&mut item.visibility, operation.visibility);
    set(&mut item.description, operation.description.map(Nullable::into_option));
    set(&mut item.start_at, operation.start_at.map(Nullable::into_option));
    set(&mut item.end_at, operation.end_at.map(Nullable::into_option));
    set(&mut item.due_at, operation.due_at.map(Nullable::into_option));
    set(&mut item.location, operation.location.map(Nullable::into_option));
    set(&mut item.timezone, operation.timezone.map(Nullable::into_option));
    set(&mut item.status, operation.status.map(Nullable::into_option));
    set(&mut item.priority, operation.priority.map(Nullable::into_option));
    let mut fields = Fields::default();
    check_dates(&item, &mut fields);
    fields.refuse()?;
    item.updated_by = cx.user();
    item.updated_at = Some(cx.now());
    cx.log("calendar_item.updated", item.id.get(), &item.title);
    cx.world.calendar.insert(item.id, item.clone());
    Ok(view(cx, &item))
}

pub(super) fn delete(
    cx: &mut Context<'_>,
    operation: DeleteCalendarItem,
) -> Answer<DeleteCalendarItem> {
    let mut item = item(cx, operation.item)?.clone();
    item.deleted_at = Some(cx.now());
    item.updated_at = item.deleted_at;
    item.updated_by = cx.user();
    cx.log("calendar_item.deleted", item.id.get(), &item.title);
    cx.world.calendar.insert(item.id, item);
    Ok(())
}

pub(super) fn comment(
    cx: &mut Context<'_>,
    operation: CommentCalendarItem,
) -> Answer<CommentCalendarItem> {
    let item = item(cx, operation.item)?.clone();
    let kind = operation.actor_type.and_then(Nullable::into_option);
    let actor = author(cx, kind, operation.actor_id.and_then(Nullable::into_option))?;
    let now = cx.now();
    let id = cx.world.calendar_comments.add(|id| {
        let mut comment =
            CalendarItemComment::new(id, actor.kind.clone(), operation.body).created_at(now);
        comment.actor_id = actor.id;
        CalendarComment { item_id: item.id, comment }
    });
    let comment = cx.world.calendar_comments.get(&id).map(|comment| comment.comment.clone());
    let comment = comment.ok_or_else(|| Refusal::not_found("comment"))?;
    cx.world.log(item.team_id, &actor, "calendar_item_comment.created", id.get(), &item.title);
    cx.world.notify_of_comment(&item, &comment, &actor, &[]);
    Ok(comment)
}

/// An item of the team that is not deleted.
fn item<'a>(cx: &'a Context<'_>, id: CalendarItemId) -> Result<&'a CalendarItem, Refusal> {
    let item = cx.world.calendar.get(&id);
    let item = item.filter(|item| item.team_id == cx.caller.team && item.deleted_at.is_none());
    let item = item.ok_or_else(|| Refusal::not_found("calendar item"))?;
    if sees(cx, item) {
        Ok(item)
    } else {
        Err(Refusal::forbidden("This calendar item is private."))
    }
}

/// Whether the caller may see an item of the team: people see no private items that are not theirs.
fn sees(cx: &Context<'_>, item: &CalendarItem) -> bool {
    let Some(user) = cx.user() else { return true };
    let takes_part = || item.assignees.iter().any(|other| party(other) == Some(Party::User(user)));
    item.visibility != CalendarItemVisibility::Private
        || item.created_by == Some(user)
        || takes_part()
}

/// The span of time to list. A view without an end goes on for a week or for 31 days; one without
/// a beginning either starts with the day.
fn bounds(
    cx: &Context<'_>,
    view: Option<&CalendarView>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let days = match view {
        Some(CalendarView::Week) => 7,
        Some(CalendarView::Month) => 31,
        _ => return (start, end),
    };
    if end.is_some() {
        return (start, end);
    }
    let now = cx.now().as_second();
    let start = start.map_or_else(|| now - now.rem_euclid(DAY), Timestamp::as_second);
    let at = |second: i64| Some(Timestamp::from_second(second).unwrap_or(Timestamp::MAX));
    (at(start), at(start.saturating_add(days * DAY)))
}

/// Whether `wanted` means somebody who takes part: by id, by kind and id (`agent:3`), or by name.
fn is_called(cx: &Context<'_>, assignee: &CalendarItemAssignee, wanted: &str) -> bool {
    let (kind, id) = (&assignee.assignee_type, assignee.assignee_id);
    let name = || party(assignee).and_then(|party| cx.world.name_of(cx.caller.team, party));
    wanted == id.to_string()
        || wanted == format!("{kind}:{id}")
        || name().is_some_and(|name| matches(name, wanted))
}

/// An event has a beginning and an end, in this order.
fn check_dates(item: &CalendarItem, fields: &mut Fields) {
    if item.kind == CalendarItemType::Event {
        for (name, date) in [("start_at", item.start_at), ("end_at", item.end_at)] {
            if date.is_none() {
                fields.add(name, "is required when the item is an event.");
            }
        }
    }
    if let (Some(start), Some(end)) = (item.start_at, item.end_at)
        && end <= start
    {
        fields.add("end_at", "must be after the start_at.");
    }
}

/// Whoever is to take part, each once.
fn parties(
    cx: &Context<'_>,
    given: Option<&Vec<StoreCalendarItemAssignee>>,
    fields: &mut Fields,
) -> Vec<(Party, StoreCalendarItemAssignee)> {
    let mut parties: Vec<(Party, StoreCalendarItemAssignee)> = Vec::new();
    for (index, assignee) in given.into_iter().flatten().enumerate() {
        let found = cx.world.party(cx.caller.team, &assignee.assignee_type, assignee.assignee_id);
        match found {
            None => {
                let name = format!("assignees.{index}.assignee_id");
                fields.add(&name, "does not name a person or an agent of this team.");
            }
            Some(party) if parties.iter().any(|(other, _)| *other == party) => {}
            Some(party) => parties.push((party, assignee.clone())),
        }
    }
    parties
}

/// An item with the names of its assignees and the number of its comments.
fn view(cx: &Context<'_>, item: &CalendarItem) -> CalendarItem {
    let mut item = item.clone();
    for assignee in &mut item.assignees {
        let name = party(assignee).and_then(|party| cx.world.name_of(item.team_id, party));
        assignee.name = name.map(str::to_owned);
    }
    let comments = cx.world.calendar_comments.values().filter(|other| other.item_id == item.id);
    item.comments_count = Some(comments.count() as i64);
    item
}

fn set<T>(member: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *member = value;
    }
}
