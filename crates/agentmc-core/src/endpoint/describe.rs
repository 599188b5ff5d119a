//! An endpoint as JSON, for people and for other languages.

use std::collections::BTreeMap;

use agentmc_types::Revision;
use serde::{Serialize, Serializer};

use super::{Auth, Endpoint, Param, Step};

/// The description that `agentmc operations --json` prints.
#[derive(Serialize)]
struct Description {
    id: &'static str,
    aliases: Vec<&'static str>,
    tag: &'static str,
    summary: &'static str,
    agent_scoped: bool,
    idempotent: bool,
    revisions: BTreeMap<ByAge, InRevision>,
    parameters: Vec<Parameter>,
}

#[derive(Serialize)]
struct InRevision {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    auth: Vec<&'static str>,
    success: u16,
    errors: &'static [u16],
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    #[serde(rename = "in")]
    place: &'static str,
    required: bool,
    #[serde(rename = "type")]
    kind: &'static str,
    docs: String,
}

/// A revision as a key: written by name, ordered by age.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ByAge(Revision);

impl Serialize for ByAge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What a parameter requires is said for the newest revision that has the operation.
        let newest = self.newest();
        let description = Description {
            id: self.id,
            aliases: self.aliases().collect(),
            tag: self.tag.as_str(),
            summary: self.summary(),
            agent_scoped: self.agent_scoped,
            idempotent: self.idempotent,
            revisions: self
                .history
                .iter()
                .map(|step| (ByAge(step.revision), self.in_revision(step)))
                .collect(),
            parameters: self.params.iter().map(|param| param.describe(newest)).collect(),
        };
        description.serialize(serializer)
    }
}

impl Endpoint {
    /// The whole documentation, as paragraphs of Markdown.
    #[must_use]
    pub fn prose(&self) -> String {
        prose(self.docs)
    }

    fn in_revision(&self, step: &Step) -> InRevision {
        InRevision {
            id: step.id,
            method: self.method.as_str(),
            path: step.path,
            auth: step.auth.iter().map(|auth| Auth::as_str(*auth)).collect(),
            success: step.success,
            errors: step.errors,
        }
    }
}

impl Param {
    /// The whole documentation, as paragraphs of Markdown.
    #[must_use]
    pub fn prose(&self) -> String {
        prose(self.field.docs)
    }

    fn describe(&self, revision: Revision) -> Parameter {
        Parameter {
            name: self.field.name,
            place: self.place.as_str(),
            required: self.field.is_required_in(revision),
            kind: self.field.schema.type_name(),
            docs: self.prose(),
        }
    }
}

/// Lines of a doc comment as Markdown.
fn prose(lines: &[&str]) -> String {
    let lines: Vec<&str> =
        lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}
