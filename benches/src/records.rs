//! Records one by one, against a derive with the same members and types that drops what it does not know.

use agentmc_types::schema::Describe;
use agentmc_types::{Task, TeamAgent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::measure::{Effort, Ratio, compare, quartiles};
use crate::report::{Bound, Report, time};
use crate::{decode, sample};

mod content;
mod live;
mod people;
mod work;

const SUBJECT: &str = "Records, over a plain derive with the same types";
const EACH: &str = "Records one by one: the larger of reading and writing";

/// What is measured of a record, over its plain derive.
struct Row {
    name: &'static str,
    read: Ratio,
    written: Ratio,
}

impl Row {
    const fn worse(&self) -> f64 {
        self.read.median().max(self.written.median())
    }
}

/// The records that were measured.
struct Run {
    effort: Effort,
    rows: Vec<Row>,
}

impl Run {
    fn record<Ours, Plain>(&mut self, name: &'static str)
    where
        Ours: DeserializeOwned + Serialize + Describe,
        Plain: DeserializeOwned + Serialize,
    {
        let text = sample::full(&Ours::SCHEMA).to_string();
        let ours = || serde_json::from_str::<Ours>(&text).expect("a record");
        let plain = || serde_json::from_str::<Plain>(&text).expect("a record");
        let (one, other) = (ours(), plain());
        assert_eq!(json!(one), json!(other), "both write the same of {name}");
        let read = compare(self.effort, ours, plain);
        let written = compare(
            self.effort,
            || serde_json::to_vec(&one).expect("JSON"),
            || serde_json::to_vec(&other).expect("JSON"),
        );
        self.rows.push(Row { name, read, written });
    }
}

/// Measures records against structs with the members that stand here, as blocks of `record!` have them.
macro_rules! plain {
    ($run:ident; $($name:ident {
        $(required { $($r:ident $(= $rn:literal)?: $rt:ty),+ $(,)? })?
        $(nullable { $($n:ident $(= $nn:literal)?: $nt:ty),+ $(,)? })?
        $(optional { $($o:ident $(= $on:literal)?: $ot:ty),+ $(,)? })?
        $(clearable { $($c:ident $(= $cn:literal)?: $ct:ty),+ $(,)? })?
        $(defaulted { $($d:ident $(= $dn:literal)?: $dt:ty),+ $(,)? })?
    })+) => {$({
        #[derive(serde::Deserialize, serde::Serialize)]
        struct Plain {
            $($($(#[serde(rename = $rn)])? $r: $rt,)+)?
            $($($(#[serde(rename = $nn)])? $n: Option<$nt>,)+)?
            $($($(#[serde(rename = $on)])? #[serde(default, skip_serializing_if = "Option::is_none")] $o: Option<$ot>,)+)?
            $($($(#[serde(rename = $cn)])? #[serde(default, skip_serializing_if = "Option::is_none")] $c: Option<Nullable<$ct>>,)+)?
            $($($(#[serde(rename = $dn)])? #[serde(default)] $d: $dt,)+)?
        }

        $run.record::<$name, Plain>(stringify!($name));
    })+};
}
use plain;

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    // There are many of them.
    let few = Effort { rounds: effort.rounds / 2, ..effort };
    let mut run = Run { effort: few, rows: Vec::new() };
    work::measure(&mut run);
    people::measure(&mut run);
    content::measure(&mut run);
    live::measure(&mut run);
    summary(report, "read", run.rows.iter().map(|row| row.read.median()).collect());
    summary(report, "written", run.rows.iter().map(|row| row.written.median()).collect());

    // Against the derive of the page: it does not even read the times.
    let task = sample::task(1).to_string();
    let read = compare(
        effort,
        || serde_json::from_str::<Task>(&task).expect("a task"),
        || serde_json::from_str::<decode::PlainTask>(&task).expect("a task"),
    );
    let what = "Task, read, over a derive that leaves times and ids as text and numbers";
    report.ratio(SUBJECT, what, None, read);
    let agent = sample::full(&TeamAgent::SCHEMA).to_string();
    let tree = compare(
        effort,
        || serde_json::from_str::<TeamAgent>(&agent).expect("an agent"),
        || serde_json::from_str::<Value>(&agent).expect("JSON"),
    );
    report.ratio(SUBJECT, "TeamAgent, read, over `serde_json::Value`", None, tree);

    for row in run.rows {
        let figures = |ratio: Ratio| format!("{:.3} ({})", ratio.median(), time(ratio.ours));
        let aside = format!("read {}, written {}", figures(row.read), figures(row.written));
        report.figure(EACH, row.name, row.worse(), Some((Bound::AtMost, 1.05)), aside);
    }
}

fn summary(report: &mut Report, done: &str, mut ratios: Vec<f64>) {
    ratios.sort_by(f64::total_cmp);
    let what = format!("the median of {} records, {done}", ratios.len());
    let worst = ratios.last().copied().unwrap_or_default();
    let aside = format!("{:.3} to {worst:.3}", ratios[0]);
    let median = quartiles(ratios)[1];
    report.figure(SUBJECT, &what, median, Some((Bound::AtMost, 1.05)), aside);
    let what = format!("the worst, {done}");
    report.figure(SUBJECT, &what, worst, Some((Bound::AtMost, 1.05)), "");
}
