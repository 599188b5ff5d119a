//! Members as `Debug` shows them.

use std::fmt;

use serde_json::{Map, Value};

/// How names end that stand for secrets.
const SECRET: [&str; 4] = ["token", "secret", "password", "api_key"];

/// The members of an object, without the values of those that are secret by their names.
pub(super) struct Members<'a>(pub(super) &'a Map<String, Value>);

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_map();
        for (name, value) in self.0 {
            match is_secret(name) && !value.is_null() {
                true => shown.entry(name, &format_args!("[redacted]")),
                false => shown.entry(name, &Member(value)),
            };
        }
        shown.finish()
    }
}

struct Member<'a>(&'a Value);

impl fmt::Debug for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Object(members) => Members(members).fmt(f),
            Value::Array(items) => f.debug_list().entries(items.iter().map(Member)).finish(),
            value => value.fmt(f),
        }
    }
}

fn is_secret(name: &str) -> bool {
    let ends = |end: &str| {
        let start = name.len().checked_sub(end.len());
        start.and_then(|start| name.get(start..)).is_some_and(|it| it.eq_ignore_ascii_case(end))
    };
    SECRET.iter().any(|end| ends(end))
}
