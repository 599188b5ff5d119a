//! The command as a process, against the sandbox.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod calls;
mod decoding;
mod docs;
mod failures;
mod operations;
mod process;
mod requests;
mod sandbox;
mod servers;
