//! Hosts: learning of sessions that wait for an agent.

use std::collections::BTreeSet;
use std::time::Duration;

use agentmc_types::{AgentId, AgentRealtimeSession, HostRealtimeSocketPayload, SessionId};
use bytes::Bytes;
use serde::Deserialize;

use super::claim::sort;
use super::jitter::Jitter;
use super::json::object;
use crate::api::Api;
use crate::call::Call;
use crate::error::{BuildError, Error};
use crate::operation::Operation;
use crate::ops::hosts::ListAgentRealtimeRequestedSessions;
use crate::reply::Reply;
use crate::retry::RetryPolicy;

/// How often sessions are listed while they are pushed as well.
pub(crate) const SAFETY_NET: Duration = Duration::from_secs(60);

/// The most sessions in an answer.
const PAGE: u32 = 100;

/// How many announced sessions are remembered at most.
const REMEMBERED: usize = 10_000;

/// A session that was announced on the channel of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Announcement {
    /// The session.
    pub session_id: SessionId,
    /// The agent it is with, if the announcement says so.
    pub agent_id: Option<AgentId>,
}

/// The places an announcement may have its ids at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    session_id: Option<SessionId>,
    agent_id: Option<AgentId>,
    payload: Option<Box<Self>>,
    session: Option<Part>,
    agent: Option<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Part {
    id: Option<SessionId>,
    agent_id: Option<AgentId>,
}

impl Wire {
    fn ids(&self) -> (Option<SessionId>, Option<AgentId>) {
        let inner = self.payload.as_deref().map(Self::ids).unwrap_or_default();
        let session = self.session.as_ref();
        let agent = self.agent.as_ref().and_then(|agent| agent.id);
        (
            self.session_id.or(inner.0).or_else(|| session?.id),
            self.agent_id
                .or(inner.1)
                .or_else(|| session?.agent_id)
                .or_else(|| Some(AgentId(agent?.get()))),
        )
    }
}

impl Announcement {
    /// Reads an announcement; nothing if it names no session.
    pub(crate) fn read(json: &str) -> Option<Self> {
        let (session_id, agent_id) = object::<Wire>(json).ok()?.ids();
        Some(Self { session_id: session_id?, agent_id })
    }
}

/// Whether the requested sessions are being listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polling {
    No,
    Once,
    /// And once more, since the answer may leave out what was announced meanwhile.
    Twice,
}

/// One subscription to what a host hears.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) agent: Option<AgentId>,
    pub(crate) socket: Option<Box<HostRealtimeSocketPayload>>,
    pub(crate) connection: Option<u32>,
    pub(crate) is_listening: bool,
    pub(crate) is_paused: bool,
    /// Whether what was announced while it was paused is still to be told.
    pub(crate) has_missed: bool,
    /// Whether an answer is waited for, and whether to ask again once it is there.
    pub(crate) polling: Polling,
    pub(crate) polled_at: Duration,
    failures: u32,
    announced: BTreeSet<SessionId>,
    /// What was pushed since the sessions were last asked for, so that the answer need not have it.
    recent: BTreeSet<SessionId>,
}

impl Host {
    pub(crate) fn new(
        agent: Option<AgentId>,
        socket: Option<Box<HostRealtimeSocketPayload>>,
    ) -> Self {
        Self {
            agent,
            socket,
            connection: None,
            is_listening: false,
            is_paused: false,
            has_missed: false,
            polling: Polling::No,
            polled_at: Duration::ZERO,
            failures: 0,
            announced: BTreeSet::new(),
            recent: BTreeSet::new(),
        }
    }

    /// The call that lists what is requested.
    pub(crate) fn poll(&mut self, api: &Api) -> Result<Call, BuildError> {
        self.recent.clear();
        let mut api = api.clone().retry(RetryPolicy::NEVER);
        if let Some(agent) = self.agent {
            api = api.acting_as(agent);
        }
        api.call(&ListAgentRealtimeRequestedSessions::new().limit(PAGE))
    }

    /// Whether the session was not announced before.
    pub(crate) fn announce(&mut self, session: SessionId) -> bool {
        if self.recent.len() >= REMEMBERED {
            self.recent.pop_first();
        }
        self.recent.insert(session);
        if self.announced.len() >= REMEMBERED {
            self.announced.pop_first();
        }
        self.announced.insert(session)
    }

    /// The sessions of an answer that were not announced before, the best to claim first.
    pub(crate) fn listed(
        &mut self,
        result: Result<http::Response<Bytes>, Error>,
    ) -> Result<Vec<AgentRealtimeSession>, Error> {
        type Sessions = <ListAgentRealtimeRequestedSessions as Operation>::Reply;
        let operation = ListAgentRealtimeRequestedSessions::ENDPOINT.id;
        let sessions = result.and_then(|reply| Ok(Sessions::read(operation, &reply)?));
        let mut sessions = sessions.inspect_err(|_| {
            self.failures = self.failures.saturating_add(1);
        })?;
        self.failures = 0;
        // A session that is not requested any more may be again, and is then announced again. An answer
        // that is full says nothing of what it leaves out.
        if sessions.len() < PAGE as usize {
            let listed: BTreeSet<SessionId> = sessions.iter().map(|session| session.id).collect();
            self.announced.retain(|id| listed.contains(id) || self.recent.contains(id));
        }
        sessions.retain(|session| self.announced.insert(session.id));
        sort(&mut sessions);
        Ok(sessions)
    }

    /// How long to wait before the sessions are listed again.
    pub(crate) fn pause(&self, jitter: &mut Jitter) -> Duration {
        let usual = match self.is_listening {
            true => SAFETY_NET,
            false => Duration::from_millis(1_500) + jitter.up_to(Duration::from_secs(1)),
        };
        match self.failures {
            0 => usual,
            failures => usual.max(Duration::from_secs(2) + jitter.retry(failures)),
        }
    }
}
