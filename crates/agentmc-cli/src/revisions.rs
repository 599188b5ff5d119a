//! In which revisions something is, in words.

use agentmc_core::schema::Field;
use agentmc_core::{Endpoint, Revision};

/// Whether a member is required, if it is: everywhere, or where.
pub(crate) fn required(endpoint: &Endpoint, field: &Field) -> Option<String> {
    let there: Vec<Revision> =
        endpoint.revisions().filter(|revision| field.is_in(*revision)).collect();
    let names: Vec<&str> = there
        .iter()
        .filter(|revision| field.is_required_in(**revision))
        .map(|revision| revision.as_str())
        .collect();
    match names.len() {
        0 => None,
        all if all == there.len() => Some("required".to_owned()),
        _ => Some(format!("required in {}", names.join(", "))),
    }
}

/// Which of the operation's revisions lack a member, if any does.
pub(crate) fn presence(endpoint: &Endpoint, field: &Field) -> Option<String> {
    let absent: Vec<&str> = endpoint
        .revisions()
        .filter(|revision| !field.is_in(*revision))
        .map(Revision::as_str)
        .collect();
    (!absent.is_empty()).then(|| format!("not in {}", absent.join(", ")))
}
