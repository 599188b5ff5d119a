//! `agentmc operations`.

use agentmc_core::endpoint::Tag;
use agentmc_core::{Endpoint, OPERATIONS, find};

use crate::args::{Common, Operations};
use crate::failure::Failure;
use crate::output::Output;
use crate::table;

pub(crate) mod members;
mod page;

pub(crate) fn run(common: &Common, args: &Operations, out: &mut Output) -> Result<(), Failure> {
    let json = args.json || out.is_json();
    if let Some(id) = &args.id {
        let endpoint = find(id)?;
        let page = page::page(endpoint, common.revision)?;
        return Ok(if json { out.json(endpoint) } else { out.text(&page) }?);
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
            endpoint.id.to_owned(),
            endpoint.summary().to_owned(),
            endpoint.tag.as_str().to_owned(),
        ]
    };
    Ok(out.painted(&table::columns(
        &["OPERATION", "SUMMARY", "SUBJECT"],
        &found.iter().map(row).collect::<Vec<_>>(),
        out.look(),
    ))?)
}

fn subject(name: &str) -> Result<Tag, Failure> {
    let found = Tag::ALL.iter().find(|tag| tag.as_str().eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| {
        let all: Vec<&str> = Tag::ALL.iter().map(|tag| tag.as_str()).collect();
        let likeness = |tag: &str| strsim::jaro_winkler(&name.to_lowercase(), &tag.to_lowercase());
        let closest = all.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let closest = closest.filter(|closest| likeness(closest) > 0.7);
        let hint =
            closest.map_or_else(String::new, |closest| format!("did you mean `{closest}`? "));
        let all = all.join(", ");
        Failure::input(format!("there is no subject `{name}`; {hint}choose one of {all}"))
    })
}
