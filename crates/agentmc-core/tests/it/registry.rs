//! The list of operations, and what it says of each.

use std::collections::BTreeSet;

use agentmc_core::endpoint::{Endpoint, Method, Param, Tag};
use agentmc_core::{OPERATIONS, Operation, find};
use serde_json::{Value, json};

use crate::typed::TYPED;

#[test]
fn ids_are_sorted_and_unique() {
    let ids: Vec<_> = OPERATIONS.iter().map(|endpoint| endpoint.id).collect();
    assert!(ids.is_sorted_by_key(|id| id.to_lowercase()), "{ids:?}");
    let every: Vec<_> =
        OPERATIONS.iter().flat_map(|endpoint| endpoint.aliases().chain([endpoint.id])).collect();
    assert_eq!(
        every.iter().collect::<BTreeSet<_>>().len(),
        every.len(),
        "an id stands for two operations"
    );
}

#[test]
fn the_list_is_of_the_operation_types() {
    assert_eq!(TYPED.len(), OPERATIONS.len());
    for (typed, endpoint) in TYPED.iter().zip(OPERATIONS) {
        assert_eq!(typed.endpoint.id, endpoint.id);
    }
}

#[test]
fn an_operation_answers_to_every_id_it_ever_had() {
    let mut aliases = Vec::new();
    for endpoint in OPERATIONS {
        assert_eq!(find(endpoint.id).unwrap().id, endpoint.id);
        for step in endpoint.history {
            assert_eq!(find(step.id).unwrap().id, endpoint.id);
        }
        aliases.extend(endpoint.aliases().map(|alias| (alias, endpoint.id)));
    }
    assert_eq!(
        aliases,
        [
            ("commentWorkspaceCalendarItem", "commentCalendarItem"),
            ("createWorkspaceCalendarItem", "createCalendarItem"),
            ("deleteWorkspaceCalendarItem", "deleteCalendarItem"),
            ("getAgentsInstructions", "getAgentInstructions"),
            ("workspaceCalendar", "listCalendar"),
            ("showWorkspaceCalendarItem", "showCalendarItem"),
            ("updateWorkspaceCalendarItem", "updateCalendarItem"),
        ]
    );
}

#[test]
fn an_old_id_serves_in_every_revision() {
    let api = crate::samples::api(agentmc_core::Revision::LATEST);
    let call = api.call_by_name("workspaceCalendar", serde_json::Map::new()).unwrap();
    assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/calendar");
    assert_eq!(call.endpoint().id, "listCalendar");
}

/// Asserts that documentation is prose: whole sentences, nothing left over.
fn is_prose(text: &str, of: &str) {
    assert!(text.ends_with('.'), "{of}: {text}");
    assert!(text.starts_with(|first: char| first.is_uppercase() || first == '`'), "{of}: {text}");
    assert!(!text.contains("  ") && !text.contains("TODO") && !text.contains(" ."), "{of}: {text}");
}

#[test]
fn every_operation_and_parameter_is_documented_in_its_own_words() {
    let mut summaries = BTreeSet::new();
    for endpoint in OPERATIONS {
        is_prose(endpoint.summary(), endpoint.id);
        is_prose(&endpoint.prose(), endpoint.id);
        assert!(
            endpoint.prose().len() > endpoint.summary().len(),
            "{} has no more to say",
            endpoint.id
        );
        assert!(summaries.insert(endpoint.summary()), "{} copies another summary", endpoint.id);
        let mut docs = BTreeSet::new();
        for param in endpoint.params {
            let of = format!("{} {}", endpoint.id, param.field.name);
            is_prose(&param.prose(), &of);
            assert!(docs.insert(param.prose()), "{of} copies another parameter");
        }
    }
}

#[test]
fn what_a_parameter_shares_with_another_operation_it_says_of_its_own() {
    // Bodies of creating and changing differ in what absence means, so their words may not be the same.
    let shared = |name: &str| {
        OPERATIONS
            .iter()
            .filter_map(|endpoint| endpoint.param(name))
            .map(Param::prose)
            .collect::<BTreeSet<_>>()
    };
    for name in ["title", "id", "task", "name", "description"] {
        assert!(shared(name).len() > 1, "{name} says the same everywhere");
    }
}

#[test]
fn an_operation_as_json_is_its_wire_facts() {
    let json = |id: &str| serde_json::to_value(find(id).unwrap()).unwrap();
    let claim = json("claimAgentRealtimeSession");
    let errors = json!([401, 403, 404, 409]);
    assert_eq!(
        claim["revisions"],
        json!({
            "0.1.1": {
                "id": "claimAgentRealtimeSession",
                "method": "POST",
                "path": "/agents/{agent}/realtime/sessions/{session}/claim",
                "auth": ["ApiKeyAuth", "AgentBearerAuth", "BearerAuth"],
                "success": 200,
                "errors": errors,
            },
            "0.3.64": {
                "id": "claimAgentRealtimeSession",
                "method": "POST",
                "path": "/agents/realtime/sessions/{session}/claim",
                "auth": ["ApiKeyAuth"],
                "success": 200,
                "errors": errors,
            },
            "0.3.169": {
                "id": "claimAgentRealtimeSession",
                "method": "POST",
                "path": "/hosts/realtime/sessions/{session}/claim",
                "auth": ["ApiKeyAuth"],
                "success": 200,
                "errors": [401, 403, 404, 409, 422],
            },
        })
    );
    let endpoint = find("claimAgentRealtimeSession").unwrap();
    assert_eq!(claim["summary"], endpoint.summary());
    assert_eq!(
        claim["parameters"],
        json!([
            {"name": "session", "in": "path", "required": true, "type": "integer", "docs": endpoint.params[0].prose()},
            {"name": "owner_token", "in": "body", "required": true, "type": "string", "docs": endpoint.params[1].prose()},
        ])
    );
    assert_eq!(json("listCalendar")["aliases"], json!(["workspaceCalendar"]));
    assert_eq!(json("listCalendar")["parameters"][3]["name"], "type");
}

#[test]
fn every_operation_as_json_has_the_same_members() {
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    for endpoint in OPERATIONS {
        let json = serde_json::to_value(endpoint).unwrap();
        let expected = [
            "id",
            "aliases",
            "tag",
            "summary",
            "agent_scoped",
            "idempotent",
            "revisions",
            "parameters",
        ];
        assert_eq!(names(&json), set(&expected));
        assert_eq!(
            (&json["id"], &json["tag"]),
            (&json!(endpoint.id), &json!(endpoint.tag.as_str()))
        );
        let flags = json!([endpoint.agent_scoped, endpoint.idempotent]);
        assert_eq!(json!([json["agent_scoped"], json["idempotent"]]), flags);
        let revisions: Vec<_> = endpoint.revisions().map(|revision| revision.to_string()).collect();
        assert_eq!(names(&json["revisions"]), revisions.iter().cloned().collect());
        for revision in &revisions {
            let expected = ["id", "method", "path", "auth", "success", "errors"];
            assert_eq!(names(&json["revisions"][revision]), set(&expected));
        }
        assert_eq!(json["parameters"].as_array().unwrap().len(), endpoint.params.len());
        for param in json["parameters"].as_array().unwrap() {
            assert_eq!(names(param), set(&["name", "in", "required", "type", "docs"]));
        }
    }
}

#[test]
fn every_subject_has_operations() {
    let of = |tag: Tag| OPERATIONS.iter().filter(|endpoint| endpoint.tag == tag).count();
    let counts: Vec<_> = Tag::ALL.iter().map(|tag| (tag.as_str(), of(*tag))).collect();
    assert_eq!(
        counts,
        [
            ("Agents", 5),
            ("Boards", 8),
            ("Briefs", 4),
            ("Calendar", 6),
            ("Files", 12),
            ("Hosts", 10),
            ("Logs", 1),
            ("Notifications", 3),
            ("Tasks", 9),
            ("Teams", 2),
        ]
    );
}

#[test]
fn only_requests_that_have_parameters_in_their_body_or_none_documented_send_one() {
    let sends = |endpoint: &&&Endpoint| endpoint.sends_body;
    for endpoint in OPERATIONS.iter().filter(sends) {
        assert_ne!(endpoint.method, Method::GET, "{}", endpoint.id);
    }
    let bodiless: Vec<_> = OPERATIONS
        .iter()
        .filter(|endpoint| {
            !endpoint.sends_body && !matches!(endpoint.method, Method::GET | Method::DELETE)
        })
        .map(|endpoint| endpoint.id)
        .collect();
    assert_eq!(bodiless, [""; 0]);
    assert!(agentmc_core::ops::agents::ConnectAgent::ENDPOINT.open_body);
    assert_eq!(OPERATIONS.iter().filter(|endpoint| endpoint.open_body).count(), 1);
}
