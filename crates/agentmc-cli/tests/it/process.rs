//! Running the command.

use std::io::Write;
use std::process::{Command, Stdio};

use agentmc_sandbox::Sandbox;
use serde_json::Value;

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// The error, which is one line.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        self.stderr.trim_end()
    }
}

/// The command, with nothing of this process's environment that it reads.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentmc"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("AGENTMC_") || name.to_ascii_lowercase().ends_with("_proxy") {
            command.env_remove(name);
        }
    }
    for name in ["COLUMNS", "DBUS_SESSION_BUS_ADDRESS", "NO_COLOR", "TZ"] {
        command.env_remove(name);
    }
    // Nor of the profiles and the keyring of whoever runs the tests.
    command.env("XDG_CONFIG_HOME", "/nowhere").env("XDG_RUNTIME_DIR", "/nowhere");
    command.env("AGENTMC_KEYRING", "off");
    command.args(args).stdin(Stdio::null());
    command
}

/// Runs the command with `variables` set.
pub(crate) fn run_in(variables: &[(&str, &str)], args: &[&str]) -> Ran {
    finish(command(args).envs(variables.iter().copied()).stdin(Stdio::null()), None)
}

/// Runs the command.
pub(crate) fn run(args: &[&str]) -> Ran {
    run_in(&[], args)
}

/// Runs the command with `input` on standard input.
pub(crate) fn feed(input: &[u8], variables: &[(&str, &str)], args: &[&str]) -> Ran {
    finish(command(args).envs(variables.iter().copied()).stdin(Stdio::piped()), Some(input))
}

/// Runs the command against `sandbox` with its host key.
pub(crate) fn against(sandbox: &Sandbox, args: &[&str]) -> Ran {
    run_in(&environment(sandbox), args)
}

/// The environment that leads to `sandbox`.
pub(crate) fn environment(sandbox: &Sandbox) -> [(&'static str, &str); 2] {
    [("AGENTMC_BASE_URL", sandbox.url()), ("AGENTMC_API_KEY", &sandbox.keys().host_key)]
}

fn finish(command: &mut Command, input: Option<&[u8]>) -> Ran {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // A command that refuses its arguments does not read its input.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().expect("the command ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The words of a line, as a shell splits it; quotes are all it knows.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for char in line.chars() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (None, '\'' | '"') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}
