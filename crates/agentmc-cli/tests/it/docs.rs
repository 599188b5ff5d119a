//! The generated documents are what the registry says today.

use std::fmt::Write;
use std::path::Path;

use agentmc_core::endpoint::{Auth, Tag};
use agentmc_core::{Endpoint, OPERATIONS, Revision};

/// Compares a document with what it should say; `UPDATE_SNAPSHOTS=1` rewrites it instead.
#[track_caller]
fn is_up_to_date(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let actual = std::fs::read_to_string(&path).unwrap_or_default();
    let differs =
        actual.lines().zip(expected.lines()).find(|(actual, expected)| actual != expected);
    assert!(
        actual == expected,
        "docs/{name} is out of date ({differs:?}); UPDATE_SNAPSHOTS=1 cargo test -p agentmc-cli writes it anew"
    );
}

#[test]
fn the_list_of_operations_is_up_to_date() {
    let mut text = "# The operations\n\nGenerated from the declarations in `agentmc-core`. `agentmc operations ID` \
                    shows one with its parameters.\n"
        .to_owned();
    for tag in Tag::ALL {
        let _ =
            write!(text, "\n## {}\n\n| operation | what it does |\n| --- | --- |\n", tag.as_str());
        for endpoint in OPERATIONS.iter().filter(|endpoint| endpoint.tag == *tag) {
            let _ = writeln!(text, "| `{}` | {} |", endpoint.id, endpoint.summary());
        }
    }
    is_up_to_date("operations.md", &text);
}

#[test]
fn the_table_of_revisions_is_up_to_date() {
    let mut text = "# The operations by revision\n\nGenerated from the declarations in `agentmc-core`. A path is \
                    below the base URL; `{agent}` is the acting agent.\n\n"
        .to_owned();
    let revisions: Vec<&str> = Revision::ALL.iter().map(|revision| revision.as_str()).collect();
    let _ = writeln!(text, "| operation | {} |", revisions.join(" | "));
    let _ = writeln!(text, "| --- |{}", " --- |".repeat(revisions.len()));
    for endpoint in OPERATIONS {
        let cells: Vec<String> =
            Revision::ALL.iter().map(|revision| cell(endpoint, *revision)).collect();
        let _ = writeln!(text, "| `{}` | {} |", endpoint.id, cells.join(" | "));
    }
    is_up_to_date("revisions.md", &text);
}

fn cell(endpoint: &Endpoint, revision: Revision) -> String {
    let Some(step) = endpoint.step(revision) else { return "-".to_owned() };
    let auth: Vec<&str> = step.auth.iter().map(|auth| Auth::as_str(*auth)).collect();
    let id = if step.id == endpoint.id { String::new() } else { format!(" as `{}`", step.id) };
    format!("{} `{}`{id}, {}", endpoint.method.as_str(), step.path, auth.join(" or "))
}

/// The README's example is an example of `agentmc-blocking`, and so compiles.
#[test]
fn the_readme_shows_an_example_that_compiles() {
    let readme = include_str!("../../../../README.md");
    let example = include_str!("../../../agentmc-blocking/examples/readme.rs");
    let (_, code) = example.split_once("\n\n").unwrap();
    assert!(readme.contains(&format!("```rust\n{code}```")), "the README and the example differ");
}
