//! Boards, and the columns tasks move through.

use crate::record::record;
use crate::text_enum::text_enum;
use crate::{BoardId, ColumnId, TeamId, Timestamp, UserId};

text_enum! {
    /// Who sees a board.
    pub enum BoardVisibility {
        /// The whole team.
        Team = "team",
        /// The person who owns it.
        Personal = "personal",
    }
}

text_enum! {
    /// Which boards a listing is about.
    pub enum BoardScope {
        /// Every board the caller may see.
        All = "all",
        /// The caller's own boards.
        Mine = "mine",
        /// The team's boards.
        Team = "team",
        /// Personal boards.
        Personal = "personal",
    }
}

record! {
    /// A column of a board.
    pub struct BoardColumn {
        required {
            /// The column's id.
            id: ColumnId,
            /// The board it is on.
            board_id: BoardId,
            /// The team the board belongs to.
            team_id: TeamId,
            /// Its name.
            name: String,
            /// Its place among the board's columns, from left to right.
            position: i64,
        }
        nullable {
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
    }
}

record! {
    /// The owner of a personal board, in brief.
    pub struct BoardOwnerSummary {
        required {
            /// The person.
            id: UserId,
            /// The person's name.
            name: String,
        }
    }
}

record! {
    /// A board: columns of tasks.
    pub struct Board {
        required {
            /// The board's id.
            id: BoardId,
            /// The team it belongs to.
            team_id: TeamId,
            /// Its name.
            name: String,
            /// Who sees it.
            visibility: BoardVisibility,
        }
        nullable {
            /// What it is for.
            description: String,
            /// Who owns it, if it is personal.
            personal_owner_user_id: UserId,
            /// Who made it; null if an agent or an API key did.
            created_by_user_id: UserId,
            /// When it was made.
            created_at: Timestamp,
            /// When it was last changed.
            updated_at: Timestamp,
        }
        optional {
            /// Who owns it, in brief. Only some answers have it.
            personal_owner_user: BoardOwnerSummary,
            /// How many columns it has. Only some answers count.
            columns_count: i64,
            /// How many tasks are on it. Only some answers count.
            tasks_count: i64,
            /// Its columns, from left to right. Only some answers list them.
            columns: Vec<BoardColumn>,
        }
    }
}
