//! Instructions, counted by valgrind's callgrind: the same on every run, whatever the machine is doing.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use agentmc_core::ops::tasks::ShowTask;
use agentmc_core::reply::Reply;
use agentmc_core::{Operation, Step};

use agentmc_types::Task;
use bytes::Bytes;

use crate::stream::{self, Stream};
use crate::{build, decode, records, sample};

/// How many more instructions than recorded are no regression.
const SLACK: f64 = 0.05;

/// How often a thing is done while it is counted.
const TIMES: u32 = 100;

/// How many signals are counted. Among many sessions, the allocator now and then tidies up after all of them: with few
/// signals, a single time more would count.
const SIGNALS: u32 = 10_000;

pub(crate) fn times(name: &str) -> u32 {
    if name.starts_with("signal_") { SIGNALS } else { TIMES }
}

/// What is counted.
const NAMES: [&str; 7] = [
    "build_typed",
    "build_by_name",
    "read_page_of_100",
    "read_one",
    "call_to_value",
    "signal_to_one_session",
    "signal_to_10000_sessions",
];

/// Does one of the things, so that it can be counted. Without its own loop it is what everything else costs.
pub(crate) fn once(name: &str) {
    let (name, times) = match name.strip_suffix("-nothing") {
        Some(name) => (name, 0),
        None => (name, times(name)),
    };
    match name {
        "records" => return records::count_all(),
        "signal_to_one_session" => return signals(1, times.into()),
        "signal_to_10000_sessions" => return signals(stream::MANY, times.into()),
        // What lives on is counted when the program ends.
        "sessions" if times > 0 => return std::mem::forget(Stream::new(stream::MANY)),
        "sessions" => return,
        _ => {}
    }
    let (api, prepared, task) = (build::api(), build::Prepared::new(), build::task());
    let params = build::params();
    let page = decode::reply(100);
    let one = http::Response::new(Bytes::from(sample::one()));
    for _ in 0..times {
        match name {
            "build_typed" => drop(black_box(build::typed(&api))),
            "build_at_hand" => drop(black_box(api.call(&task))),
            "build_minimum" => drop(black_box(prepared.request())),
            "build_unprepared" => drop(black_box(build::unprepared())),
            "build_by_name" => drop(black_box(api.call_by_name("createTask", params.clone()))),
            "read_plain_page_of_100" => drop(black_box(decode::plain(&page))),
            "read_page_of_100" => drop(black_box(decode::ours(&page))),
            "read_one" => drop(black_box(read(&one))),
            "call_to_value" => {
                let mut call = api.call(&ShowTask::new(5)).expect("a call");
                let step = call.resolve(Ok(one.clone()), std::time::Duration::ZERO, 0.0);
                let Step::Done(Ok(reply)) = step else { panic!("200 is final") };
                drop(black_box(read(&reply)));
            }
            _ => panic!("there is nothing of the name {name}"),
        }
    }
}

fn signals(sessions: u64, times: u64) {
    let mut stream = Stream::new(sessions);
    // The first signal of a session makes room for those to come.
    let firsts = stream.frames(sessions, sessions);
    stream.receive(&firsts);
    // What differs between the counts is the receiving alone.
    let frames = stream.frames(SIGNALS.into(), sessions);
    stream.receive(&frames[..times as usize]);
}

fn read(reply: &http::Response<Bytes>) -> Task {
    <ShowTask as Operation>::Reply::read(ShowTask::ENDPOINT.id, reply).expect("a task")
}

pub(crate) fn update() {
    let counts: BTreeMap<_, _> = NAMES.iter().map(|name| (*name, count(name))).collect();
    let json = serde_json::to_string_pretty(&counts).expect("JSON") + "\n";
    std::fs::write(file(), json).expect("benches/instructions.json can be written");
    println!("{counts:#?}");
}

/// Ends the process with an error if something takes more instructions than recorded, or a record more than it may.
pub(crate) fn check() {
    let recorded = std::fs::read_to_string(file()).expect("benches/instructions.json");
    let recorded: BTreeMap<String, u64> = serde_json::from_str(&recorded).expect("JSON");
    let mut worse = false;
    for name in NAMES {
        let (now, then) = (count(name), recorded[name]);
        let change = now as f64 / then as f64 - 1.0;
        let verdict = match change {
            change if change > SLACK => "worse",
            change if change < -SLACK => "better: `instructions update` records it",
            _ => "the same",
        };
        println!(
            "{name}: {now} instructions, {then} recorded, {:+.2} %: {verdict}",
            change * 100.0
        );
        worse |= change > SLACK;
    }
    let records = of_records();
    let most = records::MOST * (1.0 + SLACK);
    let beyond = |count: &[u64; 4]| records::over(*count).into_iter().any(|ratio| ratio > most);
    for (name, count) in records.iter().filter(|(_, count)| beyond(count)) {
        println!(
            "{name}: read and written {:.3?} times the derive's: worse",
            records::over(*count)
        );
        worse = true;
    }
    println!("{} records: each may take {most:.3} times a derive's instructions", records.len());
    if worse {
        std::process::exit(1);
    }
}

/// The instructions of doing it once.
fn count(name: &str) -> u64 {
    let all = total(name);
    let nothing = total(&format!("{name}-nothing"));
    (all - nothing) / u64::from(times(name))
}

fn total(name: &str) -> u64 {
    let this = std::env::current_exe().expect("this program");
    let out = this.with_extension("callgrind");
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(&this)
        .args(["once", name])
        .status()
        .expect("valgrind runs");
    assert!(ran.success(), "valgrind fails");
    let text = std::fs::read_to_string(&out).expect("what valgrind wrote");
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")).expect("a total");
    total.trim().parse().expect("a number")
}

/// Does something for callgrind to count it by itself.
pub(crate) fn counted<T>(mut what: impl FnMut() -> T) {
    // What is done only once is not counted.
    drop(black_box(what()));
    mark();
    for _ in 0..TIMES {
        drop(black_box(what()));
    }
    mark();
}

/// Where callgrind writes down what it has counted since the last time.
#[inline(never)]
fn mark() {
    black_box(());
}

/// The instructions of reading and writing each record, and of the derive with the same tolerance, as
/// [`records::count_all`] has them.
pub(crate) fn of_records() -> Vec<(String, [u64; 4])> {
    let this = std::env::current_exe().expect("this program");
    let out = this.with_extension("records");
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--combine-dumps=yes"])
        .arg(format!("--dump-before={}::mark*", module_path!()))
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(&this)
        .args(["once", "records"])
        // Or glibc tidies up now and then, or has nothing at hand of a size, and one of two records pays for it.
        .env("GLIBC_TUNABLES", "glibc.malloc.mxfast=0:glibc.malloc.tcache_count=60000")
        .output()
        .expect("valgrind runs");
    assert!(ran.status.success(), "valgrind fails");
    let names = String::from_utf8(ran.stdout).expect("names");
    let text = std::fs::read_to_string(&out).expect("what valgrind wrote");
    let totals = text.lines().filter_map(|line| line.strip_prefix("totals: "));
    let totals: Vec<u64> = totals.map(|total| total.trim().parse().expect("a number")).collect();
    // Before each first mark stands what prepares, and behind the last mark what ends the program.
    let counts: Vec<u64> = totals.chunks_exact(2).map(|part| part[1] / u64::from(TIMES)).collect();
    let counts: Vec<[u64; 4]> =
        counts.chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]]).collect();
    let names: Vec<String> = names.lines().map(str::to_owned).collect();
    assert_eq!(names.len(), counts.len(), "every record is counted");
    names.into_iter().zip(counts).collect()
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}
