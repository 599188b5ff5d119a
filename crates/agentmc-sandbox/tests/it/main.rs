//! What the sandbox promises, subject by subject and as a whole.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod agents;
mod boards;
mod briefs;
mod browser;
mod calendar;
mod client;
mod commands;
mod comments;
mod corpus;
mod credentials;
mod every;
mod faults;
mod faults_on_the_wire;
mod files;
mod folders;
mod generate;
mod growth;
mod hosts;
mod limits;
mod listings;
mod messages;
mod notifications;
mod page;
mod properties;
mod pusher_js;
mod realtime;
mod recurring;
mod requests;
mod rules;
mod saving;
mod server;
mod socket_faults;
mod sockets;
mod storage;
mod tasks;
mod time;
mod transfer;
mod valid;
mod validation;
mod visitor;
mod wire;
