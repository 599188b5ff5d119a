//! Moments in time.

/// A moment, to the nanosecond.
///
/// Read from RFC 3339 text with any offset, and written in UTC. The offset itself is not kept.
pub use jiff::Timestamp;
