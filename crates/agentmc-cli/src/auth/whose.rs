//! Whom a server takes a credential for.

use std::fmt;

use agentmc_blocking::Client;
use agentmc_core::endpoint::Auth;
use agentmc_core::{Api, Error, ErrorKind};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The operation that a credential is checked with: it changes nothing and needs no more than a credential.
const CHECK: &str = "listAgents";

/// Whom the server takes the credential for, as far as it says so.
#[derive(Debug)]
pub(super) struct Whose {
    pub(super) team: Option<u64>,
    pub(super) agents: Option<u64>,
}

/// Asks the server; none if the revision checks nothing with a credential of that kind. A credential that may not list
/// agents is one all the same. `advice` is for one that is refused.
pub(super) fn asked(api: Api, auth: Auth, advice: &str) -> Result<Option<Whose>, Failure> {
    let endpoint = agentmc_core::find(CHECK)?;
    let step = endpoint.step(api.spoken_revision());
    if !step.is_some_and(|step| step.auth.contains(&auth)) {
        return Ok(None);
    }
    let params = Map::from_iter([("per_page".to_owned(), Value::from(1))]);
    match Client::new(api).call(CHECK, params) {
        Ok(page) => Ok(Some(Whose {
            team: page.pointer("/data/0/team_id").and_then(Value::as_u64),
            agents: page.pointer("/meta/total").and_then(Value::as_u64),
        })),
        Err(error) if error.kind() == ErrorKind::Forbidden => {
            Ok(Some(Whose { team: None, agents: None }))
        }
        Err(Error::Api(error)) if error.kind() == ErrorKind::Unauthorized => Err(Failure::Said {
            message: Error::Api(error.clone()).explain(),
            error: Error::Api(error),
            advice: advice.to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// What comes after the server: `, for team 1, with 3 agents`.
impl fmt::Display for Whose {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(team) = self.team {
            write!(out, ", for team {team}")?;
        }
        match self.agents {
            None => Ok(()),
            Some(1) => out.write_str(", with 1 agent"),
            Some(agents) => write!(out, ", with {agents} agents"),
        }
    }
}
