//! An endpoint as JSON, for people and for other languages.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Auth, Endpoint, Param, Step};

impl Serialize for Endpoint {
    /// Writes the description that `agentmc operations --json` prints.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let revisions = self
            .history
            .iter()
            .map(|step| (step.revision.as_str().to_owned(), self.describe_step(step)));
        let value = json!({
            "id": self.id,
            "aliases": self.aliases().collect::<Vec<_>>(),
            "tag": self.tag.as_str(),
            "summary": self.summary(),
            "agent_scoped": self.agent_scoped,
            "idempotent": self.idempotent,
            "revisions": revisions.collect::<serde_json::Map<_, _>>(),
            "parameters": self.params.iter().map(|param| self.describe_param(param)).collect::<Vec<_>>(),
        });
        value.serialize(serializer)
    }
}

impl Endpoint {
    fn describe_step(&self, step: &Step) -> Value {
        json!({
            "id": step.id,
            "method": self.method.as_str(),
            "path": step.path,
            "auth": step.auth.iter().map(|auth| Auth::as_str(*auth)).collect::<Vec<_>>(),
            "success": step.success,
            "errors": step.errors,
        })
    }

    /// `required` is what the newest revision that has the operation says.
    fn describe_param(&self, param: &Param) -> Value {
        let newest = self.history.last().map(|step| step.revision);
        json!({
            "name": param.field.name,
            "in": param.place.as_str(),
            "required": newest.is_some_and(|revision| param.field.is_required_in(revision)),
            "type": param.field.schema.type_name(),
            "docs": prose(param.field.docs),
        })
    }

    /// The whole documentation, as paragraphs of Markdown.
    #[must_use]
    pub fn prose(&self) -> String {
        prose(self.docs)
    }
}

impl Param {
    /// The whole documentation, as paragraphs of Markdown.
    #[must_use]
    pub fn prose(&self) -> String {
        prose(self.field.docs)
    }
}

/// Lines of a doc comment as Markdown.
fn prose(lines: &[&str]) -> String {
    let lines: Vec<&str> =
        lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}
