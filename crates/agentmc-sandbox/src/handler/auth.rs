//! Who is calling.

use agentmc_core::endpoint::Auth;
use agentmc_core::endpoint::route::Match;
use agentmc_types::{AgentId, TeamId, UserId};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};

use crate::reply::Refusal;
use crate::world::World;

/// Whoever a credential belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) team: TeamId,
    pub(crate) who: Who,
}

/// What a credential stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The host's key.
    Host,
    /// A key of the whole team.
    Team,
    /// One agent.
    Agent(AgentId),
    /// A person in a browser.
    User(UserId),
}

/// The first credential of the request that is right and that the operation takes.
pub(super) fn caller(world: &World, headers: &HeaderMap, found: &Match) -> Result<Caller, Refusal> {
    let steps = || found.revisions.iter().filter_map(|revision| found.endpoint.step(*revision));
    let accepted = |auth: Auth| steps().any(|step| step.auth.contains(&auth));
    let credentials = credentials(world, headers);
    let who = credentials.iter().find(|(auth, _)| accepted(*auth)).map(|(_, who)| *who);
    let refuse = || {
        let given = [AUTHORIZATION.as_str(), COOKIE.as_str(), "x-api-key"]
            .iter()
            .any(|name| headers.contains_key(*name));
        match (given, credentials.is_empty()) {
            (_, false) => Refusal::unauthorized("This operation takes another kind of credential."),
            (true, true) => Refusal::unauthorized("The credential is not valid."),
            (false, true) => Refusal::unauthorized("There is no credential."),
        }
    };
    Ok(Caller { team: world.owner.team, who: who.ok_or_else(refuse)? })
}

/// Every credential of the request that is right.
fn credentials(world: &World, headers: &HeaderMap) -> Vec<(Auth, Who)> {
    let (keys, owner) = (world.keys(), world.owner);
    let texts = |name: &str| {
        let values = headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut credentials = Vec::new();
    for key in texts("x-api-key") {
        let kinds = [
            (&keys.host_key, Who::Host),
            (&keys.team_key, Who::Team),
            (&keys.agent_key, Who::Agent(owner.agent)),
        ];
        let known = kinds.into_iter().filter(|(known, _)| **known == key.trim());
        credentials.extend(known.map(|(_, who)| (Auth::ApiKey, who)));
    }
    for value in texts(AUTHORIZATION.as_str()) {
        let Some((scheme, token)) = value.trim().split_once(' ') else { continue };
        let kinds = [
            (&keys.agent_token, Auth::AgentBearer, Who::Agent(owner.agent)),
            (&keys.bearer_token, Auth::Bearer, Who::Team),
            (&keys.connect_token, Auth::ConnectToken, Who::Team),
        ];
        let known = |(known, ..): &(&String, Auth, Who)| {
            scheme.eq_ignore_ascii_case("bearer") && *known == token.trim()
        };
        credentials.extend(kinds.into_iter().filter(known).map(|(_, auth, who)| (auth, who)));
        let connected = world.agent_tokens.get(token.trim());
        let connected = connected.filter(|_| scheme.eq_ignore_ascii_case("bearer"));
        credentials.extend(connected.map(|agent| (Auth::AgentBearer, Who::Agent(*agent))));
    }
    for value in texts(COOKIE.as_str()) {
        let pairs = value.split(';').filter_map(|pair| pair.trim().split_once('='));
        let session = pairs
            .filter(|(name, cookie)| *name == "laravel_session" && *cookie == keys.session_cookie);
        credentials.extend(session.map(|_| (Auth::SessionCookie, Who::User(owner.user))));
    }
    credentials
}
