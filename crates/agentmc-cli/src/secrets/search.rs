//! Secrets looked for in text: however many there are, the text is walked once.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::Value;

use super::MASK;

/// The shortest secret that is looked for, in bytes. A shorter one is a word like any other.
pub(super) const SHORTEST: usize = 8;

/// The secrets that are looked for, by how they begin; of those that begin alike the longest first.
#[derive(Default)]
pub(super) struct Search<'a>(HashMap<[u8; SHORTEST], Vec<&'a [u8]>>);

impl<'a> Search<'a> {
    pub(super) fn of(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        for secret in secrets {
            if let Some(start) = secret.as_bytes().first_chunk() {
                found.0.entry(*start).or_default().push(secret.as_bytes());
            }
        }
        for alike in found.0.values_mut() {
            alike.sort_unstable_by_key(|secret| Reverse(secret.len()));
        }
        found
    }

    /// The same text without the secrets, nor the beginning of one where the text was cut.
    pub(super) fn hidden(&self, text: &str) -> String {
        let (mut shown, mut from, mut at) = (String::with_capacity(text.len()), 0, 0);
        let bytes = text.as_bytes();
        while let Some(start) = bytes[at..].first_chunk() {
            let alike = self.0.get(start).map(Vec::as_slice).unwrap_or_default();
            let rest = &bytes[at..];
            let found =
                alike.iter().find(|secret| rest.starts_with(secret) || secret.starts_with(rest));
            let Some(secret) = found else {
                at += 1;
                continue;
            };
            shown.push_str(&text[from..at]);
            shown.push_str(MASK);
            at += secret.len().min(rest.len());
            from = at;
        }
        shown.push_str(&text[from..]);
        shown
    }

    /// The same JSON with neither a name nor a value that holds a secret.
    pub(super) fn hidden_in(&self, value: Value) -> Value {
        match value {
            Value::String(text) => self.hidden(&text).into(),
            Value::Number(number) => {
                let text = number.to_string();
                let shown = self.hidden(&text);
                if shown == text { number.into() } else { shown.into() }
            }
            Value::Array(items) => items.into_iter().map(|item| self.hidden_in(item)).collect(),
            Value::Object(members) => {
                let member =
                    |(name, value): (String, Value)| (self.hidden(&name), self.hidden_in(value));
                Value::Object(members.into_iter().map(member).collect())
            }
            value @ (Value::Null | Value::Bool(_)) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Search;

    #[test]
    fn secrets_are_hidden_wherever_they_stand_and_the_longest_first() {
        let search = Search::of(["secret-one", "secret-one-and-more", "日本の秘密"]);
        for (text, expected) in [
            ("a secret-one, secret-one-and-more", "a <secret>, <secret>"),
            ("secret-onesecret-one", "<secret><secret>"),
            ("é日本の秘密é", "é<secret>é"),
            ("secret-o", "<secret>"),
            ("cut: secret-one-and-m", "cut: <secret>"),
            ("secret-two", "secret-two"),
            ("secret", "secret"),
            ("", ""),
        ] {
            assert_eq!(search.hidden(text), expected);
        }
        assert_eq!(Search::of(["short"]).hidden("it is short"), "it is short");
    }

    #[test]
    fn json_has_no_secret_in_names_numbers_and_what_is_nested() {
        let search = Search::of(["secret-one", "12345678"]);
        let value = json!({"secret-one": [{"a": "is secret-one"}, 12_345_678, 5, null, true]});
        let expected = json!({"<secret>": [{"a": "is <secret>"}, "<secret>", 5, null, true]});
        assert_eq!(search.hidden_in(value), expected);
    }
}
