//! What of a document is compared: a tree of nodes, each with facts, listed values and parts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// An operation, a parameter, a schema: something that can be there or not, and differ.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// What is said of it, by the name it has in the document.
    pub(crate) facts: BTreeMap<&'static str, Value>,
    /// The values it may have, where they are listed.
    pub(crate) values: Option<BTreeSet<String>>,
    /// Its parts, by what their place is called after the place of the whole.
    pub(crate) parts: BTreeMap<String, Self>,
}

impl Node {
    /// What there is to say of it in a few words, when it is there or not as a whole.
    pub(crate) fn gist(&self) -> Option<Value> {
        let mut words: Vec<String> = ["method", "path", "type", "format"]
            .iter()
            .filter_map(|name| self.facts.get(name).and_then(Value::as_str).map(str::to_owned))
            .collect();
        if let Some(values) = &self.values {
            words.push(values.iter().map(String::as_str).collect::<Vec<_>>().join("|"));
        }
        if self.facts.contains_key("required") {
            words.push("required".to_owned());
        }
        (!words.is_empty()).then(|| words.join(" ").into())
    }
}

/// One operation of a document.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The newest id of the operation it names, or the id as it stands.
    pub(crate) name: Option<String>,
    /// Method and path.
    pub(crate) address: String,
    pub(crate) node: Node,
}
