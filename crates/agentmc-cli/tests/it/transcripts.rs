//! What commands print, held against transcripts: `$ agentmc …`, then standard output, then standard error with `! `
//! before each line, then the exit code unless it is 0. `UPDATE_SNAPSHOTS=1` writes them anew.
//!
//! Each transcript has a sandbox and a home of its own, and the time is the sandbox's. `HOME`, `HOST_KEY` and
//! `SESSION_COOKIE` stand for what differs from run to run, as `N ms` does; `echo TEXT |` is standard input, and
//! `FAULT=…` before the command is something that goes wrong at the sandbox.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use agentmc_sandbox::{Rule, Sandbox};

use crate::process::{environment, feed, run, words};

/// A sandbox and a home.
struct Stage {
    sandbox: Sandbox,
    home: tempfile::TempDir,
}

impl Stage {
    /// What runs a line: standard input, variables before the command, as a shell has them.
    fn perform(&self, line: &str) -> String {
        let keys = self.sandbox.keys();
        let line = line.replace("HOST_KEY", &keys.host_key);
        let line = line.replace("SESSION_COOKIE", &keys.session_cookie);
        let line = line.replace("HOME", self.home.path().to_str().unwrap());
        let all = words(&line);
        let (input, all) = match &*all {
            [echo, input, bar, rest @ ..] if echo == "echo" && bar == "|" => (input.as_str(), rest),
            all => ("", all),
        };
        let split = all.iter().position(|word| word == "agentmc").expect("the line runs agentmc");
        let (before, after) = all.split_at(split);
        let now = self.sandbox.world(|world| world.now()).to_string();
        let mut variables: Vec<(&str, &str)> = environment(&self.sandbox).to_vec();
        let home = self.home.path().to_str().unwrap();
        variables.extend([("AGENTMC_NOW", &*now), ("TZ", "UTC"), ("XDG_CONFIG_HOME", home)]);
        for (name, value) in before.iter().filter_map(|pair| pair.split_once('=')) {
            match name {
                "FAULT" => self.sandbox.fault(value.parse::<Rule>().unwrap()),
                _ => variables.push((name, value)),
            }
        }
        let args: Vec<&str> = after[1..].iter().map(String::as_str).collect();
        let ran = feed(input.as_bytes(), &variables, &args);

        let mut text = self.steady(&ran.stdout);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        for line in ran.stderr.lines() {
            let _ = writeln!(text, "! {}", self.steady(line));
        }
        if ran.code != 0 {
            let _ = writeln!(text, "? {}", ran.code);
        }
        text
    }

    /// The text without what differs from run to run.
    fn steady(&self, text: &str) -> String {
        let text = text.replace(self.sandbox.url(), "BASE");
        let text = text.replace(self.sandbox.storage_url(), "STORAGE");
        without_times(&text.replace(self.home.path().to_str().unwrap(), "HOME"))
    }
}

/// The text without how long what `-v` tells of took.
fn without_times(text: &str) -> String {
    let (mut steady, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(" ms") {
        let (before, after) = rest.split_at(at);
        let words = before.trim_end_matches(|char: char| char.is_ascii_digit());
        let is_time =
            words.len() < before.len() && (words.ends_with(" after ") || words.ends_with(" in "));
        steady += if is_time { words } else { before };
        steady += if is_time { "N ms" } else { " ms" };
        rest = &after[" ms".len()..];
    }
    steady + rest
}

/// Runs the commands of a transcript, and holds what they print against it.
#[track_caller]
fn holds(name: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "transcripts", name].iter().collect();
    let path = Path::new(&path).with_extension("txt");
    let transcript = std::fs::read_to_string(&path).unwrap();
    let stage = Stage { sandbox: Sandbox::start().unwrap(), home: tempfile::tempdir().unwrap() };
    let mut actual = String::new();
    for line in transcript.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let _ = writeln!(actual, "$ {line}\n{}", stage.perform(line));
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

transcripts! {
    agents auth boards briefs calendar call completions config decode demo docs files folders forms help hosts logs man
    members mistakes narrow notifications openapi operations realtime recurring sandbox sessions tasks
    verbose
}

#[test]
fn every_group_of_commands_has_a_transcript() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "transcripts"].iter().collect();
    let help = run(&["--help"]).stdout;
    let (_, groups) = help.split_once("What there is:\n").unwrap();
    let (groups, _) = groups.split_once("Options:").unwrap();
    let names = groups.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let path = folder.join(name).with_extension("txt");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let runs = |line: &str| line.starts_with("$ ") && line.contains(&format!("agentmc {name}"));
        assert!(text.lines().any(runs), "{} shows no `agentmc {name}`", path.display());
        assert!(text.lines().any(|line| line.starts_with("! ")), "{name} shows no error");
    }
}
