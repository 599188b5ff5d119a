//! How a sandbox is started.

use std::path::PathBuf;
use std::time::Duration;

use agentmc_core::Revision;

use crate::fault::Rule;

/// How to start a [`Sandbox`](crate::Sandbox).
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a sandbox starts with them"]
#[non_exhaustive]
pub struct Options {
    /// The port to listen on; 0, the default, takes a free one. Storage takes a free one in any case.
    pub port: u16,
    /// What the world and the keys are made from; 0 by default. The same seed gives the same ones.
    pub seed: u64,
    /// The file the world is kept in; none by default.
    pub data: Option<PathBuf>,
    /// The faults it starts with; none by default.
    pub faults: Vec<Rule>,
    /// How many requests to the API a credential may make in a minute; any number by default.
    pub rate_limit: Option<u32>,
    /// How long every reply of the API waits; not at all by default.
    pub latency: Duration,
    /// After how long without a frame a websocket is pinged, and after as long again closed with code 4201; 30
    /// seconds by default.
    pub activity_timeout: Duration,
    /// What moves the world's clock; requests by default.
    pub clock: Clock,
    /// The revision that counts where several share a path, as [`World::revision`](crate::World::revision) has it; by
    /// default that of the world, which is the latest for a new one.
    pub revision: Option<Revision>,
    /// How many connections to the API there are at a time, websockets apart; 1,024 by default.
    pub connections: usize,
    /// How long a client may take for the head of a request; 10 seconds by default.
    pub head_time: Duration,
}

/// What moves a world's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// Each request takes a second, and nothing else takes time: the same requests give the same replies.
    #[default]
    Requests,
    /// It is the wall clock, and never goes back: a world whose clock is ahead goes on from there.
    Wall,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 0,
            data: None,
            faults: Vec::new(),
            rate_limit: None,
            latency: Duration::ZERO,
            activity_timeout: Duration::from_secs(30),
            clock: Clock::Requests,
            revision: None,
            connections: 1_024,
            head_time: Duration::from_secs(10),
        }
    }
}

impl Options {
    /// The port to listen on; 0 takes a free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What the world and the keys are made from.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The file the world is kept in. If it is there, the world and the keys are those it has, whatever the seed;
    /// if not, they are new. A second sandbox with the same file does not start while the first one has it; the empty
    /// file `.NAME.lock` beside it, which stays there, sees to that.
    pub fn data(mut self, path: PathBuf) -> Self {
        self.data = Some(path);
        self
    }

    /// The faults it starts with.
    pub fn faults(mut self, rules: Vec<Rule>) -> Self {
        self.faults = rules;
        self
    }

    /// How many requests to the API a credential may make in a minute of the wall clock, which begins with the
    /// first of them. Further ones get status 429, with the seconds to wait in `Retry-After`.
    pub const fn rate_limit(mut self, requests: u32) -> Self {
        self.rate_limit = Some(requests);
        self
    }

    /// How long every reply of the API waits.
    pub const fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// After how long without a frame a websocket is pinged, and after as long again closed with code 4201. Clients
    /// are told in whole seconds, rounded up.
    pub const fn activity_timeout(mut self, time: Duration) -> Self {
        self.activity_timeout = time;
        self
    }

    /// What moves the world's clock.
    pub const fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The revision that counts where several share a path, for a world that is kept as well.
    pub const fn revision(mut self, revision: Revision) -> Self {
        self.revision = Some(revision);
        self
    }

    /// How many connections to the API there are at a time, websockets apart. When there are as many, the one that
    /// has been idle for the longest is closed for a new one; if none is idle, the new one waits.
    pub const fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// How long a client may take for the head of a request, from its first byte on; then it is answered with
    /// status 408.
    pub const fn head_time(mut self, time: Duration) -> Self {
        self.head_time = time;
        self
    }
}
