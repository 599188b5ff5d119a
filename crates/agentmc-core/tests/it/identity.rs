//! By name, typed, and read back from the wire: one and the same call.

use agentmc_core::endpoint::route::{Route, route};
use agentmc_core::types::AgentId;
use agentmc_core::{Api, Call, Endpoint, Revision};
use serde_json::{Map, Value};

use crate::generate::{self, Keep};
use crate::samples;
use crate::typed::{TYPED, Typed};

/// How many calls are made for each operation and revision.
const CASES: u32 = 24;

#[test]
fn by_name_typed_and_read_back_are_the_same_call() {
    every_call_is_itself(true, samples::api);
}

#[test]
fn without_limits_unknown_values_arrive_unchanged() {
    every_call_is_itself(false, |revision| samples::api(revision).check_limits(false));
}

fn every_call_is_itself(limits: bool, api: impl Fn(Revision) -> Api) {
    for typed in TYPED {
        for revision in typed.endpoint.revisions() {
            let api = api(revision);
            let params = generate::params(typed.endpoint, Keep { revision, limits });
            let result = generate::run(CASES, &params, |params| {
                call_is_itself(&api, typed, params)
                    .map_err(|(what, by, wrong)| format!("{what}\n{by}\n{wrong}"))
            });
            assert!(result.is_ok(), "{} in {revision}: {}", typed.endpoint.id, result.unwrap_err());
        }
    }
}

fn call_is_itself(
    api: &Api,
    typed: &Typed,
    params: Map<String, Value>,
) -> Result<(), (&'static str, String, String)> {
    let endpoint = typed.endpoint;
    let json = Value::from(params.clone());
    let refused =
        |error: agentmc_core::BuildError| ("refused", json.to_string(), error.to_string());
    let by_name = api.call_by_name(endpoint.id, params.clone()).map_err(refused)?;
    let (call, value) = (typed.call)(api, params).map_err(refused)?;

    same("the typed request", wire(&by_name), wire(&call))?;
    same("the JSON of the operation", json.to_string(), value.to_string())?;
    same("the endpoint", endpoint.id, by_name.endpoint().id)?;

    let (agent, params) = read_back(api, endpoint, &by_name);
    same("the parameters read back", json.to_string(), Value::from(params).to_string())?;
    same(
        "the acting agent read back",
        format!("{:?}", sent_agent(api, endpoint)),
        format!("{agent:?}"),
    )
}

fn same(
    what: &'static str,
    right: impl Into<String>,
    other: impl Into<String>,
) -> Result<(), (&'static str, String, String)> {
    let (right, other) = (right.into(), other.into());
    if right == other { Ok(()) } else { Err((what, right, other)) }
}

/// Everything that is sent.
fn wire(call: &Call) -> String {
    let request = call.request();
    let body = std::str::from_utf8(request.body()).unwrap();
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name, value.as_bytes().to_vec())).collect();
    format!("{} {}\n{headers:?}\n{body}", request.method(), request.uri())
}

fn read_back(api: &Api, endpoint: &Endpoint, call: &Call) -> (Option<AgentId>, Map<String, Value>) {
    let request = call.request();
    let path = request.uri().path().strip_prefix(api.base().path()).unwrap();
    let Route::Found(found) = route(request.method(), path) else { panic!("{path} leads nowhere") };
    assert_eq!(found.endpoint.id, endpoint.id, "{path}");
    assert!(found.revisions.contains(&api.spoken_revision()), "{path} is in {:?}", found.revisions);
    let incoming = found.read(request).unwrap();
    (incoming.agent, incoming.params)
}

/// The acting agent, if the request has a place for it.
fn sent_agent(api: &Api, endpoint: &Endpoint) -> Option<AgentId> {
    let revision = api.spoken_revision();
    let in_path = endpoint.step(revision).unwrap().names_agent();
    api.agent().filter(|_| in_path || endpoint.sends_agent_header(revision))
}
