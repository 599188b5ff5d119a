//! How far long work has come, on standard error, if that is a terminal.

use std::io::Write;
use std::time::{Duration, Instant};

use agentmc_blocking::Progress;

use crate::look::{draws, width_of_errors};
use crate::table::cut;
use crate::text::one_line;

/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// A line that is drawn over and over.
#[derive(Debug)]
struct Line {
    draws: bool,
    last: Option<Instant>,
}

impl Line {
    fn new(quiet: bool) -> Self {
        Self { draws: draws(quiet), last: None }
    }

    fn draw(&mut self, text: impl FnOnce() -> String) {
        let due = self.last.is_none_or(|last| last.elapsed() >= EVERY);
        if self.draws && due {
            self.last = Some(Instant::now());
            // A line that breaks cannot be drawn over.
            let width = width_of_errors().map_or(usize::MAX, |width| width.saturating_sub(1));
            write(&format!("\r\u{1b}[K{}", cut(&one_line(&text()), width)));
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.last.is_some() {
            write("\r\u{1b}[K");
        }
    }
}

fn write(text: &str) {
    // If standard error is closed there is nobody left to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// How much of a file is transferred.
#[derive(Debug)]
pub(crate) struct Bar {
    line: Line,
    name: String,
    start: Instant,
}

impl Bar {
    pub(crate) fn new(name: impl Into<String>, quiet: bool) -> Self {
        Self { line: Line::new(quiet), name: name.into(), start: Instant::now() }
    }

    pub(crate) fn show(&mut self, progress: Progress) {
        let (name, elapsed) = (&self.name, self.start.elapsed());
        self.line.draw(|| bar(name, progress, elapsed));
    }
}

fn bar(name: &str, Progress { bytes, total, .. }: Progress, elapsed: Duration) -> String {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = size(bytes.saturating_mul(1000) / millis);
    format!("{} {rate}/s of {}, {name}", share(bytes, total), size(total))
}

/// How much of the whole is done.
fn share(done: u64, total: u64) -> String {
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
    let tenths = usize::try_from(percent / 10).unwrap_or(10).min(10);
    let (filled, rest) = ("=".repeat(tenths), " ".repeat(10 - tenths));
    format!("{percent:>3} % [{filled}{rest}]")
}

/// So many bytes, for people.
pub(crate) fn size(bytes: u64) -> String {
    let (mut whole, mut tenths, mut unit) = (bytes, 0, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if whole < 1000 {
            break;
        }
        (tenths, whole, unit) = (whole % 1000 / 100, whole / 1000, next);
    }
    if unit == "B" { format!("{whole} B") } else { format!("{whole}.{tenths} {unit}") }
}

/// How many items of a listing have come.
#[derive(Debug)]
pub(crate) struct Count {
    line: Line,
    items: u64,
}

impl Count {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { line: Line::new(quiet), items: 0 }
    }

    /// Another item has come, of so many if that is known.
    pub(crate) fn one_more(&mut self, total: Option<u64>) {
        self.items += 1;
        let items = self.items;
        self.line.draw(|| count(items, total));
    }
}

fn count(items: u64, total: Option<u64>) -> String {
    // A walk may begin behind the first page, and items come and go meanwhile.
    match total.filter(|total| *total >= items) {
        Some(total) => format!("{} {items} of {total} items", share(items, total)),
        None => format!("{items} items"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use agentmc_blocking::Progress;

    use super::{bar, count, size};

    #[test]
    fn items_are_counted_against_all_there_are() {
        assert_eq!(count(15, Some(60)), " 25 % [==        ] 15 of 60 items");
        assert_eq!([count(61, Some(60)), count(5, None)], ["61 items", "5 items"]);
    }

    #[test]
    fn a_bar_says_how_much_and_how_fast() {
        let bar = bar("report.pdf", Progress::new(1_500_000, 3_000_000), Duration::from_secs(2));
        assert_eq!(bar, " 50 % [=====     ] 750.0 kB/s of 3.0 MB, report.pdf");
        let all = super::bar("empty", Progress::new(0, 0), Duration::ZERO);
        assert!(all.contains("100 %"), "{all}");
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(
            [size(0), size(999), size(1000), size(12_345_678)],
            ["0 B", "999 B", "1.0 kB", "12.3 MB"]
        );
    }
}
