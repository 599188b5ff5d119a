//! Parameters and the members of objects, as indented text.

use std::fmt::Write;

use agentmc_core::Revision;
use agentmc_core::endpoint::Place;
use agentmc_core::schema::{Field, Kind, Schema};

/// How much further right the documentation and the members of a member stand.
const STEP: usize = 4;

/// Text about members.
pub(crate) struct Members {
    text: String,
    indent: usize,
}

impl Default for Members {
    fn default() -> Self {
        Self { text: String::new(), indent: 2 }
    }
}

impl Members {
    /// Text that stands so far to the right, in the form of a list in Markdown.
    pub(crate) const fn at(indent: usize) -> Self {
        Self { text: String::new(), indent }
    }

    /// Adds the members of an object as items of a list in Markdown.
    pub(crate) fn add_members(&mut self, schema: &Schema, revisions: &[Revision]) {
        for field in members(schema) {
            let present: Vec<Revision> =
                revisions.iter().copied().filter(|revision| field.is_in(*revision)).collect();
            let facts = facts(field, None, revisions, &present).join(", ");
            let indent = self.indent;
            let docs: Vec<&str> = field.docs.iter().map(|line| line.trim()).collect();
            let docs = docs.join(" ");
            let _ =
                writeln!(self.text, "{:indent$}- `{}` ({facts}): {}", "", field.name, docs.trim());
            self.indent += 2;
            self.add_members(&field.schema, &present);
            self.indent -= 2;
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Adds a member and what it holds, as far as any of `revisions` has it.
    pub(crate) fn add(&mut self, field: &Field, place: Option<Place>, revisions: &[Revision]) {
        let present: Vec<Revision> =
            revisions.iter().copied().filter(|revision| field.is_in(*revision)).collect();
        if present.is_empty() {
            return;
        }
        let facts = facts(field, place, revisions, &present).join(", ");
        let indent = self.indent;
        let _ = writeln!(self.text, "{:indent$}{} ({facts})", "", field.name);

        self.indent += STEP;
        let indent = self.indent;
        for line in field.docs.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
            let _ = writeln!(self.text, "{:indent$}{line}", "");
        }
        for member in members(&field.schema) {
            self.add(member, None, &present);
        }
        self.indent -= STEP;
    }
}

/// The members of an object, or of the objects in a list or a map.
fn members(schema: &Schema) -> &'static [Field] {
    match schema.kind {
        Kind::Object(fields) => fields,
        Kind::List(item) | Kind::MapOf(item) => members(item),
        Kind::AnyOf(choices) => {
            choices.iter().map(members).find(|fields| !fields.is_empty()).unwrap_or_default()
        }
        _ => &[],
    }
}

fn facts(
    field: &Field,
    place: Option<Place>,
    revisions: &[Revision],
    present: &[Revision],
) -> Vec<String> {
    let names = |wanted: &dyn Fn(Revision) -> bool| -> Vec<&'static str> {
        let wanted = revisions.iter().filter(|revision| wanted(**revision));
        wanted.map(|revision| revision.as_str()).collect()
    };
    let mut facts: Vec<String> = place.map(|place| place.as_str().to_owned()).into_iter().collect();
    facts.push(kind(&field.schema));
    let required = names(&|revision| field.is_required_in(revision));
    if required.len() == present.len() {
        facts.push("required".to_owned());
    } else if !required.is_empty() {
        facts.push(format!("required in {}", required.join(", ")));
    }
    let limited = names(&|revision| field.is_in(revision) && field.limited_since <= revision);
    let limits = limits(&field.schema);
    if !limits.is_empty() && !limited.is_empty() {
        facts.extend(limits);
        if limited.len() < present.len() {
            facts.push(format!("limited in {} only", limited.join(", ")));
        }
    }
    let listed = names(&|revision| field.is_in(revision) && field.listed_since <= revision);
    if listed.len() < limited.len() {
        facts.push(format!("any other text before {}", field.listed_since));
    }
    let absent = names(&|revision| !field.is_in(revision));
    if !absent.is_empty() {
        facts.push(format!("not in {}", absent.join(", ")));
    }
    facts
}

/// What a value is, in words.
pub(crate) fn kind(schema: &Schema) -> String {
    let kind = match schema.kind {
        Kind::List(item) => format!("list of {}", kind(item)),
        Kind::MapOf(value) => format!("object of {}", kind(value)),
        Kind::AnyOf(choices) => choices.iter().map(kind).collect::<Vec<_>>().join(" or "),
        Kind::Timestamp => "date and time".to_owned(),
        Kind::Uuid => "UUID".to_owned(),
        Kind::IpAddress => "IP address".to_owned(),
        _ => schema.type_name().to_owned(),
    };
    if schema.nullable { kind + " or null" } else { kind }
}

/// What a value must keep to.
pub(crate) fn limits(schema: &Schema) -> Vec<String> {
    let mut limits = Vec::new();
    if let Kind::OneOfTexts(values) = schema.kind {
        limits.push(format!("one of {}", values.join(" ")));
    }
    // What any number of its size is, is no limit to speak of.
    let max = schema.max.filter(|max| ![u64::MAX, u32::MAX.into()].contains(max));
    let min = schema.min.filter(|min| *min > 0 || max.is_some());
    limits.extend(range(min, max, ""));
    limits.extend(range(
        schema.min_len.map(u64::from),
        schema.max_len.map(u64::from),
        " characters",
    ));
    limits.extend(schema.min_items.map(|items| {
        let noun = if items == 1 { "item" } else { "items" };
        format!("at least {items} {noun}")
    }));
    limits.extend(schema.pattern.map(|pattern| format!("matches {}", pattern.as_str())));
    if let Kind::List(item) | Kind::MapOf(item) = schema.kind {
        limits.extend(self::limits(item).into_iter().map(|limit| format!("each {limit}")));
    }
    limits
}

fn range(min: Option<u64>, max: Option<u64>, unit: &str) -> Option<String> {
    match (min, max) {
        (Some(min), Some(max)) if min == max => Some(format!("exactly {min}{unit}")),
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (None, None) => None,
    }
}
