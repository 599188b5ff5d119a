//! Help, examples, the manual and completions.

use std::path::Path;

use agentmc_core::OPERATIONS;
use agentmc_sandbox::Sandbox;
use serde_json::json;

use crate::home::Home;
use crate::process::{command, environment, run, words};
use crate::realtime::requested;

/// What examples read from files.
pub(crate) fn heartbeat() -> serde_json::Value {
    json!({
        "agent": null,
        "host": {
            "fingerprint": "a3f56f330f311a2159f8c101eaf1439a29f1d57f007375d56aa79f304bc4f112",
            "name": "worker-01",
            "meta": {
                "hostname": "worker-01", "ip": "10.0.2.15", "os": "Debian", "os_version": "13", "arch": "x86_64",
                "network": {"private_ip": "10.0.2.15", "public_ip": "192.0.2.10"},
                "cpu": "x", "cpu_cores": 8, "ram_gb": 32, "uptime_seconds": 60,
                "disk": {"total_bytes": 2, "free_bytes": 1}, "runtime": {"name": "openclaw", "version": "2026.2.1"},
            },
        },
        "meta": {"runtime": {"name": "openclaw", "version": "2026.2.1"}, "models": [], "type": "openclaw"},
    })
}

#[test]
fn every_example_works_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("heartbeat.json"), heartbeat().to_string()).unwrap();
    std::fs::write(folder.path().join("token.txt"), "0123456789\n").unwrap();
    std::fs::write(folder.path().join("report.pdf"), "%PDF-1.7\n").unwrap();
    std::fs::write(folder.path().join("notes.md"), "# Notes\n").unwrap();
    let reference = run(&["docs"]).stdout;
    let mut examples: Vec<&str> =
        reference.lines().filter_map(|line| line.strip_prefix("    agentmc ")).collect();
    examples.retain(|example| !example.ends_with("[options]"));
    let overview = run(&[]).stdout;
    examples.extend(overview.lines().filter_map(|line| line.strip_prefix("  agentmc ")));
    assert!(examples.len() > OPERATIONS.len(), "{examples:?}");
    for example in examples {
        let args = words(example);
        let args: Vec<&str> = args.iter().map(String::as_str).chain(["--sandbox"]).collect();
        let ran = command(&args).current_dir(folder.path()).output().unwrap();
        let error = String::from_utf8_lossy(&ran.stderr);
        assert_eq!((ran.status.code(), &*error), (Some(0), ""), "{example}");
    }
    assert!(folder.path().join("handbook.md").exists());
    assert!(folder.path().join("report.txt").exists());
}

#[test]
fn every_command_says_what_it_is_for_what_it_takes_and_what_may_go_wrong() {
    for endpoint in OPERATIONS {
        let page = run(&["docs", endpoint.id]).stdout;
        let command = page.lines().next().unwrap().strip_prefix("# agentmc ").unwrap();
        let mut args: Vec<&str> = command.split(' ').collect();
        args.push("--help");
        let help = run(&args);
        assert_eq!((help.code, &*help.stderr), (0, ""), "{command}");
        let flat = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [&*format!("Usage: agentmc {command}"), "Examples:", "--dry-run", "--curl"] {
            assert!(flat.contains(part), "{command}: {part}");
        }
        let declared = endpoint.history.last().unwrap().errors;
        assert!(
            declared.iter().all(|status| flat.contains(&format!(" {status} "))),
            "{command}: {flat}"
        );
        assert_eq!(
            run(&[&args[..args.len() - 1], &["-h"]].concat()).stdout,
            help.stdout,
            "{command}"
        );
        for param in endpoint.params {
            assert!(
                page.contains(&format!("`{}`", shown(param))) || page.contains("-body`"),
                "{command}"
            );
        }
    }
}

fn shown(param: &agentmc_core::endpoint::Param) -> String {
    let name = param.field.name;
    match param.place {
        agentmc_core::endpoint::Place::Path => format!("<{}>", name.to_ascii_uppercase()),
        _ => format!("--{}", name.to_ascii_lowercase().replace('_', "-").trim_start_matches("x-")),
    }
}

#[test]
fn the_page_of_an_operation_is_found_by_its_ids_and_by_its_command() {
    let page = run(&["docs", "listCalendar"]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    for other in [
        &["docs", "workspaceCalendar"][..],
        &["docs", "calendar", "list"],
        &["docs", "calendar list"],
    ] {
        assert_eq!(run(other).stdout, page.stdout);
    }
    assert_eq!(
        run(&["docs", "listCalender"]).error(),
        "agentmc: there is no operation `listCalender`; did you mean `listCalendar`? (`agentmc operations` lists them)"
    );
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("man1");
    let ran = run(&["man", path.to_str().unwrap(), "-o", "table"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let page = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    assert!(page("agentmc.1").contains("boards"));
    assert!(page("agentmc-tasks-create.1").contains("The board the task is on."));
    assert!(page("agentmc-tasks-comments-list.1").contains("Lists the comments on a task"));
    let pages = std::fs::read_dir(&path).unwrap().count();
    assert!(pages > OPERATIONS.len(), "{pages}");
    assert_eq!(run(&["man", "/dev/null/man1"]).code, 3);
}

#[test]
fn there_is_a_script_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{shell}");
        assert!(
            ran.stdout.contains("AGENTMC_COMPLETE") && ran.stdout.contains("agentmc"),
            "{shell}"
        );
    }
}

/// What a shell is offered for the last of the words.
fn completed(variables: &[(&str, &str)], line: &[&str]) -> Vec<String> {
    let index = (line.len() - 1).to_string();
    let mut command = command(&[&["--"], line].concat());
    command.envs(variables.iter().copied());
    command.env("AGENTMC_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index);
    command
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false");
    let ran = command.output().unwrap();
    assert!(ran.status.success());
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    String::from_utf8(ran.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn commands_flags_values_and_ids_are_completed() {
    let sandbox = Sandbox::start().unwrap();
    let variables = environment(&sandbox);
    let completed = |line: &[&str]| completed(&variables, line);
    assert_eq!(completed(&["agentmc", "tas"]), ["tasks"]);
    assert_eq!(completed(&["agentmc", "tasks", "comments", "cr"]), ["create"]);
    assert_eq!(completed(&["agentmc", "tasks", "list", "--board"]), ["--board-id"]);
    assert_eq!(completed(&["agentmc", "boards", "list", "--scope", "t"]), ["team"]);
    assert_eq!(
        completed(&["agentmc", "boards", "show", ""])
            .iter()
            .filter(|word| word.parse::<u64>().is_ok())
            .count(),
        3
    );
    assert_eq!(completed(&["agentmc", "tasks", "list", "--board-id", "2"]), ["2"]);
}

#[test]
fn ids_of_what_the_line_names_are_completed() {
    let sandbox = Sandbox::start().unwrap();
    let variables = environment(&sandbox);
    let ids = |line: &[&str]| -> Vec<u64> {
        let words = completed(&variables, &[&["agentmc", "tasks"], line].concat());
        words.iter().filter_map(|word| word.parse().ok()).collect()
    };
    let task = crate::process::against(&sandbox, &["tasks", "show", "5"]).json();
    let board = task["data"]["board_id"].to_string();
    let shown = crate::process::against(&sandbox, &["boards", "show", &board]).json();
    let columns = shown["data"]["columns"].as_array().unwrap().iter();
    let columns: Vec<u64> = columns.map(|column| column["id"].as_u64().unwrap()).collect();
    assert!(columns.len() > 1);
    assert_eq!(ids(&["update", "5", "--column-id", ""]), columns);
    assert_eq!(ids(&["create", "--title", "x", "--board-id", &board, "--column-id", ""]), columns);
    assert!(ids(&["create", "--column-id", ""]).len() > columns.len(), "those of every board");

    let made = ["tasks", "comments", "create", "5", "--body", "Done"];
    let made = crate::process::against(&sandbox, &made).json();
    let ids = ids(&["comments", "update", "5", ""]);
    assert!(ids.contains(&made["data"]["id"].as_u64().unwrap()), "{ids:?}");
}

#[test]
fn operations_profiles_revisions_and_what_clears_are_completed() {
    let complete = |line: &[&str]| completed(&[], line);
    let clearing = complete(&["agentmc", "tasks", "update", "5", "--no-"]);
    assert!(clearing.contains(&"--no-due-at".to_owned()), "{clearing:?}");
    assert_eq!(complete(&["agentmc", "boards", "list", "--revision", "0.3.6"]), ["0.3.64"]);
    for tool in ["call", "docs", "operations"] {
        assert_eq!(complete(&["agentmc", tool, "listBoa"]), ["listBoards"], "{tool}");
    }
    assert_eq!(complete(&["agentmc", "docs", "cal"]), ["calendar"]);
    let home = Home::with("[home]\n[work]\n");
    let folder = home.file().parent().unwrap().parent().unwrap().to_owned();
    let variables = [("XDG_CONFIG_HOME", folder.to_str().unwrap())];
    assert_eq!(completed(&variables, &["agentmc", "boards", "list", "--profile", "w"]), ["work"]);
}

#[test]
fn ids_come_from_the_server_that_the_line_names() {
    let sandbox = Sandbox::start().unwrap();
    let key = [("AGENTMC_API_KEY", sandbox.keys().host_key.as_str())];
    let ids = |variables: &[(&str, &str)], line: &[&str]| {
        let words = completed(variables, &[&["agentmc"], line].concat());
        words.iter().filter(|word| word.parse::<u64>().is_ok()).count()
    };
    let line = ["--base-url", sandbox.url(), "boards", "show", ""];
    assert_eq!(ids(&key, &line), 3);
    let agents = ids(&environment(&sandbox), &["boards", "list", "--agent", ""]);
    assert!(agents > 1, "{agents}");
    let (asked, _, _) = requested();
    let line = ["realtime", "listen", "--session", ""];
    assert_eq!(ids(&environment(&asked), &line), 1);

    let (url, key) = (sandbox.url(), &sandbox.keys().host_key);
    let home = Home::with(&format!("[work]\nbase_url = {url:?}\napi_key = {key:?}\n"));
    let folder = home.file().parent().unwrap().parent().unwrap().to_owned();
    let variables = [("XDG_CONFIG_HOME", folder.to_str().unwrap())];
    assert_eq!(ids(&variables, &["boards", "show", "--profile", "work", ""]), 3);
    assert_eq!(ids(&variables, &["boards", "show", ""]), 0);
}

#[test]
fn the_pages_of_a_subject_are_printed_together() {
    let page = run(&["docs", "tasks"]);
    assert_eq!((page.code, &*page.stderr), (0, ""));
    assert!(page.stdout.starts_with("# agentmc tasks\n\nTasks on boards"), "{}", page.stdout);
    for command in ["tasks create", "tasks comments list"] {
        assert!(page.stdout.contains(&format!("\n## agentmc {command}\n")), "{command}");
    }
    assert!(!page.stdout.contains("agentmc boards"), "{}", page.stdout);
    let below = run(&["docs", "tasks", "comments"]).stdout;
    assert!(
        below.contains("\n## agentmc tasks comments list\n") && below.len() < page.stdout.len()
    );
    assert!(run(&["docs", "files"]).stdout.contains("\n## agentmc files upload\n"));
}

#[test]
fn where_no_server_answers_no_id_is_completed_and_nothing_said() {
    let variables = [("AGENTMC_BASE_URL", "http://127.0.0.1:9"), ("AGENTMC_API_KEY", "cc_x")];
    assert!(completed(&variables, &["agentmc", "tasks", "list", "--board-id", "2"]).is_empty());
    assert!(completed(&[], &["agentmc", "tasks", "list", "--board-id", "2"]).is_empty());
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let expected = run(&["docs"]).stdout;
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let actual = std::fs::read_to_string(&path).unwrap_or_default();
    let differs =
        actual.lines().zip(expected.lines()).find(|(actual, expected)| actual != expected);
    assert!(
        actual == expected,
        "docs/cli.md is out of date ({differs:?}); UPDATE_SNAPSHOTS=1 cargo test -p agentmc-cli writes it anew"
    );
}
