//! Comments on tasks.

use agentmc_core::ops::tasks::{
    CreateTaskComment, DeleteTaskComment, ListTaskComments, UpdateTaskComment,
};
use agentmc_types::{
    ActorId, ActorType, Nullable, TaskComment, TaskCommentId, TaskCommentMention, TaskId,
};

use super::Answer;
use super::auth::Who;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::{Actor, Party};

pub(super) fn list(cx: &mut Context<'_>, operation: ListTaskComments) -> Answer<ListTaskComments> {
    let task = cx.task(operation.task)?.id;
    let comments: Vec<_> =
        cx.world.comments.values().filter(|comment| comment.task_id == task).collect();
    Ok(cx.page(operation.page, operation.per_page, &comments, |comment| (*comment).clone()))
}

pub(super) fn create(
    cx: &mut Context<'_>,
    operation: CreateTaskComment,
) -> Answer<CreateTaskComment> {
    let task = cx.task(operation.task)?.clone();
    let kind = operation.actor_type.and_then(Nullable::into_option);
    let actor = author(cx, kind, operation.actor_id.and_then(Nullable::into_option))?;
    let mentions = mentions(cx, &operation.body);
    let now = cx.now();
    let id = cx.world.comments.add(|id| {
        let mut comment = TaskComment::new(
            id,
            task.id,
            actor.kind.clone(),
            actor.name.as_str(),
            operation.body,
            mentions,
        )
        .created_at(now);
        comment.actor_id = actor.id;
        comment
    });
    let comment = comment(cx, task.id, id)?.clone();
    cx.world.log(task.team_id, &actor, "task_comment.created", id.get(), &task.title);
    cx.world.notify_of_comment(&task, &comment, &actor, &[]);
    Ok(comment)
}

pub(super) fn update(
    cx: &mut Context<'_>,
    operation: UpdateTaskComment,
) -> Answer<UpdateTaskComment> {
    let task = cx.task(operation.task)?.clone();
    let mut changed = own(cx, task.id, operation.comment)?.clone();
    let mut known: Vec<Party> = parties(cx, &changed.body);
    known.extend(crate::world::news::assignee(&task));
    changed.mentions = mentions(cx, &operation.body);
    changed.body = operation.body;
    changed.edited_at = Some(cx.now());
    cx.world.comments.insert(changed.id, changed.clone());
    cx.log("task_comment.updated", changed.id.get(), &task.title);
    let actor = cx.actor();
    cx.world.notify_of_comment(&task, &changed, &actor, &known);
    Ok(changed)
}

pub(super) fn delete(
    cx: &mut Context<'_>,
    operation: DeleteTaskComment,
) -> Answer<DeleteTaskComment> {
    let title = cx.task(operation.task)?.title.clone();
    let id = own(cx, operation.task, operation.comment)?.id;
    cx.world.comments.remove(&id);
    cx.log("task_comment.deleted", id.get(), &title);
    Ok(())
}

fn comment<'a>(
    cx: &'a Context<'_>,
    task: TaskId,
    id: TaskCommentId,
) -> Result<&'a TaskComment, Refusal> {
    let comment = cx.world.comments.get(&id).filter(|comment| comment.task_id == task);
    comment.ok_or_else(|| Refusal::not_found("comment"))
}

/// A comment the caller may change: people and agents have none but their own.
fn own<'a>(
    cx: &'a Context<'_>,
    task: TaskId,
    id: TaskCommentId,
) -> Result<&'a TaskComment, Refusal> {
    let comment = comment(cx, task, id)?;
    let actor = cx.actor();
    let bound = matches!(cx.caller.who, Who::Agent(_) | Who::User(_));
    if bound && (comment.actor_type != actor.kind || comment.actor_id != actor.id) {
        return Err(Refusal::forbidden("This comment belongs to somebody else."));
    }
    Ok(comment)
}

/// Who a comment is written as.
pub(super) fn author(
    cx: &Context<'_>,
    kind: Option<ActorType>,
    id: Option<ActorId>,
) -> Result<Actor, Refusal> {
    let caller = cx.actor();
    let Some(kind) = kind else {
        let unclear = || Refusal::field("actor_type", "is required with actor_id.");
        return if id.is_none() { Ok(caller) } else { Err(unclear()) };
    };
    if kind == caller.kind && (id.is_none() || id == caller.id) {
        return Ok(caller);
    }
    if matches!(cx.caller.who, Who::Agent(_) | Who::User(_)) {
        return Err(Refusal::forbidden("A comment cannot be written as somebody else."));
    }
    match id {
        None if kind == ActorType::ApiKey => Ok(Actor::key("Team key")),
        None => Err(Refusal::field("actor_id", "is required with this actor_type.")),
        Some(id) => {
            cx.named_actor(&kind, id).ok_or_else(|| Refusal::unknown("actor_id", "an actor"))
        }
    }
}

fn mentions(cx: &Context<'_>, body: &str) -> Vec<TaskCommentMention> {
    cx.world.mentions(cx.caller.team, body).into_iter().map(|(_, mention)| mention).collect()
}

fn parties(cx: &Context<'_>, body: &str) -> Vec<Party> {
    cx.world.mentions(cx.caller.team, body).into_iter().map(|(party, _)| party).collect()
}
