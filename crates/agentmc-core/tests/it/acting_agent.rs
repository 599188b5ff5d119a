//! The acting agent: in the path, in a header, or nowhere, as the revision has it.

use agentmc_core::ops::{boards::ListBoards, tasks};
use agentmc_core::{Api, Credential, OPERATIONS, Revision};
use serde_json::{Value, json};

use crate::samples::{self, members};

fn api() -> Api {
    Api::new(Credential::api_key("cc_key").unwrap())
}

#[test]
fn the_acting_agent_may_stand_among_the_parameters_where_the_operation_takes_one() {
    let api = Api::new(Credential::api_key("cc_key").unwrap());
    let header = |params: Value| {
        let call = api.call_by_name("showTask", members(params)).unwrap();
        assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/tasks/1");
        call.request().headers()["x-agent-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(header(json!({"task": 1, "agent_id": 7})), "7");
    assert_eq!(header(json!({"task": 1, "agent_id": "7"})), "7");
    assert_eq!(header(json!({"task": 1, "X-Agent-Id": 7})), "7");
    let error =
        api.call_by_name("showTask", members(json!({"task": 1, "agent_id": "seven"}))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "showTask cannot send this value for `agent_id`: it must be the id of an agent"
    );
    let old = api.clone().revision(Revision::V0_1_1);
    let call = old
        .call_by_name("claimAgentRealtimeSession", members(json!({"session": 1, "agent": 7})))
        .unwrap();
    assert_eq!(
        call.request().uri(),
        "https://agentmc.ai/api/v1/agents/7/realtime/sessions/1/claim"
    );
}

#[test]
fn a_path_that_names_the_acting_agent_needs_one() {
    let api = Api::new(Credential::api_key("cc_key").unwrap()).revision(Revision::V0_1_1);
    let mut needing = 0;
    for endpoint in OPERATIONS {
        let Some(step) = endpoint.step(Revision::V0_1_1).filter(|step| step.names_agent()) else {
            continue;
        };
        let api = api.clone().credential(Credential::agent_token("token").unwrap());
        let params = samples::params(endpoint, Revision::V0_1_1);
        let error = api.call_by_name(step.id, params.clone()).unwrap_err();
        let message = format!(
            "{} needs to know which agent acts in revision 0.1.1: set the acting agent",
            endpoint.id
        );
        assert_eq!(error.to_string(), message);
        let call = api.acting_as(7).call_by_name(step.id, params).unwrap();
        assert!(
            call.request().uri().path().starts_with("/api/v1/agents/7/"),
            "{}",
            call.request().uri()
        );
        needing += 1;
    }
    assert_eq!(needing, 8);
}

#[test]
fn the_header_is_sent_by_agent_scoped_operations_of_the_newest_revision_alone() {
    let agent = |api: Api| {
        let call = api.call(&tasks::ShowTask::new(1)).unwrap();
        call.request().headers().get("x-agent-id").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(agent(api().acting_as(7)).as_deref(), Some("7"));
    assert_eq!(agent(api()), None);
    assert_eq!(agent(api().acting_as(7).revision(Revision::V0_3_64)), None);
    assert_eq!(agent(api().acting_as(7).revision(Revision::V0_1_1)), None);
    let call = api().acting_as(7).call(&ListBoards::new()).unwrap();
    assert!(call.request().headers().get("x-agent-id").is_none());
}

#[test]
fn an_agent_that_filters_a_listing_stays_in_the_query() {
    let call = api().acting_as(7).call(&tasks::ListTasks::new().agent_id(9)).unwrap();
    assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/tasks?agent_id=9");
    assert_eq!(call.request().headers()["x-agent-id"], "7");
    let call = api().call_by_name("listTasks", members(json!({"agent_id": 9}))).unwrap();
    assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/tasks?agent_id=9");
    assert!(call.request().headers().get("x-agent-id").is_none());
}

#[test]
fn an_agent_among_the_parameters_takes_the_place_of_the_configured_one() {
    let call = api()
        .acting_as(7)
        .call_by_name("showTask", members(json!({"task": 1, "agent_id": 9})))
        .unwrap();
    assert_eq!(call.request().headers().get_all("x-agent-id").iter().collect::<Vec<_>>(), ["9"]);
}
