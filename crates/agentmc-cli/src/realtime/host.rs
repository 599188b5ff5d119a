//! `agentmc realtime host`.

use agentmc_blocking::Client;
use agentmc_blocking::realtime::HostOptions;
use agentmc_core::types::HostRealtimeSocketPayload;
use serde::Deserialize;

use super::listen::follow;
use super::news::Source;
use super::printer::Printer;
use super::{Host, note};
use crate::args::Common;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::output::Output;
use crate::value;

pub(super) fn run(common: &Common, args: &Host, out: &mut Output) -> Result<(), Failure> {
    let mut printer = Printer::new(common, out)?;
    let client = super::client(common)?;
    let mut options = HostOptions::new();
    if let Some(heartbeat) = &args.json {
        match socket(&client, heartbeat)? {
            Some(socket) => options = options.socket(socket),
            None => note(
                common,
                "the answer to the heartbeat names no channel: sessions are listed every two seconds",
            ),
        }
    }
    let source = Source::new(client.realtime().subscribe_host(options))?;
    follow(&source, &mut printer, &mut None)
}

/// Where sessions are pushed, as the answer to a heartbeat has it.
fn socket(client: &Client, heartbeat: &str) -> Result<Option<HostRealtimeSocketPayload>, Failure> {
    let params = value::object(heartbeat, &Inputs::default())?;
    let reply = client.call("agentHeartbeat", params)?;
    let socket = reply.get("host_realtime").filter(|socket| !socket.is_null());
    let socket = socket.map(HostRealtimeSocketPayload::deserialize).transpose();
    socket.map_err(|error| {
        Failure::Realtime(format!("the answer to the heartbeat names no channel to read: {error}"))
    })
}
