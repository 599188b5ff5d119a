//! Documents that cannot be read, and text that can.

use agentmc_core::Revision;
use agentmc_openapi::{ReadError, compare, document, parse};
use proptest::prelude::proptest;
use serde_json::{Value, json};

use crate::samples::{lines, taking};

#[test]
fn a_document_may_be_yaml() {
    let yaml = "\
openapi: 3.0.3
info: {title: A, version: '1'}
paths:
  /things:
    post:
      operationId: createThing
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                title: {type: string, maxLength: 20}
                state: {type: string, enum: ['on', 'off']}
      responses:
        204: {description: Done}
";
    let known = taking(
        "3.1.0",
        json!({"type": "object", "properties": {
            "title": {"type": "string", "maxLength": 20}, "state": {"type": "string", "enum": ["on", "off"]},
        }}),
    );
    assert_eq!(lines(&known, &parse(yaml).unwrap()), [""; 0]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "([-?:,\\[\\]{}#&*!|>'\"%@`~. a1\n]|\\PC){0,80}") {
        let _ = parse(&text);
    }
}

#[test]
fn a_document_in_flow_style_is_yaml() {
    let expected =
        json!({"openapi": "3.1.0", "paths": {}, "x-n": [1, -2, 0.5, true, null, "\u{e9}"]});
    let flow = "{openapi: 3.1.0, paths: {}, x-n: [1, -2, 0.5, true, null, é]}";
    assert_eq!(parse(flow).unwrap(), expected);
    assert_eq!(parse(&expected.to_string()).unwrap(), expected);
    assert_eq!(
        parse("{\"openapi\": 3.1.0, paths: {}}").unwrap(),
        json!({"openapi": "3.1.0", "paths": {}})
    );
}

#[test]
fn members_that_are_there_twice_are_refused_in_json_too() {
    let problem = |text| parse(text).unwrap_err().to_string();
    let twice = problem("{\"a\": {\"b\": 1,\n \"b\": 2}}");
    assert!(twice.contains("there is another member called \"b\" at line 2 column "), "{twice}");
    assert!(problem("{a: 1, a: 2}").contains("there is another member called \"a\""));
    assert!(problem("{\"a\": ").contains("EOF while parsing"), "the complaint is JSON's");
}

#[test]
fn text_that_is_neither_is_refused() {
    for text in ["{\"openapi\": ", "a: b: c", "[1, 2", "- a\nb: c"] {
        assert!(matches!(parse(text), Err(ReadError::Text(_))), "{text}");
    }
}

#[test]
fn what_is_no_openapi_document_is_refused() {
    let known = document(Revision::LATEST);
    for (other, problem) in [
        (json!({"swagger": "2.0", "paths": {}}), "its `openapi` is no version 3"),
        (json!([]), "its `openapi` is no version 3"),
        (json!({"openapi": "3.1.0"}), "it has no `paths`"),
    ] {
        let error = compare(&known, &other).unwrap_err();
        assert_eq!(error.to_string(), format!("this is no OpenAPI 3 document: {problem}"));
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_named() {
    let known = document(Revision::LATEST);
    for reference in ["#/components/schemas/Nothing", "other.yaml#/A"] {
        let error = compare(&known, &taking("3.1.0", json!({"$ref": reference}))).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the reference `{reference}` leads nowhere in this document")
        );
    }
}

fn with_schemas(schemas: Value) -> Value {
    let mut document = taking("3.1.0", json!({"$ref": "#/components/schemas/A0"}));
    document["components"]["schemas"] = schemas;
    document
}

#[test]
fn a_schema_may_contain_itself() {
    let tree = with_schemas(json!({"A0": {"properties": {
        "name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/components/schemas/A0"}},
    }}}));
    assert_eq!(lines(&tree, &tree), [""; 0]);
    let looped = with_schemas(json!({"A0": {"$ref": "#/components/schemas/A0"}}));
    assert_eq!(lines(&looped, &looped), [""; 0]);
}

#[test]
fn a_document_that_unfolds_without_end_is_refused() {
    let mut schemas = json!({});
    for level in 0..40 {
        let next = json!({"$ref": format!("#/components/schemas/A{}", level + 1)});
        schemas[format!("A{level}")] = json!({"properties": {"a": next, "b": next}});
    }
    schemas["A40"] = json!({"type": "string"});
    let document = with_schemas(schemas);
    assert!(matches!(compare(&document, &document), Err(ReadError::TooLarge)));
    let mut deep = json!({"type": "string"});
    for _ in 0..100 {
        deep = json!({"type": "array", "items": deep});
    }
    let deep = taking("3.1.0", deep);
    assert!(matches!(compare(&deep, &deep), Err(ReadError::TooLarge)));
}
