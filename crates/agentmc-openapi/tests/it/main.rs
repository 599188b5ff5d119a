//! Documents, and what is found to differ between them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod dialects;
mod documents;
mod mutations;
mod reading;
mod samples;
