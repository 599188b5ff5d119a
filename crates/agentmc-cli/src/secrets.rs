//! Which members of JSON are secret.

use serde_json::Value;

/// What stands for a secret.
const MASK: &str = "<secret>";

/// Members whose values let others act in one's name.
const NAMES: &[&str] = &[
    "agent_token",
    "api_key",
    "auth",
    "claim_token",
    "connect_token",
    "owner_token",
    "token",
    "upload_headers",
    "upload_url",
];

/// Whether the member of that name is secret.
pub(crate) fn is_secret(name: &str) -> bool {
    NAMES.contains(&name)
        || ["_token", "_secret", "_key"].iter().any(|end| {
            // Keys that name things are no keys that open them.
            name.ends_with(end) && !["external_key", "object_key", "app_key"].contains(&name)
        })
}

/// The same JSON without what is secret.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let hidden = is_secret(name) && !value.is_null();
                (name.clone(), if hidden { MASK.into() } else { masked(value) })
            };
            Value::Object(members.iter().map(member).collect())
        }
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::masked;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let body = json!({"data": [{"claim_token": "abc", "run_id": 3, "agent_token": null}], "auth": "key:sig",
                          "external_key": "weekly"});
        let expected = json!({"data": [{"claim_token": "<secret>", "run_id": 3, "agent_token": null}],
                              "auth": "<secret>", "external_key": "weekly"});
        assert_eq!(masked(&body), expected);
    }
}
