//! Boards.

use std::collections::HashMap;

use agentmc_core::ops::boards::{CreateBoard, DeleteBoard, ListBoards, ShowBoard, UpdateBoard};
use agentmc_types::{
    Board, BoardId, BoardOwnerSummary, BoardScope, BoardVisibility, Nullable, UserId,
};

use super::Answer;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::World;
use crate::world::bound::FEW;

const OWNER: &str = "personal_owner_user_id";

pub(super) fn list(cx: &mut Context<'_>, operation: ListBoards) -> Answer<ListBoards> {
    let wanted = |board: &&Board| {
        let in_scope = match &operation.scope {
            Some(BoardScope::Mine) => {
                cx.user().is_some() && board.personal_owner_user_id == cx.user()
            }
            Some(BoardScope::Team) => board.visibility == BoardVisibility::Team,
            Some(BoardScope::Personal) => board.visibility == BoardVisibility::Personal,
            _ => true,
        };
        let owner = operation.personal_owner_user_id;
        let owned = owner.is_none() || board.personal_owner_user_id == owner;
        board.team_id == cx.caller.team && cx.sees(board) && in_scope && owned
    };
    let boards: Vec<_> = cx.world.boards.values().filter(wanted).collect();
    let counts = Counts::of(cx.world);
    Ok(cx.page(operation.page, operation.per_page, &boards, |board| counted(cx, board, &counts)))
}

pub(super) fn create(cx: &mut Context<'_>, operation: CreateBoard) -> Answer<CreateBoard> {
    let visibility =
        operation.visibility.and_then(Nullable::into_option).unwrap_or(BoardVisibility::Team);
    let owner = operation.personal_owner_user_id.and_then(Nullable::into_option);
    let owner =
        if visibility == BoardVisibility::Personal { owner.or_else(|| cx.user()) } else { owner };
    check_owner(cx, &visibility, owner)?;
    cx.room(cx.world.boards.len(), FEW, "boards")?;
    let (team, user, now) = (cx.caller.team, cx.user(), cx.now());
    let id = cx.world.boards.add(|id| {
        let mut board = Board::new(id, team, operation.name.as_str(), visibility)
            .created_at(now)
            .updated_at(now);
        board.description = operation.description.and_then(Nullable::into_option);
        board.personal_owner_user_id = owner;
        board.created_by_user_id = user;
        board
    });
    cx.log("board.created", id.get(), &operation.name);
    cx.board(id).map(|board| whole(cx, board))
}

pub(super) fn show(cx: &mut Context<'_>, operation: ShowBoard) -> Answer<ShowBoard> {
    cx.board(operation.id).map(|board| whole(cx, board))
}

pub(super) fn update(cx: &mut Context<'_>, operation: UpdateBoard) -> Answer<UpdateBoard> {
    let mut board = cx.board(operation.id)?.clone();
    if let Some(name) = operation.name {
        board.name = name;
    }
    if let Some(description) = operation.description {
        board.description = description.into_option();
    }
    if let Some(visibility) = operation.visibility {
        board.visibility = visibility;
        if board.visibility == BoardVisibility::Team {
            board.personal_owner_user_id = None;
        } else if board.personal_owner_user_id.is_none() {
            board.personal_owner_user_id = cx.user();
        }
    }
    if let Some(owner) = operation.personal_owner_user_id {
        board.personal_owner_user_id = owner.into_option();
    }
    check_owner(cx, &board.visibility, board.personal_owner_user_id)?;
    board.updated_at = Some(cx.now());
    let reply = whole(cx, &board);
    cx.log("board.updated", board.id.get(), &board.name);
    cx.world.boards.insert(board.id, board);
    Ok(reply)
}

pub(super) fn delete(cx: &mut Context<'_>, operation: DeleteBoard) -> Answer<DeleteBoard> {
    let name = cx.board(operation.id)?.name.clone();
    let board = operation.id;
    let on_board = cx.world.tasks.values().filter(|task| task.board_id == board);
    for task in on_board.map(|task| task.id).collect::<Vec<_>>() {
        cx.world.delete_task(task);
    }
    cx.world.columns.retain(|_, column| column.board_id != board);
    cx.world.boards.remove(&board);
    cx.log("board.deleted", board.get(), &name);
    Ok(())
}

/// A personal board has an owner, who is in the team; a board of the team has none.
fn check_owner(
    cx: &Context<'_>,
    visibility: &BoardVisibility,
    owner: Option<UserId>,
) -> Result<(), Refusal> {
    let personal = *visibility == BoardVisibility::Personal;
    match owner {
        None if personal => Err(Refusal::field(OWNER, "is required when the board is personal.")),
        Some(_) if !personal => {
            Err(Refusal::field(OWNER, "must be left out unless the board is personal."))
        }
        Some(owner) if cx.world.member(cx.caller.team, owner).is_none() => {
            Err(Refusal::unknown(OWNER, "a person"))
        }
        Some(owner) if cx.user().is_some_and(|user| user != owner) => {
            Err(Refusal::forbidden("A personal board can only be given to oneself."))
        }
        _ => Ok(()),
    }
}

/// How many columns and tasks each board has.
struct Counts {
    columns: HashMap<BoardId, i64>,
    tasks: HashMap<BoardId, i64>,
}

impl Counts {
    fn of(world: &World) -> Self {
        let columns = world.columns.values().map(|column| column.board_id);
        let tasks = world.tasks.values().map(|task| task.board_id);
        Self { columns: count(columns), tasks: count(tasks) }
    }
}

fn count(boards: impl Iterator<Item = BoardId>) -> HashMap<BoardId, i64> {
    boards.fold(HashMap::new(), |mut counts, board| {
        *counts.entry(board).or_default() += 1;
        counts
    })
}

/// A board as listings show it.
fn counted(cx: &Context<'_>, board: &Board, counts: &Counts) -> Board {
    let mut board = board.clone();
    let owner =
        board.personal_owner_user_id.and_then(|owner| cx.world.member(board.team_id, owner));
    board.personal_owner_user =
        owner.map(|owner| BoardOwnerSummary::new(owner.id, owner.name.as_str()));
    let of = |counts: &HashMap<BoardId, i64>| counts.get(&board.id).copied().unwrap_or_default();
    board.columns_count = Some(of(&counts.columns));
    board.tasks_count = Some(of(&counts.tasks));
    board
}

/// A board with its columns.
fn whole(cx: &Context<'_>, board: &Board) -> Board {
    let columns: Vec<_> = cx.world.columns_of(board.id).into_iter().cloned().collect();
    counted(cx, board, &Counts::of(cx.world)).columns(columns)
}
