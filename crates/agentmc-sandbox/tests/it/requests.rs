//! Paths, methods and bodies.

use http::Request;
use serde_json::json;

use crate::visitor::Visitor;

#[test]
fn an_unknown_path_is_not_found() {
    let mut visitor = Visitor::new();
    assert_eq!(visitor.get("/planets").code(404), "resource.not_found");
    assert_eq!(visitor.get("/boards/1/columns/2/3").code(404), "resource.not_found");

    let outside = Request::builder().uri("/boards").body(bytes::Bytes::new()).unwrap();
    assert_eq!(visitor.world.handle(&outside).status(), 404);
}

#[test]
fn a_wrong_method_is_refused_with_those_that_are_right() {
    let reply = Visitor::new().delete("/boards", json!({}));
    assert_eq!(reply.code(405), "method.not_allowed");
    let allow = reply.response.headers()["allow"].to_str().unwrap();
    let mut methods: Vec<_> = allow.split(", ").collect();
    methods.sort_unstable();
    assert_eq!(methods, ["GET", "POST"]);
}

#[test]
fn an_id_that_cannot_be_one_leads_nowhere() {
    let mut visitor = Visitor::new();
    for id in ["zero", "0", "-1", "18446744073709551616", "%20"] {
        assert_eq!(visitor.get(&format!("/boards/{id}")).code(404), "resource.not_found", "{id}");
    }
}

#[test]
fn a_body_must_be_a_json_object() {
    let mut visitor = Visitor::new();
    let reply = visitor.post("/boards", json!("text"));
    assert_eq!(reply.code(400), "request.malformed");
    assert_eq!(reply.body["error"]["message"], "The body must be a JSON object.");

    let key = visitor.world.keys().host_key.clone();
    let request = Request::post("/api/v1/boards").header("X-Api-Key", key);
    let broken = request.body(bytes::Bytes::from_static(b"{\"name\": ")).unwrap();
    let response = visitor.world.handle(&broken);
    assert_eq!(response.status(), 400);
    assert!(std::str::from_utf8(response.body()).unwrap().contains("The body is not JSON"));
}

#[test]
fn a_body_over_a_mebibyte_is_refused() {
    let mut visitor = Visitor::new();
    let fits =
        visitor.post("/boards", json!({"name": "Big", "description": "x".repeat(1_000_000)}));
    assert_eq!(fits.status, 201);
    let reply = visitor.post("/boards", json!({"name": "Big", "description": "x".repeat(1 << 20)}));
    assert_eq!(reply.code(413), "request.too_large");
}

#[test]
fn a_credential_is_asked_for_before_parameters_are_looked_at() {
    let mut visitor = Visitor::new();
    assert!(visitor.get("/calendar?per_page=0").problem("per_page").contains("at least 1"));
    visitor.headers([]);
    assert_eq!(visitor.get("/calendar?per_page=0").code(401), "auth.unauthorized");
}

#[test]
fn each_request_has_an_id_and_a_second_of_its_own() {
    let mut visitor = Visitor::new();
    let start = visitor.world.now();
    let first = visitor.get("/boards").response.headers()["x-request-id"].clone();
    let second = visitor.get("/boards").response.headers()["x-request-id"].clone();
    assert_ne!(first, second);
    assert_eq!(visitor.world.now().as_second() - start.as_second(), 2);
}
