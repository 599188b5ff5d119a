//! What the types promise, type by type and as a whole.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod compare;
mod completeness;
mod generate;
mod ids;
mod leniency;
mod objects;
mod patterns;
mod places;
mod registry;
mod revisions;
mod round_trip;
mod schemas;
mod values;
