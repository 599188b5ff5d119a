//! `agentmc auth`.

use agentmc_sandbox::Sandbox;
use serde_json::json;

use crate::home::Home;

#[test]
fn a_key_is_checked_and_kept_and_used_from_then_on() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let key = sandbox.keys().host_key.clone();
    let ran = home.feed(&format!("{key}\n"), &["auth", "login", "--base-url", sandbox.url()]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let told = ran.json();
    assert_eq!(told["profile"], "default");
    assert!(told["team_id"].is_u64() && told["agents"].is_u64(), "{told}");
    assert!(!ran.stdout.contains(&key));

    let ran = home.run(&["boards", "list"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let ran = home.run(&["auth", "status", "-o", "table"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let begins =
        format!("The key from profile default (file) is accepted at {}, for team ", sandbox.url());
    assert!(ran.stdout.starts_with(&begins), "{}", ran.stdout);
    assert!(!ran.stdout.contains(&key));

    let ran = home.run(&["auth", "logout", "-o", "table"]);
    assert_eq!(
        ran.stdout,
        "The key of profile default is gone from this machine; the server still takes it.\n"
    );
    assert!(!home.text().contains(&key), "{}", home.text());
    assert_eq!(home.run(&["auth", "logout"]).json()["removed"], false);
    assert_eq!(home.run(&["boards", "list"]).code, 2);
    assert_eq!(home.run(&["auth", "status"]).code, 2);
}

#[test]
#[cfg(unix)]
fn what_holds_a_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let ran = home.feed(&sandbox.keys().host_key, &["auth", "login", "--base-url", sandbox.url()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.file()), 0o600);
    assert_eq!(mode(home.file().parent().unwrap()), 0o700);
    let lock = home.file().with_extension("lock");
    assert_eq!(std::fs::metadata(lock).unwrap().len(), 0, "it is there to be locked");
    let inside = std::fs::read_dir(home.file().parent().unwrap()).unwrap().count();
    assert_eq!(inside, 2, "nothing else is left beside the file");
}

#[test]
fn a_key_that_the_server_refuses_is_not_kept() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let ran = home.feed("cc_s3cr3t", &["auth", "login", "--base-url", sandbox.url()]);
    assert_eq!((ran.code, &*ran.stdout), (1, ""));
    assert!(ran.error().contains("nothing was stored"), "{}", ran.error());
    assert!(!ran.stderr.contains("s3cr3t"));
    assert!(!home.file().exists());
}

#[test]
fn no_key_is_no_key() {
    let home = Home::new();
    for input in ["", " \n"] {
        let ran = home.feed(input, &["auth", "login"]);
        assert_eq!((ran.code, ran.error()), (2, "agentmc: no API key was given"));
    }
    let ran = home.feed("cc_x", &["auth", "login", "--sandbox"]);
    assert_eq!(ran.error(), "agentmc: --sandbox means nothing to `agentmc auth`");
}

#[test]
fn logging_in_leaves_the_rest_of_the_file_as_it_is() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::with("# Mine\n[default]\nagent = 3 # Bert\n\n[work]\ntimeout = 5\n");
    let args = ["auth", "login", "--profile", "new", "--base-url", sandbox.url()];
    let ran = home.feed(&sandbox.keys().host_key, &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = home.text();
    let begins = "# Mine\n[default]\nagent = 3 # Bert\n\n[work]\ntimeout = 5\n\n[new]\nbase_url = ";
    assert!(text.starts_with(begins), "{text}");
    let ran = home.run(&["auth", "logout", "--profile", "new"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(home.text(), text.split("api_key").next().unwrap());
}

#[test]
fn the_key_may_come_from_a_file() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::with("");
    let file = home.file().with_file_name("key");
    std::fs::write(&file, &sandbox.keys().host_key).unwrap();
    let path = file.to_str().unwrap();
    let ran = home.run(&["auth", "login", "--base-url", sandbox.url(), "--api-key-file", path]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(home.run(&["boards", "list"]).code, 0);
}

#[test]
fn a_profile_keeps_every_kind_of_credential() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let keys = sandbox.keys();
    for (kind, secret, revision, checked) in [
        ("agent_token", &keys.agent_token, "0.1.1", true),
        ("bearer_token", &keys.bearer_token, "0.1.1", true),
        ("connect_token", &keys.connect_token, "0.1.1", false),
        ("session_cookie", &keys.session_cookie, "0.3.169", true),
        ("agent_token", &keys.agent_token, "0.3.169", false),
    ] {
        let args = ["auth", "login", "--base-url", sandbox.url()];
        let flags = ["--credential", kind, "--revision", revision];
        let ran = home.feed(secret, &[&args[..], &flags].concat());
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{kind}");
        assert_eq!(
            (&ran.json()["credential"], &ran.json()["checked"]),
            (&kind.into(), &checked.into())
        );
        assert!(home.text().contains(&format!("{kind} = {secret:?}")), "{}", home.text());
    }
    // A session cookie is enough for a listing, and a connect token connects.
    assert_eq!(home.run(&["boards", "list"]).code, 0);
    let connects = home.run(&["call", "connectAgent", "--revision", "0.1.1", "--dry-run"]);
    assert!(!connects.stderr.contains("has none"), "{}", connects.stderr);

    let ran = home.run(&["auth", "logout", "--credential", "session_cookie"]);
    assert_eq!(
        ran.json()["credentials"],
        json!([{"credential": "session_cookie", "store": "file"}])
    );
    let ran = home.run(&["auth", "logout", "-o", "table"]);
    assert_eq!(
        ran.stdout,
        "Gone from this machine, of profile default: agent token, bearer token, connect token. The server still takes them.\n"
    );
    assert!(!home.text().contains("token"), "{}", home.text());
}

#[test]
fn a_kind_of_credential_that_there_is_not_is_answered_with_the_closest() {
    let home = Home::new();
    let ran = home.feed("x", &["auth", "login", "--credential", "api_kye"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("api_key"), "{}", ran.stderr);
    let file = ["auth", "login", "--credential", "agent_token", "--api-key-file", "key"];
    assert_eq!(home.run(&file).error(), "agentmc: --api-key-file is for an api_key");
}

#[test]
fn a_missing_credential_is_answered_with_how_to_log_in() {
    let home = Home::new();
    assert!(
        home.run(&["boards", "list"]).error().contains("run `agentmc auth login`, set AGENTMC_")
    );
    let args = ["call", "connectAgent", "--revision", "0.1.1"];
    let ran = home.run(&args);
    assert!(
        ran.error().contains("`agentmc auth login --credential connect_token`"),
        "{}",
        ran.error()
    );
}

#[test]
fn the_credentials_of_one_server_do_not_follow_a_login_to_another() {
    let sandbox = Sandbox::start().unwrap();
    let (key, url) = (&sandbox.keys().host_key, sandbox.url());
    let there = "[default]\nbase_url = \"https://prod.example/v1\"\n";
    let with_url = ["auth", "login", "--base-url", url];
    for (profile, variables, args) in [
        (format!("{there}session_cookie = \"c\"\nagent_token = \"t\"\n"), &[][..], &with_url[..]),
        (format!("{there}keyring = [\"api_key\", \"session_cookie\"]\n"), &[], &with_url),
        // Without a base URL it is of the service itself.
        (
            "[default]\nsession_cookie = \"c\"\n".to_owned(),
            &[("AGENTMC_BASE_URL", url)],
            &["auth", "login"],
        ),
    ] {
        let home = Home::with(&profile);
        let ran = home.feed_in(key, variables, args);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{profile}");
        assert!(ran.error().contains("holds its ") && ran.error().contains("session_cookie"));
        assert!(ran.error().contains("log out first"), "{}", ran.error());
        assert_eq!(home.text(), profile);
        let other = home.feed_in(key, variables, &[args, &["--profile", "new"]].concat());
        assert_eq!(other.code, 0, "{}", other.stderr);
    }
    let home = Home::with(&format!("{there}api_key = \"old\"\n"));
    assert_eq!(home.feed(key, &with_url).code, 0, "what is replaced goes nowhere");
}

#[test]
fn logins_at_the_same_time_are_all_kept() {
    let sandbox = Sandbox::start().unwrap();
    let (home, key) = (Home::new(), &sandbox.keys().host_key);
    let names: Vec<String> = (0..10).map(|number| format!("p{number}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            let (home, url) = (&home, sandbox.url());
            scope.spawn(move || {
                let args = ["auth", "login", "--base-url", url, "--profile", name];
                assert_eq!(home.feed(key, &args).code, 0);
            });
        }
    });
    let text = home.text();
    assert!(names.iter().all(|name| text.contains(&format!("[{name}]\n"))), "{text}");
}

#[test]
fn a_credential_is_vouched_for_by_itself_alone() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let url = ("AGENTMC_BASE_URL", sandbox.url());
    let key = ("AGENTMC_API_KEY", sandbox.keys().host_key.as_str());
    let cookie = ("AGENTMC_SESSION_COOKIE", sandbox.keys().session_cookie.as_str());
    let status = |variables: &[(&str, &str)], flags: &[&str]| {
        home.run_in(variables, &[&["auth", "status"], flags].concat())
    };
    assert_eq!(status(&[url, key], &[]).code, 0);
    assert_eq!(status(&[url, key, cookie], &["--credential", "session_cookie"]).code, 0);
    let wrong = [url, key, ("AGENTMC_SESSION_COOKIE", "session=wrong")];
    assert_eq!(status(&wrong, &["--credential", "session_cookie"]).code, 1);

    for (variables, kind, revision) in [
        (&[url, cookie][..], "api_key", "0.3.169"),
        (&[url], "bearer_token", "0.3.169"),
        (&[url, key], "bearer_token", "0.1.1"),
    ] {
        let ran = status(variables, &["--credential", kind, "--revision", revision]);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{kind}");
        assert!(ran.error().contains("profile default has no "), "{}", ran.error());
        assert!(ran.error().contains("(run `agentmc auth login"), "{}", ran.error());
    }
}
