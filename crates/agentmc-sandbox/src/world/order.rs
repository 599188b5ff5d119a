//! Positions: columns on a board, tasks in a column.

use agentmc_types::{BoardId, ColumnId, TaskId};

use super::World;

/// Puts `item` at `position`, which counts from 1; at the end if there is none or it is past the end.
fn place<K: Copy + PartialEq>(order: &mut Vec<K>, item: K, position: Option<u64>) {
    order.retain(|other| *other != item);
    let index =
        position.map(|position| usize::try_from(position.saturating_sub(1)).unwrap_or(usize::MAX));
    let index = index.unwrap_or(usize::MAX).min(order.len());
    order.insert(index, item);
}

impl World {
    /// The tasks in a column, from top to bottom.
    pub(crate) fn tasks_in(&self, column: ColumnId) -> Vec<TaskId> {
        let mut tasks: Vec<_> =
            self.tasks.values().filter(|task| task.column_id == column).collect();
        tasks.sort_by_key(|task| (task.position, task.id));
        tasks.into_iter().map(|task| task.id).collect()
    }

    /// Puts a task at a place in a column, and closes the gap it leaves.
    pub(crate) fn place_task(&mut self, task: TaskId, column: ColumnId, position: Option<u64>) {
        let before =
            self.tasks.get_mut(&task).map(|task| std::mem::replace(&mut task.column_id, column));
        let mut order = self.tasks_in(column);
        place(&mut order, task, position);
        self.number_tasks(&order);
        if let Some(before) = before.filter(|before| *before != column) {
            self.close_task_gap(before);
        }
    }

    /// Puts a column at a place on its board.
    pub(crate) fn place_column(&mut self, column: ColumnId, board: BoardId, position: Option<u64>) {
        let mut order: Vec<_> =
            self.columns_of(board).into_iter().map(|column| column.id).collect();
        place(&mut order, column, position);
        self.number_columns(&order);
    }

    /// Closes the gap that a deleted column leaves.
    pub(crate) fn close_gap(&mut self, board: BoardId) {
        let order: Vec<_> = self.columns_of(board).into_iter().map(|column| column.id).collect();
        self.number_columns(&order);
    }

    /// Closes the gap that a deleted task leaves.
    pub(crate) fn close_task_gap(&mut self, column: ColumnId) {
        self.number_tasks(&self.tasks_in(column));
    }

    fn number_tasks(&mut self, order: &[TaskId]) {
        for (position, task) in (1..).zip(order) {
            if let Some(task) = self.tasks.get_mut(task) {
                task.position = position;
            }
        }
    }

    fn number_columns(&mut self, order: &[ColumnId]) {
        for (position, column) in (1..).zip(order) {
            if let Some(column) = self.columns.get_mut(column) {
                column.position = position;
            }
        }
    }
}
