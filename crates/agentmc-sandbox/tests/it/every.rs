//! Every operation in every revision.

use std::collections::{BTreeMap, BTreeSet};

use agentmc_core::endpoint::{Auth, Endpoint, Step};
use agentmc_core::{OPERATIONS, find};
use agentmc_sandbox::World;
use agentmc_types::{AgentId, ColumnId, LogId, Object};
use fastrand::Rng;
use http::StatusCode;

use crate::{generate, valid, visitor};

/// How often a request for an operation is made up before it counts as one that never succeeds.
const TRIES: usize = 4_000;

/// What the operations that change something enter into the log. Signals, tickets and notifications that are read
/// leave no trace there.
const LOGGED: &[(&str, &[&str])] = &[
    ("agentHeartbeat", &["host.created", "agent.created", "host_runtime_command.unknown"]),
    ("claimAgentRealtimeSession", &["realtime_session.claimed"]),
    ("closeAgentRealtimeSession", &["realtime_session.closed"]),
    ("commentCalendarItem", &["calendar_item_comment.created"]),
    ("completeRecurringTaskRun", &["recurring_task_run.completed"]),
    ("connectAgent", &["agent.connected"]),
    ("createAgentBrief", &["brief.created", "brief.updated"]),
    ("createAgentRealtimeSignal", &[]),
    ("createBoard", &["board.created"]),
    ("createBoardColumn", &["column.created"]),
    ("createCalendarItem", &["calendar_item.created"]),
    ("createFile", &["file.created"]),
    ("createFileFolder", &["file_folder.created"]),
    ("createFileUpload", &[]),
    ("createTask", &["task.created"]),
    ("createTaskComment", &["task_comment.created"]),
    ("deleteAgentBrief", &["brief.deleted"]),
    ("deleteBoard", &["board.deleted"]),
    ("deleteBoardColumn", &["column.deleted"]),
    ("deleteCalendarItem", &["calendar_item.deleted"]),
    ("deleteFile", &["file.deleted"]),
    ("deleteFileFolder", &["file_folder.deleted"]),
    ("deleteTask", &["task.deleted"]),
    ("deleteTaskComment", &["task_comment.deleted"]),
    ("listDueRecurringTaskRuns", &["recurring_task_run.claimed"]),
    ("markAllNotificationsRead", &[]),
    ("markNotificationRead", &[]),
    ("authenticateAgentRealtimeSocket", &[]),
    ("authenticateHostRealtimeSocket", &[]),
    ("updateAgentBrief", &["brief.updated"]),
    ("updateBoard", &["board.updated"]),
    ("updateBoardColumn", &["column.updated"]),
    ("updateCalendarItem", &["calendar_item.updated"]),
    ("updateFile", &["file.updated"]),
    ("updateFileFolder", &["file_folder.updated"]),
    ("updateTask", &["task.updated"]),
    ("updateTaskComment", &["task_comment.updated"]),
];

/// Makes things happen that others need: sessions that are held, uploads that have arrived, a column without tasks.
fn prepare(world: &mut World, rng: &mut Rng, for_call: &Endpoint) {
    let session = world.request_session(AgentId(rng.u64(1..4)));
    session.and_then(|session| world.browser_says(session, "message", Object::new()));
    let others = ["claimAgentRealtimeSession", "createFileUpload", "listDueRecurringTaskRuns"];
    for id in others.into_iter().filter(|id| *id != for_call.id) {
        let endpoint = find(id).unwrap();
        let request = generate::call(rng, world, endpoint, endpoint.history.last().unwrap());
        let _ = world.handle(&request);
    }
    let _ = world.store(&generate::transfer(rng, world));
    if rng.u8(..20) == 0 {
        world.tasks.retain(|_, task| task.column_id != ColumnId(1));
    }
}

/// What an operation enters into the log.
fn logged(endpoint: &Endpoint) -> &'static [&'static str] {
    let told = LOGGED.iter().find(|(id, _)| *id == endpoint.id);
    assert!(told.is_some() || endpoint.method.as_str() == "GET", "{} is no look", endpoint.id);
    told.map(|(_, actions)| *actions).unwrap_or_default()
}

/// Calls a step until it succeeds in something new, and tells what that entered into the log.
fn succeed(endpoint: &'static Endpoint, step: &Step, rng: &mut Rng) -> Vec<String> {
    let mut world = World::new(1);
    for number in 0..TRIES {
        if number % 100 == 0 {
            world = World::new(rng.u64(..));
            world.revision = step.revision;
        }
        prepare(&mut world, rng, endpoint);
        let request = generate::call(rng, &world, endpoint, step);
        let last = world.logs.last_key_value().map_or(LogId(0), |(id, _)| *id);
        let reply = visitor::read(&request, world.handle(&request));
        // Some requests are made with another method, and may mean something else.
        if reply.status < 400 && reply.operation() == endpoint.id {
            assert_eq!(reply.status, step.success, "{} {}", endpoint.id, step.revision);
            let new = world.logs.values().filter(|log| log.id > last);
            let new: Vec<_> = new.map(|log| log.action.clone()).collect();
            // What is claimed already, for instance, is not claimed again.
            if logged(endpoint).is_empty() || !new.is_empty() {
                return new;
            }
        }
    }
    panic!("{} never succeeds in {}", endpoint.id, step.revision);
}

#[test]
fn each_operation_succeeds_in_each_revision_that_has_it_and_logs_what_it_changes() {
    let mut rng = Rng::with_seed(29);
    let mut pairs = 0;
    let mut entered: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for endpoint in OPERATIONS.iter().copied() {
        for step in endpoint.history {
            entered.entry(endpoint.id).or_default().extend(succeed(endpoint, step, &mut rng));
            pairs += 1;
        }
    }
    assert_eq!(pairs, 159);
    for endpoint in OPERATIONS {
        let (told, found) = (logged(endpoint), &entered[endpoint.id]);
        assert!(
            found.iter().all(|action| told.contains(&action.as_str()))
                && found.is_empty() == told.is_empty(),
            "{} logs {found:?}, not {told:?}",
            endpoint.id
        );
    }
}

/// The ways to authenticate that a credential serves.
fn kind(name: &str) -> Auth {
    match name {
        "agent token" => Auth::AgentBearer,
        "bearer token" => Auth::Bearer,
        "connect token" => Auth::ConnectToken,
        "cookie" => Auth::SessionCookie,
        _ => Auth::ApiKey,
    }
}

/// Whether any revision in which the operation has this path takes the credential.
fn takes(endpoint: &Endpoint, step: &Step, auth: Auth) -> bool {
    endpoint.history.iter().any(|other| other.path == step.path && other.auth.contains(&auth))
}

#[test]
fn each_operation_takes_the_kinds_of_credential_it_names_and_refuses_the_others() {
    for endpoint in OPERATIONS {
        for step in endpoint.history {
            let params = valid::required(endpoint, step.revision);
            let call = |header: Option<(&str, &str)>| {
                let mut world = World::new(7);
                world.revision = step.revision;
                let request = valid::request(endpoint, step, &params, |request| match header {
                    Some((name, value)) => request.header(name, value),
                    None => request,
                });
                visitor::read(&request, world.handle(&request))
            };
            let about = format!("{} {}", endpoint.id, step.revision);
            assert_eq!(call(None).code(401), "auth.unauthorized", "{about}");
            for (name, header, value) in valid::credentials(World::new(7).keys()) {
                let reply = call(Some((header, &value)));
                let taken = takes(endpoint, step, kind(name));
                assert_eq!(reply.status != 401, taken, "{about} {name}: {}", reply.body);
                let wrong = call(Some((header, &format!("{value}x"))));
                assert_eq!(wrong.code(401), "auth.unauthorized", "{about} wrong {name}");
            }
        }
    }
}

#[test]
fn each_operation_that_is_made_for_an_agent_is_refused_for_one_out_of_reach() {
    let mut count = 0;
    for endpoint in OPERATIONS {
        for step in endpoint.history {
            let in_path = step.path.contains("{agent}");
            if !(endpoint.agent_scoped || in_path) || !takes(endpoint, step, Auth::ApiKey) {
                continue;
            }
            let mut world = World::new(7);
            world.revision = step.revision;
            // The second agent has left the host.
            world.agents.get_mut(&AgentId(2)).unwrap().host_id = None;
            let keys = world.keys().clone();
            for (key, agent, status) in [
                (&keys.agent_key, "2", StatusCode::FORBIDDEN),
                (&keys.host_key, "2", StatusCode::FORBIDDEN),
                (&keys.team_key, "4", StatusCode::NOT_FOUND),
                (&keys.team_key, "999", StatusCode::NOT_FOUND),
            ] {
                let params = valid::required(endpoint, step.revision);
                let mut step = *step;
                let path = step.path.replace("{agent}", agent);
                step.path = Box::leak(path.into_boxed_str());
                let request = valid::request(endpoint, &step, &params, |request| {
                    let request = request.header("X-Api-Key", key);
                    if in_path { request } else { request.header("X-Agent-Id", agent) }
                });
                let reply = visitor::read(&request, world.handle(&request));
                let about = format!("{} {} {key} for {agent}", endpoint.id, step.revision);
                assert_eq!(reply.status, status.as_u16(), "{about}: {}", reply.body);
                count += 1;
            }
        }
    }
    assert!(count > 200, "{count}");
}
