//! What the clients cost over hand-written code, measured in one run and as ratios.
//!
//! `cargo run --release -p agentmc-benches` measures everything and writes `docs/performance.md`; with `quick` it takes
//! the rows that need no server and no other program, in less than two minutes, and writes nothing.
//! `-- instructions` counts instructions under valgrind and compares them with `benches/instructions.json`, so that a
//! regression shows whatever the machine is doing; `-- instructions update` writes that file.
//!
//! Each ratio is one of two things measured by turns in one run, since what a machine gives changes from second to
//! second. A figure decides nothing but whether a target is reached: no test fails by it.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that cannot be made ends the run"
)]

mod build;
mod calls;
mod decode;
mod growth;
mod heap;
mod instructions;
mod measure;
mod minimum;
mod records;
mod report;
mod sample;
mod server;
mod size;
mod stream;

use measure::Effort;
use report::Report;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => {
            let report = everything();
            println!("{}", report.text());
            report.write();
        }
        ["quick"] => {
            let report = quick();
            println!("{}", report.text());
        }
        ["quick", "json"] => println!("{:#}", quick().json()),
        ["json"] => println!("{:#}", everything().json()),
        ["instructions"] => instructions::check(),
        ["instructions", "update"] => instructions::update(),
        ["once", name] => instructions::once(name),
        _ => panic!("usage: agentmc-benches [quick] [json] | instructions [update]"),
    }
}

fn quick() -> Report {
    let mut report = Report::default();
    let effort = Effort::QUICK;
    build::measure(&mut report, effort);
    decode::measure(&mut report, effort);
    records::measure(&mut report, effort, &[]);
    stream::measure(&mut report, effort);
    report
}

fn everything() -> Report {
    let mut report = Report::default();
    let effort = Effort::FULL;
    build::measure(&mut report, effort);
    heap::building(&mut report);
    decode::measure(&mut report, effort);
    heap::reading(&mut report);
    records::measure(&mut report, effort, &instructions::of_records());
    stream::measure(&mut report, effort);
    heap::signals(&mut report);
    calls::measure(&mut report, effort);
    growth::measure(&mut report, effort);
    size::measure(&mut report);
    report
}
