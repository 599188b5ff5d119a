//! Signatures for websocket channels.

use agentmc_core::ops::hosts::{AuthenticateAgentRealtimeSocket, AuthenticateHostRealtimeSocket};
use agentmc_types::{AgentRealtimeSocketAuthResponse, Host};

use super::Answer;
use super::auth::Who;
use super::context::Context;
use super::realtime;
use crate::reply::Refusal;
use crate::world::push::{host_channel, session_channel};

pub(super) fn session(
    cx: &mut Context<'_>,
    operation: AuthenticateAgentRealtimeSocket,
) -> Answer<AuthenticateAgentRealtimeSocket> {
    let session = realtime::session(cx, operation.session)?;
    if operation.channel_name != session_channel(session) {
        return Err(Refusal::forbidden("The channel is not the session's own."));
    }
    realtime::open(session)?;
    Ok(signed(cx, &operation.socket_id, &operation.channel_name))
}

pub(super) fn host(
    cx: &mut Context<'_>,
    operation: AuthenticateHostRealtimeSocket,
) -> Answer<AuthenticateHostRealtimeSocket> {
    let own = |host: &&Host| {
        let holds = match cx.caller.who {
            Who::Host => cx.world.hosts_of_key.contains(&host.id),
            Who::Team => host.team_id == cx.caller.team,
            Who::Agent(_) | Who::User(_) => false,
        };
        holds && operation.channel_name == host_channel(host.id)
    };
    if !cx.world.hosts.values().any(|host| own(&host)) {
        return Err(Refusal::forbidden("The channel is not the host's own."));
    }
    Ok(signed(cx, &operation.socket_id, &operation.channel_name))
}

fn signed(cx: &Context<'_>, socket: &str, channel: &str) -> AgentRealtimeSocketAuthResponse {
    AgentRealtimeSocketAuthResponse::new(cx.world.keys().sign(socket, channel))
}
