//! `agentmc demo`: the main job, end to end, through both frontends.

use agentmc_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;
use crate::{config, sandbox, table, text};

mod chat;
mod frontend;
mod steps;

use frontend::Frontend;

/// What a step of the demonstration did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) frontend: &'static str,
    pub(crate) what: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) milliseconds: f64,
}

pub(crate) fn run(common: &Common, out: &mut Output) -> Result<(), Failure> {
    common.refuse_target("`agentmc demo`, which brings a server, a key and an agent of its own")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::io("the demonstration cannot start", error))?;

    let first = sandbox::fresh()?;
    let api = config::tuned(first.api(), common);
    let (mut done, mut result) =
        runtime.block_on(steps::perform(frontend::Blocking::new(api), &first));
    if result.is_ok() {
        let second = sandbox::fresh()?;
        let api = config::tuned(second.api(), common);
        let client = runtime.block_on(async { frontend::Async::new(api) })?;
        let (more, second_result) = runtime.block_on(steps::perform(client, &second));
        done.extend(more);
        result = second_result;
    }
    // Whether the job was done is said even where nobody reads how.
    let shown = show(out, &done, result.is_ok());
    result?;
    Ok(shown?)
}

/// What is told of a step, as far as it fits.
const COLUMNS: [&str; 6] = ["CLIENT", "STEP", "OPERATION", "STATUS", "TIME", "REQUEST"];

/// Prints the steps, up to the one that went wrong if one did.
fn show(out: &mut Output, done: &[Done], good: bool) -> std::io::Result<()> {
    if out.is_json() {
        out.json(&Value::Array(done.iter().map(Done::to_json).collect()))?;
    } else {
        let rows: Vec<Vec<String>> = done.iter().map(Done::to_row).collect();
        out.painted(&table::columns(&COLUMNS, &rows, out.look()))?;
        if good {
            out.text(&format!("\nEvery one of {} replies was what it should be.", done.len()))?;
        }
    }
    out.finish()
}

impl Done {
    fn to_row(&self) -> Vec<String> {
        vec![
            self.frontend.to_owned(),
            self.what.to_owned(),
            self.operation.to_owned(),
            self.status.to_string(),
            format!("{:.2} ms", self.milliseconds),
            format!("{} {}", self.method, text::one_line(&self.path)),
        ]
    }

    fn to_json(&self) -> Value {
        json!({
            "frontend": self.frontend,
            "step": self.what,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "milliseconds": (self.milliseconds * 1000.0).round() / 1000.0,
        })
    }
}

/// The requests that arrived after the first `before` of all, as steps.
pub(crate) fn arrived<F: Frontend>(
    sandbox: &Sandbox,
    before: usize,
    what: &'static str,
    milliseconds: f64,
) -> Vec<Done> {
    let new = sandbox.seen_since(before);
    let each = milliseconds / f64::from(u32::try_from(new.len().max(1)).unwrap_or(u32::MAX));
    let step = |seen: &agentmc_sandbox::Seen| Done {
        frontend: F::NAME,
        what,
        operation: seen.operation.unwrap_or("-"),
        method: seen.method.to_string(),
        path: seen.target.clone(),
        status: seen.status.as_u16(),
        milliseconds: each,
    };
    new.iter().map(step).collect()
}
