//! The log.

use agentmc_core::ops::logs::ListLogs;

use super::Answer;
use super::context::Context;

pub(super) fn list(cx: &mut Context<'_>, operation: ListLogs) -> Answer<ListLogs> {
    let entries = cx.world.logs.values().rev().filter(|entry| entry.team_id == cx.caller.team);
    let entries: Vec<_> = entries.collect();
    Ok(cx.page(operation.page, operation.per_page, &entries, |entry| (*entry).clone()))
}
