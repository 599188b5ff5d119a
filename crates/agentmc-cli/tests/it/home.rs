//! A place where profiles are kept.

use std::path::PathBuf;

use crate::process::{Ran, feed, run_in};

/// A home whose profiles are `text`, for its owner alone.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    /// A home without profiles.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs the command with `input` on standard input.
    pub(crate) fn feed(&self, input: &str, args: &[&str]) -> Ran {
        self.feed_in(input, &[], args)
    }

    /// The same with `variables` set.
    pub(crate) fn feed_in(&self, input: &str, variables: &[(&str, &str)], args: &[&str]) -> Ran {
        let home = [("XDG_CONFIG_HOME", self.0.path().to_str().unwrap())];
        feed(input.as_bytes(), &[&home, variables].concat(), args)
    }

    /// What the profiles are.
    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    pub(crate) fn with(text: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(home.0.path().join("agentmc")).unwrap();
        std::fs::write(home.file(), text).unwrap();
        home.allow(0o600);
        home
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("agentmc/profiles.toml")
    }

    pub(crate) fn allow(&self, mode: u32) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;

            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(self.file(), permissions).unwrap();
        }
        #[cfg(not(unix))]
        let _ = mode;
    }

    pub(crate) fn run_in(&self, variables: &[(&str, &str)], args: &[&str]) -> Ran {
        let home = [("XDG_CONFIG_HOME", self.0.path().to_str().unwrap())];
        run_in(&[&home, variables].concat(), args)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in(&[], args)
    }
}
