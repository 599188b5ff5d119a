//! Something shown again and again, until Ctrl-C.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::args::Common;
use crate::failure::Failure;
use crate::interrupt;
use crate::look::{self, Look, Paint};
use crate::output::Output;
use crate::table::width;

/// Shows it every so often. Nothing is cleared before there is something to show instead, so that an error stands
/// below what was shown last.
pub(crate) fn run(
    every: Duration,
    common: &Common,
    out: &mut Output,
    mut show: impl FnMut(&mut Output) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if !std::io::stdout().is_terminal() {
        return Err(Failure::input("--watch redraws a terminal, and standard output is none"));
    }
    interrupt::end_with(0)?;
    // What is told of requests on the same terminal would be cleared with what they bring.
    let below = common.verbose > 0 && std::io::stderr().is_terminal();
    let (start, now) = (Instant::now(), out.look().now);
    loop {
        let shown = out.held(&mut show)?;
        interrupt::whole(|| match look::size() {
            Some(size) if !below => out.redraw(&fitted(&shown, size, out.look())),
            _ if below => out.painted(&shown).and_then(|()| out.finish()),
            _ => out.redraw(&shown),
        })?;
        std::thread::sleep(every);
        out.at(now.checked_add(start.elapsed()).unwrap_or(now));
    }
}

/// As many lines as a terminal of so many columns and rows shows at once, and how many more there are: what scrolls
/// away cannot be drawn over. The last row is the cursor's.
fn fitted(text: &str, (columns, rows): (usize, usize), look: &Look) -> String {
    let rows_of = |line: &str| unpainted(line).div_ceil(columns.max(1)).max(1);
    let lines: Vec<&str> = text.lines().collect();
    let room = rows.saturating_sub(1);
    if lines.iter().map(|line| rows_of(line)).sum::<usize>() <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let fits = |line: &&&str| match left.checked_sub(rows_of(line)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let shown: Vec<&str> = lines.iter().take_while(fits).copied().collect();
    let more = lines.len() - shown.len();
    let note = format!("{more} more {}", if more == 1 { "line" } else { "lines" });
    let shown: String = shown.into_iter().map(|line| line.to_owned() + "\n").collect();
    shown + &look.paint(&note, Paint::Dim) + "\n"
}

/// How wide a line is without its colours, which are all it has of control sequences.
fn unpainted(line: &str) -> usize {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().map_or(0, width);
    let after = |part: &str| width(part.split_once('m').map_or(part, |(_, after)| after));
    first + parts.map(after).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::fitted;
    use crate::look::Look;

    #[test]
    fn what_does_not_fit_is_counted_and_left_out() {
        let look = Look { width: None, color: false, quiet: false, now: Timestamp::UNIX_EPOCH };
        let fitted = |text: &str, columns, rows| fitted(text, (columns, rows), &look);
        assert_eq!(fitted("a\nb\nc\n", 10, 4), "a\nb\nc\n");
        assert_eq!(fitted("a\nb\nc\n", 10, 3), "a\n2 more lines\n");
        assert_eq!(fitted("a\n\u{1b}[1mbc\u{1b}[0m\nd\n", 2, 4), "a\n\u{1b}[1mbc\u{1b}[0m\nd\n");
        assert_eq!(fitted("a\nbcd\ne\n", 2, 4), "a\n2 more lines\n", "a wide line takes two rows");
        assert_eq!(fitted("a\nb\n", 2, 1), "2 more lines\n");
    }
}
