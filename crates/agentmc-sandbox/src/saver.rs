//! Saving while the sandbox runs.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::save::Hold;
use crate::state::{State, locked};

/// The shortest time between two savings.
const PAUSE: Duration = Duration::from_secs(1);

/// The longest time between two savings while they fail.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

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
    fn pause(&self, time: Duration) {
        let goes_on = |pending: &mut Pending| !pending.ending;
        let _ = self.news.wait_timeout_while(locked(&self.pending), time, goes_on);
    }
}

/// A thread that saves the world after changes, at most once a second, and when it is dropped.
pub(crate) struct Saver {
    state: Arc<State>,
    path: PathBuf,
    thread: Option<JoinHandle<()>>,
    /// Dropped after the last saving.
    _hold: Hold,
}

impl Saver {
    pub(crate) fn start(state: Arc<State>, path: PathBuf, hold: Hold) -> io::Result<Self> {
        let (shared, file) = (Arc::clone(&state), path.clone());
        let thread = std::thread::Builder::new().name("agentmc-sandbox-saver".into());
        let thread = thread.spawn(move || work(&shared, &file))?;
        Ok(Self { state, path, thread: Some(thread), _hold: hold })
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
    let mut pause = PAUSE;
    loop {
        let pending = state.changes.next();
        pause = match pending.changed.then(|| save(state, path)) {
            Some(Err(_)) if !pending.ending => {
                // The disk may be full for a moment only.
                state.changes.happened();
                later(pause)
            }
            _ => PAUSE,
        };
        if pending.ending {
            return;
        }
        state.changes.pause(pause);
    }
}

/// How long to wait after one more failure.
fn later(pause: Duration) -> Duration {
    pause.saturating_mul(2).min(LONGEST_PAUSE)
}

fn save(state: &State, path: &std::path::Path) -> io::Result<()> {
    // One at a time, since they write to the same place on their way.
    let _alone = locked(&state.saving);
    // A copy, so that requests do not wait for the disk.
    let world = locked(&state.world).clone();
    let saved = world.save(path);
    let failed = saved.as_ref().err().map(|error| (error.kind(), error.to_string()));
    *locked(&state.save_error) = failed;
    saved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_while_saving_fails_and_has_an_end() {
        let pauses = std::iter::successors(Some(PAUSE), |pause| Some(later(*pause))).take(9);
        let seconds: Vec<_> = pauses.map(|pause| pause.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
