//! The table of scenarios is what the suite says today.

use std::fmt::Write;
use std::path::Path;

use agentmc_sandbox::conformance::SCENARIOS;

#[test]
fn the_table_of_scenarios_is_up_to_date() {
    let mut text = "# What every client must do\n\nGenerated from the scenarios of \
                    `agentmc_sandbox::conformance`. Each runs on the reference without sockets, on the blocking client \
                    and on the async one, against a sandbox of its own; one marked ⇄ is about sockets, so the \
                    reference has no part in it.\n"
        .to_owned();
    let mut subject = "";
    for scenario in SCENARIOS {
        if scenario.subject != subject {
            subject = scenario.subject;
            let _ =
                write!(text, "\n## {subject}\n\n| scenario | what is asserted |\n| --- | --- |\n");
        }
        let mark = if scenario.needs_sockets { " ⇄" } else { "" };
        let _ = writeln!(text, "| `{}`{mark} | {} |", scenario.name, scenario.about);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance.md");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let actual = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == text,
        "docs/conformance.md is out of date; UPDATE_SNAPSHOTS=1 cargo test -p agentmc-conformance writes it anew"
    );
}
