//! Ctrl-C.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The code of a process that was interrupted, by the custom of shells.
const INTERRUPTED: i32 = 130;

/// How long what is being written may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

static CODE: AtomicI32 = AtomicI32::new(INTERRUPTED);
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);
static WRITING: Mutex<()> = Mutex::new(());
static ONCE: Once = Once::new();

/// Ends the process with that code on Ctrl-C.
pub(crate) fn end_with(code: i32) -> Result<(), Failure> {
    CODE.store(code, Ordering::Relaxed);
    listen()
}

/// Ends the process on Ctrl-C only when no `whole` is under way.
pub(crate) fn end_in_between() -> Result<(), Failure> {
    listen()
}

/// Writes something that is to be written whole or not at all, as far as its reader takes it.
pub(crate) fn whole<T>(write: impl FnOnce() -> T) -> T {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    write()
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
            let _writing = written();
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

/// Waits for what is being written, but not for a reader that takes nothing.
fn written() -> Option<MutexGuard<'static, ()>> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match WRITING.try_lock() {
            Ok(writing) => return Some(writing),
            Err(TryLockError::Poisoned(writing)) => return Some(writing.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    None
}
