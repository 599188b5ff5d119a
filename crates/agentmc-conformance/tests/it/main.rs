//! What both clients do, on each of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod docs;
mod failures;
mod futures;
mod listings;
mod logs;
mod observing;
mod proxy;
mod realtime;
mod servers;
mod session;
mod storage;
mod suite;
mod tls;
mod wire;
