//! What a reader that knows these types may do quicker. Every other reader need know nothing of it.
//!
//! `agentmc-core` has such a reader, for replies.

/// The name by which a record asks to be read as a struct.
///
/// A reader that knows it may give a member of the list that comes with it by its place in the list, as `visit_u64`
/// of an identifier.
pub const RECORD: &str = "$agentmc::Record";

/// The name by which an [`Object`](crate::Object) asks to be read as a newtype.
///
/// A reader that knows it may give an object's JSON as it is, as borrowed bytes, if `serde_json` is sure to read it as
/// an object and none of its members has a name that begins with `$`.
pub const OBJECT: &str = "$agentmc::Object";
