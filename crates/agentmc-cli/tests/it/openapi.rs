//! `agentmc openapi`.

use serde_json::{Value, json};

use crate::process::{feed, run};

fn document() -> Value {
    run(&["openapi"]).json()
}

#[test]
fn the_api_is_written_as_a_document_of_the_revision_asked_for() {
    let newest = document();
    assert_eq!(newest["openapi"], "3.1.1");
    assert_eq!(newest["info"]["version"], "0.3.169");
    let oldest = run(&["openapi", "--revision", "0.1.1"]).json();
    assert_eq!(oldest["info"]["version"], "0.1.1");
    assert_eq!(run(&["openapi", "-o", "table"]).json(), newest);
}

#[test]
fn a_document_of_ours_is_the_same_in_json_and_yaml() {
    for form in ["json", "yaml"] {
        let text = run(&["openapi", "-o", form]).stdout;
        let ran = feed(text.as_bytes(), &[], &["openapi", "diff", "-", "-o", "table"]);
        assert_eq!(
            (ran.code, &*ran.stdout, &*ran.stderr),
            (0, "The document says the same as revision 0.3.169.\n", ""),
            "{form}"
        );
        let ran = feed(text.as_bytes(), &[], &["openapi", "diff", "-"]);
        assert_eq!((ran.code, &*ran.stdout), (0, "[]\n"), "{form}");
    }
}

#[test]
fn what_a_published_document_says_differently_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("published.json");
    let mut published = document();
    let create = &mut published["paths"]["/tasks"]["post"];
    let schema = &mut create["requestBody"]["content"]["application/json"]["schema"];
    schema["properties"]["title"]["maxLength"] = 120.into();
    schema["properties"]["labels"] = json!({"type": "array", "items": {"type": "string"}});
    published["paths"].as_object_mut().unwrap().remove("/logs").unwrap();
    std::fs::write(&file, published.to_string()).unwrap();
    let file = file.to_str().unwrap();

    let ran = run(&["openapi", "diff", file, "-o", "table"]);
    assert_eq!(
        ran.stdout,
        "\
+ createTask body.labels (array)
~ createTask body.title maxLength: 255 is now 120
- listLogs (GET /logs)

Against revision 0.3.169: 1 added, 1 gone, 1 changed.
"
    );
    assert_eq!((ran.code, &*ran.stderr), (1, ""));
    let ran = run(&["openapi", "diff", file]);
    assert_eq!(
        ran.json(),
        json!([
            {"kind": "added", "operation": "createTask", "place": "body.labels", "published": "array"},
            {"kind": "changed", "operation": "createTask", "place": "body.title", "aspect": "maxLength",
             "known": 255, "published": 120},
            {"kind": "gone", "operation": "listLogs", "place": "", "known": "GET /logs"},
        ])
    );
    assert_eq!((ran.code, &*ran.stderr), (1, ""));
}

#[test]
fn what_is_no_document_is_refused_with_the_reason() {
    for (input, expected) in [
        (
            "{\"swagger\": \"2.0\"}",
            "agentmc: standard input: this is no OpenAPI 3 document: its `openapi` is no version 3",
        ),
        (
            "openapi: 3.0.0",
            "agentmc: standard input: this is no OpenAPI 3 document: it has no `paths`",
        ),
    ] {
        let ran = feed(input.as_bytes(), &[], &["openapi", "diff", "-"]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.error()), (2, "", expected));
    }
    let ran = run(&["openapi", "diff", "/nowhere/openapi.json"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.error().starts_with("agentmc: /nowhere/openapi.json cannot be read: "),
        "{}",
        ran.error()
    );
}
