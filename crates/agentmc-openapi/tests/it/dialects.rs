//! The same said in other words, as other documents say it, is the same.

use serde_json::json;

use crate::samples::{lines, one, taking};

#[test]
fn null_is_written_in_many_ways() {
    let known = taking("3.1.0", json!({"properties": {"a": {"type": ["string", "null"]}}}));
    for a in [
        json!({"type": "string", "nullable": true}),
        json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
        json!({"oneOf": [{"type": "null"}, {"type": "string"}]}),
        json!({"allOf": [{"type": "string"}], "nullable": true}),
    ] {
        let published = taking("3.0.3", json!({"type": "object", "properties": {"a": a}}));
        assert_eq!(lines(&known, &published), [""; 0], "{a}");
    }
    let published = taking("3.0.3", json!({"properties": {"a": {"type": "string"}}}));
    assert_eq!(lines(&known, &published), ["- createThing body.a nullable true"]);
}

#[test]
fn a_schema_is_the_same_by_reference_and_in_place() {
    let known = taking("3.1.0", json!({"properties": {"a": {"type": "integer", "maximum": 5}}}));
    let mut published = taking("3.0.0", json!({"$ref": "#/components/schemas/Thing"}));
    published["components"]["schemas"] = json!({
        "Thing": {"allOf": [{"$ref": "#/components/schemas/Part~1One"}], "type": "object"},
        "Part/One": {"properties": {"a": {"maximum": 5.0, "type": "integer", "format": "int32"}}},
    });
    assert_eq!(lines(&known, &published), [""; 0]);
}

#[test]
fn an_empty_object_may_be_described_as_a_list_as_well() {
    let known = taking("3.1.0", json!({"properties": {"meta": {"type": ["object", "null"]}}}));
    let free = json!({"type": "object", "additionalProperties": true});
    let meta = json!({"nullable": true, "oneOf": [free, {"type": "array", "items": free}]});
    let published = taking("3.0.3", json!({"properties": {"meta": meta}}));
    assert_eq!(lines(&known, &published), [""; 0]);
}

#[test]
fn the_path_of_the_api_may_stand_in_its_server_or_in_every_path() {
    let operation = json!({"operationId": "createThing", "responses": {}});
    let known = one("3.1.0", operation.clone());
    let mut published = one("3.1.0", json!(null));
    published["paths"] = json!({"/api/v1/things": {"post": operation}});
    assert_eq!(lines(&known, &published), [""; 0]);
}

#[test]
fn several_types_are_alternatives_whether_listed_or_apart() {
    let known = taking("3.1.0", json!({"properties": {"a": {"type": ["string", "boolean"]}}}));
    let apart = json!({"oneOf": [{"type": "boolean"}, {"type": "string"}]});
    let published = taking("3.0.3", json!({"properties": {"a": apart}}));
    assert_eq!(lines(&known, &published), [""; 0]);
    let fewer = taking("3.0.3", json!({"properties": {"a": {"type": "string"}}}));
    assert_eq!(
        lines(&known, &fewer),
        [
            "+ createThing body.a type string",
            "- createThing body.a(boolean) (boolean)",
            "- createThing body.a(string) (string)",
        ]
    );
}

#[test]
fn headers_are_the_same_in_any_case_and_those_described_elsewhere_do_not_count() {
    let with = |parameters| {
        one("3.1.0", json!({"operationId": "a", "parameters": parameters, "responses": {}}))
    };
    let header = |name: &str| json!({"name": name, "in": "header", "schema": {"type": "string"}});
    let known = with(json!([header("X-Agent-Id")]));
    let published = with(json!([header("x-agent-ID"), header("Authorization")]));
    assert_eq!(lines(&known, &published), [""; 0]);
}

#[test]
fn what_the_service_answers_is_compared_by_members_types_and_values() {
    let answering = |schema| {
        let content = json!({"application/json": {"schema": schema}});
        let responses = json!({"200": {"description": "Done", "content": content}});
        one("3.1.0", json!({"operationId": "a", "responses": responses}))
    };
    let known = answering(json!({"properties": {
        "id": {"type": "integer"}, "state": {"type": "string", "enum": ["on", "off"]}, "old": {"type": "string"},
    }}));
    let published = answering(json!({"required": ["id"], "properties": {
        "id": {"type": "integer", "minimum": 1}, "state": {"type": "string", "enum": ["on", "idle"]},
        "new": {"type": "string", "format": "email", "maxLength": 3},
    }}));
    assert_eq!(
        lines(&known, &published),
        [
            "+ a reply 200.new (string)",
            "- a reply 200.old (string)",
            "- a reply 200.state enum off",
            "+ a reply 200.state enum idle",
        ]
    );
}

#[test]
fn an_operation_is_found_under_its_new_id_and_under_its_old_ones() {
    let with = |id: &str| one("3.1.0", json!({"operationId": id, "responses": {}}));
    assert_eq!(
        lines(&with("listCalendar"), &with("workspaceCalendar")),
        ["~ listCalendar id: listCalendar is now workspaceCalendar"]
    );
    assert_eq!(
        lines(&with("makeThing"), &with("createThing")),
        ["~ makeThing id: makeThing is now createThing"]
    );
}

#[test]
fn the_limits_of_a_text_may_stand_with_the_alternatives_or_within_one() {
    let known = taking(
        "3.1.0",
        json!({"properties": {"a": {"type": ["string", "boolean"], "maxLength": 64}}}),
    );
    let apart = json!({"oneOf": [{"type": "boolean"}, {"type": "string", "maxLength": 64}]});
    let published = taking("3.0.3", json!({"properties": {"a": apart}}));
    assert_eq!(lines(&known, &published), [""; 0]);
}

#[test]
fn a_parameter_is_not_null_whatever_is_said() {
    let with = |schema| {
        let parameters = json!([{"name": "page", "in": "query", "schema": schema}]);
        one("3.0.3", json!({"operationId": "a", "parameters": parameters, "responses": {}}))
    };
    let known = with(json!({"type": "integer"}));
    let published = with(json!({"type": "integer", "nullable": true}));
    assert_eq!(lines(&known, &published), [""; 0]);
}
