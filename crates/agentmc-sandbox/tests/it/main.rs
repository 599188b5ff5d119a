//! What the sandbox promises, subject by subject and as a whole.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod boards;
mod comments;
mod credentials;
mod generate;
mod hosts;
mod listings;
mod notifications;
mod properties;
mod realtime;
mod requests;
mod server;
mod tasks;
mod validation;
mod visitor;
