//! What both clients do, on each of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod failures;
mod futures;
mod listings;
mod proxy;
mod servers;
mod session;
mod tls;
mod wire;
