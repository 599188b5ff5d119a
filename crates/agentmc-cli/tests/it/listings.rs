//! Listings, page by page and as they came.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::process::{Ran, run_in};

/// Runs the command with `--all` against a server that has these pages.
fn of_pages(pages: Vec<String>, args: &[&str]) -> Ran {
    answered(pages, &[args, &["--all"]].concat())
}

/// Runs the command against a server that gives these answers, all of which must be asked for.
fn answered(bodies: Vec<String>, args: &[&str]) -> Ran {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for body in bodies {
            answer(&mut listener.accept().unwrap().0, &body);
        }
    });
    let more = ["--base-url", &url];
    let ran = run_in(&[("AGENTMC_API_KEY", "cc_x")], &[args, &more].concat());
    server.join().unwrap();
    ran
}

/// Answers with a page, or refuses where there is none.
fn answer(stream: &mut TcpStream, body: &str) {
    let _ = stream.read(&mut [0; 4096]).unwrap();
    let status = if body.is_empty() { "403 Forbidden" } else { "200 OK" };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).unwrap();
}

fn page(number: usize, of: usize, data: &[Value]) -> String {
    json!({"data": data, "links": {}, "meta": {"current_page": number, "last_page": of}})
        .to_string()
}

/// Three pages of 30 boards. One of the first has a `mood`, one of the last an `owner`.
fn boards() -> Vec<String> {
    let mut all: Vec<Value> = (1..=90).map(|id| json!({"id": id, "name": "B"})).collect();
    all[7]["mood"] = "good".into();
    all[80]["owner"] = "Ada".into();
    all.chunks(30).enumerate().map(|(index, data)| page(index + 1, 3, data)).collect()
}

const HEADING: &str = "id,team_id,name,visibility,description,personal_owner_user_id,\
    created_by_user_id,created_at,updated_at,personal_owner_user,columns_count,tasks_count,columns";

#[test]
fn the_columns_of_csv_are_those_of_the_type_and_what_is_seen_in_time() {
    let ran = of_pages(boards(), &["boards", "list", "-o", "csv"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], format!("{HEADING},mood"));
    assert_eq!(lines.len(), 91);
    assert_eq!((lines[1], lines[8]), ("1,,B,,,,,,,,,,,", "8,,B,,,,,,,,,,,good"));
    assert_eq!((ran.code, ran.error()), (0, "agentmc: left out: owner; name it with --columns"));
    let quiet = of_pages(boards(), &["boards", "list", "-o", "csv", "-q"]);
    assert_eq!((quiet.code, &*quiet.stdout, &*quiet.stderr), (0, &*ran.stdout, ""));
}

#[test]
fn the_columns_of_csv_do_not_depend_on_what_is_there() {
    let none = of_pages(vec![page(1, 1, &[])], &["boards", "list", "-o", "csv"]);
    assert_eq!((none.code, &*none.stdout, &*none.stderr), (0, &*format!("{HEADING}\n"), ""));
}

#[test]
fn a_column_may_be_that_of_the_last_record_alone() {
    for form in ["csv", "table"] {
        let args = ["boards", "list", "-o", form, "--columns", "id,owner"];
        let ran = of_pages(boards(), &args);
        assert_eq!((ran.code, &*ran.stderr), (0, ""));
        assert_eq!(ran.stdout.lines().count(), 91);
        assert_eq!(ran.stdout.lines().filter(|line| line.ends_with("Ada")).count(), 1);
    }
}

#[test]
fn a_column_of_no_record_is_refused_once_that_is_certain() {
    let problem = "agentmc: there is no column `onwer`; did you mean `owner`?";
    for form in ["csv", "table"] {
        let args = ["boards", "list", "-o", form, "--columns", "id,onwer"];
        let ran = of_pages(boards(), &args);
        assert_eq!((ran.code, ran.stdout.lines().count(), ran.error()), (2, 91, problem));

        let few = page(1, 1, &[json!({"id": 1, "owner": "Ada"})]);
        let ran = of_pages(vec![few], &args);
        assert_eq!((ran.code, &*ran.stdout, ran.error()), (2, "", problem));
    }
}

#[test]
fn what_came_before_an_error_is_written() {
    for (form, lines) in [("csv", 31), ("table", 31), ("jsonl", 30)] {
        let pages = vec![boards().swap_remove(0), String::new()];
        let ran = of_pages(pages, &["boards", "list", "-o", form]);
        assert_eq!((ran.code, ran.stdout.lines().count()), (1, lines), "{form}: {}", ran.stderr);
    }
}

/// Two records as no type of numbers and no map would keep them, and how they are written on a line.
const ODD: &str = r#"{ "z": 1.10, "id": 123456789012345678901234567890, "a": {"y": [ ], "b": "\u00e9\/"} }, 1e400"#;
const LINES: &str =
    "{\"z\":1.10,\"id\":123456789012345678901234567890,\"a\":{\"y\":[],\"b\":\"é/\"}}\n1e400\n";

fn odd_page(number: usize) -> String {
    format!(r#"{{"meta":{{"last_page":2,"current_page":{number}}},"data":[{ODD}]}}"#)
}

#[test]
fn json_is_written_as_it_came() {
    for command in [&["boards", "list"][..], &["call", "listBoards"]] {
        let ran = |form| answered(vec![odd_page(1)], &[command, &["-o", form]].concat());
        let expected = r#"{
  "meta": {
    "last_page": 2,
    "current_page": 1
  },
  "data": [
    {
      "z": 1.10,
      "id": 123456789012345678901234567890,
      "a": {
        "y": [],
        "b": "é/"
      }
    },
    1e400
  ]
}
"#;
        assert_eq!(ran("json").stdout, expected);
        assert_eq!(ran("jsonl").stdout, LINES);
    }
    let one = |form| {
        answered(
            vec![format!(r#"{{"data":{}}}"#, &ODD[..ODD.len() - 7])],
            &["boards", "show", "1", "-o", form],
        )
    };
    assert_eq!(one("jsonl").stdout, LINES.replace("1e400\n", ""));
    assert!(one("json").stdout.starts_with("{\n  \"data\": {\n    \"z\": 1.10,\n"));
}

#[test]
fn what_only_text_can_be_is_refused_in_other_forms() {
    let deep = format!(r#"{{"data":{}7{}}}"#, "[".repeat(130), "]".repeat(130));
    for body in [r#"{"data":[1e400]}"#, r#"{"data":["\ud800"]}"#, &deep] {
        let ran = |form| answered(vec![body.to_owned()], &["boards", "list", "-o", form]);
        assert_eq!(ran("json").code, 0, "{}", ran("json").stderr);
        for form in ["csv", "table", "yaml"] {
            assert_eq!((ran(form).code, &*ran(form).stdout), (1, ""), "{form}: {body}");
        }
    }
}

#[test]
fn what_a_query_finds_is_not_looked_into() {
    let body = || vec![r#"{"data":[{"id":1,"data":[7,8]}]}"#.to_owned()];
    let found =
        |query, form| answered(body(), &["boards", "list", "--query", query, "-o", form]).stdout;
    assert_eq!(found("data[0]", "jsonl"), "{\"data\":[7,8],\"id\":1}\n");
    assert_eq!(found("data[0]", "csv"), "data,id\n\"[7,8]\",1\n");
    assert_eq!(found("data[0]", "table"), "id    1\ndata  7, 8\n");
    assert_eq!(found("data[0].data", "jsonl"), "7\n8\n");
    let shown = ["call", "createBoard", "name=x", "--dry-run", "-o", "jsonl", "--query", "body"];
    assert_eq!(crate::process::run(&shown).stdout, "{\"name\":\"x\"}\n");
}

#[test]
fn every_page_is_written_as_it_came() {
    let pages = || vec![odd_page(1), odd_page(2)];
    let args = |form| ["boards", "list", "-o", form];
    assert_eq!(of_pages(pages(), &args("jsonl")).stdout, LINES.repeat(2));
    let lines = LINES.repeat(2).trim_end().replace('\n', ",\n");
    assert_eq!(of_pages(pages(), &args("json")).stdout, format!("[\n{lines}\n]\n"));
    let none = vec![page(1, 1, &[])];
    assert_eq!(of_pages(none, &args("json")).stdout, "[]\n");
}

#[test]
fn what_is_no_json_is_refused_in_every_form() {
    for form in ["json", "jsonl", "yaml", "csv", "table"] {
        for all in [&[][..], &["--all"]] {
            let broken = vec![r#"{"data":[1"#.to_owned()];
            let ran = answered(broken, &[&["boards", "list", "-o", form], all].concat());
            assert_eq!((ran.code, &*ran.stdout), (1, ""), "{form}");
            assert!(ran.stderr.contains("listBoards"), "{}", ran.stderr);
        }
    }
}
