//! What `-v` tells, and what it never does. What it looks like is in the transcript of that name.

use std::io::{Read, Write};
use std::net::TcpListener;

use agentmc_sandbox::Sandbox;

use crate::home::Home;
use crate::process::{Ran, against, environment, feed, run_in};
use crate::realtime::requested;

/// Whether none of what is secret in the sandbox was told.
#[track_caller]
fn tells_no_secret(sandbox: &Sandbox, told: &str) {
    let keys = sandbox.keys();
    for secret in [
        &keys.host_key,
        &keys.team_key,
        &keys.agent_key,
        &keys.agent_token,
        &keys.bearer_token,
        &keys.connect_token,
        &keys.session_cookie,
        &keys.socket_secret,
    ] {
        assert!(!told.contains(secret.as_str()), "{secret}: {told}");
    }
    for part in ["signature=", "expires=", "agent-claim:"] {
        assert!(!told.contains(part), "{part}: {told}");
    }
}

/// The lines of the requests.
fn asked(ran: &Ran) -> Vec<&str> {
    let methods = ["> GET ", "> POST ", "> PUT ", "> PATCH ", "> DELETE "];
    ran.stderr
        .lines()
        .filter(|line| methods.iter().any(|method| line.starts_with(method)))
        .collect()
}

#[test]
fn every_request_that_arrives_is_told_once() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let file = folder.path().join("notes.md");
    std::fs::write(&file, "# The notes\n").unwrap();
    let (file, folder) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
    for args in [
        &["tasks", "list", "--all", "--per-page", "25"][..],
        &["tasks", "list", "--all", "--per-page", "25", "--query", "data[*].id"],
        &["tasks", "update", "5", "--title", "Anew"],
        &["call", "showTask", "task=5"],
        &["files", "upload", file],
        &["files", "download", "1", "-"],
        &["files", "download", "2", folder],
        &["files", "preview", "1"],
        &["tasks", "show", "999"],
    ] {
        let before = sandbox.seen_count();
        let ran = against(&sandbox, &[args, &["-vv"]].concat());
        let told = asked(&ran);
        let seen = sandbox.seen().split_off(before);
        assert_eq!(told.len(), seen.len(), "{args:?}: {}", ran.stderr);
        for (told, seen) in told.iter().zip(seen) {
            let target = match seen.operation {
                Some(_) => &*seen.target,
                None => seen.target.split('?').next().unwrap(),
            };
            assert!(told.starts_with(&format!("> {} ", seen.method)), "{told}");
            assert!(told.ends_with(target), "{told}: {target}");
        }
        assert!(!ran.stderr.contains("# The notes"), "{}", ran.stderr);
        tells_no_secret(&sandbox, &ran.stderr);
    }
}

#[test]
fn nothing_is_told_of_what_is_not_sent_nor_unasked() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(against(&sandbox, &["tasks", "show", "5"]).stderr, "");
    for flag in ["--dry-run", "--curl"] {
        assert_eq!(against(&sandbox, &["tasks", "show", "5", flag, "-vv"]).stderr, "");
    }
    let upload = ["files", "upload", "-", "--name", "a.md", "--dry-run", "-vvq"];
    let ran = feed(b"# A", &environment(&sandbox), &upload);
    assert_eq!(ran.stderr, "");
    assert_eq!(sandbox.seen_count(), 1);
}

#[test]
fn realtime_tells_of_its_calls_and_of_its_websocket() {
    let (sandbox, _, session) = requested();
    let folder = tempfile::tempdir().unwrap();
    let (id, token) = (session.to_string(), folder.path().join("token"));
    let file = token.to_str().unwrap();
    let send = ["realtime", "send", "chat.agent.done", r#"{"content": "Hello"}"#, "--session", &id];
    let ran = against(&sandbox, &[&send[..], &["--owner-token-file", file, "-vv"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let url = sandbox.url();
    let socket = format!("{}/app/", url.trim_end_matches("/api/v1").replace("http", "ws"));
    let at = |text: &str| ran.stderr.find(text).unwrap_or_else(|| panic!("{text}: {}", ran.stderr));
    assert_eq!(at("> POST "), at(&format!("> POST {url}/hosts/realtime/sessions/{id}/claim\n")));
    assert!(at("\"owner_token\":\"<secret>\"") < at("< claimAgentRealtimeSession 200 after "));
    assert!(at("< claimAgentRealtimeSession 200 ") < at(&format!("> websocket {socket}")));
    assert!(at("> websocket ") < at("< websocket "));
    assert!(at(" open\n") < at("< authenticateAgentRealtimeSocket 200 "));
    assert!(at("\"auth\":\"<secret>\"") < at("\"type\":\"chat.agent.done\""));
    assert!(at("\"content\":\"Hello\"") < at("< createAgentRealtimeSignal 200 "));
    assert!(!ran.stderr.contains("?protocol"), "{}", ran.stderr);
    let token = std::fs::read_to_string(token).unwrap();
    assert!(!ran.stderr.contains(token.trim()), "{}", ran.stderr);
    tells_no_secret(&sandbox, &ran.stderr);
}

#[test]
fn no_kind_of_credential_is_told() {
    let sandbox = Sandbox::start().unwrap();
    let keys = sandbox.keys();
    let url = ("AGENTMC_BASE_URL", sandbox.url());
    for (variable, secret, revision) in [
        ("AGENTMC_API_KEY", &keys.host_key, "0.3.169"),
        ("AGENTMC_SESSION_COOKIE", &keys.session_cookie, "0.3.169"),
        ("AGENTMC_AGENT_TOKEN", &keys.agent_token, "0.1.1"),
        ("AGENTMC_BEARER_TOKEN", &keys.bearer_token, "0.1.1"),
    ] {
        let args = ["agents", "list", "--revision", revision, "-vv"];
        let ran = run_in(&[url, (variable, secret)], &args);
        assert!(ran.stderr.contains(": ********\n"), "{variable}: {}", ran.stderr);
        tells_no_secret(&sandbox, &ran.stderr);
    }
    let token = ("AGENTMC_CONNECT_TOKEN", keys.connect_token.as_str());
    let connect = ["call", "connectAgent", "name=newcomer", "--revision", "0.1.1", "-vv"];
    let ran = run_in(&[url, token], &connect);
    let made = ran.json()["agent_token"].as_str().unwrap().to_owned();
    assert!(ran.stderr.contains(r#""agent_token":"<secret>""#), "{}", ran.stderr);
    assert!(!ran.stderr.contains(&made), "{}", ran.stderr);
    tells_no_secret(&sandbox, &ran.stderr);
}

#[test]
fn logging_in_tells_of_the_request_that_checks_the_key() {
    let (sandbox, home) = (Sandbox::start().unwrap(), Home::new());
    let login = ["auth", "login", "--base-url", sandbox.url(), "--store", "file", "-vv"];
    let login = home.feed(&sandbox.keys().host_key, &login);
    let status = home.run(&["auth", "status", "-vv"]);
    for ran in [login, status] {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(asked(&ran), [format!("> GET {}/teams/agents?per_page=1", sandbox.url())]);
        assert!(ran.stderr.contains("< listAgents 200 after "), "{}", ran.stderr);
        tells_no_secret(&sandbox, &ran.stderr);
    }
}

/// A server that answers every request with what `answer` makes of its head.
fn server(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut head) = (stream.unwrap(), Vec::new());
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
                head.extend_from_slice(&byte);
            }
            let reply = answer(&String::from_utf8(head).unwrap());
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn a_page_that_repeats_the_request_is_told_without_its_secrets_and_not_at_length() {
    const KEY: &str = "cc_s3cr3t-key-0123456789";
    let url = server(|head| {
        let page = format!(
            "<pre>{head}</pre><a href=\"https://files.example/1?expires=9&amp;sig=s3cr3t\">\u{1b}[31m</a> {}",
            format!("{KEY} ").repeat(200),
        );
        let length = page.len();
        format!(
            "HTTP/1.1 500 Oh\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
        )
    });
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    let ran = run_in(&env, &["boards", "create", "--name", "A board", "-vv"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("< createBoard 500 after "), "{}", ran.stderr);
    let page = ran.stderr.lines().find(|line| line.starts_with("< <pre>POST ")).unwrap();
    assert!(page.contains("x-api-key: <secret>"), "{page}");
    assert!(page.contains("https://files.example/1?<secret>\""), "{page}");
    assert!(!page.contains("s3cr3t") && !page.contains("cc_"), "{page}");
    assert!(!page.contains('\u{1b}') && page.ends_with('…'), "{page}");
    assert!(page.chars().count() <= 1003, "{page}");
}

#[test]
fn where_a_redirect_leads_is_told_without_its_query_and_its_page_not_at_all() {
    let url = server(|_| {
        let place = "https://files.example/1?expires=9&signature=s3cr3t";
        let page = format!("Redirecting to {place}");
        let length = page.len();
        format!(
            "HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
        )
    });
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", "cc_x")];
    let ran = run_in(&env, &["call", "downloadFile", "id=1", "-vv"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.ends_with("\n< location: https://files.example/1?<secret>\n"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("s3cr3t"), "{}", ran.stderr);
}

#[test]
fn what_is_not_answered_is_told_with_the_reason() {
    let sandbox = Sandbox::start().unwrap();
    let url = ("AGENTMC_BASE_URL", "http://127.0.0.1:9");
    let ran = run_in(&[environment(&sandbox)[1], url], &["boards", "create", "--name", "x", "-v"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let told: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with('<')).collect();
    assert!(told.len() > 1, "{told:?}");
    for (at, line) in told.iter().enumerate() {
        assert!(line.starts_with("< createBoard could not connect after "), "{line}");
        assert_eq!(line.contains("; again in "), at + 1 < told.len(), "{line}");
    }
    assert_eq!(asked(&ran).len(), told.len());
}
