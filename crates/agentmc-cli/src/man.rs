//! `agentmc man`.

use crate::args::Man;
use crate::failure::Failure;
use crate::output::Output;
use crate::resource::tree::{self, Scope};

/// Writes a page for every command.
pub(crate) fn run(args: &Man, out: &mut Output) -> Result<(), Failure> {
    let shown = args.folder.display();
    let unwritable = |error| Failure::io(format!("the pages cannot be written to {shown}"), error);
    std::fs::create_dir_all(&args.folder).map_err(unwritable)?;
    clap_mangen::generate_to(tree::root(&Scope::ALL), &args.folder).map_err(unwritable)?;
    if out.look().quiet {
        return Ok(());
    }
    if out.is_json() {
        return Ok(out.json(&serde_json::json!({"folder": args.folder}))?);
    }
    Ok(out
        .text(&format!("The pages are in {shown}; `man -l {shown}/agentmc.1` shows the first."))?)
}
