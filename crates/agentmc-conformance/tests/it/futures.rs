//! What the async client alone promises: its futures go to other threads, and may be dropped.

use std::time::Duration;

use agentmc_async::Client;
use agentmc_core::ops::tasks::{ListTasks, ShowTask};
use agentmc_sandbox::{Fault, Options, Rule, Sandbox};
use serde_json::{Map, json};
use tokio::runtime::{Builder, Runtime};

use crate::servers::{Seen, api, page_of, task};

#[test]
fn the_client_its_futures_and_its_listings_are_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }

    let api = agentmc_core::Api::anonymous();
    let client = is_send(Client::new(api).unwrap());
    let show = ShowTask::new(5);
    drop(is_send(client.send(&show)));
    drop(is_send(client.call("showTask", Map::new())));
    let mut listing = is_send(client.list(ListTasks::new()));
    drop(is_send(listing.next()));
    drop(is_send(client.list_by_name("listTasks", Map::new()).unwrap()));
}

#[test]
fn a_dropped_future_of_a_listing_loses_no_item_and_asks_for_none_twice() {
    let (server, log) = (httpmock::MockServer::start(), Seen::default());
    for number in 1..=3 {
        let log = std::sync::Arc::clone(&log);
        server.mock(|when, then| {
            let items = [1, 2].map(|place| {
                let mut item = task();
                item["id"] = json!(number * 10 + place);
                item
            });
            when.query_param("page", number.to_string()).is_true(move |request| {
                if request.uri().query().unwrap_or_default().contains(&format!("page={number}")) {
                    log.lock().unwrap().push(request.to_http_request());
                }
                true
            });
            then.status(200).json_body(page_of(&items, number, 3));
        });
    }
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (ids, dropped) = runtime.block_on(async {
        let mut listing = Client::new(api(&server)).unwrap().list(ListTasks::new());
        let (mut ids, mut dropped) = (Vec::new(), 0);
        loop {
            match tokio::time::timeout(Duration::ZERO, listing.next()).await {
                Ok(Some(item)) => ids.push(item.unwrap().id.get()),
                Ok(None) => return (ids, dropped),
                Err(_) => dropped += 1,
            }
        }
    });
    assert_eq!(ids, [11, 12, 21, 22, 31, 32]);
    assert!(dropped > 0, "no page is there at once");
    assert_eq!(log.lock().unwrap().len(), 3);
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn as_many_calls_as_one_likes_are_in_flight_at_once_on_one_client() {
    let sandbox = Sandbox::with(Options::default().latency(Duration::from_millis(30))).unwrap();
    let task = sandbox.world(|world| *world.tasks.keys().next().unwrap());
    let client = Client::new(sandbox.api()).unwrap();
    runtime().block_on(async {
        let show = ShowTask::new(task);
        let calls = (0..256).map(|_| client.send(&show));
        for reply in futures_util::future::join_all(calls).await {
            assert_eq!(reply.unwrap().id, task);
        }
    });
    assert_eq!(sandbox.seen_count(), 256);
}

#[test]
fn dropped_futures_leak_nothing_and_the_client_goes_on() {
    let sandbox = Sandbox::start().unwrap();
    let task = sandbox.world(|world| *world.tasks.keys().next().unwrap());
    let runtime = runtime();
    let show = ShowTask::new(task);
    runtime.block_on(async {
        let client = Client::new(sandbox.api()).unwrap();
        sandbox.fault(Rule::new(Fault::DelayHead(Duration::from_secs(3600))).next(256));
        let calls = futures_util::future::join_all((0..256).map(|_| client.send(&show)));
        let all_arrived = async {
            while sandbox.seen_count() < 256 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ = calls => panic!("nothing is answered"),
            () = all_arrived => {}
        }
        assert_eq!(client.send(&show).await.unwrap().id, task);
        drop(client);
        while runtime.metrics().num_alive_tasks() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
}
