//! Choosing a session, and claiming it.

use std::collections::VecDeque;

use agentmc_types::{
    AgentId, AgentRealtimeSession, RealtimeCloseStatus, RealtimeSessionStatus, Revision, Secret,
    SessionId, Timestamp,
};
use bytes::Bytes;

use super::end::End;
use super::message::hex;
use super::signal::Listed;
use crate::api::Api;
use crate::call::Call;
use crate::error::{BuildError, Error};
use crate::operation::Operation;
use crate::ops::hosts::{
    ClaimAgentRealtimeSession, CloseAgentRealtimeSession, ListAgentRealtimeRequestedSessions,
    ListAgentRealtimeSignals,
};
use crate::reply::Reply;

/// How long a browser may be ahead of the agent before the agent counts as gone, in seconds.
const SILENCE: i64 = 90;

/// How long an owner may hold a session nobody else was heard of in, in seconds.
const HOLD: i64 = 300;

/// Why a stale session is closed.
const RECOVERY: &str = "sdk_stale_claim_recovery";

/// The default owner token: random, so that no two processes share one by accident.
///
/// ```
/// let token = agentmc_core::realtime::claim::owner_token([0xab; 24]);
/// assert_eq!(token.expose(), format!("agent-claim:{}", "ab".repeat(24)));
/// ```
#[must_use]
pub fn owner_token(random: [u8; 24]) -> Secret {
    format!("agent-claim:{}", hex(&random)).into()
}

/// Who holds a session that could not be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Whoever has this owner token.
    Us,
    /// Another owner, who seems to be there; or nobody knows who.
    Other,
    /// Another owner, who seems to be gone.
    Gone,
}

/// Finds out who holds a session, from what the service tells of it.
#[must_use]
pub fn holder(session: &AgentRealtimeSession, token: &Secret, now: Timestamp) -> Holder {
    let meta = |name: &str| session.meta.as_ref()?.get(name)?.as_str();
    let time = |name: &str| meta(name)?.parse::<Timestamp>().ok();
    match meta("claim_owner_token").filter(|owner| !owner.is_empty()) {
        None => return Holder::Other,
        Some(owner) if owner == token.expose() => return Holder::Us,
        Some(_) => {}
    }
    let browser = session.last_browser_heartbeat_at.or(session.updated_at).or(session.created_at);
    let owner = time("claim_owner_updated_at")
        .or_else(|| time("claim_owner_claimed_at"))
        .or(session.claimed_at);
    let ahead = |of: Timestamp, before: Timestamp| of.duration_since(before).as_secs();
    let is_over =
        matches!(session.status, RealtimeSessionStatus::Closed | RealtimeSessionStatus::Failed);
    let is_gone = match (browser, session.last_agent_heartbeat_at, owner) {
        (Some(browser), Some(agent), _) => ahead(browser, agent) >= SILENCE,
        (Some(browser), None, Some(owner)) => ahead(browser, owner) >= SILENCE,
        (None, None, Some(owner)) => ahead(now, owner) >= HOLD,
        _ => false,
    };
    if is_over || is_gone { Holder::Gone } else { Holder::Other }
}

/// Puts sessions in the order to claim them in: those a user asked for first, then the newest first.
pub fn sort(sessions: &mut [AgentRealtimeSession]) {
    let by_user =
        |session: &AgentRealtimeSession| session.requested_by_user_id.is_some_and(|id| id.0 > 0);
    sessions.sort_by_key(|session| std::cmp::Reverse((by_user(session), session.id)));
}

/// What to do next.
#[derive(Debug)]
#[must_use]
pub enum ClaimStep {
    /// Make a call and tell what came of it.
    Call(Box<Call>),
    /// The session is claimed, or none can be.
    Done(Result<Box<AgentRealtimeSession>, End>),
}

/// Claims a session: a given one, or the best of those that are requested.
///
/// Of a session another owner holds, it finds out whether that owner is still there. If not, it closes
/// the session as failed and claims it once more. Otherwise it goes on to the next candidate.
///
/// ```
/// use agentmc_core::realtime::claim::{Claim, ClaimStep, owner_token};
/// use agentmc_core::{Api, Credential};
///
/// let api = Api::new(Credential::api_key("cc_key")?).acting_as(7);
/// let mut claim = Claim::session(api, owner_token([1; 24]), 42.into());
/// let ClaimStep::Call(call) = claim.start() else { panic!("a claim is a call") };
/// assert_eq!(call.endpoint().id, "claimAgentRealtimeSession");
///
/// let body = r#"{"data": {"id": 42, "team_id": 1, "agent_id": 7, "status": "claimed"}}"#;
/// let reply = http::Response::new(body.into());
/// let ClaimStep::Done(Ok(session)) = claim.replied("2026-02-22T17:21:00Z".parse()?, Ok(reply)) else {
///     panic!("200 is a claim")
/// };
/// assert_eq!(session.id.get(), 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Claim {
    api: Api,
    token: Secret,
    /// Whether one session is meant and no other will do.
    is_fixed: bool,
    stage: Stage,
    candidates: VecDeque<Candidate>,
    /// What to say if no candidate is left.
    refusal: Option<Error>,
}

#[derive(Debug)]
enum Stage {
    Start,
    Listing,
    Claiming { candidate: Candidate, is_second: bool },
    Looking { candidate: Candidate, is_second: bool },
    Closing(Candidate),
}

#[derive(Debug)]
struct Candidate {
    id: SessionId,
    agent: Option<AgentId>,
    /// The session as it was listed.
    session: Option<Box<AgentRealtimeSession>>,
}

impl Claim {
    /// Claims one session.
    #[must_use]
    pub fn session(api: Api, token: Secret, id: SessionId) -> Self {
        let candidate = Candidate { id, agent: api.agent(), session: None };
        Self { is_fixed: true, candidates: VecDeque::from([candidate]), ..Self::best(api, token) }
    }

    /// Claims the best session that is requested.
    #[must_use]
    pub fn best(api: Api, token: Secret) -> Self {
        Self {
            api,
            token,
            is_fixed: false,
            stage: Stage::Start,
            candidates: VecDeque::new(),
            refusal: None,
        }
    }

    /// The first step.
    pub fn start(&mut self) -> ClaimStep {
        if self.is_fixed {
            return self.next();
        }
        self.stage = Stage::Listing;
        step(self.api.call(&ListAgentRealtimeRequestedSessions::new().limit(100)))
    }

    /// The step after a call. `now` is the time by the wall clock.
    pub fn replied(
        &mut self,
        now: Timestamp,
        result: Result<http::Response<Bytes>, Error>,
    ) -> ClaimStep {
        match std::mem::replace(&mut self.stage, Stage::Start) {
            Stage::Start => ClaimStep::Done(Err(End::NoneRequested)),
            Stage::Listing => self.listed(result),
            Stage::Claiming { candidate, is_second } => {
                self.claimed(now, candidate, is_second, result)
            }
            Stage::Looking { candidate, is_second } => {
                let seen = result.ok().and_then(|reply| {
                    Listed::read(reply.body(), candidate.id).ok()?.session.map(Box::new)
                });
                match seen.or_else(|| candidate.session.clone()) {
                    Some(session) => self.judge(now, candidate, is_second, session, true),
                    None => self.next(),
                }
            }
            Stage::Closing(candidate) => match result {
                Ok(_) => self.claim(candidate, true),
                Err(error) if matches!(status(&error), 404 | 410) => self.claim(candidate, true),
                Err(error) => {
                    self.refusal = Some(error);
                    self.next()
                }
            },
        }
    }

    fn listed(&mut self, result: Result<http::Response<Bytes>, Error>) -> ClaimStep {
        type Sessions = <ListAgentRealtimeRequestedSessions as Operation>::Reply;
        let operation = ListAgentRealtimeRequestedSessions::ENDPOINT.id;
        let sessions = result.and_then(|reply| Ok(Sessions::read(operation, &reply)?));
        let mut sessions = match sessions {
            Ok(sessions) => sessions,
            Err(error) => return ClaimStep::Done(Err(End::Refused(error))),
        };
        sort(&mut sessions);
        let candidate = |session: AgentRealtimeSession| Candidate {
            id: session.id,
            agent: Some(session.agent_id),
            session: Some(Box::new(session)),
        };
        self.candidates = sessions.into_iter().map(candidate).collect();
        self.next()
    }

    fn claimed(
        &mut self,
        now: Timestamp,
        candidate: Candidate,
        is_second: bool,
        result: Result<http::Response<Bytes>, Error>,
    ) -> ClaimStep {
        type Claimed = <ClaimAgentRealtimeSession as Operation>::Reply;
        let operation = ClaimAgentRealtimeSession::ENDPOINT.id;
        let error = match result.and_then(|reply| Ok(Claimed::read(operation, &reply)?)) {
            Ok(session) => return ClaimStep::Done(Ok(Box::new(session))),
            Err(error) => error,
        };
        match status(&error) {
            409 => {
                let told = told(&error);
                self.refusal = Some(error);
                match told {
                    Some(session) => self.judge(now, candidate, is_second, session, false),
                    None => self.look(candidate, is_second),
                }
            }
            // Another candidate may be somebody else's, or another agent's: this says nothing of it.
            403 | 404 | 410 | 422 if !self.is_fixed => {
                self.refusal = Some(error);
                self.next()
            }
            _ => ClaimStep::Done(Err(End::of(error))),
        }
    }

    fn judge(
        &mut self,
        now: Timestamp,
        candidate: Candidate,
        is_second: bool,
        session: Box<AgentRealtimeSession>,
        has_looked: bool,
    ) -> ClaimStep {
        use RealtimeSessionStatus::{Closed, Expired, Failed};

        match holder(&session, &self.token, now) {
            // What is over is nobody's.
            Holder::Us if matches!(session.status, Closed | Expired | Failed) => {
                match self.is_fixed {
                    true => ClaimStep::Done(Err(End::Over(session.status))),
                    false => self.next(),
                }
            }
            Holder::Us if session.socket.is_some() || has_looked => ClaimStep::Done(Ok(session)),
            Holder::Us => self.look(candidate, is_second),
            Holder::Gone if !is_second => self.close(candidate),
            Holder::Gone | Holder::Other => self.next(),
        }
    }

    fn next(&mut self) -> ClaimStep {
        match (self.candidates.pop_front(), self.refusal.take()) {
            (Some(candidate), _) => self.claim(candidate, false),
            (None, Some(error)) => ClaimStep::Done(Err(End::of(error))),
            (None, None) => ClaimStep::Done(Err(End::NoneRequested)),
        }
    }

    fn claim(&mut self, candidate: Candidate, is_second: bool) -> ClaimStep {
        let operation = ClaimAgentRealtimeSession::new(candidate.id);
        let operation = match self.api.spoken_revision() >= Revision::V0_3_169 {
            true => operation.owner_token(self.token.clone()),
            false => operation,
        };
        let call = self.acting_for(&candidate).call(&operation);
        self.stage = Stage::Claiming { candidate, is_second };
        step(call)
    }

    fn look(&mut self, candidate: Candidate, is_second: bool) -> ClaimStep {
        let operation = ListAgentRealtimeSignals::new(candidate.id).limit(1);
        let call = self.acting_for(&candidate).call(&operation);
        self.stage = Stage::Looking { candidate, is_second };
        step(call)
    }

    fn close(&mut self, candidate: Candidate) -> ClaimStep {
        let operation = CloseAgentRealtimeSession::new(candidate.id);
        let operation = operation.reason(RECOVERY).status(RealtimeCloseStatus::Failed);
        let call = self.acting_for(&candidate).call(&operation);
        self.stage = Stage::Closing(candidate);
        step(call)
    }

    fn acting_for(&self, candidate: &Candidate) -> Api {
        match candidate.agent {
            Some(agent) => self.api.clone().acting_as(agent),
            None => self.api.clone(),
        }
    }
}

fn step(call: Result<Call, BuildError>) -> ClaimStep {
    match call {
        Ok(call) => ClaimStep::Call(Box::new(call)),
        Err(error) => ClaimStep::Done(Err(End::Refused(error.into()))),
    }
}

fn status(error: &Error) -> u16 {
    error.status().map_or(0, |status| status.as_u16())
}

/// The session a refusal tells of.
fn told(error: &Error) -> Option<Box<AgentRealtimeSession>> {
    let Error::Api(error) = error else { return None };
    let session = error.details.as_ref()?.get("session")?;
    serde_json::from_value(session.clone()).ok().map(Box::new)
}
