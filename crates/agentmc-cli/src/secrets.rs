//! Which members of JSON are secret, and what else must not be shown.

use std::collections::BTreeSet;

use agentmc_core::types::Secret;
use serde_json::Value;

pub(crate) mod known;
mod search;

use search::SHORTEST;

/// What stands for a secret.
const MASK: &str = "<secret>";

/// How many secrets of one body are told apart; those beyond are hidden where they stand, but not looked for elsewhere.
const MOST: usize = 100;

/// The same JSON without what is secret.
pub(crate) fn masked(value: &Value) -> Value {
    masked_by(value, &mut |_, _| MASK.to_owned())
}

/// The same JSON with what `mask` gives in place of what is secret. It is told the name of the member and its value.
pub(crate) fn masked_by(value: &Value, mask: &mut dyn FnMut(&str, &Value) -> String) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| masked_by(item, mask)).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let hidden = Secret::is_name(name) && !value.is_null();
                let value = if hidden { mask(name, value).into() } else { masked_by(value, mask) };
                (name.clone(), value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        Value::String(text) => match unsigned(text) {
            Some(text) => text.into(),
            None => value.clone(),
        },
        value => value.clone(),
    }
}

/// The same JSON without what is secret, and those secrets that are texts worth looking for.
pub(crate) fn masked_with_secrets(value: &Value) -> (Value, BTreeSet<String>) {
    let mut secrets = BTreeSet::new();
    let masked = masked_by(value, &mut |_, value| {
        let text = value.as_str().filter(|text| text.len() >= SHORTEST && secrets.len() < MOST);
        secrets.extend(text.map(str::to_owned));
        MASK.to_owned()
    });
    (masked, secrets)
}

/// A URL without its query and its fragment, which may be a signature or a token.
pub(crate) fn without_query(url: &str) -> String {
    match split(url) {
        Some((place, _)) => format!("{place}{MASK}"),
        None => url.to_owned(),
    }
}

/// What of a URL may be secret: its query as a whole, and what signs in it.
pub(crate) fn signatures(url: &str) -> Vec<&str> {
    let query = split(url).map(|(_, query)| query);
    let values = query.into_iter().flat_map(pairs).filter(|(name, _)| signs(name));
    query.into_iter().chain(values.map(|(_, value)| value)).collect()
}

/// The place that a URL leads to, with the mark that ends it, and the query or fragment behind.
fn split(url: &str) -> Option<(&str, &str)> {
    url.find(['?', '#']).map(|at| url.split_at(at + 1))
}

/// The names and values of a query, and of the fragment behind it.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split(['&', '#', '?']).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Whether the parameter of that name lets whoever has it act.
fn signs(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = ["auth", "credential", "key", "sig", "signature", "token"];
    ends.iter().any(|end| name.ends_with(end))
}

/// The same text with every URL in it without its query.
pub(crate) fn without_queries(text: &str) -> String {
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("://") {
        let end = rest[at..].find(|char: char| char.is_whitespace() || "\"'<>\\".contains(char));
        let (before, after) = rest.split_at(end.map_or(rest.len(), |end| at + end));
        let (scheme, url) = before.split_at(at);
        shown.push_str(scheme);
        shown.push_str(&without_query(url));
        rest = after;
    }
    shown + rest
}

/// A signed URL without its query, which lets whoever has it act; none if the text is no such URL.
fn unsigned(text: &str) -> Option<String> {
    let (place, query) = split(text)?;
    let is_url = place.starts_with("https://") || place.starts_with("http://");
    (is_url && pairs(query).any(|(name, _)| signs(name))).then(|| format!("{place}{MASK}"))
}

/// An error as JSON without what is secret: neither the members of a body that are, nor what is known and repeated.
pub(crate) fn masked_error(error: &Value) -> Value {
    let (mut masked, secrets) = masked_with_secrets(error);
    known::see(secrets);
    let members = masked.as_object_mut().into_iter().flat_map(serde_json::Map::iter_mut);
    for (name, value) in members {
        // What is no JSON, or only its beginning, is looked through as text.
        if let (true, Value::String(text)) = (["excerpt", "message"].contains(&&**name), &*value) {
            *value = masked_text(text).into();
        }
        // These are ours, and programs go by them.
        if !["kind", "operation"].contains(&&**name) {
            *value = known::hidden_in(value.take());
        }
    }
    masked
}

/// The same text without the values of members that are secret, as far as it is like JSON.
pub(crate) fn masked_text(text: &str) -> String {
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('"') {
        shown.push_str(before);
        shown.push('"');
        let end = end_of_string(after);
        let (name, after) = after.split_at(end);
        shown.push_str(name);
        rest = after;
        let Some(after) = rest.strip_prefix('"') else { break };
        let value = after.trim_start().strip_prefix(':').map(str::trim_start);
        match value {
            Some(value) if Secret::is_name(name) && value.starts_with(BEGINNINGS) => {
                shown.push_str(&format!("\":\"{MASK}\""));
                rest = &value[end_of_value(value)..];
            }
            _ => {
                shown.push('"');
                rest = after;
            }
        }
    }
    shown + rest
}

/// What the values of JSON begin with, but for null, which is no secret, and words, as a sentence has them.
const BEGINNINGS: [char; 14] =
    ['"', '{', '[', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// Where the value of JSON ends that this text begins with.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(char) = text[at..].chars().next() {
        match char {
            '"' => at = (at + 2 + end_of_string(&text[at + 1..])).min(text.len()),
            '{' | '[' => (depth, at) = (depth + 1, at + 1),
            ',' | '}' | ']' if depth == 0 => return at,
            '}' | ']' => (depth, at) = (depth - 1, at + 1),
            char => {
                at += char.len_utf8();
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// Where a string of JSON ends that begins before this text.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.find(|char| match char {
        _ if escaped => {
            escaped = false;
            false
        }
        '\\' => {
            escaped = true;
            false
        }
        char => char == '"',
    });
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        MOST, masked, masked_error, masked_text, masked_with_secrets, signatures, without_queries,
    };

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let body = json!({"data": [{"claim_token": "abc", "run_id": 3, "agent_token": null}], "auth": "key:sig",
                          "external_key": "weekly"});
        let expected = json!({"data": [{"claim_token": "<secret>", "run_id": 3, "agent_token": null}],
                              "auth": "<secret>", "external_key": "weekly"});
        assert_eq!(masked(&body), expected);
    }

    #[test]
    fn a_signed_url_is_shown_without_its_signature() {
        let body = json!({"location": "https://files.example/1?expires=9&signature=s3cr3t", "link": "http://e/?page=2"});
        let expected =
            json!({"location": "https://files.example/1?<secret>", "link": "http://e/?page=2"});
        assert_eq!(masked(&body), expected);
        let amazon = json!("https://s3.example/x?X-Amz-Date=1&X-Amz-Signature=s3cr3t");
        assert_eq!(masked(&amazon), json!("https://s3.example/x?<secret>"));
        let fragment = json!("https://files.example/x#state=1&access_token=s3cr3t");
        assert_eq!(masked(&fragment), json!("https://files.example/x#<secret>"));
    }

    #[test]
    fn what_signs_a_url_is_known_alone_and_with_all_of_its_query() {
        let url = "https://files.example/x?expires=9&X-Amz-Signature=s3cr3t#access_token=t0ken";
        let all = "expires=9&X-Amz-Signature=s3cr3t#access_token=t0ken";
        assert_eq!(signatures(url), [all, "s3cr3t", "t0ken"]);
        assert!(signatures("https://files.example/x").is_empty());
    }

    #[test]
    fn of_many_secrets_so_many_are_looked_for_and_each_once() {
        let secret = |number: usize| json!({"token": format!("secret-{number:06}")});
        let many: Vec<_> = (0..10 * MOST).map(secret).collect();
        let (masked, secrets) = masked_with_secrets(&json!(many));
        assert_eq!(
            (masked[10 * MOST - 1]["token"].as_str(), secrets.len()),
            (Some("<secret>"), MOST)
        );
        let alike: Vec<_> = (0..10 * MOST).map(|_| secret(1)).collect();
        assert_eq!(masked_with_secrets(&json!(alike)).1.len(), 1);
        let short = json!([{"token": "a word"}, {"token": 7}]);
        assert!(masked_with_secrets(&short).1.is_empty());
    }

    #[test]
    fn a_text_has_urls_without_their_queries() {
        for (text, expected) in [
            (
                r#"<a href="https://s3.example/x?a=1&amp;sig=2">here</a>? https://e.example/y"#,
                r#"<a href="https://s3.example/x?<secret>">here</a>? https://e.example/y"#,
            ),
            ("see http://e/1?a=b", "see http://e/1?<secret>"),
            ("what? nothing", "what? nothing"),
        ] {
            assert_eq!(without_queries(text), expected);
        }
    }

    #[test]
    fn an_error_repeats_no_secret_of_its_details() {
        let error = json!({
            "message": "held with owner-s3cr3t",
            "details": {"session": {"claim_owner_token": "owner-s3cr3t"}},
            "excerpt": "{\"claim_owner_token\": \"owner-s3cr3t\", \"x\": \"owner-s3cr3t\", \"id\": 4",
        });
        let text = masked_error(&error).to_string();
        assert!(!text.contains("s3cr3t") && text.contains("held with <secret>"), "{text}");
    }

    #[test]
    fn half_a_body_is_masked_as_the_whole_would_be() {
        for (text, expected) in [
            (r#"{"token": "a\"b", "id": 1"#, r#"{"token":"<secret>", "id": 1"#),
            (r#"{"token":"cut o"#, r#"{"token":"<secret>""#),
            (r#"{"token":12,"id":1}"#, r#"{"token":"<secret>","id":1}"#),
            (
                r#"{"upload_headers":{"a":"é}","c":[1]},"id":1}"#,
                r#"{"upload_headers":"<secret>","id":1}"#,
            ),
            (r#"{"upload_headers":{"a":"b","#, r#"{"upload_headers":"<secret>""#),
            (r#"the member "token": is not there"#, r#"the member "token": is not there"#),
            (r#"{"token":null} naïve "日"#, r#"{"token":null} naïve "日"#),
            ("<html>", "<html>"),
        ] {
            assert_eq!(masked_text(text), expected);
        }
    }
}
