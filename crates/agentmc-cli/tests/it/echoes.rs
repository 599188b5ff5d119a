//! Servers that repeat what they were sent: nothing of it that is secret is shown.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::home::Home;
use crate::process::{Ran, run_in};

const KEY: &str = "cc_k3y-0123456789-abcdef";

/// A server that answers every request with what `answer` makes of its own URL and of the request's head.
fn server(answer: impl Fn(&str, &str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
            let lower = head.to_ascii_lowercase();
            let length = lower.split("content-length: ").nth(1).and_then(|it| it.lines().next());
            let length = length.map_or(0, |length| length.parse().unwrap());
            std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).unwrap();
            reader.get_mut().write_all(answer(&own, &head).as_bytes()).unwrap();
        }
    });
    url
}

/// A reply with that status and those headers.
fn reply(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// A refusal whose every part is `text`.
fn refusal(status: &str, text: &str) -> String {
    let body = json!({"error": {
        "code": text, "message": format!("bad: {text}"),
        "details": {"said": text, text: [1], "fields": {"name": [format!("is {text}")], text: ["is not"]}},
    }});
    let headers = format!("content-type: application/json; x={text}\r\nx-request-id: {text}\r\n");
    reply(status, &headers, &body.to_string())
}

/// Whether something was told, and `secret` was not.
#[track_caller]
fn tells_without(ran: &Ran, secret: &str) {
    let told = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!told.contains(secret), "{told}");
    assert!(told.contains("<secret>"), "{told}");
}

#[test]
fn a_credential_that_a_refusal_repeats_is_not_shown() {
    let url = server(|_, _| refusal("422 Oh", KEY));
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    for form in ["table", "json", "yaml"] {
        for args in [
            &["boards", "list"][..],
            &["boards", "create", "--name", "B"],
            &["boards", "list", "--all"],
            &["files", "download", "1", "-"],
            &["auth", "status"],
            &["boards", "list", "-vv"],
        ] {
            let ran = run_in(&env, &[args, &["-o", form]].concat());
            assert_eq!(ran.code, 1, "{}", ran.stderr);
            tells_without(&ran, KEY);
        }
    }
    let ran = run_in(&env, &["boards", "list", "-o", "json"]);
    let error: Value = serde_json::from_str(ran.error()).unwrap();
    assert_eq!(error["details"]["said"], "<secret>");
    assert_eq!(error["fields"]["name"], json!(["is <secret>"]));
    assert_eq!(error["kind"], "validation");
}

#[test]
fn a_credential_that_a_page_repeats_is_not_shown_even_where_the_page_is_cut() {
    let page = format!("<p>{KEY}</p>{}{KEY}", "x".repeat(1024 - 7 - KEY.len() - 16));
    let url = server(move |_, _| reply("400 Oh", "content-type: text/plain\r\n", &page));
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    let ran = run_in(&env, &["boards", "list", "-o", "json"]);
    tells_without(&ran, &KEY[..10]);
    let error: Value = serde_json::from_str(ran.error()).unwrap();
    assert!(error["excerpt"].as_str().unwrap().starts_with("<p><secret></p>xxx"), "{error}");
}

#[test]
fn a_credential_is_not_shown_while_it_is_checked() {
    for status in ["401 No", "422 Oh"] {
        let url = server(move |_, _| refusal(status, KEY));
        for form in ["table", "json"] {
            let args = ["auth", "login", "--base-url", &url, "--store", "file", "-o", form];
            let ran = Home::new().feed(KEY, &args);
            assert_eq!(ran.code, 1, "{}", ran.stderr);
            tells_without(&ran, KEY);
            let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
            tells_without(&run_in(&env, &["auth", "status", "-o", form]), KEY);
        }
    }
}

#[test]
fn a_session_that_cannot_be_listened_to_ends_without_the_credential() {
    let url = server(|_, _| refusal("422 Oh", KEY));
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    for form in ["table", "jsonl", "yaml"] {
        let ran =
            run_in(&env, &["realtime", "listen", "--session", "7", "--agent", "3", "-o", form]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        tells_without(&ran, KEY);
        assert_eq!(ran.stdout.contains("ended"), form != "table", "{}", ran.stdout);
    }
    let url = server(|_, _| {
        let body = json!({"error": {
            "message": "held with another-s3cr3t", "details": {"claim_owner_token": "another-s3cr3t"},
        }});
        reply("409 Taken", "", &body.to_string())
    });
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    let ran =
        run_in(&env, &["realtime", "listen", "--session", "7", "--agent", "3", "-o", "jsonl"]);
    assert!(ran.stdout.contains("held with <secret>"), "{}", ran.stdout);
    tells_without(&ran, "s3cr3t");
}

#[test]
fn what_only_another_request_would_have_sent_is_not_shown_either() {
    const COOKIE: &str = "eyJpdiI6/0123456789%3D%3D";
    for text in ["eyJpdiI6/0123456789==", "eyJpdiI6%2F0123456789%3D%3D", COOKIE] {
        let url = server(move |_, _| refusal("422 Oh", text));
        for more in [None, Some(("AGENTMC_API_KEY", KEY))] {
            let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_SESSION_COOKIE", COOKIE)];
            let env: Vec<_> = env.into_iter().chain(more).collect();
            for verbose in ["-q", "-vv"] {
                tells_without(&run_in(&env, &["boards", "list", verbose]), "0123456789");
            }
        }
    }
}

#[test]
fn an_owner_token_on_the_command_line_is_not_shown_when_it_is_repeated() {
    const TOKEN: &str = "owner-0123456789-abcdef";
    let url = server(|_, _| reply("409 Taken", "", TOKEN));
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    let args =
        ["sessions", "claim", "4", "--owner-token", TOKEN, "--agent", "3", "-o", "json", "-v"];
    tells_without(&run_in(&env, &args), TOKEN);
}

#[test]
fn where_a_redirect_leads_is_told_without_what_it_repeats() {
    for place in
        [format!("http://other.example/a/{KEY}?k={KEY}"), format!("/b#access_token={KEY}&x=1")]
    {
        let url = server(move |_, _| reply("302 Found", &format!("location: {place}\r\n"), ""));
        let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
        let ran = run_in(&env, &["boards", "list", "-vv"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains("\n< location: "), "{}", ran.stderr);
        tells_without(&ran, KEY);
    }
}

#[test]
fn a_reply_of_many_secrets_is_told_without_them() {
    let records: Vec<_> = (0..20_000)
        .map(|number| json!({"api_token": format!("token-{number:06}-s3cr3t")}))
        .collect();
    let body = json!({"data": records, "meta": {"said": "token-000000-s3cr3t"}}).to_string();
    let url = server(move |_, _| reply("422 Oh", "content-type: application/json\r\n", &body));
    let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
    tells_without(&run_in(&env, &["boards", "list", "-vv"]), "s3cr3t");
}

/// A service of one file whose storage answers with the request it got.
fn storing(status: &'static str) -> String {
    let file = json!({"data": {
        "id": 1, "team_id": 1, "display_name": "a.bin", "original_filename": "a.bin", "mime_type": "text/plain",
        "size_bytes": 10, "preview_kind": "other", "checksum_sha256": null,
    }});
    server(move |own, head| {
        let target = head.split(' ').nth(1).unwrap();
        let signed = format!("{own}/store/1?expires=9&sig=s1gnature-0123456789");
        if target.starts_with("/store/") {
            reply(status, "content-type: application/xml\r\n", &format!("<StringToSign>{head}"))
        } else if target.ends_with("/download") {
            reply("302 Found", &format!("location: {signed}\r\n"), "")
        } else if target.ends_with("/uploads") {
            let ticket = json!({"data": {
                "upload_id": "one", "object_key": "one", "upload_url": signed, "upload_method": "PUT",
                "upload_headers": {"x-signed": "s1gned-header-0123456789"}, "expires_at": "2030-01-01T00:00:00Z",
            }});
            reply("201 Created", "", &ticket.to_string())
        } else {
            reply("200 OK", "", &file.to_string())
        }
    })
}

#[test]
fn what_storage_repeats_is_not_shown_and_no_credential_is_blamed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    std::fs::write(&path, "0123456789").unwrap();
    for status in ["403 Forbidden", "404 Not Found"] {
        let url = storing(status);
        let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
        for args in
            [["files", "download", "1", "-"], ["files", "upload", path.to_str().unwrap(), "-q"]]
        {
            let text = run_in(&env, &[&args[..], &["-o", "table"]].concat());
            let json = run_in(&env, &[&args[..], &["-o", "json"]].concat());
            let told = run_in(&env, &[&args[..], &["-vv"]].concat());
            for ran in [&text, &json, &told] {
                assert_eq!(ran.code, 1, "{}", ran.stderr);
                assert!(!ran.stderr.contains("s1gn"), "{}", ran.stderr);
            }
            assert!(text.error().contains(&format!(": storage: {status} (storage refused ")));
            assert!(!text.error().contains("--agent"), "{}", text.error());
            let error: Value = serde_json::from_str(json.error()).unwrap();
            assert_eq!((&error["storage"], &error["excerpt"]), (&json!(true), &json!("")));
            let line = told.stderr.lines().find(|line| line.starts_with("< storage 40")).unwrap();
            let bytes = line.split(", ").nth(1).and_then(|it| it.strip_suffix(" bytes")).unwrap();
            assert!(bytes.parse::<usize>().unwrap() > "<StringToSign>".len(), "{line}");
        }
    }
}

#[test]
fn what_was_probably_done_is_said_where_the_reply_cannot_be_read() {
    for (status, body) in
        [("200 OK", "<html>Welcome</html>"), ("200 OK", ""), ("204 No Content", "")]
    {
        let url = server(move |_, _| reply(status, "", body));
        let env = [("AGENTMC_BASE_URL", url.as_str()), ("AGENTMC_API_KEY", KEY)];
        let create = ["boards", "create", "--name", "B"];
        let ran = run_in(&env, &[&create[..], &["-o", "table"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
        let begins = format!("agentmc: createBoard: {status}, but the reply does not have ");
        assert!(ran.error().starts_with(&begins), "{}", ran.error());
        let ends = "(the server has answered, and so has probably done it: look before you repeat)";
        assert!(ran.error().ends_with(ends), "{}", ran.error());
        assert_eq!(ran.error().contains("`.`: it is empty"), body.is_empty(), "{}", ran.error());
        let ran = run_in(&env, &[&create[..], &["-o", "json"]].concat());
        let error: Value = serde_json::from_str(ran.error()).unwrap();
        assert_eq!(error["status"].as_u64(), status[..3].parse().ok());
        let ran = run_in(&env, &["boards", "list", "-o", "table"]);
        assert!(!ran.error().contains("repeat"), "{}", ran.error());
        assert!(ran.error().contains(status), "{}", ran.error());
    }
}
