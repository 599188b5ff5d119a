//! Something shown again and again, until Ctrl-C.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::interrupt;
use crate::output::Output;

/// Shows it every so often.
pub(crate) fn run(
    every: Duration,
    out: &mut Output,
    mut show: impl FnMut(&mut Output) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if !std::io::stdout().is_terminal() {
        return Err(Failure::input("--watch redraws a terminal, and standard output is none"));
    }
    interrupt::end_with(0)?;
    let (start, now) = (Instant::now(), out.look().now);
    loop {
        out.clear()?;
        show(out)?;
        out.finish()?;
        std::thread::sleep(every);
        out.at(now.checked_add(start.elapsed()).unwrap_or(now));
    }
}
