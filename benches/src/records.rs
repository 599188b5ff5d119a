//! Records one by one, against derives with the same members and types: one with the same tolerance, and one that drops
//! what it does not know.

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

const SUBJECT: &str = "Records, over a plain derive with the same tolerance";
const EACH: &str = "Records one by one, over a plain derive with the same tolerance: the larger of reading and writing";

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
    /// Over a derive that keeps unknown members if the record does.
    tolerant: Pair,
    /// Over one that drops them.
    strict: Pair,
}

/// The records that were measured.
struct Run {
    effort: Effort,
    rows: Vec<Row>,
}

impl Run {
    fn record<Ours, Keeping, Dropping>(&mut self, name: &'static str)
    where
        Ours: DeserializeOwned + Serialize + Describe,
        Keeping: DeserializeOwned + Serialize,
        Dropping: DeserializeOwned + Serialize,
    {
        let mut value = sample::full(&Ours::SCHEMA);
        let text = value.to_string();
        let strict = Pair::of::<Ours, Dropping>(self.effort, &text, name);
        value["of_a_newer_api"] = true.into();
        let newer: Ours = serde_json::from_value(value).expect("a record");
        let tolerant = match json!(newer).get("of_a_newer_api") {
            Some(_) => Pair::of::<Ours, Keeping>(self.effort, &text, name),
            None => Pair::of::<Ours, Dropping>(self.effort, &text, name),
        };
        self.rows.push(Row { name, tolerant, strict });
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

pub(crate) fn measure(report: &mut Report, effort: Effort) {
    // There are many of them.
    let few = Effort { rounds: effort.rounds / 3, ..effort };
    let mut run = Run { effort: few, rows: Vec::new() };
    work::measure(&mut run);
    people::measure(&mut run);
    content::measure(&mut run);
    live::measure(&mut run);
    let target = Some((Bound::AtMost, 1.05));
    let medians = |of: fn(&Row) -> &Ratio| run.rows.iter().map(|row| of(row).median()).collect();
    summary(report, "read", medians(|row| &row.tolerant.read), target);
    summary(report, "written", medians(|row| &row.tolerant.written), target);
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

    for row in run.rows {
        let figures = |ratio: &Ratio| format!("{:.3} ({})", ratio.median(), time(ratio.ours));
        let both = |pair: &Pair| {
            format!("read {}, written {}", figures(&pair.read), figures(&pair.written))
        };
        let (tolerant, strict) = (both(&row.tolerant), row.strict.worse());
        let aside = format!("{tolerant}; {strict:.3} over one that drops");
        report.figure(EACH, row.name, row.tolerant.worse(), target, aside);
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
