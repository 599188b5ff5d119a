//! Signatures for websocket channels.

use std::fmt::Write;

use agentmc_core::ops::hosts::{AuthenticateAgentRealtimeSocket, AuthenticateHostRealtimeSocket};
use agentmc_types::{AgentRealtimeSocketAuthResponse, Host};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Answer;
use super::auth::Who;
use super::context::Context;
use super::realtime;
use crate::keys::Keys;
use crate::reply::Refusal;

pub(super) fn session(
    cx: &mut Context<'_>,
    operation: AuthenticateAgentRealtimeSocket,
) -> Answer<AuthenticateAgentRealtimeSocket> {
    let session = realtime::session(cx, operation.session)?;
    if operation.channel_name != realtime::session_channel(session) {
        return Err(Refusal::forbidden("The channel is not the session's own."));
    }
    realtime::open(session)?;
    Ok(signed(cx.world.keys(), &operation.socket_id, &operation.channel_name))
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
        holds && operation.channel_name == realtime::host_channel(host.id)
    };
    if !cx.world.hosts.values().any(|host| own(&host)) {
        return Err(Refusal::forbidden("The channel is not the host's own."));
    }
    Ok(signed(cx.world.keys(), &operation.socket_id, &operation.channel_name))
}

fn signed(keys: &Keys, socket: &str, channel: &str) -> AgentRealtimeSocketAuthResponse {
    let signature = signature(keys.socket_secret.as_bytes(), &format!("{socket}:{channel}"));
    AgentRealtimeSocketAuthResponse::new(format!("{}:{signature}", keys.socket_key))
}

/// The HMAC-SHA256 of a text, in hexadecimal.
fn signature(secret: &[u8], text: &str) -> String {
    // A key shorter than a block is filled up with zeros, which is what the algorithm does itself.
    let mut key = [0; 64];
    key.iter_mut().zip(secret).for_each(|(place, byte)| *place = *byte);
    let mut mac = Hmac::<Sha256>::new(&key.into());
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_is_the_hmac_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(b"Jefe", "what do ya want for nothing?"), expected);
    }
}
