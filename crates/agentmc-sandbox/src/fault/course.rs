//! How a reply goes out.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

/// The most pieces a body drips in.
const PIECES: usize = 64;

/// A reply, and what happens to it on its way.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) response: Response<Bytes>,
    /// How long nothing is sent.
    pub(crate) wait: Duration,
    pub(crate) course: Course,
}

/// What happens to a reply on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Course {
    Whole,
    Gzip,
    Brotli,
    /// In pieces, with pauses.
    Drip(Duration),
    /// With a body of so many bytes.
    Sized(u64),
    Closed(Cut),
    Reset(Cut),
    /// With a `Content-Length` that is too large.
    Long,
    /// With a `Content-Length` that is too small.
    Short,
    /// These bytes go out instead.
    Raw(Bytes),
    /// Nothing goes out, and nobody can connect for so long.
    Down(Duration),
}

/// Where a reply ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    BeforeHead,
    InHead,
    InBody,
}

impl Delivery {
    /// A reply as it should be.
    pub(crate) const fn whole(response: Response<Bytes>) -> Self {
        Self { response, wait: Duration::ZERO, course: Course::Whole }
    }
}

/// Whether a reply of this status has a body at all.
pub(crate) fn has_body(status: StatusCode) -> bool {
    !status.is_informational()
        && ![StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status)
}

/// How many bytes of a body are sent at once when it drips.
pub(crate) fn pieces(length: usize) -> usize {
    length.div_ceil(PIECES).max(1)
}
