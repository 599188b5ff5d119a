//! The operations, by subject. Each is a type; its value is a request.

pub mod agents;
pub mod boards;
pub mod briefs;
pub mod calendar;
pub mod files;
pub mod hosts;
pub mod logs;
pub mod notifications;
pub mod tasks;
pub mod teams;
