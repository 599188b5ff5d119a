//! Nothing grows without end.

use std::io::{Read, Write};
use std::net::TcpStream;

use agentmc_sandbox::{Sandbox, World};
use agentmc_types::{AgentId, Object, RealtimeSessionStatus, RecurringTaskRunStatus};
use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::storage::ticket;
use crate::visitor::Visitor;

/// Any request: even one that leads nowhere makes the world tidy up.
fn tidy(world: &mut World) {
    let request = Request::get("/api/v1/boards").body(Bytes::new()).unwrap();
    assert_eq!(world.handle(&request).status(), 401);
}

#[test]
fn the_oldest_of_what_piles_up_goes() {
    let mut world = World::new(0);
    let (log, comment) =
        (world.logs[&1.into()].clone(), world.comments.values().next().unwrap().clone());
    let notification = world.notifications[0].clone();
    let first = *world.logs.keys().next().unwrap();
    for _ in 0..12_000 {
        world.logs.add(|_| log.clone());
        world.comments.add(|_| comment.clone());
        world.notifications.push(notification.clone());
    }
    let last = world.logs.last_key_value().map(|(id, _)| *id);
    tidy(&mut world);
    assert_eq!((world.logs.len(), world.comments.len()), (10_000, 10_000));
    assert!(!world.logs.contains_key(&first));
    assert_eq!(world.logs.last_key_value().map(|(id, _)| *id), last);
    assert!((9_000..=10_000).contains(&world.notifications.len()));
}

#[test]
fn sessions_and_their_signals_do_not_pile_up() {
    let mut world = World::new(0);
    for _ in 0..1_200 {
        let session = world.request_session(AgentId(1)).unwrap();
        for _ in 0..10 {
            world.browser_says(session, "message", Object::new()).unwrap();
        }
    }
    assert_eq!((world.sessions.len(), world.signals.len()), (1_000, 10_000));
    let newest = world.sessions.values().next_back().unwrap();
    assert_eq!(newest.status, RealtimeSessionStatus::Requested);
}

#[test]
fn runs_that_go_on_and_items_that_are_there_are_not_forgotten() {
    let mut visitor = Visitor::new();
    visitor.get("/agents/recurring-task-runs/due");
    let run = visitor.world.runs.values().next().unwrap().clone();
    let running = visitor.world.runs.len();
    for _ in 0..10_001 - running {
        visitor.world.runs.add(|id| {
            let mut run = run.clone();
            run.id = id;
            run.status = RecurringTaskRunStatus::Success;
            run
        });
    }
    let item = visitor.world.calendar.values().next().unwrap().clone();
    let items = visitor.world.calendar.len();
    for _ in 0..10_000 - items {
        visitor.world.calendar.add(|id| {
            let mut item = item.clone();
            item.id = id;
            item
        });
    }
    let new = json!({"type": "task", "title": "a", "assignees": []});
    assert_eq!(visitor.post("/calendar/items", new.clone()).status, 402);
    assert_eq!(visitor.world.runs.len(), 10_000);
    assert!(visitor.world.runs.contains_key(&run.id));
    let deleted = visitor.world.calendar.values_mut().nth(5).unwrap();
    deleted.deleted_at = deleted.created_at;
    let deleted = deleted.id;
    tidy(&mut visitor.world);
    assert!(!visitor.world.calendar.contains_key(&deleted));
    assert_eq!(visitor.post("/calendar/items", new).status, 201);
}

#[test]
fn a_plan_allows_so_much_and_no_more() {
    let mut visitor = Visitor::new();
    let (board, task) = {
        let world = &visitor.world;
        (world.boards[&1.into()].clone(), world.tasks[&1.into()].clone())
    };
    let folder = visitor.world.folders[&1.into()].clone();
    for _ in 0..1_000 {
        visitor.world.boards.add(|_| board.clone());
        visitor.world.folders.add(|_| folder.clone());
    }
    for _ in 0..10_000 {
        visitor.world.tasks.add(|_| task.clone());
    }
    let create = json!({"title": "a", "description": "b", "board_id": 1, "column_id": 1});
    for (path, body) in [
        ("/boards", json!({"name": "a"})),
        ("/files/folders", json!({"name": "a"})),
        ("/tasks", create),
    ] {
        let refused = visitor.post(path, body);
        assert_eq!(refused.code(402), "plan.limit_reached", "{path}");
    }
}

#[test]
fn a_file_of_64_mebibytes_travels_both_ways() {
    let sandbox = Sandbox::start().unwrap();
    let bytes: Vec<u8> = (0..64_u32 << 20).map(|index| (index % 251) as u8).collect();
    let mut visitor = Visitor::new();
    visitor.world.storage_origin = sandbox.storage_url().to_owned();
    let ticket = ticket(&mut visitor, "big.bin", "application/octet-stream", &bytes);
    sandbox.world(|world| *world = visitor.world.clone());
    let put = exchange(&sandbox, "PUT", &ticket["upload_url"], &ticket["upload_headers"], &bytes);
    assert_eq!(status(&put), "HTTP/1.1 200 OK");

    visitor.world = sandbox.world(|world| world.clone());
    let made = visitor.post("/files", json!({"upload_id": ticket["upload_id"]}));
    let file = made.body["data"]["id"].as_u64().unwrap();
    let reply = visitor.get(&format!("/files/{file}/download"));
    let location = json!(reply.response.headers()["location"].to_str().unwrap());
    sandbox.world(|world| *world = visitor.world.clone());
    let got = exchange(&sandbox, "GET", &location, &json!({}), b"");
    assert_eq!(status(&got), "HTTP/1.1 200 OK");
    assert!(got.ends_with(&bytes));
}

fn status(reply: &[u8]) -> &str {
    let end = reply.iter().position(|byte| *byte == b'\r').unwrap();
    std::str::from_utf8(&reply[..end]).unwrap()
}

/// Sends a request to storage and reads everything that comes back.
fn exchange(
    sandbox: &Sandbox,
    method: &str,
    url: &serde_json::Value,
    headers: &serde_json::Value,
    body: &[u8],
) -> Vec<u8> {
    let target = url.as_str().unwrap().strip_prefix(sandbox.storage_url()).unwrap();
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers.as_object().unwrap() {
        head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap()));
    }
    let authority = sandbox.storage_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    reply
}
