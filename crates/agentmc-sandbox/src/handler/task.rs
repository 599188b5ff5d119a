//! Tasks.

use agentmc_core::ops::tasks::{CreateTask, DeleteTask, ListTasks, ShowTask, UpdateTask};
use agentmc_types::{
    AgentId, BoardId, ColumnId, Nullable, Task, TaskAssignedAgent, TaskAssigneeType, Timestamp,
    UserId,
};

use super::Answer;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::bound::MANY;
use crate::world::news::assignee;

pub(super) fn list(cx: &mut Context<'_>, operation: ListTasks) -> Answer<ListTasks> {
    let sees_all = cx.user().is_none();
    let visible = |task: &Task| {
        sees_all || cx.world.boards.get(&task.board_id).is_none_or(|board| cx.sees(board))
    };
    let wanted = |task: &&Task| {
        task.team_id == cx.caller.team
            && operation.board_id.is_none_or(|board| task.board_id == board)
            && operation.archived.is_none_or(|archived| task.is_archived == archived)
            && operation
                .assigned_to_user_id
                .is_none_or(|user| task.assigned_to_user_id == Some(user))
            && operation
                .assigned_to_agent
                .is_none_or(|agent| task.assigned_to_agent_id == Some(agent))
            && operation.agent_id.is_none_or(|agent| task.assigned_to_agent_id == Some(agent))
            && operation.due_from.is_none_or(|from| task.due_at.is_some_and(|due| due >= from))
            && operation.due_to.is_none_or(|to| task.due_at.is_some_and(|due| due <= to))
            && visible(task)
    };
    let tasks: Vec<_> = cx.world.tasks.values().filter(wanted).collect();
    Ok(cx.page(operation.page, operation.per_page, &tasks, |task| view(cx, task)))
}

pub(super) fn create(cx: &mut Context<'_>, operation: CreateTask) -> Answer<CreateTask> {
    let board =
        cx.board(operation.board_id).map_err(|_| Refusal::unknown("board_id", "a board"))?.id;
    let column = column(cx, board, operation.column_id)?;
    let user = operation.assigned_to_user_id.and_then(Nullable::into_option);
    let agent = operation.assigned_to_agent_id.and_then(Nullable::into_option);
    check_assignees(cx, user, agent)?;
    cx.room(cx.world.tasks.len(), MANY, "tasks")?;
    let (team, author, now) = (cx.caller.team, cx.user(), cx.now());
    let id = cx.world.tasks.add(|id| {
        let mut task = Task::new(id, team, board, column, operation.title.as_str(), false, 0)
            .description(operation.description.as_str())
            .created_at(now)
            .updated_at(now);
        task.due_at = operation.due_at.and_then(Nullable::into_option);
        task.created_by_user_id = author;
        archive(&mut task, operation.archived_at);
        assign(&mut task, user, agent);
        task
    });
    cx.world.place_task(id, column, operation.position.and_then(Nullable::into_option));
    cx.log("task.created", id.get(), &operation.title);
    let task = cx.task(id)?.clone();
    let actor = cx.actor();
    cx.world.notify_assignee(&task, &actor);
    Ok(view(cx, &task))
}

pub(super) fn show(cx: &mut Context<'_>, operation: ShowTask) -> Answer<ShowTask> {
    cx.task(operation.task).map(|task| view(cx, task))
}

pub(super) fn update(cx: &mut Context<'_>, operation: UpdateTask) -> Answer<UpdateTask> {
    let before = cx.task(operation.task)?.clone();
    let mut task = before.clone();
    let target = operation.column_id.map(|id| column(cx, task.board_id, id)).transpose()?;
    if let Some(title) = operation.title {
        task.title = title;
    }
    if let Some(description) = operation.description {
        task.description = Some(description);
    }
    if let Some(due) = operation.due_at {
        task.due_at = due.into_option();
    }
    archive(&mut task, operation.archived_at);
    let (user, agent) =
        assignment(&task, operation.assigned_to_user_id, operation.assigned_to_agent_id);
    check_assignees(cx, user, agent)?;
    assign(&mut task, user, agent);
    task.updated_at = Some(cx.now());

    let id = task.id;
    cx.log("task.updated", id.get(), &task.title);
    cx.world.tasks.insert(id, task);
    if target.is_some_and(|target| target != before.column_id) || operation.position.is_some() {
        cx.world.place_task(id, target.unwrap_or(before.column_id), operation.position);
    }
    let task = cx.task(id)?.clone();
    if assignee(&task) != assignee(&before) {
        let actor = cx.actor();
        cx.world.notify_assignee(&task, &actor);
    }
    Ok(view(cx, &task))
}

pub(super) fn delete(cx: &mut Context<'_>, operation: DeleteTask) -> Answer<DeleteTask> {
    let (title, column) =
        cx.task(operation.task).map(|task| (task.title.clone(), task.column_id))?;
    cx.world.delete_task(operation.task);
    cx.world.close_task_gap(column);
    cx.log("task.deleted", operation.task.get(), &title);
    Ok(())
}

/// A column of the board, named in a body.
fn column(cx: &Context<'_>, board: BoardId, id: ColumnId) -> Result<ColumnId, Refusal> {
    let column = cx.world.columns.get(&id).filter(|column| column.board_id == board);
    column
        .map(|column| column.id)
        .ok_or_else(|| Refusal::field("column_id", "does not name a column of the board."))
}

/// Whoever the task is assigned to after an update: a new assignee takes the place of the other kind's.
fn assignment(
    task: &Task,
    user: Option<Nullable<UserId>>,
    agent: Option<Nullable<AgentId>>,
) -> (Option<UserId>, Option<AgentId>) {
    let given_user = user.is_some_and(|user| user.as_option().is_some());
    let given_agent = agent.is_some_and(|agent| agent.as_option().is_some());
    let kept_user = task.assigned_to_user_id.filter(|_| !given_agent);
    let kept_agent = task.assigned_to_agent_id.filter(|_| !given_user);
    (user.map_or(kept_user, Nullable::into_option), agent.map_or(kept_agent, Nullable::into_option))
}

fn check_assignees(
    cx: &Context<'_>,
    user: Option<UserId>,
    agent: Option<AgentId>,
) -> Result<(), Refusal> {
    let team = cx.caller.team;
    if user.is_some_and(|user| cx.world.member(team, user).is_none()) {
        return Err(Refusal::unknown("assigned_to_user_id", "a person"));
    }
    if agent.is_some_and(|agent| cx.world.agent(team, agent).is_none()) {
        return Err(Refusal::unknown("assigned_to_agent_id", "an agent"));
    }
    if user.is_some() && agent.is_some() {
        return Err(Refusal::field(
            "assigned_to_agent_id",
            "must be left out when a person is given.",
        ));
    }
    Ok(())
}

fn assign(task: &mut Task, user: Option<UserId>, agent: Option<AgentId>) {
    task.assigned_to_user_id = user;
    task.assigned_to_agent_id = agent;
    task.assignee_type = match (user, agent) {
        (Some(_), _) => Some(TaskAssigneeType::Human),
        (None, Some(_)) => Some(TaskAssigneeType::Agent),
        (None, None) => None,
    };
}

fn archive(task: &mut Task, at: Option<Nullable<Timestamp>>) {
    if let Some(at) = at {
        task.archived_at = at.into_option();
        task.is_archived = task.archived_at.is_some();
    }
}

/// A task with its agent in brief.
fn view(cx: &Context<'_>, task: &Task) -> Task {
    let mut task = task.clone();
    let agent = task.assigned_to_agent_id.and_then(|agent| cx.world.agents.get(&agent));
    task.assigned_agent = agent.map(|agent| {
        let mut brief = TaskAssignedAgent::new().id(agent.id).name(agent.name.as_str());
        brief.meta = agent.meta.clone();
        brief
    });
    task
}
