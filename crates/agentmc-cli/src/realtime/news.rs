//! Everything a command waits for, in one place: events, lines typed, Ctrl-C.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use agentmc_blocking::realtime::{Event, Subscription};
use agentmc_core::types::SignalId;

use crate::failure::Failure;

/// The code of a process that was interrupted, by the custom of shells.
const INTERRUPTED: i32 = 130;

static PRESSED: AtomicBool = AtomicBool::new(false);

/// Something that happened.
#[derive(Debug)]
pub(super) enum News {
    /// An event, and where to go on after it.
    Event(Box<Event>, Option<SignalId>),
    /// A line of standard input.
    Line(io::Result<String>),
    /// The end of standard input.
    EndOfInput,
    /// Ctrl-C.
    Stop,
}

/// What brings news.
#[derive(Debug)]
pub(super) struct Source {
    reporter: SyncSender<News>,
    news: Receiver<News>,
}

impl Source {
    /// The events of a subscription, and Ctrl-C. Nothing is taken before it is asked for, so that events wait
    /// where their number is bounded.
    pub(super) fn new(mut subscription: Subscription) -> Result<Self, Failure> {
        let (reporter, news) = sync_channel(0);
        stop_with(reporter.clone())?;
        let events = reporter.clone();
        start(move || {
            while let Some(event) = subscription.next() {
                let last = subscription.last_id();
                if events.send(News::Event(Box::new(event), last)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { reporter, news })
    }

    /// Reads standard input, too, line by line.
    pub(super) fn read_input(&self) -> Result<(), Failure> {
        let lines = self.reporter.clone();
        start(move || {
            for line in io::stdin().lines() {
                let is_last = line.is_err();
                if lines.send(News::Line(line)).is_err() || is_last {
                    return;
                }
            }
            // Nobody may be listening any more.
            let _ = lines.send(News::EndOfInput);
        })
    }

    /// What happens next.
    pub(super) fn next(&self) -> News {
        // This end holds a sender itself, so there is always one.
        self.news.recv().unwrap_or(News::Stop)
    }

    /// What happens next, if it happens in time.
    pub(super) fn next_within(&self, time: Duration) -> Option<News> {
        self.news.recv_timeout(time).ok()
    }
}

fn start(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let started = thread::Builder::new().spawn(work);
    started.map(drop).map_err(|error| Failure::io("no thread can be started", error))
}

fn stop_with(reporter: SyncSender<News>) -> Result<(), Failure> {
    let pressed = move || {
        if PRESSED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
        let reporter = reporter.clone();
        // Whoever listens may be busy for long; who presses again does not wait for that.
        thread::spawn(move || reporter.send(News::Stop));
    };
    ctrlc::set_handler(pressed).map_err(|error| {
        Failure::io("Ctrl-C cannot be received", io::Error::other(error.to_string()))
    })
}
