//! No bytes make reading a reply panic, what is read is read the same again, and `serde_json` reads the same.
//!
//! The first line names the operation, the rest is the body; where it names none, its length chooses one.
//! `cargo +nightly fuzz run replies`, in the folder `fuzz`.

#![no_main]

use std::fmt::Debug;

use agentmc_core::ops::{briefs, files, hosts, notifications, tasks, teams};
use agentmc_core::reply::{Reply, Shape};
use agentmc_core::serde::de::DeserializeOwned;
use agentmc_core::{OPERATIONS, Operation, Output, serde_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (line, body) = bytes.split_at(end);
    let named = OPERATIONS.iter().find(|endpoint| endpoint.id.as_bytes() == line);
    let endpoint = named.unwrap_or(&OPERATIONS[end % OPERATIONS.len()]);
    let response = http::Response::new(body.to_vec().into());
    match endpoint.id {
        "agentHeartbeat" => alike::<hosts::AgentHeartbeat>(body),
        "listAgentBriefs" => alike::<briefs::ListAgentBriefs>(body),
        "listAgents" => alike::<teams::ListAgents>(body),
        "listFiles" => alike::<files::ListFiles>(body),
        "listNotifications" => alike::<notifications::ListNotifications>(body),
        "showHost" => alike::<hosts::ShowHost>(body),
        _ => alike::<tasks::ListTasks>(body),
    }
    let _ = endpoint.read_json(&response);
    let _ = endpoint.read_raw(&response);
    let Ok(read) = (endpoint.read_typed)(endpoint.id, &response) else { return };
    if !matches!(endpoint.shape, Shape::Empty | Shape::Location) {
        let again = http::Response::new(read.to_string().into());
        assert_eq!(
            (endpoint.read_typed)(endpoint.id, &again).expect("what was read is read again"),
            read
        );
    }
});

fn alike<O: Operation>(body: &[u8])
where
    Output<O>: DeserializeOwned + PartialEq + Debug,
{
    let response = http::Response::new(body.to_vec().into());
    let ours = O::Reply::read(O::ENDPOINT.id, &response).ok();
    assert_eq!(ours, serde_json::from_slice(body).ok());
}
