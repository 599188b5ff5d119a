//! `agentmc auth`.

use agentmc_sandbox::Sandbox;

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
        format!("The key from profile default is accepted at {}, for team ", sandbox.url());
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
    let inside = std::fs::read_dir(home.file().parent().unwrap()).unwrap().count();
    assert_eq!(inside, 1, "nothing is left beside the file");
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
