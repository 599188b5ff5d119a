//! Encoded replies: what to ask for, and how to read it.
//!
//! A client sends [`ACCEPTED`] with a call and gives the reply to [`decode`]. Which encodings there are is chosen by
//! the features `gzip` and `brotli`; without them nothing is asked for. What storage keeps is never decoded.

use std::io::Read;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};

use crate::error::{TransportError, TransportKind};

/// The value of `Accept-Encoding`; `None` if no encoding can be read.
pub const ACCEPTED: Option<&str> = match (cfg!(feature = "gzip"), cfg!(feature = "brotli")) {
    (true, true) => Some("gzip, br"),
    (true, false) => Some("gzip"),
    (false, true) => Some("br"),
    (false, false) => None,
};

/// Decodes the body of a reply to at most `limit` bytes, and why that is not the whole of it.
///
/// A body in an encoding that was not asked for stays as it is.
#[must_use]
pub fn decode(
    mut reply: http::Response<Bytes>,
    limit: usize,
) -> (http::Response<Bytes>, Option<TransportError>) {
    let mut failure = None;
    // The last encoding was applied last.
    for encoding in encodings(reply.headers()).into_iter().rev() {
        let Some((body, outcome)) = decoded(&encoding, reply.body(), limit) else {
            return (reply, failure);
        };
        failure = failure.or(outcome);
        *reply.body_mut() = body;
        reply.headers_mut().remove(CONTENT_ENCODING);
        reply.headers_mut().remove(CONTENT_LENGTH);
    }
    (reply, failure)
}

fn encodings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let names =
        values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty() && name != "identity").collect()
}

/// What a body unfolds to; `None` if the encoding is not known.
#[cfg_attr(
    not(any(feature = "gzip", feature = "brotli")),
    expect(unused_variables, reason = "no encoding is known then")
)]
fn decoded(encoding: &str, body: &[u8], limit: usize) -> Option<(Bytes, Option<TransportError>)> {
    match encoding {
        #[cfg(feature = "gzip")]
        "gzip" | "x-gzip" => Some(unfold(flate2::read::MultiGzDecoder::new(body), limit)),
        #[cfg(feature = "brotli")]
        "br" => Some(unfold(brotli_decompressor::Decompressor::new(body, 4096), limit)),
        _ => None,
    }
}

#[cfg_attr(
    not(any(feature = "gzip", feature = "brotli")),
    expect(dead_code, reason = "no encoding is known then")
)]
fn unfold(decoder: impl Read, limit: usize) -> (Bytes, Option<TransportError>) {
    let mut body = Vec::new();
    let outcome = decoder.take((limit as u64).saturating_add(1)).read_to_end(&mut body);
    let failure = if body.len() > limit {
        body.truncate(limit);
        Some(TransportError::too_large(limit))
    } else {
        outcome.err().map(|error| TransportError::new(TransportKind::Lost, error))
    };
    (body.into(), failure)
}
