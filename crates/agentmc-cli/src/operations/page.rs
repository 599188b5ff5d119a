//! One operation as a page of text.

use std::fmt::Write;

use agentmc_core::endpoint::{Auth, Step};
use agentmc_core::reply::Shape;
use agentmc_core::{BuildError, Endpoint, Revision};

use super::members::Members;

/// The page about an operation in every revision that has it, or in one.
pub(super) fn page(endpoint: &Endpoint, revision: Option<Revision>) -> Result<String, BuildError> {
    let steps: Vec<&Step> = match revision {
        Some(revision) => vec![endpoint.step_in(revision)?],
        None => endpoint.history.iter().collect(),
    };
    let revisions: Vec<Revision> = steps.iter().map(|step| step.revision).collect();

    let mut text = format!("{}\n\n{}\n", endpoint.id, endpoint.prose());
    let aliases: Vec<&str> = endpoint.aliases().collect();
    if !aliases.is_empty() {
        let _ = writeln!(text, "\nOther ids: {}", aliases.join(", "));
    }
    text.push_str("\nREVISIONS\n");
    for step in steps {
        describe_step(&mut text, endpoint, step);
    }
    let _ = writeln!(text, "\nReplies: {}", reply(endpoint.shape));
    let _ = writeln!(text, "\n{}", notes(endpoint, &revisions).join(" "));

    let mut members = Members::default();
    for param in endpoint.params {
        members.add(&param.field, Some(param.place), &revisions);
    }
    let members = members.into_text();
    if !members.is_empty() {
        let _ = write!(text, "\nPARAMETERS\n{members}");
    }
    Ok(text)
}

fn describe_step(text: &mut String, endpoint: &Endpoint, step: &Step) {
    let auth: Vec<&str> = step.auth.iter().map(|auth| Auth::as_str(*auth)).collect();
    let errors: Vec<String> = step.errors.iter().map(ToString::to_string).collect();
    let id = if step.id == endpoint.id { String::new() } else { format!(" as {}", step.id) };
    let _ = writeln!(text, "  {:<8} {} {}{id}", step.revision, endpoint.method.as_str(), step.path);
    let _ = writeln!(
        text,
        "           with {}; answers {}, errors {}",
        auth.join(" or "),
        step.success,
        errors.join(" ")
    );
}

/// What a successful reply is.
fn reply(shape: Shape) -> &'static str {
    match shape {
        Shape::Data => r#"{"data": …}"#,
        Shape::Page => {
            r#"a page, {"data": […], "links": {…}, "meta": {…}}; --all fetches every page"#
        }
        Shape::Empty => "no content",
        Shape::Location => "a redirect, which is not followed; shown as {\"location\": …}",
        _ => "an object, not wrapped in `data`",
    }
}

fn notes(endpoint: &Endpoint, revisions: &[Revision]) -> Vec<String> {
    let names_agent = |revision: &&Revision| {
        let in_path = endpoint.step(**revision).is_some_and(Step::names_agent);
        in_path || endpoint.sends_agent_header(**revision)
    };
    let with_agent: Vec<&str> =
        revisions.iter().filter(names_agent).map(|revision| revision.as_str()).collect();
    let mut notes = Vec::new();
    if with_agent.len() == revisions.len() {
        notes.push("Acts for an agent: --agent names it.".to_owned());
    } else if !with_agent.is_empty() {
        notes.push(format!("Acts for an agent in {}: --agent names it.", with_agent.join(", ")));
    }
    let repetition = if endpoint.idempotent {
        "Repeated after a lost connection."
    } else {
        "Not repeated once the server may have seen it."
    };
    notes.push(repetition.to_owned());
    notes
}
