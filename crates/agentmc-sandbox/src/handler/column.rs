//! Columns of boards.

use agentmc_core::ops::boards::{CreateBoardColumn, DeleteBoardColumn, UpdateBoardColumn};
use agentmc_types::{BoardColumn, BoardId, ColumnId, Nullable};

use super::Answer;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::bound::MANY;

pub(super) fn create(
    cx: &mut Context<'_>,
    operation: CreateBoardColumn,
) -> Answer<CreateBoardColumn> {
    let board = cx.board(operation.board)?.id;
    cx.room(cx.world.columns.len(), MANY, "columns")?;
    let (team, now) = (cx.caller.team, cx.now());
    let name = operation.name.as_str();
    let add = |id| BoardColumn::new(id, board, team, name, 0).created_at(now).updated_at(now);
    let id = cx.world.columns.add(add);
    cx.world.place_column(id, board, operation.position.and_then(Nullable::into_option));
    cx.log("column.created", id.get(), name);
    column(cx, board, id).cloned()
}

pub(super) fn update(
    cx: &mut Context<'_>,
    operation: UpdateBoardColumn,
) -> Answer<UpdateBoardColumn> {
    let (board, id) = (cx.board(operation.board)?.id, operation.column_id);
    let mut changed = column(cx, board, id)?.clone();
    changed.updated_at = Some(cx.now());
    if let Some(name) = operation.name {
        changed.name = name;
    }
    cx.log("column.updated", id.get(), &changed.name);
    cx.world.columns.insert(id, changed);
    if operation.position.is_some() {
        cx.world.place_column(id, board, operation.position);
    }
    column(cx, board, id).cloned()
}

pub(super) fn delete(
    cx: &mut Context<'_>,
    operation: DeleteBoardColumn,
) -> Answer<DeleteBoardColumn> {
    let (board, id) = (cx.board(operation.board)?.id, operation.column_id);
    let name = column(cx, board, id)?.name.clone();
    if cx.world.tasks.values().any(|task| task.column_id == id) {
        return Err(Refusal::field("column_id", "must not have tasks: move or delete them first."));
    }
    cx.world.columns.remove(&id);
    cx.world.close_gap(board);
    cx.log("column.deleted", id.get(), &name);
    Ok(())
}

/// A column of the board, named in a body.
fn column<'a>(
    cx: &'a Context<'_>,
    board: BoardId,
    id: ColumnId,
) -> Result<&'a BoardColumn, Refusal> {
    let column = cx.world.columns.get(&id).filter(|column| column.board_id == board);
    column.ok_or_else(|| Refusal::field("column_id", "does not name a column of this board."))
}
