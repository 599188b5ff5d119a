//! Records one by one, against derives with the same members and types: one with the same tolerance, and one that drops
//! what it does not know.

use agentmc_types::schema::Describe;
use agentmc_types::{Task, TeamAgent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::measure::{Effort, Ratio, compare, quartiles};
use crate::report::{Bound, Report, time};
use crate::{decode, instructions, sample};

mod content;
mod live;
mod people;
mod work;

const SUBJECT: &str = "Records, over a plain derive with the same tolerance";
const EACH: &str = "Records one by one, by instructions, over a plain derive with the same tolerance: the larger of reading and writing";
const EACH_IN_TIME: &str = "Records one by one, over a plain derive with the same tolerance: the larger of reading and writing";

/// The most that reading or writing a record may take of what it takes a derive.
pub(crate) const MOST: f64 = 1.05;

/// How many times the derive's instructions reading and writing takes.
pub(crate) fn over([read, written, derived, rewritten]: [u64; 4]) -> [f64; 2] {
    [read as f64 / derived as f64, written as f64 / rewritten as f64]
}

/// What is measured of a record, over a derive.
struct Pair {
    read: Ratio,
    written: Ratio,
}

impl Pair {
    fn of<Ours, Other>(effort: Effort, text: &str, name: &str) -> Self
    where
        Ours: DeserializeOwned + Serialize,
        Other: DeserializeOwned + Serialize,
    {
        let ours = || serde_json::from_str::<Ours>(text).expect("a record");
        let other = || serde_json::from_str::<Other>(text).expect("a record");
        let (one, two) = (ours(), other());
        assert_eq!(json!(one), json!(two), "both write the same of {name}");
        let written = compare(
            effort,
            || serde_json::to_vec(&one).expect("JSON"),
            || serde_json::to_vec(&two).expect("JSON"),
        );
        Self { read: compare(effort, ours, other), written }
    }

    const fn worse(&self) -> f64 {
        self.read.median().max(self.written.median())
    }
}

/// What is measured of a record.
struct Row {
    name: &'static str,
    /// Over a derive that keeps unknown members.
    tolerant: Pair,
    /// Over one that drops them.
    strict: Pair,
}

/// What is done with every record.
enum Run {
    Measure {
        effort: Effort,
        rows: Vec<Row>,
    },
    /// Reading and writing it for callgrind to count, ours and the derive's.
    Count,
}

impl Run {
    fn record<Ours, Keeping, Dropping>(&mut self, name: &'static str)
    where
        Ours: DeserializeOwned + Serialize + Describe,
        Keeping: DeserializeOwned + Serialize,
        Dropping: DeserializeOwned + Serialize,
    {
        let text = sample::full(&Ours::SCHEMA).to_string();
        match self {
            Self::Measure { effort, rows } => rows.push(Row {
                name,
                tolerant: Pair::of::<Ours, Keeping>(*effort, &text, name),
                strict: Pair::of::<Ours, Dropping>(*effort, &text, name),
            }),
            Self::Count => {
                println!("{name}");
                count::<Ours>(&text);
                count::<Keeping>(&text);
            }
        }
    }

    /// Does it with all of them.
    fn all(&mut self) {
        work::measure(self);
        people::measure(self);
        content::measure(self);
        live::measure(self);
    }
}

/// Reads and writes a record for callgrind to count.
fn count<T: DeserializeOwned + Serialize>(text: &str) {
    let read = || serde_json::from_str::<T>(text).expect("a record");
    let record = read();
    instructions::counted(read);
    instructions::counted(|| serde_json::to_vec(&record).expect("JSON"));
}

/// Has callgrind count every record: the names are printed, and the counts are those of reading and writing ours and
/// of reading and writing the derive's, one after the other.
pub(crate) fn count_all() {
    Run::Count.all();
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
        struct Dropping {
            $($($(#[serde(rename = $rn)])? $r: $rt,)+)?
            $($($(#[serde(rename = $nn)])? $n: Option<$nt>,)+)?
            $($($(#[serde(rename = $on)])? #[serde(default, skip_serializing_if = "Option::is_none")] $o: Option<$ot>,)+)?
            $($($(#[serde(rename = $cn)])? #[serde(default, skip_serializing_if = "Option::is_none")] $c: Option<Nullable<$ct>>,)+)?
            $($($(#[serde(rename = $dn)])? #[serde(default)] $d: $dt,)+)?
        }

        #[derive(serde::Deserialize, serde::Serialize)]
        struct Keeping {
            $($($(#[serde(rename = $rn)])? $r: $rt,)+)?
            $($($(#[serde(rename = $nn)])? $n: Option<$nt>,)+)?
            $($($(#[serde(rename = $on)])? #[serde(default, skip_serializing_if = "Option::is_none")] $o: Option<$ot>,)+)?
            $($($(#[serde(rename = $cn)])? #[serde(default, skip_serializing_if = "Option::is_none")] $c: Option<Nullable<$ct>>,)+)?
            $($($(#[serde(rename = $dn)])? #[serde(default)] $d: $dt,)+)?
            #[serde(flatten)]
            extra: serde_json::Map<String, serde_json::Value>,
        }

        $run.record::<$name, Keeping, Dropping>(stringify!($name));
    })+};
}
use plain;

/// Measures every record; `counts` are the instructions that [`instructions::of_records`] gives.
pub(crate) fn measure(report: &mut Report, effort: Effort, counts: &[(String, [u64; 4])]) {
    // There are many of them.
    let few = Effort { rounds: effort.rounds / 3, ..effort };
    let mut run = Run::Measure { effort: few, rows: Vec::new() };
    run.all();
    let Run::Measure { rows, .. } = run else { return };
    let target = Some((Bound::AtMost, MOST));
    for (place, done) in ["read", "written"].into_iter().enumerate() {
        let ratios: Vec<f64> = counts.iter().map(|(_, count)| over(*count)[place]).collect();
        if !ratios.is_empty() {
            summary(report, &format!("{done}, by instructions"), ratios, target);
        }
    }
    let medians = |of: fn(&Row) -> &Ratio| rows.iter().map(|row| of(row).median()).collect();
    summary(report, "read", medians(|row| &row.tolerant.read), None);
    summary(report, "written", medians(|row| &row.tolerant.written), None);
    let dropping = "over one that drops what it does not know,";
    summary(report, &format!("{dropping} read"), medians(|row| &row.strict.read), None);
    summary(report, &format!("{dropping} written"), medians(|row| &row.strict.written), None);

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

    for row in rows {
        let time = |ratio: &Ratio| format!("{:.3} ({})", ratio.median(), time(ratio.ours));
        let strict = row.strict.worse();
        let aside = format!(
            "in time: read {}, written {}; {strict:.3} over one that drops",
            time(&row.tolerant.read),
            time(&row.tolerant.written)
        );
        if let Some((_, count)) = counts.iter().find(|(name, _)| name == row.name) {
            let [read, written] = over(*count);
            let aside = format!("read {read:.3}, written {written:.3}; {aside}");
            report.figure(EACH, row.name, read.max(written), target, aside);
        } else {
            report.figure(EACH_IN_TIME, row.name, row.tolerant.worse(), None, aside);
        }
    }
}

fn summary(report: &mut Report, done: &str, mut ratios: Vec<f64>, target: Option<(Bound, f64)>) {
    ratios.sort_by(f64::total_cmp);
    let what = format!("the median of {} records, {done}", ratios.len());
    let worst = ratios.last().copied().unwrap_or_default();
    let aside = format!("{:.3} to {worst:.3}", ratios[0]);
    let median = quartiles(ratios)[1];
    report.figure(SUBJECT, &what, median, target, aside);
    let what = format!("the worst, {done}");
    report.figure(SUBJECT, &what, worst, target, "");
}
