//! What goes wrong, the one line that says so, and the exit code.

use std::io::{Read, Write};
use std::net::TcpListener;

use agentmc_sandbox::Sandbox;

use crate::process::{Ran, against, command, environment, feed, run, run_in};

#[track_caller]
fn refused(code: i32, message: &str, args: &[&str]) {
    let ran = run_in(&[("AGENTMC_API_KEY", "cc_very_secret")], args);
    assert_eq!((ran.code, ran.error()), (code, message), "{args:?}");
    assert_eq!(ran.stdout, "");
}

#[test]
fn wrong_input_is_refused_before_anything_is_sent() {
    let unreachable = ["--base-url", "http://127.0.0.1:9"];
    let refused =
        |message: &str, args: &[&str]| refused(2, message, &[args, &unreachable].concat());
    refused(
        "agentmc: there is no operation `listTask`; did you mean `listTasks`? (`agentmc operations` lists them)",
        &["call", "listTask"],
    );
    refused(
        "agentmc: listFiles is not part of revision 0.1.1; it is in 0.3.64, 0.3.169 (choose one with --revision)",
        &["call", "listFiles", "--revision", "0.1.1"],
    );
    refused(
        "agentmc: showTask needs a value for `task` (`agentmc operations ID` shows the parameters)",
        &["call", "showTask"],
    );
    refused(
        "agentmc: listTasks has no parameter `bord_id`; did you mean `board_id`? (`agentmc operations ID` shows the parameters)",
        &["call", "listTasks", "bord_id=3"],
    );
    refused(
        "agentmc: listTasks cannot send this value for `board_id`: it must be a whole number",
        &["call", "listTasks", "board_id=x"],
    );
    refused(
        "agentmc: showTask cannot send this value for `task`: it must be a whole number",
        &["call", "showTask", "task=.."],
    );
    refused(
        "agentmc: listTasks cannot send this value for `per_page`: it must be at most 100",
        &["call", "listTasks", "per_page=101"],
    );
    refused(
        "agentmc: createBoard cannot send this value for `visibility`: it must be one of team, personal",
        &["call", "createBoard", "name=B", "visibility=secret"],
    );
    refused(
        "agentmc: `board_id` is not of the form name=value",
        &["call", "listTasks", "board_id"],
    );
    refused(
        "agentmc: --json takes a JSON object of parameters, such as {\"board_id\": 3}",
        &["call", "listTasks", "--json", "[]"],
    );
    refused(
        "agentmc: the value of `due_at` is not JSON: expected ident at line 1 column 2",
        &["call", "updateTask", "due_at:=nope"],
    );
}

#[test]
fn a_missing_key_is_said_with_what_to_do() {
    let ran = run(&["call", "listTasks"]);
    let message = "agentmc: listTasks needs an API key or a session cookie in revision 0.3.169, and the client has none \
                   (run `agentmc auth login`, set AGENTMC_API_KEY or AGENTMC_SESSION_COOKIE, or name a file with \
                   --api-key-file)";
    assert_eq!((ran.code, ran.error()), (2, message));
    let ran = run(&["call", "listTasks", "--api-key-file", "/nowhere/key"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.error().starts_with("agentmc: the API key file /nowhere/key cannot be read: "),
        "{}",
        ran.error()
    );
}

#[test]
fn a_base_url_that_would_leak_the_key_is_refused() {
    refused(
        2,
        "agentmc: plain http would send the credential unencrypted; use https, or allow plain http explicitly",
        &["call", "listTasks", "--base-url", "http://agentmc.example/api/v1"],
    );
    refused(
        2,
        "agentmc: the base URL must not hold a user name or password; give the credential to the client instead",
        &["call", "listTasks", "--base-url", "https://me:hunter2@agentmc.ai/api/v1"],
    );
}

#[test]
fn a_usage_error_is_one_line_that_names_the_help() {
    refused(
        2,
        "agentmc: unrecognized subcommand 'operatons'; tip: a similar subcommand exists: 'operations' (agentmc --help)",
        &["operatons"],
    );
    refused(
        2,
        "agentmc: the following required arguments were not provided: <ID> (agentmc call --help)",
        &["call"],
    );
    refused(
        2,
        "agentmc: unexpected argument '--api-key' found; tip: a similar argument exists: '--api-key-file' \
         (agentmc call --help)",
        &["call", "listTasks", "--api-key=cc_very_secret"],
    );
    refused(
        2,
        "agentmc: the argument '--curl' cannot be used with '--dry-run' (agentmc call --help)",
        &["call", "listTasks", "--curl", "--dry-run"],
    );
    refused(
        2,
        "agentmc: invalid value '0' for '--timeout <SECONDS>': it must be a number of seconds above 0, such as 2.5 \
         (agentmc call --help)",
        &["call", "listTasks", "--timeout", "0"],
    );
    refused(
        2,
        "agentmc: invalid value '9' for '--revision <REVISION>': there is no revision `9`; choose one of 0.1.1, \
         0.3.64, 0.3.169 (agentmc decode --help)",
        &["decode", "listTasks", "--revision", "9"],
    );
    let ran = run(&["\u{1b}[31m\nred"]);
    assert!(ran.code == 2 && !ran.error().contains('\u{1b}'), "{:?}", ran.stderr);
}

#[test]
fn help_and_the_version_are_no_errors() {
    for (args, start) in [
        (&["--help"][..], "The AgentMC API from the command line"),
        (&["call", "--help"], "Call an operation by its id"),
        (&["help", "call"], "Call an operation by its id"),
        (&["--version"], "agentmc "),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
        assert!(ran.stdout.starts_with(start), "{}", ran.stdout);
    }
}

#[test]
fn json_that_is_not_utf_8_is_wrong_input_wherever_it_comes_from() {
    let bytes = b"{\"name\": \"\xff\"}";
    let file = std::env::temp_dir().join(format!("agentmc-bytes-{}.json", std::process::id()));
    std::fs::write(&file, bytes).unwrap();
    let at_file = format!("@{}", file.display());
    let ran = ["-", &at_file]
        .map(|from| feed(bytes, &[], &["call", "createBoard", "--dry-run", "--json", from]));
    std::fs::remove_file(&file).unwrap();
    for ran in ran {
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.error().starts_with("agentmc: --json is not JSON: "), "{}", ran.error());
    }
}

#[test]
fn no_connection_is_code_3() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let ran = run_in(
        &[("AGENTMC_API_KEY", "cc_very_secret")],
        &[
            "call",
            "createTask",
            "--base-url",
            &url,
            "board_id=1",
            "column_id=1",
            "title=t",
            "description=d",
        ],
    );
    assert_eq!(ran.code, 3);
    assert!(ran.error().starts_with("agentmc: createTask: could not connect: "), "{}", ran.error());
    assert!(!ran.stderr.contains("very_secret"));
}

#[test]
fn a_silent_server_is_code_3_within_the_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let args = ["call", "createBoard", "name=B", "--timeout", "0.1", "--base-url", &url];
    let ran = run_in(&[("AGENTMC_API_KEY", "cc_very_secret")], &args);
    assert_eq!(ran.code, 3);
    assert!(ran.error().starts_with("agentmc: createBoard: no reply in time"), "{}", ran.error());
}

#[test]
fn a_refusal_is_code_1_with_its_fields() {
    let sandbox = Sandbox::start().unwrap();
    let ran = against(
        &sandbox,
        &["call", "createTask", "board_id=999", "column_id=1", "title=t", "description=d"],
    );
    assert_eq!(ran.code, 1);
    assert!(
        ran.error().starts_with("agentmc: createTask: 422 Unprocessable Entity: "),
        "{}",
        ran.error()
    );
    assert!(ran.error().contains("board_id: "), "{}", ran.error());
    let ran = run_in(
        &[("AGENTMC_API_KEY", "cc_wrong"), ("AGENTMC_BASE_URL", sandbox.url())],
        &["call", "listTasks"],
    );
    assert_eq!(ran.code, 1);
    assert!(
        ran.error().ends_with("(`agentmc auth status` says where the credential is from)"),
        "{}",
        ran.error()
    );
}

/// Runs a command whose one request is answered like this.
fn answered(status: u16, body: &'static str, args: &[&str]) -> Ran {
    answered_as("table", status, body, args)
}

/// The same with output of that form.
fn answered_as(form: &str, status: u16, body: &'static str, args: &[&str]) -> Ran {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let head = format!(
            "HTTP/1.1 {status} Well\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + body).as_bytes()).unwrap();
    });
    let more = ["--base-url", &url, "-o", form];
    let ran = run_in(&[("AGENTMC_API_KEY", "cc_x")], &[args, &more].concat());
    assert_ne!(ran.code, 2, "{}", ran.stderr);
    server.join().unwrap();
    ran
}

/// A server may say anything; a terminal must not obey it.
#[test]
fn control_characters_of_a_server_do_not_reach_the_terminal() {
    let body = r#"{"error":{"code":"x","message":"red \u001b[31m\nalert\u0007"}}"#;
    let ran = answered(400, body, &["call", "createBoard", "name=B"]);
    let error = ran.error();
    assert!(error.starts_with("agentmc: createBoard: 400 Bad Request: red "), "{error}");
    assert!(error.contains("[31m") && !error.contains(char::is_control), "{error}");
}

#[test]
fn control_characters_in_a_table_become_spaces() {
    let board = r#"{"data":{"a\u001b[31m\nb":"red\u0085","plain":{"\u009b":"\u007f"}}}"#;
    let ran = answered(200, board, &["call", "showBoard", "id=1"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "a [31m b  red\nplain\n\n");

    let boards = r#"{"data":[{"a\u001b[31m\nb":"red\u0085!"}]}"#;
    let ran = answered(200, boards, &["call", "listBoards"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "a [31m b\nred !\n");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_not_taken_for_one_that_is_not_set() {
    use std::os::unix::ffi::OsStrExt;

    let broken = std::ffi::OsStr::from_bytes(b"http://127.0.0.1:1/\xff");
    for name in ["AGENTMC_BASE_URL", "AGENTMC_API_KEY"] {
        let output =
            command(&["call", "listTasks", "--dry-run"]).env(name, broken).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error, format!("agentmc: {name} is not text\n"));
    }
}

#[test]
fn what_changes_something_is_not_done_again_and_again() {
    let sandbox = Sandbox::start().unwrap();
    for flag in ["--all", "--watch=1"] {
        for args in [&["tasks", "delete", "5", flag][..], &["call", "deleteTask", "task=5", flag]] {
            let ran = against(&sandbox, args);
            assert_eq!(ran.code, 2);
            assert!(
                ran.error().starts_with(&format!("agentmc: {}", &flag[..5])),
                "{}",
                ran.error()
            );
        }
        assert_eq!(against(&sandbox, &["files", "upload", "Cargo.toml", flag]).code, 2);
    }
    assert!(sandbox.seen().is_empty());
}

#[test]
fn what_changes_something_is_not_walked() {
    let ran = run(&["call", "deleteBoard", "id=1", "--all", "--sandbox"]);
    let message = "agentmc: --all fetches every page, and deleteBoard lists nothing";
    assert_eq!((ran.code, ran.error()), (2, message));
}

#[test]
fn the_credential_that_is_missing_is_named() {
    let args = ["call", "agentConnectedInstructions", "--agent", "1", "--revision", "0.1.1"];
    let ran = run_in(&[("AGENTMC_API_KEY", "cc_x")], &args);
    assert_eq!(ran.code, 2);
    assert!(ran.error().ends_with(", or set AGENTMC_AGENT_TOKEN)"), "{}", ran.error());
}

#[cfg(unix)]
#[test]
fn a_file_that_is_no_key_is_not_read_for_ever() {
    let ran = run(&["call", "listTasks", "--api-key-file", "/dev/zero"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().ends_with("is too long for a key"), "{}", ran.error());
}

#[test]
fn flags_that_would_do_nothing_are_refused() {
    for args in [&["demo", "--agent", "4"][..], &["sandbox", "--base-url", "https://agentmc.ai"]] {
        let ran = run(args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.error().contains("means nothing to `agentmc "), "{}", ran.error());
    }
    assert_eq!(
        run(&["call", "listTasks", "--timeout", "-1"]).error(),
        run(&["call", "listTasks", "--timeout", "0"]).error().replace("'0'", "'-1'")
    );
}

#[test]
fn an_error_shows_nobody_the_claim_token_of_another() {
    let body = r#"{"error":{"code":"conflict","message":"claimed with owner-s3cr3t","details":{"session":{"meta":{"claim_owner_token":"owner-s3cr3t"}}}}}"#;
    let args = ["sessions", "claim", "4", "--owner-token", "mine-0123456789abcdef", "--agent", "3"];
    let text = answered(409, body, &args);
    assert!(text.error().contains("claimed with <secret>"), "{}", text.error());
    let json = answered_as("json", 409, body, &args);
    let error: serde_json::Value = serde_json::from_str(json.error()).unwrap();
    assert_eq!(error["details"]["session"]["meta"]["claim_owner_token"], "<secret>");
    assert!(!text.stderr.contains("s3cr3t") && !json.stderr.contains("s3cr3t"), "{}", json.stderr);
}

#[test]
fn short_flags_may_stand_together() {
    let sandbox = Sandbox::start().unwrap();
    let ran = against(&sandbox, &["-qo", "json", "boards", "list"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.json()["data"].is_array());
    let ran = against(&sandbox, &["boards", "show", "99", "-qo", "json"]);
    assert_eq!(ran.code, 1);
    let error: serde_json::Value = serde_json::from_str(ran.error()).unwrap();
    assert_eq!(error["kind"], "not_found");
}

#[test]
fn a_column_that_no_record_has_is_answered_with_the_closest() {
    let sandbox = Sandbox::start().unwrap();
    for (args, expected) in [
        (
            &["tasks", "list", "--columns", "id,titel", "-o", "csv"][..],
            "`titel`; did you mean `title`?",
        ),
        (&["boards", "list", "--all", "--columns", "nmae", "-o", "table"], "did you mean `name`?"),
        (&["boards", "show", "3", "--columns", "nmae", "-o", "table"], "did you mean `name`?"),
        (&["files", "download", "1", "/nowhere", "--columns", "pth", "-o", "csv"], "`path`"),
        (
            &["tasks", "list", "--columns", "assigned_agent.nmae", "-o", "csv"],
            "`assigned_agent.nmae`",
        ),
        (&["tasks", "list", "--query", "data[*]", "--columns", "titel", "-o", "csv"], "`title`"),
        (&["boards", "list", "--columns", "qqq", "-o", "csv"], "there is columns, "),
    ] {
        let ran = against(&sandbox, args);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{args:?}");
        assert!(ran.error().contains("there is no column `"), "{}", ran.error());
        assert!(ran.error().contains(expected), "{}", ran.error());
    }
    let before = sandbox.seen().len();
    let ran =
        against(&sandbox, &["boards", "create", "--name", "B", "--columns", "nmae", "-o", "csv"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert_eq!(sandbox.seen().len(), before, "and nothing is changed");
    for args in [
        ["tasks", "list", "--columns", "assigned_agent.name"],
        ["boards", "list", "--columns", "tasks_count"],
        ["boards", "list", "--columns", "owner"],
    ] {
        let ran = answered_as("csv", 200, r#"{"data":[{"id":1,"owner":2}]}"#, &args);
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{args:?}");
    }
}

#[test]
fn what_goes_wrong_on_this_side_is_code_3() {
    let sandbox = Sandbox::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for path in [&missing, folder.path()] {
        let ran = against(&sandbox, &["files", "upload", path.to_str().unwrap()]);
        assert_eq!((ran.code, &*ran.stdout), (3, ""), "{}", ran.stderr);
    }
    let download = ["files", "download", "1", "-"];
    #[cfg(target_os = "linux")]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = command(&download).envs(environment(&sandbox)).stdout(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = command(&download).envs(environment(&sandbox)).stdout(writer).output().unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert_eq!((ran.status.code(), &*stderr), (Some(0), ""), "whoever reads has read enough");
}
