//! The figures, for people and for programs.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::measure::Ratio;

/// What was measured.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

/// One figure.
pub(crate) struct Row {
    subject: &'static str,
    what: String,
    /// The figure itself: a ratio, a count or a size.
    value: f64,
    spread: Option<[f64; 2]>,
    /// What to reach: at most this, or at least.
    target: Option<(Bound, f64)>,
    aside: String,
}

/// On which side of a target to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    AtMost,
    AtLeast,
}

impl Report {
    /// A ratio of two things measured by turns.
    pub(crate) fn ratio(
        &mut self,
        subject: &'static str,
        what: &str,
        target: Option<f64>,
        ratio: Ratio,
    ) {
        println!("{subject}: {what}: {:.3}", ratio.median());
        self.rows.push(Row {
            subject,
            what: what.to_owned(),
            value: ratio.median(),
            spread: Some([ratio.quartiles[0], ratio.quartiles[2]]),
            target: target.map(|target| (Bound::AtMost, target)),
            aside: format!("{} against {}", time(ratio.ours), time(ratio.theirs)),
        });
    }

    /// Any other figure.
    pub(crate) fn figure(
        &mut self,
        subject: &'static str,
        what: &str,
        value: f64,
        target: Option<(Bound, f64)>,
        aside: impl Into<String>,
    ) {
        println!("{subject}: {what}: {value:.3}");
        let (what, aside) = (what.to_owned(), aside.into());
        self.rows.push(Row { subject, what, value, spread: None, target, aside });
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut subject = "";
        for row in &self.rows {
            if row.subject != subject {
                subject = row.subject;
                let _ = write!(
                    text,
                    "\n## {subject}\n\n| what | figure | middle half | target | | in figures |\n\
                     | --- | ---: | ---: | ---: | --- | --- |\n"
                );
            }
            let spread = row.spread.map(|[low, high]| format!("{low:.3} to {high:.3}"));
            let target = row.target.map(|(bound, target)| match bound {
                Bound::AtMost => format!("≤ {}", number(target)),
                Bound::AtLeast => format!("≥ {}", number(target)),
            });
            let reached = match row.reaches() {
                Some(true) => "reached",
                Some(false) => "missed",
                None => "",
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {reached} | {} |",
                row.what,
                number(row.value),
                spread.unwrap_or_default(),
                target.unwrap_or_default(),
                row.aside,
            );
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "subject": row.subject, "what": row.what, "figure": row.value, "middle_half": row.spread,
                "target": row.target.map(|(_, target)| target), "reached": row.reaches(), "aside": row.aside,
            })
        });
        json!({"machine": machine(), "rows": rows.collect::<Vec<_>>()})
    }

    /// Writes `docs/performance.md`: what a hand has written above the line stays, the figures below are new.
    pub(crate) fn write(&self) {
        const LINE: &str =
            "<!-- Everything below is written by `cargo run --release -p agentmc-benches`. -->";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md");
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        let above = old.split(LINE).next().unwrap_or_default().trim_end();
        let text = format!("{above}\n\n{LINE}\n\nMeasured on {}.\n{}", machine(), self.text());
        std::fs::write(path, text).expect("docs/performance.md can be written");
    }
}

impl Row {
    fn reaches(&self) -> Option<bool> {
        self.target.map(|(bound, target)| match bound {
            Bound::AtMost => self.value <= target,
            Bound::AtLeast => self.value >= target,
        })
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 || value >= 1000.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.3}")
    }
}

/// A time for people.
pub(crate) fn time(nanos: f64) -> String {
    match nanos {
        ..1e4 => format!("{nanos:.0} ns"),
        1e4..1e7 => format!("{:.1} µs", nanos / 1e3),
        _ => format!("{:.1} ms", nanos / 1e6),
    }
}

/// What the figures were measured on.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = std::env::consts::OS;
    format!("{} ({cores} cores), {system}", model.trim_start_matches([' ', '\t', ':']))
}
