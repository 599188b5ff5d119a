//! What commands print, held against transcripts: `$ agentmc …`, then standard output, then standard error with `! `
//! before each line, then the exit code unless it is 0. `UPDATE_SNAPSHOTS=1` writes them anew.
//!
//! Each transcript has a sandbox of its own, and the time is the sandbox's.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use agentmc_sandbox::Sandbox;

use crate::process::{environment, run_in, words};

/// What runs a line: variables before the command, as a shell has them.
fn perform(sandbox: &Sandbox, line: &str) -> String {
    let all = words(line);
    let split = all.iter().position(|word| word == "agentmc").expect("the line runs agentmc");
    let (before, after) = all.split_at(split);
    let now = sandbox.world(|world| world.now()).to_string();
    let mut variables: Vec<(&str, &str)> = environment(sandbox).to_vec();
    variables.extend([("AGENTMC_NOW", &*now), ("TZ", "UTC")]);
    variables.extend(before.iter().filter_map(|pair| pair.split_once('=')));
    let args: Vec<&str> = after[1..].iter().map(String::as_str).collect();
    let ran = run_in(&variables, &args);

    let mut text =
        ran.stdout.replace(sandbox.url(), "BASE").replace(sandbox.storage_url(), "STORAGE");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in ran.stderr.lines() {
        let _ = writeln!(text, "! {}", line.replace(sandbox.url(), "BASE"));
    }
    if ran.code != 0 {
        let _ = writeln!(text, "? {}", ran.code);
    }
    text
}

/// Runs the commands of a transcript, and holds what they print against it.
#[track_caller]
fn holds(name: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "transcripts", name].iter().collect();
    let path = Path::new(&path).with_extension("txt");
    let transcript = std::fs::read_to_string(&path).unwrap();
    let sandbox = Sandbox::start().unwrap();
    let mut actual = String::new();
    for line in transcript.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let _ = writeln!(actual, "$ {line}\n{}", perform(&sandbox, line));
    }
    let actual = actual.trim_end().to_owned() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &actual).unwrap();
        return;
    }
    let differs =
        transcript.lines().zip(actual.lines()).find(|(expected, actual)| expected != actual);
    assert!(
        transcript == actual,
        "{} says otherwise ({differs:?}); UPDATE_SNAPSHOTS=1 cargo test -p agentmc-cli writes it anew",
        path.display()
    );
}

macro_rules! transcripts {
    ($($name:ident)+) => {$(
        #[test]
        fn $name() {
            holds(stringify!($name));
        }
    )+};
}

transcripts! { agents boards briefs calendar files folders forms help hosts mistakes narrow notifications tasks }
