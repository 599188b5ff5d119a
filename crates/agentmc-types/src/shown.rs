//! Members of somebody's choice, as `Debug` shows them.

use std::fmt;

use serde_json::{Map, Value};

use crate::Secret;

/// The members of an object, without the values of those that are secret by their names.
pub(crate) struct Members<'a>(pub(crate) &'a Map<String, Value>);

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_map();
        for (name, value) in self.0 {
            match Secret::is_name(name) && !value.is_null() {
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
