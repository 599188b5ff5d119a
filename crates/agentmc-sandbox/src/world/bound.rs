//! What keeps a world from growing without end.

use agentmc_types::RecurringTaskRunStatus;

use super::World;

/// The most boards, folders, briefs, hosts and open uploads there may be, of each.
pub(crate) const FEW: usize = 1_000;

/// The most tasks, columns, files and items of the calendar there may be, of each.
pub(crate) const MANY: usize = 10_000;

/// How many of what piles up by itself are kept, of each kind.
const KEPT: usize = 10_000;

/// How many sessions are kept.
const SESSIONS: usize = 1_000;

/// How many commands to hosts are kept.
const COMMANDS: usize = 1_000;

/// How many notifications are forgotten at a time, since forgetting moves all the others.
const AT_ONCE: usize = 500;

impl World {
    /// Forgets the oldest of what piles up.
    pub(crate) fn forget_oldest(&mut self) {
        self.logs.keep_last(KEPT);
        self.signals.keep_last(KEPT);
        self.comments.keep_last(KEPT);
        self.calendar_comments.keep_last(KEPT);
        self.brief_entries.keep_last(KEPT);
        self.sessions.keep_last(SESSIONS);
        self.commands.keep_last(COMMANDS);
        if self.notifications.len() > KEPT {
            self.notifications.drain(..self.notifications.len() - KEPT + AT_ONCE);
        }
        // A run that goes on, or an item that is there, is not forgotten.
        if self.runs.len() > KEPT {
            self.runs.remove_first(|run| run.status != RecurringTaskRunStatus::Running);
        }
        if self.calendar.len() >= MANY {
            self.calendar.remove_first(|item| item.deleted_at.is_some());
        }
    }
}
