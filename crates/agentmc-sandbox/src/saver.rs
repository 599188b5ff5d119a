//! Saving while the sandbox runs.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::state::{State, locked};

/// The shortest time between two savings.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether there is something to save.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pending: Mutex<Pending>,
    news: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    changed: bool,
    ending: bool,
}

impl Changes {
    /// Notes that the world has changed.
    pub(crate) fn happened(&self) {
        let mut pending = locked(&self.pending);
        if !pending.changed {
            pending.changed = true;
            self.news.notify_all();
        }
    }

    fn end(&self) {
        locked(&self.pending).ending = true;
        self.news.notify_all();
    }

    /// Waits for a change or the end. What it returns is no longer pending.
    fn next(&self) -> Pending {
        let idle = |pending: &mut Pending| !pending.changed && !pending.ending;
        let waited = self.news.wait_while(locked(&self.pending), idle);
        let mut pending = waited.unwrap_or_else(PoisonError::into_inner);
        let found = *pending;
        pending.changed = false;
        found
    }

    /// Waits until saving may happen again, or the end.
    fn pause(&self) {
        let goes_on = |pending: &mut Pending| !pending.ending;
        let _ = self.news.wait_timeout_while(locked(&self.pending), PAUSE, goes_on);
    }
}

/// A thread that saves the world after changes, at most once a second, and when it is dropped.
pub(crate) struct Saver {
    state: Arc<State>,
    path: PathBuf,
    thread: Option<JoinHandle<()>>,
}

impl Saver {
    pub(crate) fn start(state: Arc<State>, path: PathBuf) -> io::Result<Self> {
        let (shared, file) = (Arc::clone(&state), path.clone());
        let thread = std::thread::Builder::new().name("agentmc-sandbox-saver".into());
        let thread = thread.spawn(move || work(&shared, &file))?;
        Ok(Self { state, path, thread: Some(thread) })
    }

    /// Saves the world as it is now.
    pub(crate) fn save(&self) -> io::Result<()> {
        save(&self.state, &self.path)
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.state.changes.end();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

fn work(state: &State, path: &std::path::Path) {
    loop {
        let pending = state.changes.next();
        if pending.changed && save(state, path).is_err() && !pending.ending {
            // The disk may be full for a moment only. Whoever needs to know saves by hand.
            state.changes.happened();
        }
        if pending.ending {
            return;
        }
        state.changes.pause();
    }
}

fn save(state: &State, path: &std::path::Path) -> io::Result<()> {
    // One at a time, since they write to the same place on their way.
    let _alone = locked(&state.saving);
    // A copy, so that requests do not wait for the disk.
    let world = locked(&state.world).clone();
    world.save(path)
}
