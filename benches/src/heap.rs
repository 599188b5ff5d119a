//! What is asked of the heap, counted by valgrind: the timed program counts nothing, which would cost what allocates much
//! more than what allocates little.

use std::process::Command;

use crate::instructions::times;
use crate::report::{Bound, Report};
use crate::{build, decode, stream};

/// What a program asked of the heap.
struct Use {
    allocations: u64,
    /// The bytes it still has when it ends.
    bytes: u64,
}

/// The rows of building a request.
pub(crate) fn building(report: &mut Report) {
    let rows = [
        ("typed", "build_typed", Some((Bound::AtMost, 6.0))),
        ("of an operation at hand", "build_at_hand", None),
        ("by name, with its parameters", "build_by_name", None),
        ("the minimum with prepared headers", "build_minimum", None),
        ("the minimum with unprepared headers", "build_unprepared", None),
    ];
    for (what, name, target) in rows {
        let count = allocations(name) as f64;
        report.figure(build::SUBJECT, &format!("allocations, {what}"), count, target, "");
    }
}

/// The row of reading a page.
pub(crate) fn reading(report: &mut Report) {
    let (ours, plain) = (allocations("read_page_of_100"), allocations("read_plain_page_of_100"));
    let target = Some((Bound::AtMost, 1.0 / 3.0));
    let (ratio, aside) = (ours as f64 / plain as f64, format!("{ours} against {plain}"));
    report.figure(decode::SUBJECT, "allocations, over plain", ratio, target, aside);
}

/// The rows of realtime.
pub(crate) fn signals(report: &mut Report) {
    let count = allocations("signal_to_one_session") as f64;
    let target = Some((Bound::AtMost, 3.0));
    report.figure(stream::SUBJECT, "allocations a signal", count, target, "");
    let bytes = (used("sessions").bytes - used("sessions-nothing").bytes) / stream::MANY;
    let target = Some((Bound::AtMost, 4096.0));
    report.figure(stream::SUBJECT, "bytes an idle subscription", bytes as f64, target, "");
}

/// How many allocations it takes to do this once; what is allocated now and then counts for nothing.
fn allocations(name: &str) -> u64 {
    let nothing = used(&format!("{name}-nothing")).allocations;
    (used(name).allocations - nothing) / u64::from(times(name))
}

fn used(name: &str) -> Use {
    let this = std::env::current_exe().expect("this program");
    let ran = Command::new("valgrind")
        .args(["--leak-check=no", "--undef-value-errors=no"])
        .arg(&this)
        .args(["once", name])
        .output()
        .expect("valgrind runs");
    assert!(ran.status.success(), "valgrind fails");
    let said = String::from_utf8(ran.stderr).expect("text");
    let number = |before: &str| {
        let (_, rest) = said.split_once(before).expect("what valgrind says at the end");
        let digits: String =
            rest.chars().filter(|char| *char != ',').take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    Use { allocations: number("total heap usage: "), bytes: number("in use at exit: ") }
}
