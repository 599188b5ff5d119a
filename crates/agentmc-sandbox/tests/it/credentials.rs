//! Who may call what.

use agentmc_types::AgentId;
use serde_json::json;

use crate::visitor::Visitor;

#[test]
fn every_credential_opens_what_takes_it() {
    let mut visitor = Visitor::new();
    let keys = visitor.world.keys().clone();
    let bearer = |token: &str| ("Authorization", format!("Bearer {token}"));
    for credential in [
        ("X-Api-Key", keys.host_key.clone()),
        ("X-Api-Key", keys.team_key.clone()),
        ("X-Api-Key", keys.agent_key.clone()),
        bearer(&keys.agent_token),
        bearer(&keys.bearer_token),
        ("Cookie", format!("theme=dark; laravel_session={}", keys.session_cookie)),
    ] {
        assert_eq!(
            visitor.headers([credential.clone()]).get("/boards").status,
            200,
            "{credential:?}"
        );
    }
}

#[test]
fn a_missing_or_wrong_credential_is_refused() {
    let mut visitor = Visitor::new();
    let none = visitor.headers([]).get("/boards");
    assert_eq!(none.code(401), "auth.unauthorized");
    assert_eq!(none.body["error"]["message"], "There is no credential.");

    let wrong = visitor.headers([("X-Api-Key", "cc_wrong".into())]).get("/boards");
    assert_eq!(wrong.code(401), "auth.unauthorized");
    assert_eq!(wrong.body["error"]["message"], "The credential is not valid.");
}

#[test]
fn a_credential_of_a_kind_the_operation_does_not_take_is_refused() {
    let mut visitor = Visitor::new();
    let reply = visitor.as_person().get("/hosts/realtime/sessions/requested");
    assert_eq!(reply.code(401), "auth.unauthorized");
    assert_eq!(reply.body["error"]["message"], "This operation takes another kind of credential.");

    // Bearer tokens serve where revision 0.1.1 has the path, and nowhere else.
    let token = ("Authorization", format!("Bearer {}", visitor.world.keys().agent_token));
    assert_eq!(
        visitor.headers([token.clone()]).get("/hosts/realtime/sessions/requested").status,
        401
    );
    let agent = visitor.agents()[0];
    let path = format!("/agents/{agent}/realtime/sessions/requested");
    assert_eq!(visitor.headers([token]).get(&path).status, 200);
}

#[test]
fn one_right_credential_among_several_serves() {
    let mut visitor = Visitor::new();
    let key = visitor.world.keys().team_key.clone();
    let headers = [("Authorization", "Bearer wrong".to_owned()), ("X-Api-Key", key)];
    assert_eq!(visitor.headers(headers).get("/boards").status, 200);
}

#[test]
fn an_agent_acts_as_itself_alone() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let key = visitor.world.keys().agent_key.clone();
    let as_agent = |agent: AgentId| [("X-Api-Key", key.clone()), ("X-Agent-Id", agent.to_string())];
    assert_eq!(visitor.headers(as_agent(agents[0])).get("/tasks").status, 200);
    assert_eq!(visitor.headers(as_agent(agents[1])).get("/tasks").code(403), "auth.forbidden");

    visitor.as_agent();
    assert_eq!(visitor.get(&format!("/tasks?agent_id={}", agents[1])).code(403), "auth.forbidden");
    let other = format!("/agents/{}/realtime/sessions/requested", agents[1]);
    assert_eq!(visitor.get(&other).code(403), "auth.forbidden");
}

#[test]
fn an_acting_agent_must_be_in_the_team() {
    let mut visitor = Visitor::new();
    let stranger = visitor.stranger();
    assert_eq!(visitor.acting_as(stranger).get("/tasks").code(404), "resource.not_found");
    assert_eq!(visitor.acting_as(AgentId(999)).get("/tasks").code(404), "resource.not_found");
    visitor.as_team();
    assert_eq!(
        visitor.get("/agents/999/realtime/sessions/requested").code(404),
        "resource.not_found"
    );
    assert_eq!(
        visitor.get("/agents/nobody/realtime/sessions/requested").code(404),
        "resource.not_found"
    );

    let key = visitor.world.keys().team_key.clone();
    let headers = [("X-Api-Key", key), ("X-Agent-Id", "nobody".to_owned())];
    assert_eq!(
        visitor.headers(headers).get("/tasks").problem("X-Agent-Id"),
        "The X-Agent-Id must be the id of an agent."
    );
}

#[test]
fn a_host_acts_for_no_agent_of_another_host() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[2];
    visitor.world.agents.get_mut(&agent).unwrap().host_id = None;
    assert_eq!(visitor.acting_as(agent).get("/tasks").code(403), "auth.forbidden");
}

#[test]
fn things_of_another_team_are_not_there() {
    let mut visitor = Visitor::new();
    let board = visitor.world.boards.values().next_back().unwrap().id;
    let task = visitor.world.tasks.values().next_back().unwrap().id;
    let host = visitor.world.hosts.values().next_back().unwrap().id;
    for path in [
        format!("/boards/{board}"),
        format!("/tasks/{task}"),
        format!("/tasks/{task}/comments"),
        format!("/hosts/{host}"),
    ] {
        assert_eq!(visitor.get(&path).code(404), "resource.not_found", "{path}");
    }
    assert_eq!(visitor.patch(&format!("/boards/{board}"), json!({"name": "Mine"})).status, 404);
    assert_eq!(visitor.delete(&format!("/tasks/{task}"), json!({})).status, 404);
    assert_eq!(visitor.get(&format!("/tasks?board_id={board}")).ids(), [0; 0]);
}
