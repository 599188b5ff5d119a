//! What the sandbox promises, subject by subject and as a whole.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod agents;
mod boards;
mod briefs;
mod calendar;
mod comments;
mod credentials;
mod files;
mod folders;
mod generate;
mod hosts;
mod listings;
mod notifications;
mod properties;
mod realtime;
mod recurring;
mod requests;
mod server;
mod storage;
mod tasks;
mod transfer;
mod validation;
mod visitor;
