//! Input that does not end.
#![cfg(unix)]

use std::fs::File;

use crate::home::Home;
use crate::process::command;

/// Why the command is refused, with standard input that never ends.
fn refused(args: &[&str]) -> String {
    let output = command(args).stdin(File::open("/dev/zero").unwrap()).output().unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn input_without_end_is_refused() {
    let create = ["tasks", "create", "--board-id=1", "--column-id=1", "--title=x", "--dry-run"];
    for args in [
        &[&create[..], &["--description", "@/dev/zero"]].concat()[..],
        &[&create[..], &["--description", "-"]].concat(),
        &["tasks", "create", "--json", "@/dev/zero", "--dry-run"],
        &["tasks", "create", "--json", "-", "--dry-run"],
        &["openapi", "diff", "/dev/zero"],
        &["openapi", "diff", "-"],
        &["decode", "showTask"],
    ] {
        let problem = refused(args);
        assert!(problem.contains("cannot be read: it has more than 32 MiB"), "{args:?}: {problem}");
    }
    let problem = refused(&["files", "upload", "-", "--name", "x", "--dry-run"]);
    assert!(problem.contains("it has more than 256 MiB"), "{problem}");
}

#[test]
fn profiles_that_are_in_no_file_are_refused() {
    let home = Home::with("");
    std::fs::remove_file(home.file()).unwrap();
    std::os::unix::fs::symlink("/dev/null", home.file()).unwrap();
    let ran = home.run(&["config", "show"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.error().ends_with("cannot be read: that is no file"), "{}", ran.error());
}
