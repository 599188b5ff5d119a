//! What the page shows of a world.

use agentmc_types::{Board, BoardColumn};
use serde_json::{Value, json};

use crate::socket::SocketSeen;
use crate::world::World;

/// How many sessions are shown.
const SESSIONS: usize = 100;

/// How many tasks of a column are shown.
const TASKS: usize = 50;

pub(super) fn state(world: &World, sockets: &[SocketSeen]) -> Value {
    let team = world.owner.team;
    let agents = world.agents.values().filter(|agent| agent.team_id == team);
    let boards = world.boards.values().filter(|board| board.team_id == team);
    let sessions = world.sessions.values().rev().take(SESSIONS);
    json!({
        "now": world.now(),
        "agents": agents.collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "boards": boards.map(|shown| board(world, shown)).collect::<Vec<_>>(),
        "sockets": sockets.iter().map(socket).collect::<Vec<_>>(),
    })
}

fn board(world: &World, board: &Board) -> Value {
    let columns = world.columns_of(board.id).into_iter().map(|shown| column(world, shown));
    json!({"id": board.id, "name": board.name, "columns": columns.collect::<Vec<_>>()})
}

fn column(world: &World, column: &BoardColumn) -> Value {
    let mut tasks: Vec<_> = world
        .tasks
        .values()
        .filter(|task| task.column_id == column.id && !task.is_archived)
        .collect();
    tasks.sort_by_key(|task| (task.position, task.id));
    let count = tasks.len();
    let shown = tasks.into_iter().take(TASKS).map(|task| {
        let agent = task.assigned_to_agent_id.and_then(|agent| world.agents.get(&agent));
        json!({"id": task.id, "title": task.title, "agent": agent.map(|agent| &agent.name)})
    });
    let shown = shown.collect::<Vec<_>>();
    json!({"id": column.id, "name": column.name, "tasks_count": count, "tasks": shown})
}

fn socket(socket: &SocketSeen) -> Value {
    json!({
        "id": socket.id,
        "origin": socket.origin,
        "target": socket.target,
        "channels": socket.channels,
        "frames": socket.frames,
    })
}
