//! Briefs.

use serde_json::{Value, json};

use crate::visitor::{Reply, Visitor};

/// A brief to store; `more` adds to its members, or replaces them.
fn brief(more: Value) -> Value {
    let mut brief = json!({"key": "weather", "name": "Weather", "content_markdown": "Sun."});
    brief.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"brief": brief})
}

fn stored(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{}", reply.body);
    reply.body["brief"].clone()
}

#[test]
fn the_same_key_means_the_same_brief_and_another_entry() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[1];
    let more =
        json!({"headline": "Fair", "sections": [{"name": "Today"}], "timezone": "Europe/Vienna"});
    let first = stored(&visitor.acting_as(agent).post("/briefs", brief(more)), 201);
    assert_eq!((&first["agent_id"], &first["external_key"]), (&json!(agent), &json!("weather")));
    assert_eq!((&first["entries_count"], &first["headline"]), (&json!(1), &json!("Fair")));
    assert_eq!(first["include_sections"], json!([{"name": "Today"}]));
    assert_eq!(first["generated_at"], first["received_at"]);

    let second = stored(&visitor.post("/briefs", brief(json!({"content_markdown": "Rain."}))), 201);
    assert_eq!((&second["id"], &second["entries_count"]), (&first["id"], &json!(2)));
    assert_ne!(second["latest_entry_id"], first["latest_entry_id"]);
    assert_eq!(second["latest_entry"]["id"], second["latest_entry_id"]);
    // Content is the latest entry's; what the brief is about stays.
    assert_eq!((&second["content_markdown"], &second["headline"]), (&json!("Rain."), &json!(null)));
    assert_eq!(second["latest_entry"]["content_markdown"], "Rain.");
    assert_eq!(
        (&second["timezone"], &second["include_sections"]),
        (&first["timezone"], &first["include_sections"])
    );
    assert_eq!(second["created_at"], first["created_at"]);
}

#[test]
fn a_key_is_an_agents_own() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let first = stored(&visitor.acting_as(agents[0]).post("/briefs", brief(json!({}))), 201);
    let second = stored(&visitor.acting_as(agents[1]).post("/briefs", brief(json!({}))), 201);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["entries_count"], 1);
}

#[test]
fn an_unscoped_key_says_whose_brief_it_is() {
    let mut visitor = Visitor::new();
    let (agents, stranger) = (visitor.agents(), visitor.stranger());
    let from = |agent: Value| {
        let mut body = brief(json!({"meta": {"a": 1}}));
        body["source"] = json!({"agent_id": agent, "meta": {"b": 2}});
        body
    };
    let reply = visitor.post("/briefs", brief(json!({})));
    assert_eq!(
        reply.problem("source.agent_id"),
        "The source.agent_id is required unless the request names an acting agent."
    );
    let made = stored(&visitor.post("/briefs", from(json!(agents[2]))), 201);
    assert_eq!(
        (&made["agent_id"], &made["source_meta"]),
        (&json!(agents[2]), &json!({"a": 1, "b": 2}))
    );
    let reply = visitor.as_team().post("/briefs", from(json!(stranger)));
    assert!(reply.problem("source.agent_id").contains("does not name an agent"));
    assert_eq!(
        visitor.as_agent().post("/briefs", from(json!(agents[1]))).code(403),
        "auth.forbidden"
    );
    let made = stored(&visitor.post("/briefs", from(Value::Null)), 201);
    assert_eq!(made["agent_id"], json!(agents[0]));
    // People write as nobody.
    assert_eq!(
        stored(&visitor.as_person().post("/briefs", brief(json!({}))), 201)["agent_id"],
        json!(null)
    );
}

#[test]
fn briefs_are_listed_by_agent_key_and_text() {
    let mut visitor = Visitor::new();
    visitor.world.briefs.clear();
    let agents = visitor.agents();
    let mut ids = Vec::new();
    for (agent, key, name) in
        [(agents[0], "a", "Alpha"), (agents[0], "b", "Beta"), (agents[1], "a", "Gamma")]
    {
        let made =
            visitor.acting_as(agent).post("/briefs", brief(json!({"key": key, "name": name})));
        ids.push(stored(&made, 201)["id"].as_u64().unwrap());
    }
    visitor.as_host();
    assert_eq!(visitor.get("/briefs").ids(), ids);
    assert_eq!(visitor.get("/briefs?external_key=a").ids(), [ids[0], ids[2]]);
    assert_eq!(visitor.get("/briefs?search=ALPH").ids(), [ids[0]]);
    assert_eq!(visitor.get(&format!("/briefs?agent_id={}", agents[0])).ids(), [ids[0], ids[1]]);
    assert_eq!(visitor.get("/briefs").body["data"][2]["latest_entry"]["name"], "Gamma");
}

#[test]
fn an_update_leaves_what_is_absent_and_clears_what_is_null() {
    let mut visitor = Visitor::new();
    let agent = visitor.agents()[0];
    let more = json!({"headline": "Fair", "summary": "Every day", "meta": {"a": 1}});
    let made = stored(&visitor.acting_as(agent).post("/briefs", brief(more)), 201);
    let path = format!("/briefs/{}", made["id"]);
    let reply =
        visitor.patch(&path, json!({"brief": {"headline": null, "name": "Sky", "key": "sky"}}));
    let changed = stored(&reply, 200);
    assert_eq!((&changed["headline"], &changed["name"]), (&json!(null), &json!("Sky")));
    assert_eq!(
        (&changed["summary"], &changed["external_key"]),
        (&json!("Every day"), &json!("sky"))
    );
    assert_eq!(
        (&changed["content_markdown"], &changed["source_meta"]),
        (&json!("Sun."), &json!({"a": 1}))
    );
    assert_eq!(
        (&changed["entries_count"], &changed["latest_entry"]["name"]),
        (&json!(1), &json!("Sky"))
    );
    assert_eq!(visitor.get("/briefs?external_key=sky").body["data"][0], changed);

    stored(&visitor.post("/briefs", brief(json!({}))), 201);
    let taken = visitor.patch(&path, json!({"brief": {"key": "weather"}}));
    assert_eq!(taken.problem("brief.key"), "The brief.key is the key of another brief.");
}

#[test]
fn a_brief_is_deleted_with_its_entries_by_whoever_writes_it() {
    let mut visitor = Visitor::new();
    let agents = visitor.agents();
    let made = stored(&visitor.acting_as(agents[0]).post("/briefs", brief(json!({}))), 201);
    let path = format!("/briefs/{}", made["id"]);
    assert_eq!(visitor.acting_as(agents[1]).delete(&path, Value::Null).code(403), "auth.forbidden");
    assert_eq!(visitor.patch(&path, json!({"brief": {}})).code(403), "auth.forbidden");
    let entries = visitor.world.brief_entries.len();
    assert_eq!(visitor.as_agent().delete(&path, Value::Null).status, 204);
    assert_eq!(visitor.world.brief_entries.len(), entries - 1);
    assert_eq!(visitor.delete(&path, Value::Null).code(404), "resource.not_found");
}
