//! Realtime sessions and their signals.

use std::ops::Bound;

use agentmc_core::ops::hosts::{
    ClaimAgentRealtimeSession, CloseAgentRealtimeSession, CreateAgentRealtimeSignal,
    ListAgentRealtimeRequestedSessions, ListAgentRealtimeSignals,
};
use agentmc_types::{
    AgentRealtimeSession, AgentRealtimeSignal, AgentRealtimeSignalResponse,
    AgentRealtimeSignalsResponse, HostId, HostRealtimeSocketConnection, HostRealtimeSocketPayload,
    Nullable, RealtimeCloseStatus, RealtimeSessionStatus, Secret, SessionId, SignalId,
    SignalSender,
};
use serde_json::json;

use super::Answer;
use super::context::Context;
use crate::reply::Refusal;
use crate::world::browser::{CLOSE, has_ended};
use crate::world::push::{REQUESTED, SIGNAL, host_channel, session_channel};

/// The sessions listed when the request does not say.
const SESSIONS: u32 = 25;

/// The signals listed when the request does not say.
const SIGNALS: u32 = 100;

const OWNER: &str = "claim_owner_token";

pub(super) fn requested(
    cx: &mut Context<'_>,
    operation: ListAgentRealtimeRequestedSessions,
) -> Answer<ListAgentRealtimeRequestedSessions> {
    let wanted = |session: &&AgentRealtimeSession| {
        session.status == RealtimeSessionStatus::Requested && in_reach(cx, session)
    };
    let sessions = cx.world.sessions.values().rev().filter(wanted);
    Ok(sessions.take(operation.limit.unwrap_or(SESSIONS) as usize).cloned().collect())
}

pub(super) fn claim(
    cx: &mut Context<'_>,
    operation: ClaimAgentRealtimeSession,
) -> Answer<ClaimAgentRealtimeSession> {
    let now = cx.now();
    let session = session(cx, operation.session)?;
    let mut meta = session.meta.clone().unwrap_or_default();
    let owner = meta.get(OWNER).and_then(|owner| owner.as_str());
    let again = owner.is_some() && owner == operation.owner_token.as_ref().map(Secret::expose);
    match session.status {
        RealtimeSessionStatus::Claimed | RealtimeSessionStatus::Active if again => {}
        // A failed session is what a stale claim is closed as, so that it can be claimed anew.
        RealtimeSessionStatus::Requested | RealtimeSessionStatus::Failed => {}
        RealtimeSessionStatus::Claimed | RealtimeSessionStatus::Active => {
            return Err(conflict("Another owner holds the session.", session));
        }
        _ => return Err(conflict("The session has ended.", session)),
    }
    if !again {
        meta.insert("claim_owner_claimed_at".into(), json!(now));
    }
    meta.insert("claim_owner_updated_at".into(), json!(now));
    match operation.owner_token {
        Some(token) => meta.insert(OWNER.into(), token.expose().into()),
        None => meta.remove(OWNER),
    };
    let session = change(cx, operation.session)?;
    if !again {
        session.status = RealtimeSessionStatus::Claimed;
        session.claimed_at = Some(now);
        session.closed_at = None;
    }
    session.meta = Some(meta);
    if !again {
        cx.log("realtime_session.claimed", operation.session.get(), "");
    }
    with_socket(cx, operation.session)
}

pub(super) fn close(
    cx: &mut Context<'_>,
    operation: CloseAgentRealtimeSession,
) -> Answer<CloseAgentRealtimeSession> {
    let now = cx.now();
    let ended = has_ended(session(cx, operation.session)?);
    let reason = operation.reason.and_then(Nullable::into_option);
    let payload = operation.payload.and_then(Nullable::into_option);
    let failed =
        operation.status.and_then(Nullable::into_option) == Some(RealtimeCloseStatus::Failed);
    if !ended {
        let mut farewell = payload.unwrap_or_default();
        if let Some(reason) = &reason {
            farewell.entry("reason").or_insert_with(|| json!(reason));
        }
        cx.world.signal(operation.session, SignalSender::Agent, CLOSE, Some(farewell));
    }
    let session = change(cx, operation.session)?;
    session.status =
        if failed { RealtimeSessionStatus::Failed } else { RealtimeSessionStatus::Closed };
    session.closed_at.get_or_insert(now);
    if let Some(reason) = reason {
        session.meta.get_or_insert_default().insert("close_reason".into(), reason.into());
    }
    let closed = session.clone();
    if !ended {
        cx.log("realtime_session.closed", operation.session.get(), closed.status.as_str());
    }
    Ok(closed)
}

pub(super) fn send(
    cx: &mut Context<'_>,
    operation: CreateAgentRealtimeSignal,
) -> Answer<CreateAgentRealtimeSignal> {
    let session = session(cx, operation.session)?;
    open(session)?;
    change(cx, operation.session)?;
    let payload = operation.payload.and_then(Nullable::into_option);
    let signal = cx.world.signal(operation.session, SignalSender::Agent, &operation.kind, payload);
    let signal = signal.and_then(|signal| cx.world.signals.get(&signal)).cloned();
    let signal = signal.ok_or_else(|| Refusal::not_found("session"))?;
    Ok(AgentRealtimeSignalResponse::new(signal, with_socket(cx, operation.session)?))
}

pub(super) fn signals(
    cx: &mut Context<'_>,
    operation: ListAgentRealtimeSignals,
) -> Answer<ListAgentRealtimeSignals> {
    let session = session(cx, operation.session)?.id;
    let after = operation.after_id.unwrap_or(SignalId(0));
    let wanted = |signal: &&AgentRealtimeSignal| {
        let shown = operation.exclude_sender.as_ref().is_none_or(|sender| signal.sender != *sender);
        signal.session_id == session && shown
    };
    let limit = operation.limit.unwrap_or(SIGNALS) as usize;
    let later = cx.world.signals.range((Bound::Excluded(after), Bound::Unbounded));
    let later = later.map(|(_, signal)| signal).filter(wanted);
    let signals: Vec<_> = later.take(limit).cloned().collect();
    Ok(AgentRealtimeSignalsResponse::new(signals, with_socket(cx, session)?))
}

/// A session of an agent in the caller's reach.
pub(super) fn session<'a>(
    cx: &'a Context<'_>,
    id: SessionId,
) -> Result<&'a AgentRealtimeSession, Refusal> {
    let session = cx.world.sessions.get(&id).filter(|session| in_reach(cx, session));
    session.ok_or_else(|| Refusal::not_found("session"))
}

/// Refuses unless an agent has claimed the session and it has not ended.
pub(super) fn open(session: &AgentRealtimeSession) -> Result<(), Refusal> {
    match session.status {
        RealtimeSessionStatus::Claimed | RealtimeSessionStatus::Active => Ok(()),
        RealtimeSessionStatus::Requested => {
            Err(conflict("The session has not been claimed.", session))
        }
        _ => Err(conflict("The session has ended.", session)),
    }
}

/// Where a host hears about new sessions.
pub(super) fn host_socket(cx: &Context<'_>, host: HostId) -> HostRealtimeSocketPayload {
    let endpoint = format!("{}{}/hosts/realtime/socket-auth", cx.address.origin(), super::BASE);
    socket(cx, host_channel(host), REQUESTED, endpoint)
}

fn in_reach(cx: &Context<'_>, session: &AgentRealtimeSession) -> bool {
    cx.world.agents.get(&session.agent_id).is_some_and(|agent| cx.reaches(agent))
}

fn conflict(message: &str, session: &AgentRealtimeSession) -> Refusal {
    Refusal::conflict(message, json!({"session": session}))
}

/// A session that hears from its agent now.
fn change<'a>(
    cx: &'a mut Context<'_>,
    id: SessionId,
) -> Result<&'a mut AgentRealtimeSession, Refusal> {
    let now = cx.now();
    let session = cx.world.sessions.get_mut(&id).ok_or_else(|| Refusal::not_found("session"))?;
    session.last_agent_heartbeat_at = Some(now);
    session.updated_at = Some(now);
    Ok(session)
}

/// A session as answers to its agent show it.
fn with_socket(cx: &Context<'_>, id: SessionId) -> Result<AgentRealtimeSession, Refusal> {
    let session = session(cx, id)?.clone();
    let base = format!("{}{}", cx.address.origin(), super::BASE);
    let endpoint = format!("{base}/hosts/realtime/sessions/{id}/socket-auth");
    let socket = socket(cx, session_channel(&session), SIGNAL, endpoint);
    Ok(session.socket(socket))
}

fn socket(
    cx: &Context<'_>,
    channel: String,
    event: &str,
    endpoint: String,
) -> HostRealtimeSocketPayload {
    let (scheme, host, port) = cx.address.parts();
    let key = cx.world.keys().socket_key.as_str();
    let connection = HostRealtimeSocketConnection::new(key, host)
        .driver("reverb")
        .cluster("")
        .port(port)
        .scheme(scheme)
        .path("");
    HostRealtimeSocketPayload::new(connection, channel).event(event).auth_endpoint(endpoint)
}
