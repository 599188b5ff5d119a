//! Ctrl-C.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use crate::failure::Failure;

/// The code of a process that was interrupted, by the custom of shells.
const INTERRUPTED: i32 = 130;

static CODE: AtomicI32 = AtomicI32::new(INTERRUPTED);
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);
static ONCE: Once = Once::new();

/// Ends the process with that code on Ctrl-C.
pub(crate) fn end_with(code: i32) -> Result<(), Failure> {
    CODE.store(code, Ordering::Relaxed);
    listen()
}

/// Removes a file on Ctrl-C, until it is finished.
pub(crate) fn remove(unfinished: Option<&Path>) -> Result<(), Failure> {
    *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = unfinished.map(Path::to_owned);
    listen()
}

fn listen() -> Result<(), Failure> {
    let mut result = Ok(());
    ONCE.call_once(|| {
        result = ctrlc::set_handler(|| {
            let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(path) = unfinished {
                // It may be gone.
                let _ = std::fs::remove_file(path);
            }
            std::process::exit(CODE.load(Ordering::Relaxed));
        });
    });
    result.map_err(|error| {
        Failure::io("Ctrl-C cannot be received", std::io::Error::other(error.to_string()))
    })
}
