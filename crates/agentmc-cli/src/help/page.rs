//! The page of an operation, as Markdown.

use std::fmt::Write;

use agentmc_core::endpoint::{Auth, Param, Place};
use agentmc_core::schema::Kind;

use super::{errors, examples};
use crate::operations::members;
use crate::resource::flags;
use crate::resource::naming::Name;
use crate::revisions;

/// The page.
pub(crate) fn of(name: &Name) -> String {
    section(name, 1)
}

/// The same as a part of a longer document.
pub(super) fn section(name: &Name, level: usize) -> String {
    let (endpoint, heading) = (name.endpoint, "#".repeat(level));
    let mut text = format!("{heading} {}\n\n{}\n", name.command(), endpoint.prose());
    if endpoint.id == crate::transfer::DOWNLOAD {
        let _ = write!(text, "\n{}\n", crate::transfer::ABOUT_DOWNLOAD);
    }
    let _ = write!(text, "\n    {}\n\n", usage(name));
    let aliases: Vec<&str> = endpoint.aliases().collect();
    let once = if aliases.is_empty() {
        String::new()
    } else {
        format!(", once `{}`", aliases.join("`, `"))
    };
    let _ = writeln!(text, "Operation `{}`{once}:\n", endpoint.id);
    for step in endpoint.history {
        let auth: Vec<&str> = step.auth.iter().map(|auth| Auth::noun(*auth)).collect();
        let _ = writeln!(
            text,
            "- {}: `{} {}` with {}, answers {}",
            step.revision,
            endpoint.method.as_str(),
            step.path,
            auth.join(" or "),
            step.success
        );
    }
    if !endpoint.params.is_empty() {
        let _ = write!(text, "\n{heading}# Parameters\n\n");
        endpoint.params.iter().for_each(|param| parameter(&mut text, name, param));
    }
    let _ = write!(text, "\n{heading}# Examples\n\n");
    for example in examples::of(endpoint) {
        let _ = writeln!(text, "    {example}");
    }
    let errors = errors::of(endpoint);
    if !errors.is_empty() {
        let _ = write!(text, "\n{heading}# Errors\n\n");
        for error in errors {
            let _ = writeln!(text, "- {}: {}", error.status, error.text());
        }
    }
    text
}

/// How a command is written.
pub(crate) fn usage(name: &Name) -> String {
    let mut usage = name.command();
    for param in name.endpoint.params.iter().filter(|param| param.place == Place::Path) {
        let _ = write!(usage, " {}", flags::shown(param));
    }
    if name.endpoint.id == crate::transfer::DOWNLOAD {
        usage.push_str(" [PATH]");
    }
    for param in name.endpoint.params.iter().filter(|param| param.place != Place::Path) {
        if param.field.is_required_in(name.endpoint.newest()) {
            let _ = write!(usage, " {} …", flags::shown(param));
        }
    }
    usage + " [options]"
}

fn parameter(text: &mut String, name: &Name, param: &Param) {
    let field = &param.field;
    let mut facts = vec![members::kind(&field.schema)];
    facts.extend(revisions::required(name.endpoint, field));
    facts.extend(members::limits(&field.schema));
    facts.extend(revisions::presence(name.endpoint, field));
    let boolean = matches!(field.schema.kind, Kind::Boolean);
    let no = (boolean || flags::is_clearable(param))
        .then(|| format!(" or `--no-{}`", flags::flag(param)));
    let prose = param.prose().replace('\n', " ");
    let shown = flags::shown(param);
    let _ = writeln!(text, "- `{shown}`{} ({}): {prose}", no.unwrap_or_default(), facts.join(", "));
    let mut members = members::Members::at(2);
    let revisions: Vec<_> = name.endpoint.revisions().collect();
    members.add_members(&field.schema, &revisions);
    text.push_str(&members.into_text());
}
