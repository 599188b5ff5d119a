//! Parameters against the operation's own description.

use agentmc_core::check::{Rules, violations};
use agentmc_core::endpoint::{Endpoint, Place};
use agentmc_core::{Revision, error::Violation};
use serde_json::{Map, Value};

use crate::reply::{Fields, Refusal};

/// A body that is no JSON object.
pub(super) fn malformed(error: &serde_json::Error) -> Refusal {
    Refusal::malformed(if error.is_data() {
        "The body must be a JSON object.".to_owned()
    } else {
        format!("The body is not JSON: {error}.")
    })
}

/// Refuses what the revision does not allow, and drops parameters it does not have.
pub(super) fn check(
    endpoint: &Endpoint,
    revision: Revision,
    params: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    params.retain(|name, _| endpoint.param(name).is_none_or(|param| param.field.is_in(revision)));
    let mut fields = Fields::default();
    for param in endpoint.params {
        let field = &param.field;
        let found: Vec<Violation> = match params.get(field.name) {
            Some(value) => violations(field, value, Rules::of(revision)),
            None if field.is_required_in(revision) => {
                fields.add(field.name, "is required.");
                continue;
            }
            None => continue,
        };
        if param.place == Place::Path && !found.is_empty() {
            // An id that cannot be one leads nowhere.
            return Err(Refusal::not_found(field.name));
        }
        found.iter().for_each(|violation| fields.violation(violation));
    }
    fields.refuse()
}
