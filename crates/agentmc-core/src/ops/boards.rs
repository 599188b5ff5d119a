//! Boards and their columns.

use agentmc_types::{
    Board, BoardColumn, BoardId, BoardScope, BoardVisibility, ColumnId, Nullable, UserId,
};

use crate::operation;
use crate::reply::{Data, Empty, Page};

operation! {
    /// Lists the boards the caller may see.
    ///
    /// A page at a time. `showBoard` gives one board with its columns.
    pub struct ListBoards -> Page<Board>;

    GET "listBoards" Boards {
        V0_1_1 => "/boards" KEY_OR_BEARER 200 [401, 403],
        V0_3_64 => "/boards" KEY_OR_COOKIE 200 [401, 403],
        V0_3_169 => "/boards" KEY_OR_COOKIE 200 [401, 403],
    }

    query {
        /// The boards on a page, 1 to 100.
        per_page: u32 [range(1, 100)],
        /// Which boards to list: all, the caller's own, those of the team, or personal ones.
        scope: BoardScope,
        /// Only the personal boards of this person.
        personal_owner_user_id: UserId [min(1)],
        /// The page to list, from 1. Left out, the first.
        page: u32 [min(1)],
    }
}

operation! {
    /// Creates a board.
    ///
    /// Refused with 402 when the plan's number of boards is used up.
    pub struct CreateBoard -> Data<Board>;

    POST "createBoard" Boards {
        V0_1_1 => "/boards" KEY_OR_BEARER 201 [401, 402, 403, 422],
        V0_3_64 => "/boards" KEY_OR_COOKIE 201 [401, 402, 403, 422],
        V0_3_169 => "/boards" KEY_OR_COOKIE 201 [401, 402, 403, 422],
    }

    body {
        /// The name of the board, at most 255 characters.
        name: String [max_len(255)],
    }

    body? {
        /// What the board is for.
        description: Nullable<String>,
        /// Whether the whole team sees the board or only its owner.
        visibility: Nullable<BoardVisibility>,
        /// The owner of a personal board.
        personal_owner_user_id: Nullable<UserId> [min(1)],
    }
}

operation! {
    /// Shows one board with its columns.
    ///
    /// The ids of the columns are what `createTask` and `updateTask` place tasks by.
    pub struct ShowBoard -> Data<Board>;

    GET "showBoard" Boards {
        V0_1_1 => "/boards/{id}" KEY_OR_BEARER 200 [401, 403, 404],
        V0_3_64 => "/boards/{id}" KEY_OR_COOKIE 200 [401, 403, 404],
        V0_3_169 => "/boards/{id}" KEY_OR_COOKIE 200 [401, 403, 404],
    }

    path {
        /// The board to show.
        id: BoardId [min(1)],
    }
}

operation! {
    /// Changes the name, description, visibility or owner of a board.
    ///
    /// What is left out stays as it is.
    pub struct UpdateBoard -> Data<Board>;

    PATCH "updateBoard" Boards {
        V0_1_1 => "/boards/{id}" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/boards/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/boards/{id}" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The board to change.
        id: BoardId [min(1)],
    }

    body? {
        /// The new name, at most 255 characters.
        name: String [max_len(255)],
        /// The new description; null removes it.
        description: Nullable<String>,
        /// Whether the whole team sees the board or only its owner.
        visibility: BoardVisibility,
        /// The new owner of a personal board; null removes the owner.
        personal_owner_user_id: Nullable<UserId> [min(1)],
    }
}

operation! {
    /// Deletes a board.
    ///
    /// There is no way back through the API. Answers 204 without a body.
    pub struct DeleteBoard -> Empty;

    DELETE "deleteBoard" Boards {
        V0_1_1 => "/boards/{id}" KEY_OR_BEARER 204 [401, 403, 404],
        V0_3_64 => "/boards/{id}" KEY_OR_COOKIE 204 [401, 403, 404],
        V0_3_169 => "/boards/{id}" KEY_OR_COOKIE 204 [401, 403, 404],
    }

    path {
        /// The board to delete.
        id: BoardId [min(1)],
    }
}

operation! {
    /// Adds a column to a board.
    ///
    /// Tasks are placed in columns; a board's columns stand in the order of their positions.
    pub struct CreateBoardColumn -> Data<BoardColumn>;

    POST "createBoardColumn" Boards {
        V0_1_1 => "/boards/{board}/columns" KEY_OR_BEARER 201 [401, 403, 404, 422],
        V0_3_64 => "/boards/{board}/columns" KEY_OR_COOKIE 201 [401, 403, 404, 422],
        V0_3_169 => "/boards/{board}/columns" KEY_OR_COOKIE 201 [401, 403, 404, 422],
    }

    path {
        /// The board that gets the column.
        board: BoardId [min(1)],
    }

    body {
        /// The name of the column, at most 255 characters.
        name: String [max_len(255)],
    }

    body? {
        /// The place among the board's columns, from 1.
        position: Nullable<u64> [min(1)],
    }
}

operation! {
    /// Renames a column of a board or moves it to another place.
    ///
    /// The column is named in the body, not in the path. What is left out stays as it is.
    pub struct UpdateBoardColumn -> Data<BoardColumn>;

    PATCH "updateBoardColumn" Boards {
        V0_1_1 => "/boards/{board}/columns" KEY_OR_BEARER 200 [401, 403, 404, 422],
        V0_3_64 => "/boards/{board}/columns" KEY_OR_COOKIE 200 [401, 403, 404, 422],
        V0_3_169 => "/boards/{board}/columns" KEY_OR_COOKIE 200 [401, 403, 404, 422],
    }

    path {
        /// The board the column belongs to.
        board: BoardId [min(1)],
    }

    body {
        /// The column to change.
        column_id: ColumnId,
    }

    body? {
        /// The new name, at most 255 characters.
        name: String [max_len(255)],
        /// The new place among the board's columns, from 1.
        position: u64 [min(1)],
    }
}

operation! {
    /// Deletes a column of a board.
    ///
    /// The column is named in a request body, which is unusual for a DELETE: a proxy that drops
    /// such bodies makes it fail. Answers 204 without a body.
    pub struct DeleteBoardColumn -> Empty;

    DELETE "deleteBoardColumn" Boards {
        V0_1_1 => "/boards/{board}/columns" KEY_OR_BEARER 204 [401, 403, 404, 422],
        V0_3_64 => "/boards/{board}/columns" KEY_OR_COOKIE 204 [401, 403, 404, 422],
        V0_3_169 => "/boards/{board}/columns" KEY_OR_COOKIE 204 [401, 403, 404, 422],
    }

    path {
        /// The board the column belongs to.
        board: BoardId [min(1)],
    }

    body {
        /// The column to delete.
        column_id: ColumnId [min(1)],
    }
}
