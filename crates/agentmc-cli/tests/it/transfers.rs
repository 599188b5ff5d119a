//! `agentmc files upload` and `agentmc files download`.

use agentmc_sandbox::Sandbox;
use serde_json::json;

use crate::process::{against, command, environment, feed};

/// What is in a folder.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_uploaded_comes_down_again() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let (from, to) = (folder.path().join("report.txt"), folder.path().join("copy.txt"));
    let content = "All is well.\n".repeat(100_000);
    std::fs::write(&from, &content).unwrap();
    let up = against(
        &sandbox,
        &["files", "upload", from.to_str().unwrap(), "--folder-id", "2", "--name", "Report"],
    );
    assert_eq!((up.code, &*up.stderr), (0, ""));
    let file = &up.json()["data"];
    assert_eq!((&file["display_name"], &file["folder_id"]), (&json!("Report"), &json!(2)));
    assert_eq!(file["mime_type"], "text/plain");

    let id = file["id"].to_string();
    let down = against(&sandbox, &["files", "download", &id, to.to_str().unwrap()]);
    assert_eq!((down.code, &*down.stderr), (0, ""));
    assert_eq!(down.json()["data"]["path"], to.to_str().unwrap());
    assert_eq!(std::fs::read_to_string(&to).unwrap(), content);
    assert_eq!(against(&sandbox, &["files", "download", &id, "-"]).stdout, content);
    let into = against(&sandbox, &["files", "download", &id, folder.path().to_str().unwrap()]);
    assert_eq!(into.code, 0, "{}", into.stderr);
    assert_eq!(names(folder.path()), ["Report", "copy.txt", "report.txt"]);
}

#[test]
fn standard_input_is_uploaded_under_a_name() {
    let sandbox = Sandbox::start().unwrap();
    let env = environment(&sandbox);
    let up = feed(
        b"hello",
        &env,
        &["files", "upload", "-", "--name", "hello.md", "--query", "data.size_bytes"],
    );
    assert_eq!(up.json(), json!(5), "{}", up.stderr);
    let nameless = feed(b"hello", &env, &["files", "upload", "-"]);
    assert_eq!(
        (nameless.code, nameless.error()),
        (2, "agentmc: what comes from standard input needs a --name")
    );
}

#[test]
fn a_download_that_fails_leaves_what_was_there() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let to = folder.path().join("kept.txt");
    std::fs::write(&to, "kept").unwrap();
    let ran = against(&sandbox, &["files", "download", "999", to.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.error().contains("404 Not Found"), "{}", ran.error());
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "kept");
    assert_eq!(names(folder.path()), ["kept.txt"]);
    let ran = against(&sandbox, &["files", "download", "1", "/dev/null"]);
    assert_eq!(ran.code, 3);
    assert!(ran.error().ends_with("something other than a file is there"), "{}", ran.error());
    let ran = against(&sandbox, &["files", "download", "1", "/nowhere/at/all"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.error().starts_with("agentmc: /nowhere/at/all cannot be written: "),
        "{}",
        ran.error()
    );
}

#[test]
fn a_name_that_is_taken_is_not_replaced_unasked() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let download = || {
        let mut command = command(&["files", "download", "1"]);
        let ran = command.envs(environment(&sandbox)).current_dir(folder.path()).output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
    };
    assert_eq!(download(), (Some(0), String::new()));
    assert_eq!(names(folder.path()), ["handbook.md"]);
    let (code, error) = download();
    assert_eq!(code, Some(2));
    assert!(error.contains("handbook.md is already there"), "{error}");
}

#[test]
fn a_name_of_the_service_leads_to_no_other_folder() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    for name in ["../escaped", "/tmp/escaped", ".hidden", "a\\b", "bell\u{7}"] {
        let renamed = against(&sandbox, &["files", "update", "1", "--display-name", name]);
        assert_eq!(renamed.code, 0, "{}", renamed.stderr);
        let ran = against(&sandbox, &["files", "download", "1", folder.path().to_str().unwrap()]);
        assert_eq!(
            (ran.code, ran.error()),
            (2, "agentmc: the file has a name that cannot be used here: give a PATH")
        );
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_an_upload_would_ask_for_can_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.md");
    std::fs::write(&path, "# Notes").unwrap();
    let shown =
        crate::process::run(&["files", "upload", path.to_str().unwrap(), "--dry-run"]).json();
    assert_eq!(shown["operation"], "createFileUpload");
    assert_eq!(
        shown["body"],
        json!({"filename": "notes.md", "byte_size": 7, "mime_type": "text/markdown"})
    );
}

/// A storage that sends a little and then nothing holds a download up until Ctrl-C.
#[cfg(unix)]
#[test]
fn an_interrupted_download_leaves_nothing() {
    use std::io::{Read, Write};

    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let storage = format!("{url}/bytes");
    let (begun, half) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap();
            let line = String::from_utf8_lossy(&head[..read]).into_owned();
            let file = r#"{"data":{"id":1,"team_id":1,"display_name":"a","original_filename":"a","mime_type":"text/plain","size_bytes":1000,"preview_kind":"text"}}"#;
            let reply = if line.contains("/bytes") {
                "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf".to_owned()
            } else if line.contains("/download") {
                format!(
                    "HTTP/1.1 302 Found\r\nlocation: {storage}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                )
            } else {
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{file}",
                    file.len()
                )
            };
            stream.write_all(reply.as_bytes()).unwrap();
            if line.contains("/bytes") {
                held.push(stream);
                let _ = begun.send(());
            }
        }
    });
    let to = folder.path().join("a.txt");
    let mut child = command(&["files", "download", "1", to.to_str().unwrap()])
        .env("AGENTMC_BASE_URL", &url)
        .env("AGENTMC_API_KEY", "cc_x")
        .spawn()
        .unwrap();
    half.recv().unwrap();
    assert_eq!(names(folder.path()).len(), 1, "the part is there");
    let interrupted =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupted.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
}

#[test]
#[cfg(unix)]
fn a_file_that_is_replaced_stays_as_private_as_it_was() {
    use std::os::unix::fs::PermissionsExt;

    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let to = folder.path().join("private");
    std::fs::write(&to, "kept").unwrap();
    for mode in [0o600, 0o640] {
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(mode)).unwrap();
        let ran = against(&sandbox, &["files", "download", "1", to.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn a_signed_url_is_not_told() {
    let sandbox = Sandbox::start().unwrap();
    for args in [&["files", "preview", "1", "-vv"][..], &["call", "downloadFile", "id=1", "-vv"]] {
        let ran = against(&sandbox, args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("?<secret>"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("signature="), "{}", ran.stderr);
    }
}

#[test]
fn a_folder_keeps_what_has_the_name_of_a_download() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let args = ["files", "download", "1", folder.path().to_str().unwrap()];
    assert_eq!(against(&sandbox, &args).code, 0);
    let name = names(folder.path()).remove(0);
    std::fs::write(folder.path().join(&name), "mine").unwrap();
    let again = against(&sandbox, &args);
    assert_eq!(again.code, 2);
    assert!(again.error().contains(&format!("{name} is already there")), "{}", again.error());
    assert_eq!(std::fs::read_to_string(folder.path().join(&name)).unwrap(), "mine");
}

#[test]
fn an_upload_that_is_only_shown_says_that_it_is_the_first_of_its_requests() {
    let sandbox = Sandbox::start().unwrap();
    let args = ["files", "upload", "-", "--name", "r.pdf", "--folder-id", "2", "--dry-run"];
    let shown = feed(b"hello", &environment(&sandbox), &args);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert_eq!(shown.json()["operation"], "createFileUpload");
    assert_eq!(shown.json()["body"]["byte_size"], 5);
    assert!(shown.error().contains("the first request of three"), "{}", shown.error());
}

#[test]
fn a_download_tells_of_its_requests_in_the_order_they_are_made() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let ran = against(&sandbox, &["files", "download", "1", folder.path().to_str().unwrap(), "-v"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let at = |text: &str| ran.stderr.find(text).unwrap_or_else(|| panic!("{text}: {}", ran.stderr));
    assert!(at("< showFile 200") < at("/files/1/download\n"), "{}", ran.stderr);
    assert!(at("/files/1/download\n") < at("< downloadFile 302"), "{}", ran.stderr);
    assert!(at("< downloadFile 302") < at(&format!("> GET {}", sandbox.storage_url())));
}
