//! Profiles, and `agentmc config show`.

use agentmc_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::home::Home;
use crate::process::{Ran, run_in};

fn key(sandbox: &Sandbox) -> String {
    format!("base_url = {:?}\napi_key = {:?}\n", sandbox.url(), sandbox.keys().host_key)
}

/// Value and origin of a setting.
fn setting(shown: &Value, name: &str) -> (Value, String) {
    let settings = shown["data"].as_array().unwrap();
    let found = settings.iter().find(|setting| setting["name"] == name).unwrap();
    (found["value"].clone(), found["from"].as_str().unwrap().to_owned())
}

#[test]
fn a_profile_says_where_the_api_is_and_who_is_calling() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::with(&format!("[default]\n{}\n[empty]\n", key(&sandbox)));
    let ran = home.run(&["boards", "list"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let ran = home.run(&["call", "listBoards", "--profile", "default"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = home.run(&["--profile", "empty", "call", "listBoards"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("AGENTMC_API_KEY"), "{}", ran.error());
}

#[test]
fn flags_come_before_the_environment_before_the_profile_before_the_default() {
    let home = Home::with(
        "[work]\nbase_url = \"https://work.example/v1\"\nagent = 3\ntimeout = 5\nrevision = \"0.3.64\"\n",
    );
    let profile = ("AGENTMC_PROFILE", "work");
    let url = ("AGENTMC_BASE_URL", "https://env.example/v1");
    let show = ["config", "show"];
    let of = |ran: Ran| setting(&ran.json(), "base_url");
    let expected = |value: &str, from: &str| (json!(value), from.to_owned());
    assert_eq!(of(home.run(&show)), expected("https://agentmc.ai/api/v1", "default"),);
    assert_eq!(
        of(home.run_in(&[profile], &show)),
        expected("https://work.example/v1", "profile work")
    );
    assert_eq!(
        of(home.run_in(&[profile, url], &show)),
        expected("https://env.example/v1", "AGENTMC_BASE_URL"),
    );
    let flag = ["config", "show", "--base-url", "https://flag.example/v1", "--agent", "7"];
    let ran = home.run_in(&[profile, url], &flag);
    let shown = ran.json();
    assert_eq!(setting(&shown, "base_url"), expected("https://flag.example/v1", "--base-url"));
    assert_eq!(setting(&shown, "agent"), (json!(7), "--agent".to_owned()));
    assert_eq!(setting(&shown, "timeout"), (json!(5.0), "profile work".to_owned()));
    assert_eq!(setting(&shown, "profile"), expected("work", "AGENTMC_PROFILE"));

    let sent =
        home.run_in(&[profile, ("AGENTMC_API_KEY", "cc_x")], &["call", "listTasks", "--curl"]);
    assert!(sent.stdout.contains("https://work.example/v1/tasks"), "{}", sent.stdout);
}

#[test]
fn no_secret_is_shown_but_that_it_is_set_and_where() {
    let home = Home::with("[default]\napi_key = \"cc_s3cr3t\"\n");
    let ran = home.run(&["config", "show", "-o", "table"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains("s3cr3t"), "{}", ran.stdout);
    let line = ran.stdout.lines().find(|line| line.starts_with("api_key")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["api_key", "set", "profile", "default", "(file)"]);
    let variables = [("AGENTMC_API_KEY", "cc_s3cr3t"), ("AGENTMC_AGENT_TOKEN", "s3cr3t")];
    let ran = home.run_in(&variables, &["config", "show"]);
    assert!(!ran.stdout.contains("s3cr3t"), "{}", ran.stdout);
    let shown = ran.json();
    assert_eq!(setting(&shown, "api_key"), (json!("set"), "AGENTMC_API_KEY".to_owned()));
    assert_eq!(setting(&shown, "agent_token"), (json!("set"), "AGENTMC_AGENT_TOKEN".to_owned()));
}

#[test]
fn the_key_of_one_server_is_not_sent_to_another() {
    let sandbox = Sandbox::start().unwrap();
    let home = Home::with("[default]\napi_key = \"cc_s3cr3t\"\n");
    let ran = home.run(&["call", "listBoards", "--base-url", sandbox.url()]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("AGENTMC_API_KEY"), "{}", ran.error());
    let ran = home.run(&["config", "show", "--base-url", sandbox.url()]);
    assert_eq!(
        setting(&ran.json(), "api_key"),
        (Value::Null, "profile default has one for another base_url".to_owned())
    );
}

#[test]
fn a_command_with_a_server_of_its_own_leaves_the_profile_alone() {
    let home = Home::with(
        "[default]\nbase_url = \"http://127.0.0.1:9\"\nagent = 99\napi_key = \"cc_x\"\n",
    );
    let ran = home.run(&["boards", "list", "--sandbox"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
}

#[test]
#[cfg(unix)]
fn a_key_that_others_can_read_is_refused_with_what_to_do() {
    let home = Home::with("[default]\napi_key = \"cc_s3cr3t\"\n");
    home.allow(0o640);
    let ran = home.run(&["call", "listBoards"]);
    let path = home.file();
    let path = path.display();
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.error(),
        format!(
            "agentmc: {path} holds a credential, and others can read it (mode 0640): run `chmod 600 '{path}'`"
        )
    );
    let open = Home::with("[default]\nagent = 3\n");
    open.allow(0o644);
    assert_eq!(open.run(&["config", "show"]).code, 0, "without a secret it may be read");
}

#[test]
fn a_profile_that_is_wrong_is_refused_without_showing_it() {
    for (text, expected) in [
        ("[a]\nagent = 3\n[default]\napi_key = \"cc_s3cr3t\"\napi_kye = 1\n", "line 5"),
        ("[default]\napi_key = \"cc_s3cr3t\n", "line 2"),
        (
            "[default]\nrevision = \"cc_s3cr3t\"\n",
            "line 2: `revision` must be 0.1.1, 0.3.64 or 0.3.169",
        ),
        ("[default]\noutput = \"cc_s3cr3t\"\n", "`output` must be json, jsonl, yaml, csv or table"),
        ("[default]\ntimeout = 0\n", "above 0"),
        ("[default]\ntimeout = \"cc_s3cr3t\"\n", "above 0"),
        ("[default]\nagent = \"cc_s3cr3t\"\n", "`agent` must be a whole number"),
        ("[default]\nkeyring = \"cc_s3cr3t\"\n", "`keyring` must be a list of kinds"),
        ("[default]\nkeyring = [\"cc_s3cr3t\"]\n", "`keyring` must be a list of kinds"),
        ("[default]\napi_key = 3 # cc_s3cr3t\n", "`api_key` must be a text in quotes"),
        ("[default]\ncc_s3cr3t = 1\n", "a profile has base_url, revision, "),
        ("default = { agent = \"cc_s3cr3t\" }\n", "line 1: "),
        ("api_key = \"cc_s3cr3t\"\n", "line 1: a table such as `[default]` is expected above it"),
        ("api_key = cc_s3cr3t\n", "line 1: it is no TOML"),
        ("[default]\napi_key = \"a\"\napi_key = \"cc_s3cr3t\"\n", "it is no TOML"),
    ] {
        let home = Home::with(text);
        let ran = home.run(&["call", "listBoards"]);
        assert_eq!(ran.code, 2, "{text}");
        assert!(ran.error().contains(expected), "{}", ran.error());
        assert!(!ran.stderr.contains("s3cr3t"), "{}", ran.error());
    }
}

#[test]
fn a_profile_that_is_not_there_is_refused_with_those_that_are() {
    let home = Home::with("[home]\n[work]\n");
    let ran = home.run(&["call", "listBoards", "--profile", "wrok"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.error(), "agentmc: there is no profile `wrok` (--profile); there is home, work");
    let none = run_in(
        &[("XDG_CONFIG_HOME", "/nowhere"), ("AGENTMC_PROFILE", "work")],
        &["config", "show"],
    );
    assert_eq!(
        none.error(),
        "agentmc: there is no profile `work` (AGENTMC_PROFILE); there is none"
    );
}

#[test]
fn the_form_of_output_may_stand_in_a_profile() {
    let home = Home::with("[default]\noutput = \"yaml\"\n");
    let ran = home.run(&["boards", "list", "--sandbox"]);
    assert!(ran.stdout.starts_with("data:\n"), "{}", ran.stdout);
    let ran = home.run(&["boards", "list", "--sandbox", "-o", "json"]);
    assert!(ran.json()["data"].is_array());
}

#[test]
fn errors_have_the_form_that_output_has() {
    let home = Home::with("[default]\noutput = \"json\"\n[text]\noutput = \"table\"\n");
    let kind =
        |ran: &Ran| serde_json::from_str::<Value>(&ran.stderr).map(|error| error["kind"].clone());
    let refused = home.run(&["boards", "list"]);
    assert_eq!(kind(&refused).unwrap(), "build", "{}", refused.stderr);
    let misspelt = home.run(&["boards", "lits"]);
    assert_eq!(kind(&misspelt).unwrap(), "usage", "{}", misspelt.stderr);
    assert!(kind(&home.run(&["boards", "list", "-o", "table"])).is_err(), "a flag comes before it");
    assert!(kind(&home.run(&["boards", "list", "--profile", "text"])).is_err());
    let variable = |form| [("AGENTMC_OUTPUT", form)];
    assert!(kind(&home.run_in(&variable("table"), &["boards", "list"])).is_err());
    let told = home.run_in(&variable("jsonl"), &["boards", "list", "--profile=text"]);
    assert_eq!(kind(&told).unwrap(), "build", "{}", told.stderr);
    let wrong = home.run_in(&variable("tabel"), &["boards", "list"]);
    assert!(wrong.stderr.contains("AGENTMC_OUTPUT: there is no form `tabel`"), "{}", wrong.stderr);
}

#[test]
fn the_environment_says_which_form_output_has() {
    let home = Home::with("[default]\noutput = \"csv\"\n");
    let yaml = [("AGENTMC_OUTPUT", "yaml")];
    let ran = home.run_in(&yaml, &["boards", "list", "--sandbox"]);
    assert!(ran.stdout.starts_with("data:\n"), "{}", ran.stdout);
    let json = ["config", "show", "-o", "json"];
    assert_eq!(setting(&home.run_in(&yaml, &json).json(), "output").1, "--output");
    let shown = home.run_in(&[("AGENTMC_OUTPUT", "json")], &["config", "show"]).json();
    assert_eq!(setting(&shown, "output"), (json!("json"), "AGENTMC_OUTPUT".to_owned()));
}

#[test]
fn a_broken_profile_stops_only_what_needs_one() {
    let home = Home::with("[default\n");
    let folder = home.file().with_file_name("man");
    for args in [
        &["docs", "createTask"][..],
        &["operations"],
        &["completions", "bash"],
        &["man", folder.to_str().unwrap()],
        &["openapi"],
        &["help", "tasks"],
        &["boards", "list", "--help"],
        &["boards", "list", "--sandbox"],
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        let helps = args.contains(&"help") || args.contains(&"--help");
        let told = ran.stderr.starts_with("agentmc: no profile is used: the profiles in ");
        assert!(helps || told, "{args:?}: {}", ran.stderr);
        let quiet = home.run(&[args, &["--quiet"]].concat());
        assert_eq!((quiet.code, &*quiet.stderr), (0, ""), "{args:?}");
    }
    for args in [&["boards", "list"][..], &["config", "show"], &["auth", "login"]] {
        assert_eq!(home.run(args).code, 2, "{args:?}");
    }
    let missing = home.run(&["operations", "--profile", "work", "--quiet"]);
    assert_eq!((missing.code, &*missing.stderr), (0, ""));
}

#[test]
#[cfg(unix)]
fn who_can_read_a_broken_file_is_asked_before_what_is_wrong() {
    let home = Home::with("api_key = \"cc_s3cr3t\"\n");
    home.allow(0o644);
    let ran = home.run(&["boards", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.error().contains("others can read it (mode 0644)"), "{}", ran.error());
}

#[test]
fn a_base_url_is_shown_without_its_password() {
    let secret = "https://user:s3cr3t@example.com/v1?token=s3cr3t";
    let shown = "https://<secret>@example.com/v1?<secret>";
    let home = Home::with(&format!("[default]\nbase_url = {secret:?}\n"));
    let flag = ["config", "show", "--base-url", secret];
    for ran in [
        home.run(&["config", "show"]),
        home.run(&flag),
        home.run_in(&[("AGENTMC_BASE_URL", secret)], &["config", "show"]),
    ] {
        assert_eq!(setting(&ran.json(), "base_url").0, json!(shown));
        assert!(!ran.stdout.contains("s3cr3t"), "{}", ran.stdout);
    }
    for secret in
        ["https://user:s3c/r3t@example.com", "user:s3cr3t@example.com", "https://:@s3cr3t@x"]
    {
        let ran = home.run(&["config", "show", "--base-url", secret, "-o", "table"]);
        assert!(!ran.stdout.contains("r3t") && ran.stdout.contains("<secret>@"), "{}", ran.stdout);
    }
}
