//! The request of every operation in every revision that has it, as one text.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p agentmc-core` writes the text anew.

use std::fmt::Write;

use agentmc_core::{Call, Endpoint, OPERATIONS, Revision};

use crate::samples::{self, SECRET};

const SNAPSHOT: &str = include_str!("requests.txt");

#[test]
fn there_are_60_operations_and_159_pairs_of_operation_and_revision() {
    let in_revision =
        |revision| OPERATIONS.iter().filter(|endpoint| endpoint.step(revision).is_some()).count();
    assert_eq!(OPERATIONS.len(), 60);
    assert_eq!(Revision::ALL.iter().copied().map(in_revision).collect::<Vec<_>>(), [44, 57, 58]);
    assert_eq!(OPERATIONS.iter().map(|endpoint| endpoint.history.len()).sum::<usize>(), 159);
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "a person asks for a new snapshot through the environment"
)]
fn every_request_is_as_recorded() {
    let mut text = String::new();
    for endpoint in OPERATIONS {
        for revision in endpoint.revisions() {
            describe(endpoint, revision, &mut text);
        }
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/requests.txt"), text)
            .unwrap();
        return;
    }
    for (number, (line, recorded)) in text.lines().zip(SNAPSHOT.lines()).enumerate() {
        assert_eq!(line, recorded, "line {} differs", number + 1);
    }
    assert_eq!(text.lines().count(), SNAPSHOT.lines().count(), "one text is longer");
}

fn describe(endpoint: &Endpoint, revision: Revision, text: &mut String) {
    let id = endpoint.step(revision).unwrap().id;
    let call =
        samples::api(revision).call_by_name(id, samples::params(endpoint, revision)).unwrap();
    let alias = if id == endpoint.id { String::new() } else { format!(" ({id})") };
    writeln!(text, "## {} {revision}{alias}\n{}", endpoint.id, request(&call)).unwrap();
}

/// A request as text, without its secret.
fn request(call: &Call) -> String {
    let request = call.request();
    let mut text = format!("{} {}\n", request.method(), request.uri());
    let mut headers: Vec<_> = request.headers().iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        writeln!(text, "{name}: {}", value.to_str().unwrap().replace(SECRET, "***")).unwrap();
    }
    if !request.body().is_empty() {
        writeln!(text, "{}", std::str::from_utf8(request.body()).unwrap()).unwrap();
    }
    text
}
