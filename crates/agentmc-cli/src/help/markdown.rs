//! Markdown as a terminal shows it.

use crate::look::{Look, Paint};
use crate::table::wrap;
use crate::text;

/// How wide text is at most: longer lines are hard to read.
const WIDEST: usize = 100;

/// The document with headings that stand out and lines that fit.
pub(crate) fn rendered(markdown: &str, look: &Look) -> String {
    let width = look.width.map(|width| width.min(WIDEST)).or(Some(WIDEST));
    let (mut text, mut open) = (String::new(), String::new());
    for line in markdown.lines().chain([""]) {
        let begins = line.is_empty() || is_own(line);
        if begins && !open.is_empty() {
            text.push_str(&block(&open, width, look));
            open.clear();
        }
        if line.is_empty() {
            if !text.is_empty() && !text.ends_with("\n\n") {
                text.push('\n');
            }
        } else if line.starts_with("    ") && !line.trim_start().starts_with("- ") {
            text.push_str(&format!("{line}\n"));
        } else if open.is_empty() {
            line.clone_into(&mut open);
        } else {
            open.push(' ');
            open.push_str(line.trim());
        }
    }
    format!("{}\n", text.trim_end())
}

/// Whether a line begins a block of its own.
fn is_own(line: &str) -> bool {
    line.starts_with('#') || line.trim_start().starts_with("- ") || line.starts_with("    ")
}

fn block(block: &str, width: Option<usize>, look: &Look) -> String {
    if block.starts_with('#') {
        let heading = block.trim_start_matches('#').trim().replace('`', "");
        return look.paint(&text::one_line(&heading), Paint::Bold) + "\n";
    }
    let inner = block.trim_start();
    let indent = block.len() - inner.len();
    let hanging = if inner.starts_with("- ") { indent + 2 } else { indent };
    let plain = text::one_line(&inner.replace('`', ""));
    format!("{:indent$}{}\n", "", wrap(&plain, width, indent, hanging))
}
