//! The documents this version writes.

use agentmc_core::endpoint::Place;
use agentmc_core::{OPERATIONS, Revision};
use agentmc_openapi::{diff, document, parse};
use serde_json::{Value, json};

const META_SCHEMA: &str = include_str!("../fixtures/openapi-3.1.json");

#[test]
fn every_document_is_what_the_specification_calls_valid() {
    let meta: Value = serde_json::from_str(META_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&meta).unwrap();
    for revision in Revision::ALL {
        let document = document(*revision);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{revision}");
    }
    let broken = json!({"openapi": "3.1.1", "info": {"title": "A"}, "paths": {}});
    assert!(!validator.is_valid(&broken), "the validator can tell");
}

#[test]
fn every_schema_is_a_valid_json_schema() {
    for revision in Revision::ALL {
        let document = document(*revision);
        for (name, _) in document["components"]["schemas"].as_object().unwrap() {
            // The whole document goes along, so that references lead somewhere.
            let mut schema = document.clone();
            schema["$ref"] = format!("#/components/schemas/{name}").into();
            assert!(jsonschema::meta::is_valid(&schema), "{name}");
            jsonschema::validator_for(&schema).unwrap();
        }
    }
}

#[test]
fn every_operation_of_a_revision_is_in_its_document_once() {
    for revision in Revision::ALL {
        let document = document(*revision);
        let paths = document["paths"].as_object().unwrap();
        let mut ids: Vec<&str> = paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        let mut expected: Vec<&str> = OPERATIONS
            .iter()
            .filter_map(|endpoint| endpoint.step(*revision))
            .map(|step| step.id)
            .collect();
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected, "{revision}");
        for endpoint in OPERATIONS {
            let Some(step) = endpoint.step(*revision) else { continue };
            let operation = &paths[step.path][endpoint.method.as_str().to_lowercase()];
            let statuses = operation["responses"].as_object().unwrap();
            assert_eq!(statuses.len(), step.errors.len() + 1, "{}", endpoint.id);
            let placeholders = step.path.matches('{').count();
            let in_path = operation["parameters"].as_array().into_iter().flatten();
            let in_path = in_path.filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(in_path, placeholders, "{}", endpoint.id);
            let body = endpoint
                .params
                .iter()
                .any(|param| param.place == Place::Body && param.field.is_in(*revision));
            assert!(!body || operation["requestBody"].is_object(), "{}", endpoint.id);
        }
    }
}

/// Objects that stand where they are used, and where.
fn unnamed(value: &Value, at: &str, found: &mut Vec<String>) {
    if let Value::Object(members) = value {
        let properties = members.get("properties").and_then(Value::as_object);
        if properties.is_some_and(|properties| !properties.contains_key("data")) {
            found.push(at.to_owned());
        }
        for (name, member) in members {
            unnamed(member, &format!("{at}/{name}"), found);
        }
    }
}

#[test]
fn every_record_of_a_reply_has_a_name() {
    for revision in Revision::ALL {
        let document = document(*revision);
        let mut found = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                unnamed(&operation["responses"], &format!("{method} {path}"), &mut found);
            }
        }
        for (name, record) in document["components"]["schemas"].as_object().unwrap() {
            if name != "ApiError" {
                unnamed(&record["properties"], name, &mut found);
            }
        }
        assert_eq!(found, Vec::<String>::new(), "{revision}");
    }
}

#[test]
fn a_document_says_what_the_registry_knows() {
    let document = document(Revision::LATEST);
    let create = &document["paths"]["/tasks"]["post"];
    assert_eq!(create["operationId"], "createTask");
    assert_eq!(create["summary"], "Creates a task in a column of a board.");
    assert_eq!(create["security"], json!([{"ApiKeyAuth": []}, {"SessionCookieAuth": []}]));
    let body = &create["requestBody"];
    assert_eq!(body["required"], true);
    let schema = &body["content"]["application/json"]["schema"];
    assert_eq!(schema["required"], json!(["board_id", "column_id", "title", "description"]));
    assert_eq!(schema["properties"]["title"]["maxLength"], 255);
    assert_eq!(schema["properties"]["position"]["type"], json!(["integer", "null"]));
    let reply = &create["responses"]["201"]["content"]["application/json"]["schema"];
    assert_eq!(reply["properties"]["data"]["$ref"], "#/components/schemas/Task");
    let download = &document["paths"]["/files/{id}/download"]["get"]["responses"]["302"];
    assert!(download["headers"]["Location"].is_object(), "{download}");
    assert_eq!(
        document["components"]["securitySchemes"]["SessionCookieAuth"]["name"],
        "laravel_session"
    );
}

#[test]
fn the_acting_agent_stands_where_the_revision_has_it() {
    let agent = |revision, path: &str| -> Vec<String> {
        let document = document(revision);
        let parameters = document["paths"][path]["post"]["parameters"].as_array().cloned();
        let named = |parameter: &Value| {
            let name = parameter["name"].as_str().unwrap();
            name.to_lowercase().contains("agent").then(|| format!("{} {name}", parameter["in"]))
        };
        parameters.unwrap_or_default().iter().filter_map(named).collect()
    };
    let path = "/agents/{agent}/realtime/sessions/{session}/claim";
    assert_eq!(agent(Revision::V0_1_1, path), ["\"path\" agent"]);
    assert!(agent(Revision::V0_3_64, "/agents/realtime/sessions/{session}/claim").is_empty());
    let path = "/hosts/realtime/sessions/{session}/claim";
    assert_eq!(agent(Revision::V0_3_169, path), ["\"header\" X-Agent-Id", "\"query\" agent_id"]);
}

#[test]
fn a_document_differs_from_itself_in_nothing() {
    for revision in Revision::ALL {
        let document = document(*revision);
        assert_eq!(diff(&document, *revision).unwrap(), []);
        let text = serde_json::to_string_pretty(&document).unwrap();
        assert_eq!(parse(&text).unwrap(), document);
    }
}

#[test]
fn documents_of_different_revisions_differ() {
    let changes = diff(&document(Revision::V0_3_64), Revision::V0_3_169).unwrap();
    let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    for expected in [
        "- authenticateHostRealtimeSocket (POST /hosts/realtime/socket-auth)",
        "~ agentHeartbeat path: /hosts/heartbeat is now /agents/heartbeat",
        "- agentHeartbeat status 402",
        "- createTask header x-agent-id (integer)",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:#?}");
    }
}
