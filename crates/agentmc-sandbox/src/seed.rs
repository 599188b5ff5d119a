//! What a new world has in it.

use agentmc_types::{
    ActorType, AgentId, AgentType, Board, BoardColumn, BoardId, BoardVisibility, ColumnId, Host,
    HostId, Object, OnlineStatus, Task, TaskAssigneeType, TaskComment, TaskId, TeamAgent, TeamId,
    TeamMember, UserId,
};
use serde_json::json;

use crate::world::{Actor, Owner, Team, World};

mod files;
mod plans;
mod words;

/// How long before the beginning the world was made, in seconds: 30 days.
const AGE: i64 = 30 * DAY;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const COLUMNS: [&str; 4] = ["Backlog", "In progress", "Review", "Done"];
const TASKS_PER_BOARD: usize = 20;

/// Fills a new world: a team with work going on, and another one that the keys do not open.
pub(crate) fn fill(world: &mut World) {
    world.tick(-AGE);
    let people = words::people(&mut world.rng);
    let names = words::agents(&mut world.rng);

    let team = add_team(world, "Kestrel Works", &people[..3]);
    let host = add_host(world, team, "worker-01");
    world.hosts_of_key.insert(host);
    let agents: Vec<_> = names[..3].iter().map(|name| add_agent(world, team, host, name)).collect();
    let users: Vec<UserId> =
        world.teams.get(&team).map(|team| ids(&team.members)).unwrap_or_default();
    if let (Some(agent), Some(user)) = (agents.first(), users.first()) {
        world.owner = Owner { team, agent: *agent, user: *user };
    }
    plans::add(world, team, &users, &agents);
    for (name, owner) in [("Product", None), ("Operations", None), ("Reading list", users.first())]
    {
        let board = add_board(world, team, name, owner.copied());
        add_tasks(world, team, board, TASKS_PER_BOARD, &users, &agents);
    }
    files::add(world, team, agents.first().copied());

    let other = add_team(world, "Marsh Observatory", &people[3..]);
    let host = add_host(world, other, "telescope-01");
    let agents = [add_agent(world, other, host, &names[3])];
    let users = world.teams.get(&other).map(|team| ids(&team.members)).unwrap_or_default();
    let board = add_board(world, other, "Instruments", None);
    add_tasks(world, other, board, 3, &users, &agents);
    files::add_file(world, other, "sky.txt", "text/plain", b"Clear.\n");
}

fn ids(members: &[TeamMember]) -> Vec<UserId> {
    members.iter().map(|member| member.id).collect()
}

fn add_team(world: &mut World, name: &str, people: &[String]) -> TeamId {
    let known = world.teams.values().map(|team| team.members.len() as u64).sum::<u64>();
    let member = |(id, name): (u64, &String)| {
        let first = id == known + 1;
        let email =
            format!("{}@example.com", crate::world::mention::handle(name).replace('-', "."));
        let role = if first { "owner" } else { "member" };
        TeamMember::new(id, name.as_str(), email, TaskAssigneeType::Human, role, first)
    };
    let members = (known + 1..).zip(people).map(member).collect();
    world.teams.add(|id| Team { id, name: name.to_owned(), members })
}

fn add_host(world: &mut World, team: TeamId, name: &str) -> HostId {
    let fingerprint: String = std::iter::repeat_with(|| world.rng.digit(16)).take(64).collect();
    let meta = json!({
        "hostname": name, "os": "Debian", "os_version": "13", "arch": "x86_64", "cpu_cores": 8, "ram_gb": 32.0,
        "runtime": {"name": "openclaw", "version": "2026.2.1"},
    });
    let meta = meta.as_object().cloned().unwrap_or_default();
    let (made, seen) = (world.now(), world.after(AGE));
    world.hosts.add(|id| {
        Host::new(id, team, name, fingerprint, OnlineStatus::Online, 0, 0)
            .agent_runtime("openclaw")
            .agent_runtime_version("2026.2.1")
            .meta(meta)
            .last_seen_at(seen)
            .created_at(made)
            .updated_at(seen)
    })
}

fn add_agent(world: &mut World, team: TeamId, host: HostId, name: &str) -> AgentId {
    let (made, seen) = (world.now(), world.after(AGE));
    let meta =
        Object::from_iter([("identity", json!({"key": crate::world::mention::handle(name)}))]);
    world.agents.add(|id| {
        TeamAgent::new(id, team, name, OnlineStatus::Online, 0)
            .host_id(host)
            .kind(AgentType::Openclaw)
            .meta(meta)
            .last_seen_at(seen)
            .created_at(made)
            .updated_at(seen)
    })
}

fn add_board(world: &mut World, team: TeamId, name: &str, owner: Option<UserId>) -> BoardId {
    let now = world.now();
    let visibility =
        if owner.is_some() { BoardVisibility::Personal } else { BoardVisibility::Team };
    let board = world.boards.add(|id| {
        let mut board = Board::new(id, team, name, visibility).created_at(now).updated_at(now);
        board.personal_owner_user_id = owner;
        board.created_by_user_id = owner;
        board
    });
    for (position, name) in (1..).zip(COLUMNS) {
        let add =
            |id| BoardColumn::new(id, board, team, name, position).created_at(now).updated_at(now);
        world.columns.add(add);
    }
    board
}

fn add_tasks(
    world: &mut World,
    team: TeamId,
    board: BoardId,
    count: usize,
    users: &[UserId],
    agents: &[AgentId],
) {
    let columns: Vec<_> = world.columns_of(board).into_iter().map(|column| column.id).collect();
    for _ in 0..count {
        let hours = world.rng.i64(1..8);
        world.tick(hours * HOUR);
        let Some(column) = world.rng.choice(&columns).copied() else { continue };
        let task = add_task(world, team, board, column, users, agents);
        let comments = world.rng.usize(..3);
        for _ in 0..comments {
            add_comment(world, team, task, users, agents);
        }
    }
}

fn add_task(
    world: &mut World,
    team: TeamId,
    board: BoardId,
    column: ColumnId,
    users: &[UserId],
    agents: &[AgentId],
) -> TaskId {
    let (title, description) = words::task(&mut world.rng);
    let author = world.rng.choice(users).copied();
    let due = world.rng.bool().then(|| world.rng.i64(1..60));
    let (now, due) = (world.now(), due.map(|days| world.after(days * DAY)));
    let (user, agent) = match world.rng.u8(..3) {
        0 => (world.rng.choice(users).copied(), None),
        1 => (None, world.rng.choice(agents).copied()),
        _ => (None, None),
    };
    let id = world.tasks.add(|id| {
        let mut task = Task::new(id, team, board, column, title, false, 0)
            .description(description)
            .created_at(now)
            .updated_at(now);
        task.created_by_user_id = author;
        task.due_at = due;
        task.assigned_to_user_id = user;
        task.assigned_to_agent_id = agent;
        let human = user.map(|_| TaskAssigneeType::Human);
        task.assignee_type = human.or_else(|| agent.map(|_| TaskAssigneeType::Agent));
        task
    });
    world.place_task(id, column, None);
    let actor = author
        .and_then(|author| world.user_actor(team, author))
        .unwrap_or_else(|| Actor::key("Team key"));
    let task = world.tasks.get(&id).cloned();
    if let Some(task) = task {
        world.log(team, &actor, "task.created", id.get(), &task.title);
        world.notify_assignee(&task, &actor);
    }
    id
}

fn add_comment(
    world: &mut World,
    team: TeamId,
    task: TaskId,
    users: &[UserId],
    agents: &[AgentId],
) {
    let (user, agent) = (world.rng.choice(users).copied(), world.rng.choice(agents).copied());
    let (Some(user), Some(agent)) = (user, agent) else { return };
    let writer = if world.rng.bool() {
        world.user_actor(team, user)
    } else {
        world.agent_actor(team, agent)
    };
    let (Some(actor), Some(task)) = (writer, world.tasks.get(&task).cloned()) else { return };
    // People ask agents, and agents report to people.
    let addressee = match actor.kind {
        ActorType::User => world.agents.get(&agent).map(|agent| agent.name.clone()),
        _ => world.member(team, user).map(|member| member.name.clone()),
    };
    let handle = crate::world::mention::handle(&addressee.unwrap_or_default());
    let body = words::comment(&mut world.rng, &handle);
    let mentions: Vec<_> =
        world.mentions(team, &body).into_iter().map(|(_, mention)| mention).collect();
    let now = world.now();
    let id = world.comments.add(|id| {
        let mut comment =
            TaskComment::new(id, task.id, actor.kind.clone(), actor.name.as_str(), body, mentions)
                .created_at(now);
        comment.actor_id = actor.id;
        comment
    });
    if let Some(comment) = world.comments.get(&id).cloned() {
        world.log(team, &actor, "task_comment.created", id.get(), &task.title);
        world.notify_of_comment(&task, &comment, &actor, &[]);
    }
}
