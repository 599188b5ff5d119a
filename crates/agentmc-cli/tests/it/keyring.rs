//! Credentials in the keyring of the operating system.
#![cfg(all(feature = "keyring", target_os = "linux"))]

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use agentmc_sandbox::Sandbox;

use crate::home::Home;

/// The keyring may be used, as far as there is one.
const ON: (&str, &str) = ("AGENTMC_KEYRING", "");

#[test]
fn without_a_keyring_the_key_goes_to_the_file_and_that_is_said() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let key = &sandbox.keys().host_key;
    let login = ["auth", "login", "--base-url", sandbox.url()];
    let ran = home.feed_in(key, &[ON], &login);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        ran.error(),
        "agentmc: the keyring cannot be used (there is no session of D-Bus); the key goes to the file"
    );
    assert_eq!(ran.json()["store"], "file");
    assert!(home.text().contains(key.as_str()));
    let quiet = home.feed_in(key, &[ON], &[&login[..], &["--quiet"]].concat());
    assert_eq!((quiet.code, &*quiet.stderr), (0, ""));
    let off = home.feed_in(key, &[("AGENTMC_KEYRING", "off")], &login);
    assert_eq!((off.code, &*off.stderr), (0, ""), "whoever turned it off knows");
}

#[test]
fn a_keyring_that_is_asked_for_and_not_there_is_an_error_and_nothing_is_stored() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::new();
    let args = ["auth", "login", "--base-url", sandbox.url(), "--store", "keyring"];
    let ran = home.feed_in(&sandbox.keys().host_key, &[ON], &args);
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert_eq!(
        ran.error(),
        "agentmc: the keyring cannot be used, and nothing was stored: there is no session of D-Bus"
    );
    assert!(!home.file().exists());
    let off = home.feed_in(&sandbox.keys().host_key, &[("AGENTMC_KEYRING", "OFF")], &args);
    assert!(off.error().ends_with("AGENTMC_KEYRING is off"), "{}", off.error());
}

#[test]
fn a_bus_that_never_answers_holds_nothing_up() {
    let home = Home::with("[default]\nkeyring = [\"api_key\"]\n");
    let socket = home.file().with_file_name("bus");
    let silent = UnixListener::bind(&socket).unwrap();
    let bus = format!("unix:path={}", socket.display());
    let variables = [ON, ("DBUS_SESSION_BUS_ADDRESS", bus.as_str())];
    let ran = home.run_in(&variables, &["boards", "list", "--timeout", "0.2"]);
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert_eq!(
        ran.error(),
        "agentmc: the api_key of profile default cannot be read from the keyring: it gives no answer within 0.2 s"
    );
    drop(silent);
}

#[test]
fn the_keyring_is_asked_only_for_what_is_not_said_elsewhere() {
    let sandbox = Sandbox::start().unwrap();
    let url = sandbox.url();
    let home = Home::with(&format!("[default]\nbase_url = {url:?}\nkeyring = [\"api_key\"]\n"));
    let key = ("AGENTMC_API_KEY", sandbox.keys().host_key.as_str());
    assert_eq!(home.run_in(&[ON, key], &["boards", "list"]).code, 0);
    assert_eq!(home.run_in(&[ON], &["config", "show"]).code, 0, "it says where, not what");
    assert_eq!(home.run_in(&[ON], &["boards", "list", "--sandbox"]).code, 0);
}

#[test]
fn a_kind_that_does_not_exist_is_refused_in_the_list_of_the_keyring() {
    let home = Home::with("[default]\nkeyring = [\"api_kye\"]\n");
    let ran = home.run(&["boards", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("`keyring` must be a list of kinds"), "{}", ran.error());
}

/// What is done in a session with a keyring. Standard input is the key, a line for each login.
const SCRIPT: &str = r#"
set -eu
printf password | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
step() { printf '\n== %s\n' "$1"; }
login() { head -n 1 "$KEY" | "$AGENTMC" auth login --base-url "$URL" "$@"; }
step login; login
step file; cat "$XDG_CONFIG_HOME/agentmc/profiles.toml"
step use; "$AGENTMC" boards list --query 'data[*].id'
step status; "$AGENTMC" auth status
step show; "$AGENTMC" config show
step again; login --store keyring
step logout; "$AGENTMC" auth logout
step after; "$AGENTMC" boards list 2>&1 || true
step moved; login; login --store file
step cleared; cat "$XDG_CONFIG_HOME/agentmc/profiles.toml"
step token; head -n 1 "$TOKEN" | "$AGENTMC" auth login --credential agent_token --revision 0.1.1
step both; "$AGENTMC" auth logout
step unlisted
head -n 1 "$KEY" | XDG_CONFIG_HOME="$KEY" "$AGENTMC" auth login --base-url "$URL" || echo "code $?"
printf '[default]\nbase_url = "%s"\nkeyring = ["api_key"]\n' "$URL" > "$XDG_CONFIG_HOME/agentmc/profiles.toml"
"$AGENTMC" boards list || echo "code $?"
step older; login; head -n 1 "$KEY" | AGENTMC_KEYRING=off "$AGENTMC" auth login --base-url "$URL"
cat "$XDG_CONFIG_HOME/agentmc/profiles.toml" | grep keyring
step left; AGENTMC_KEYRING=off "$AGENTMC" auth logout || echo "code $?"
step gone; "$AGENTMC" auth logout
printf '[default]\nbase_url = "%s"\nkeyring = ["api_key"]\n' "$URL" > "$XDG_CONFIG_HOME/agentmc/profiles.toml"
"$AGENTMC" boards list || echo "code $?"
"#;

/// Runs where `dbus-run-session` and `gnome-keyring-daemon` are installed.
#[test]
fn a_real_keyring_keeps_the_key_and_gives_it_back() {
    for program in ["dbus-run-session", "gnome-keyring-daemon"] {
        if Command::new(program).arg("--version").output().is_err() {
            // Past the harness, which hides what passing tests print.
            let _ = writeln!(
                std::io::stderr(),
                "\nNOT RUN: credentials in a real keyring. Install {program}."
            );
            return;
        }
    }
    let sandbox = Sandbox::start().unwrap();
    let home = tempfile::tempdir().unwrap();
    let keys = sandbox.keys();
    for (file, secret) in [("key", &keys.host_key), ("token", &keys.agent_token)] {
        let mut file = std::fs::File::create(home.path().join(file)).unwrap();
        writeln!(file, "{secret}").unwrap();
    }
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", SCRIPT]).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("AGENTMC", env!("CARGO_BIN_EXE_agentmc")).env("URL", sandbox.url());
    command.env("KEY", home.path().join("key")).env("TOKEN", home.path().join("token"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(name, home.path());
    }
    let ran = command.stdin(Stdio::null()).output().unwrap();
    let stdout = String::from_utf8(ran.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{stdout}\n{stderr}");
    assert!(!stdout.contains(&keys.agent_token) && !stderr.contains(&keys.agent_token));
    assert!(!stderr.contains(&keys.host_key), "{stderr}");
    let step = |name: &str| {
        let begins = format!("\n== {name}\n");
        let (_, rest) = stdout.split_once(&begins).unwrap_or_else(|| panic!("{name}: {stdout}"));
        rest.split("\n== ").next().unwrap_or_default().to_owned()
    };
    assert!(step("login").contains(r#""store": "keyring""#), "{}", step("login"));
    let url = sandbox.url();
    let listed = format!("[default]\nbase_url = \"{url}\"\nkeyring = [\"api_key\"]\n");
    assert_eq!(step("file"), listed);
    assert_eq!(step("use").split_whitespace().collect::<String>(), "[1,2,3]");
    assert!(step("status").contains(r#""store": "keyring""#), "{}", step("status"));
    assert!(step("show").contains("profile default (keyring)"), "{}", step("show"));
    assert!(step("again").contains(r#""store": "keyring""#), "{}", step("again"));
    assert!(step("logout").contains(r#""removed": true"#), "{}", step("logout"));
    assert!(step("after").contains("agentmc auth login"), "{}", step("after"));
    let stored = format!("[default]\nbase_url = \"{url}\"\napi_key = \"{}\"\n", keys.host_key);
    assert_eq!(step("cleared"), stored);
    let shown = ["login", "status", "show", "again", "logout", "after", "moved", "token", "both"];
    assert!(shown.iter().all(|name| !step(name).contains(&keys.host_key)), "{stdout}");
    assert!(step("token").contains(r#""checked": true"#), "{}", step("token"));
    let both = step("both");
    assert!(both.contains("agent_token") && both.contains("api_key"), "{both}");

    // What no profile lists is not left in the keyring.
    assert!(step("unlisted").contains("code 3\ncode 2\n"), "{}", step("unlisted"));
    assert!(stderr.contains("is no longer in the keyring"), "{stderr}");
    // Nor is an older one that a newer one in the file hides.
    assert!(stderr.contains("the older one in the keyring stays there"), "{stderr}");
    assert!(step("older").ends_with("keyring = [\"api_key\"]\n"), "{}", step("older"));
    assert_eq!(step("left").trim(), "code 3", "what cannot be removed is not said to be gone");
    let gone = step("gone");
    assert!(gone.contains("\"file\"") && gone.contains("\"keyring\""), "{gone}");
    assert!(gone.ends_with("code 2\n"), "{gone}");
}
