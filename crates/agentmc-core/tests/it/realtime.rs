//! Realtime on a virtual clock, against a service made up in memory.

mod addresses;
mod chunks;
mod claims;
mod connections;
mod frames;
mod hosts;
mod inboxes;
mod lasting;
mod laws;
mod mailboxes;
mod messages;
mod patience;
mod pauses;
mod publishing;
mod service;
mod sessions;
mod subscribers;
