//! What the core promises, operation by operation and as a whole.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod acting_agent;
mod alike;
mod base_urls;
mod broken;
mod by_hand;
mod calls;
mod credentials;
mod fixtures;
mod generate;
mod hygiene;
mod identity;
mod limits;
mod observing;
mod pages;
mod paths;
mod realtime;
mod refusals;
mod refused_replies;
mod registry;
mod replies;
mod requests;
mod routes;
mod samples;
mod transfers;
mod typed;
mod ui;
mod uploads;
