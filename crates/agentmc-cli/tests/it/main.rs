//! The command as a process, against the sandbox.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod auth;
mod calls;
mod decoding;
mod docs;
mod echoes;
mod endless;
mod failures;
mod help;
mod home;
mod keyring;
mod listings;
mod openapi;
mod operations;
mod process;
mod profiles;
mod realtime;
mod requests;
mod resources;
mod same_bytes;
mod sandbox;
mod servers;
mod shapes;
mod terminal;
mod transcripts;
mod transfers;
mod verbose;
