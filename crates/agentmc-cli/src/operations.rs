//! `agentmc operations`.

use std::fmt::Write;

use agentmc_core::endpoint::{Auth, Param, Tag};
use agentmc_core::schema::{Kind, Schema};
use agentmc_core::{Endpoint, OPERATIONS, find};

use crate::args::{Common, Operations};
use crate::failure::Failure;
use crate::output::Output;
use crate::table;

pub(crate) fn run(common: &Common, args: &Operations, out: &mut Output) -> Result<(), Failure> {
    let json = args.json || out.is_json();
    if let Some(id) = &args.id {
        let endpoint = find(id)?;
        if json {
            return Ok(out.json(endpoint)?);
        }
        return Ok(out.text(&page(endpoint))?);
    }
    let tag = args.tag.as_deref().map(subject).transpose()?;
    let wanted = |endpoint: &&&'static Endpoint| {
        tag.is_none_or(|tag| endpoint.tag == tag)
            && common.revision.is_none_or(|revision| endpoint.step(revision).is_some())
    };
    let found: Vec<&'static Endpoint> = OPERATIONS.iter().filter(wanted).copied().collect();
    if json {
        return Ok(out.json(&found)?);
    }
    let row = |endpoint: &&'static Endpoint| {
        vec![
            endpoint.tag.as_str().to_owned(),
            endpoint.id.to_owned(),
            endpoint.summary().to_owned(),
        ]
    };
    Ok(out.text(&table::columns(
        &["SUBJECT", "OPERATION", "SUMMARY"],
        &found.iter().map(row).collect::<Vec<_>>(),
    ))?)
}

fn subject(name: &str) -> Result<Tag, Failure> {
    let found = Tag::ALL.iter().find(|tag| tag.as_str().eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| {
        let all: Vec<&str> = Tag::ALL.iter().map(|tag| tag.as_str()).collect();
        Failure::input(format!("there is no subject `{name}`; choose one of {}", all.join(", ")))
    })
}

/// One operation as a page of text.
fn page(endpoint: &Endpoint) -> String {
    let mut text = format!("{}\n\n{}\n", endpoint.id, endpoint.prose());
    let aliases: Vec<&str> = endpoint.aliases().collect();
    if !aliases.is_empty() {
        let _ = writeln!(text, "\nOther ids: {}", aliases.join(", "));
    }
    text.push_str("\nREVISIONS\n");
    for step in endpoint.history {
        let auth: Vec<&str> = step.auth.iter().map(|auth| Auth::as_str(*auth)).collect();
        let errors: Vec<String> = step.errors.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "  {:<8} {} {}", step.revision, endpoint.method.as_str(), step.path);
        let _ = writeln!(
            text,
            "           with {}; answers {}, errors {}",
            auth.join(" or "),
            step.success,
            errors.join(" ")
        );
    }
    let mut notes = Vec::new();
    if endpoint.agent_scoped {
        notes.push("Acts for an agent: --agent names it.");
    }
    notes.push(if endpoint.idempotent {
        "Repeated after a lost connection."
    } else {
        "Not repeated once the server may have seen it."
    });
    if endpoint.is_paginated() {
        notes.push("Paginated: --all fetches every page.");
    }
    let _ = writeln!(text, "\n{}", notes.join(" "));
    if !endpoint.params.is_empty() {
        text.push_str("\nPARAMETERS\n");
        endpoint.params.iter().for_each(|param| describe_param(&mut text, endpoint, param));
    }
    text
}

fn describe_param(text: &mut String, endpoint: &Endpoint, param: &Param) {
    let field = &param.field;
    let newest = endpoint.newest();
    let mut facts = vec![param.place.as_str().to_owned(), kind(&field.schema)];
    if field.is_required_in(newest) {
        facts.push("required".to_owned());
    }
    facts.extend(limits(&field.schema));
    let absent: Vec<&str> = endpoint
        .revisions()
        .filter(|revision| !field.is_in(*revision))
        .map(|revision| revision.as_str())
        .collect();
    if !absent.is_empty() {
        facts.push(format!("not in {}", absent.join(", ")));
    }
    let _ = writeln!(text, "  {} ({})", field.name, facts.join(", "));
    for line in param.prose().lines() {
        let _ = writeln!(text, "      {line}");
    }
}

fn kind(schema: &Schema) -> String {
    match schema.kind {
        Kind::List(item) => format!("list of {}", kind(item)),
        Kind::Timestamp => "date and time".to_owned(),
        Kind::Uuid => "UUID".to_owned(),
        _ => schema.type_name().to_owned(),
    }
}

fn limits(schema: &Schema) -> Vec<String> {
    let mut limits = Vec::new();
    if let Kind::OneOfTexts(values) = schema.kind {
        limits.push(format!("one of {}", values.join(" ")));
    }
    if schema.nullable {
        limits.push("or null".to_owned());
    }
    let mut range = |name: &str, limit: Option<String>| {
        limits.extend(limit.map(|limit| format!("{name} {limit}")))
    };
    range("at least", schema.min.map(|min| min.to_string()));
    range("at most", schema.max.filter(|max| *max != u64::MAX).map(|max| max.to_string()));
    range("at least characters:", schema.min_len.map(|len| len.to_string()));
    range("at most characters:", schema.max_len.map(|len| len.to_string()));
    range("at least items:", schema.min_items.map(|items| items.to_string()));
    range("matches", schema.pattern.map(|pattern| pattern.as_str().to_owned()));
    limits
}
