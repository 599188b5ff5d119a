//! The threads that make calls for the driver, which must not wait for them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use agentmc_core::Call;
use agentmc_core::realtime::CallId;

/// How many calls are made at once: as many as the machine asks to have signed at once.
const MOST: usize = 32;

/// How long a thread without work stays.
const IDLE: Duration = Duration::from_secs(10);

pub(super) type Job = (CallId, Box<Call>);

/// Up to 32 threads, started when there is work and ended when there is none.
pub(super) struct Workers {
    pool: Arc<Pool>,
    work: Arc<dyn Fn(Job) + Send + Sync>,
}

#[derive(Default)]
struct Pool {
    queue: Mutex<Queue>,
    bell: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    is_closed: bool,
}

impl Workers {
    pub(super) fn new(work: impl Fn(Job) + Send + Sync + 'static) -> Self {
        Self { pool: Arc::default(), work: Arc::new(work) }
    }

    /// Has a job done. Gives it back if there is no thread to do it.
    pub(super) fn submit(&self, job: Job) -> Result<(), Job> {
        let mut queue = self.pool.queue();
        queue.jobs.push_back(job);
        if queue.idle < queue.jobs.len() && queue.threads < MOST {
            let (pool, work) = (Arc::clone(&self.pool), Arc::clone(&self.work));
            let builder = thread::Builder::new().name("agentmc-call".into());
            match builder.spawn(move || pool.serve(&*work)) {
                Ok(_) => queue.threads += 1,
                Err(_) if queue.threads == 0 => return queue.jobs.pop_back().map_or(Ok(()), Err),
                Err(_) => {}
            }
        }
        drop(queue);
        self.pool.bell.notify_one();
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.pool.queue().is_closed = true;
        self.pool.bell.notify_all();
    }
}

impl Pool {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, work: &dyn Fn(Job)) {
        let mut queue = self.queue();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                drop(queue);
                work(job);
                queue = self.queue();
                continue;
            }
            if queue.is_closed {
                break;
            }
            queue.idle += 1;
            let waited = self.bell.wait_timeout(queue, IDLE);
            let (woken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            queue.idle -= 1;
            if timeout.timed_out() && queue.jobs.is_empty() {
                break;
            }
        }
        queue.threads -= 1;
    }
}
