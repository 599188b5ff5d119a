//! What may go wrong with an operation, and what to do about it.

use agentmc_core::Endpoint;

/// What each status means, and what to do.
const STATUSES: &[(u16, &str, &str)] = &[
    (
        401,
        "The credential is missing, wrong or expired.",
        "Run `agentmc auth login`, set AGENTMC_API_KEY, or name a file with --api-key-file.",
    ),
    (402, "The plan of the team does not allow it.", "Delete something, or change the plan."),
    (403, "The credential may not do this.", "Use another one, or act as an agent with --agent."),
    (404, "There is no such thing, or not in this team.", "List what there is."),
    (409, "Its state does not allow it.", "Look at its state, then try again."),
    (422, "A value is not accepted; the message names it.", "Correct it. Nothing was changed."),
    (429, "Too many requests.", "Wait as long as the message says."),
    (503, "Storage is unavailable.", "Try again later."),
];

/// A status that the contract declares.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) status: u16,
    meaning: &'static str,
    advice: &'static str,
    /// What the operation's own documentation says of it.
    own: Option<String>,
}

impl Declared {
    /// Why, and what to do.
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.own.as_deref().unwrap_or(self.meaning), self.advice)
    }
}

/// The errors that the newest revision declares for an operation.
pub(crate) fn of(endpoint: &Endpoint) -> Vec<Declared> {
    let statuses = endpoint.history.last().map(|step| step.errors).unwrap_or_default();
    let known = statuses.iter().filter_map(|status| {
        let (status, meaning, advice) = STATUSES.iter().find(|(known, ..)| known == status)?;
        Some(Declared { status: *status, meaning, advice, own: own(endpoint, *status) })
    });
    known.collect()
}

/// The sentence of the documentation that is about a status and no other.
fn own(endpoint: &Endpoint, status: u16) -> Option<String> {
    let prose = endpoint.prose().replace('\n', " ");
    let status = status.to_string();
    let about = |sentence: &&str| sentence.contains(&format!("with {status} "));
    let sentence = prose.split(". ").find(about)?;
    let clause = sentence.split("with ").find(|clause| clause.starts_with(&status))?;
    let why = clause.get(status.len()..)?.trim();
    let why = why.strip_suffix(", and").unwrap_or(why).trim_end_matches(['.', ',']);
    let mut chars = why.chars();
    let first = chars.next()?;
    Some(format!("Refused {first}{}.", chars.as_str()))
}

#[cfg(test)]
mod tests {
    use agentmc_core::{OPERATIONS, find};

    use super::{STATUSES, of};

    #[test]
    fn every_declared_error_is_explained() {
        for endpoint in OPERATIONS {
            for step in endpoint.history {
                for status in step.errors {
                    assert!(
                        STATUSES.iter().any(|(known, ..)| known == status),
                        "{} {status}",
                        endpoint.id
                    );
                }
            }
        }
    }

    #[test]
    fn what_the_documentation_says_comes_first() {
        let errors = find("createTask").map(of).unwrap_or_default();
        let text =
            |status| errors.iter().find(|error| error.status == status).map(super::Declared::text);
        let plan = text(402).unwrap_or_default();
        assert_eq!(
            plan,
            "Refused when the plan allows no more tasks. Delete something, or change the plan."
        );
        assert!(
            text(404).is_some_and(|text| text.starts_with("Refused when something it refers to"))
        );
        assert!(text(401).is_some_and(|text| text.contains("AGENTMC_API_KEY")));
    }
}
