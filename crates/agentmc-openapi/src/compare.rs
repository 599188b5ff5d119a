//! The differences between two documents.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::change::{Change, ChangeKind};
use crate::model::{Node, Operation};
use crate::parse::ReadError;
use crate::{Revision, document, read};

/// What `published`, a document of OpenAPI 3.0 or 3.1, says differently from what is known of `revision`.
///
/// Sorted by operation. An operation, parameter or member that is there or not as a whole is one change, whatever
/// it consists of. A known operation is found under any id it ever had, then by its method and path.
///
/// # Errors
///
/// When `published` is no such document, or its references lead nowhere.
pub fn diff(published: &Value, revision: Revision) -> Result<Vec<Change>, ReadError> {
    compare(&document(revision), published)
}

/// What `published` says differently from `known`: the same for any two documents.
///
/// # Errors
///
/// When either is no such document, or its references lead nowhere.
pub fn compare(known: &Value, published: &Value) -> Result<Vec<Change>, ReadError> {
    let (known, mut published) = (read::operations(known)?, read::operations(published)?);
    let mut pairs: Vec<(Operation, Option<Operation>)> =
        known.into_iter().map(|operation| (operation, None)).collect();
    for (operation, found) in &mut pairs {
        let named = |other: &Operation| other.name.is_some() && other.name == operation.name;
        *found = take(&mut published, named);
    }
    for (operation, found) in pairs.iter_mut().filter(|(_, found)| found.is_none()) {
        *found = take(&mut published, |other| other.address == operation.address);
    }

    let mut changes = Vec::new();
    for (operation, found) in &pairs {
        let mut report = Report { operation: operation.label(), changes: &mut changes };
        match found {
            Some(found) => report.node("", &operation.node, &found.node),
            None => report.whole(ChangeKind::Gone, "", &operation.node),
        }
    }
    for operation in &published {
        let mut report = Report { operation: operation.label(), changes: &mut changes };
        report.whole(ChangeKind::Added, "", &operation.node);
    }
    changes.sort_by(|left, right| left.operation.cmp(&right.operation));
    Ok(changes)
}

fn take(from: &mut Vec<Operation>, wanted: impl Fn(&Operation) -> bool) -> Option<Operation> {
    let found = from.iter().position(wanted)?;
    Some(from.remove(found))
}

impl Operation {
    fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

/// The changes of one operation.
struct Report<'a> {
    operation: &'a str,
    changes: &'a mut Vec<Change>,
}

impl Report<'_> {
    fn push(
        &mut self,
        place: &str,
        aspect: &'static str,
        known: Option<&Value>,
        published: Option<&Value>,
    ) {
        let kind = match (known, published) {
            (Some(_), Some(_)) => ChangeKind::Changed,
            (Some(_), None) => ChangeKind::Gone,
            _ => ChangeKind::Added,
        };
        self.changes.push(Change {
            kind,
            operation: self.operation.to_owned(),
            place: place.to_owned(),
            aspect: Some(aspect),
            known: known.cloned(),
            published: published.cloned(),
        });
    }

    fn whole(&mut self, kind: ChangeKind, place: &str, node: &Node) {
        let (gist, none) = (node.gist(), None);
        let (known, published) = if kind == ChangeKind::Gone { (gist, none) } else { (none, gist) };
        self.changes.push(Change {
            kind,
            operation: self.operation.to_owned(),
            place: place.to_owned(),
            aspect: None,
            known,
            published,
        });
    }

    fn node(&mut self, place: &str, known: &Node, published: &Node) {
        let names: BTreeSet<&'static str> =
            known.facts.keys().chain(published.facts.keys()).copied().collect();
        for name in names {
            let (known, published) = (known.facts.get(name), published.facts.get(name));
            if known != published {
                self.push(place, name, known, published);
            }
        }
        self.values(place, known, published);
        let parts: BTreeSet<&String> = known.parts.keys().chain(published.parts.keys()).collect();
        for part in parts {
            let place = joined(place, part);
            match (known.parts.get(part), published.parts.get(part)) {
                (Some(known), Some(published)) => self.node(&place, known, published),
                (Some(known), None) => self.whole(ChangeKind::Gone, &place, known),
                (None, Some(published)) => self.whole(ChangeKind::Added, &place, published),
                (None, None) => {}
            }
        }
    }

    fn values(&mut self, place: &str, known: &Node, published: &Node) {
        let value = |value: &String| Value::from(value.as_str());
        match (&known.values, &published.values) {
            (Some(known), Some(published)) => {
                for gone in known.difference(published) {
                    self.push(place, "enum", Some(&value(gone)), None);
                }
                for added in published.difference(known) {
                    self.push(place, "enum", None, Some(&value(added)));
                }
            }
            (known, published) if known != published => {
                let all = |values: &Option<BTreeSet<String>>| {
                    values.as_ref().map(|values| values.iter().map(value).collect::<Value>())
                };
                self.push(place, "enum", all(known).as_ref(), all(published).as_ref());
            }
            _ => {}
        }
    }
}

/// The place of a part: `body` and `.title` make `body.title`.
fn joined(place: &str, part: &str) -> String {
    let apart = !place.is_empty() && !part.starts_with(['.', '[', '{', '(']);
    format!("{place}{}{part}", if apart { " " } else { "" })
}
