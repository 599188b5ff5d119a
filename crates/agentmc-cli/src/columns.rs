//! Which columns there are: what is known of the type of a reply, and what its records have besides.

use std::collections::BTreeSet;

use agentmc_core::endpoint::Method;
use agentmc_core::schema::{Field, Kind, Schema};
use agentmc_core::{Endpoint, Revision};
use serde_json::Value;

use crate::failure::Failure;
use crate::table::member;
use crate::view::View;

/// Refuses columns of no record, before anything is changed. A listing may have members that its type has not, so what
/// only looks is left to [`refuse_unseen`].
pub(crate) fn refuse_unknown(
    view: &View,
    endpoint: &Endpoint,
    revision: Revision,
) -> Result<(), Failure> {
    if endpoint.method == Method::GET {
        Ok(())
    } else {
        refuse_unseen(view, endpoint, revision, &[])
    }
}

/// Refuses columns that neither the type of the reply nor any of its records has.
pub(crate) fn refuse_unseen(
    view: &View,
    endpoint: &Endpoint,
    revision: Revision,
    records: &[&Value],
) -> Result<(), Failure> {
    let mut seen = Seen::new(view, endpoint, revision);
    records.iter().for_each(|record| seen.record(record));
    seen.judge()
}

/// What is seen of the records of a reply, one after the other.
#[derive(Default)]
pub(crate) struct Seen {
    /// What the type has, in the order of its declaration; nothing of what a query finds.
    known: Vec<&'static str>,
    /// What records have besides.
    others: BTreeSet<String>,
    /// The columns asked for that neither the type nor any record yet has.
    unseen: Vec<String>,
}

impl Seen {
    /// Before any record of a reply to `endpoint`.
    pub(crate) fn new(view: &View, endpoint: &Endpoint, revision: Revision) -> Self {
        let schema = if view.query.is_none() { of_record(endpoint) } else { None };
        let known = |column: &&String| schema.is_some_and(|schema| has(schema, revision, column));
        Self {
            known: schema.map_or_else(Vec::new, |schema| {
                members(schema, revision).map(|field| field.name).collect()
            }),
            others: BTreeSet::new(),
            unseen: view.columns.iter().filter(|column| !known(column)).cloned().collect(),
        }
    }

    /// Sees a record.
    pub(crate) fn record(&mut self, record: &Value) {
        self.unseen.retain(|column| member(record, column).is_none());
        for name in record.as_object().into_iter().flat_map(|members| members.keys()) {
            if !self.known.contains(&name.as_str()) && !self.others.contains(name) {
                self.others.insert(name.clone());
            }
        }
    }

    /// The names of all that is known and was seen: the type's first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().copied().chain(self.others.iter().map(String::as_str))
    }

    /// What records have besides `columns` and their type.
    pub(crate) fn left_out(&self, columns: &[String]) -> Vec<&str> {
        let others = self.others.iter().filter(|name| !columns.contains(name));
        others.map(String::as_str).collect()
    }

    /// Whether a column was asked for that neither the type nor any record yet has.
    pub(crate) fn misses(&self) -> bool {
        !self.unseen.is_empty()
    }

    /// Refuses columns that would have been seen by now.
    pub(crate) fn judge(&self) -> Result<(), Failure> {
        let names: Vec<&str> = self.names().collect();
        match self.unseen.first() {
            // Without a name nothing is known of what could be there.
            Some(column) if !names.is_empty() => Err(Failure::input(problem(column, names))),
            _ => Ok(()),
        }
    }
}

fn problem(column: &str, mut names: Vec<&str>) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(column, name);
    let closest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match closest.filter(|closest| likeness(closest) > 0.7) {
        Some(closest) => format!("there is no column `{column}`; did you mean `{closest}`?"),
        None => {
            names.sort_unstable();
            format!("there is no column `{column}`; there is {}", names.join(", "))
        }
    }
}

/// What a reply is about, or each of its items.
fn of_record(endpoint: &Endpoint) -> Option<&'static Schema> {
    let whole = agentmc_openapi::reply(endpoint)?;
    let schema = match whole.kind {
        Kind::Object(fields) => fields.iter().find(|field| field.name == "data"),
        _ => None,
    };
    let schema = schema.map_or(whole, |data| &data.schema);
    Some(if let Kind::List(item) = schema.kind { item } else { schema })
}

fn members(schema: &Schema, revision: Revision) -> impl Iterator<Item = &'static Field> {
    let fields = if let Kind::Object(fields) = schema.kind { fields } else { &[] };
    fields.iter().filter(move |field| field.is_in(revision))
}

/// Whether a path such as `assigned_agent.name` may lead to something.
fn has(schema: &Schema, revision: Revision, path: &str) -> bool {
    let mut schema = schema;
    for name in path.split('.') {
        match schema.kind {
            Kind::Object(_) => {}
            // Members that are not listed may be anything.
            Kind::Any | Kind::AnyOf(_) | Kind::FreeForm | Kind::MapOf(_) | Kind::List(_) => {
                return true;
            }
            _ => return false,
        }
        let Some(next) = members(schema, revision).find(|field| field.name == name) else {
            return false;
        };
        schema = &next.schema;
    }
    true
}
