//! What a subscription waits for: answers to calls, and moments.

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Claim,
    List(u64),
    /// Whether the session lives longer than was said.
    Expiry,
    Close,
    /// Whether it tells what was announced while the subscriber could take no more.
    Poll(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// The subscription should be ready.
    Ready,
    /// A listing is tried again.
    List,
    /// A listing that was not urgent.
    Linger,
    /// A message in pieces has waited long enough.
    Join,
    /// The session expires.
    Expire,
    /// The requested sessions are listed again.
    Poll,
    /// The signals are listed, in case the last was never pushed.
    Recheck,
}

/// All of them.
pub(super) const TIMERS: [Timer; 7] = [
    Timer::Ready,
    Timer::List,
    Timer::Linger,
    Timer::Join,
    Timer::Expire,
    Timer::Poll,
    Timer::Recheck,
];
