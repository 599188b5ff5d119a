//! The AgentMC API as an OpenAPI 3.1 document, and what a document somebody published says differently.
//!
//! [`document`] writes down what this version knows of a [`Revision`]: operations, parameters, bodies with
//! their limits, replies, and ways to authenticate. [`diff`] reads a published document, of OpenAPI 3.0 or
//! 3.1, and lists each [`Change`] between the two. [`parse`] takes the text of one, JSON or YAML.
//!
//! ```
//! use agentmc_core::Revision;
//!
//! let mut published = agentmc_openapi::document(Revision::LATEST);
//! assert!(agentmc_openapi::diff(&published, Revision::LATEST)?.is_empty());
//!
//! let title = "/paths/~1tasks/post/requestBody/content/application~1json/schema/properties/title";
//! published.pointer_mut(title).unwrap()["maxLength"] = 120.into();
//! let changes = agentmc_openapi::diff(&published, Revision::LATEST)?;
//! assert_eq!(changes.len(), 1);
//! assert_eq!(changes[0].to_string(), "~ createTask body.title maxLength: 255 is now 120");
//! # Ok::<(), agentmc_openapi::ReadError>(())
//! ```
//!
//! # What the document cannot say
//!
//! * What is tolerated when reading: ids that are strings of digits, and `[]` for an empty object.
//! * Rules between members, such as that an event needs a start and an end. Their documentation says them.
//! * The limits of what the service answers: types, members and listed values are all that is known.
//! * What `details` of an error holds, and the realtime messages, which are no HTTP.
//!
//! # What is not compared
//!
//! * Words: titles, descriptions, examples, defaults, tags.
//! * In replies, everything but members, types, formats and listed values; the bodies of refusals.
//! * Formats but `date-time`, `uuid`, `ipv4` and `ipv6`.
//! * Whether a parameter may be null, which no URL or header can say.
//! * Whether a whole number that has no least value may be negative: one of at least 0 is taken for the same.
//! * A list of free-form objects beside a free-form object: so the service writes that it may be empty.
//! * Bodies that are not JSON.
//!
//! # Out of scope
//!
//! Files and networks: documents come and go as values and text.

mod change;
mod compare;
mod document;
mod json;
mod model;
mod names;
mod parameters;
mod parse;
mod read;
mod replies;
mod schema;
mod schema_node;
mod yaml;

pub use agentmc_core::Revision;
pub use change::{Change, ChangeKind};
pub use compare::{compare, diff};
pub use document::document;
pub use parse::{ReadError, parse};
pub use replies::reply;
