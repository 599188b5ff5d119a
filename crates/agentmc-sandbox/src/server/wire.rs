//! What a reply is on the wire.

use std::io::Write;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use http::{HeaderMap, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::payload::Payload;
use crate::fault::{Course, Cut, has_body, pieces};

/// How many bytes more than come are announced.
const EXCESS: usize = 16;

/// How long a client has to read what came before a reset, which may throw away what is not read.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// How long what a client still sends is read after a refusal.
const LINGER: Duration = Duration::from_secs(2);

/// Bytes that are no HTTP, or not the whole of it, and the end of the connection after them.
#[derive(Debug)]
pub(super) struct ByHand {
    bytes: Bytes,
    after: After,
}

/// How a connection ends after what was written by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Close,
    /// Reads what the client still sends before: what nobody reads would undo what is written.
    Linger,
    Reset,
}

/// What hyper sends, or what is written by hand.
pub(super) fn plan(
    mut response: Response<Bytes>,
    course: Course,
) -> Result<Response<Payload>, ByHand> {
    let sends = has_body(response.status());
    let length = response.body().len();
    let close = |bytes| Err(ByHand { bytes, after: After::Close });
    match course {
        Course::Whole => Ok(response.map(Payload::whole)),
        Course::Gzip => Ok(encoded(response, "gzip", gzip).map(Payload::whole)),
        Course::Brotli => Ok(encoded(response, "br", brotli).map(Payload::whole)),
        Course::Drip(pause) => {
            Ok(response.map(|bytes| Payload::drip(bytes, pieces(length), pause)))
        }
        Course::Sized(size) => {
            response.headers_mut().remove(CONTENT_LENGTH);
            Ok(response.map(|bytes| Payload::sized(bytes, size)))
        }
        Course::Closed(cut) => close(until(&response, cut)),
        Course::Reset(cut) => Err(ByHand { bytes: until(&response, cut), after: After::Reset }),
        Course::Long if sends => close(with_length(&response, length + EXCESS)),
        Course::Short if sends => close(with_length(&response, length / 2)),
        Course::Long | Course::Short => close(with_length(&response, length)),
        Course::Raw(bytes) => close(bytes),
        Course::Down(_) => close(Bytes::new()),
    }
}

fn encoded(
    mut response: Response<Bytes>,
    coding: &'static str,
    encode: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Response<Bytes> {
    if response.body().is_empty() {
        return response;
    }
    let body = encode(response.body());
    *response.body_mut() = body.into();
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    response
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into a `Vec` cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    const BUFFER: usize = 4096;
    const QUALITY: u32 = 4;
    const WINDOW: u32 = 20;
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, BUFFER, QUALITY, WINDOW);
    // Writing into a `Vec` cannot fail.
    let _ = encoder.write_all(bytes);
    drop(encoder);
    compressed
}

/// The part of a reply before it ends.
fn until(response: &Response<Bytes>, cut: Cut) -> Bytes {
    let length = response.body().len();
    match cut {
        Cut::BeforeHead => Bytes::new(),
        Cut::InHead => {
            let head = head(response, length);
            head.slice(..head.len() / 2)
        }
        Cut::InBody => {
            let head = head(response, length);
            [&head[..], &response.body()[..length / 2]].concat().into()
        }
    }
}

fn with_length(response: &Response<Bytes>, length: usize) -> Bytes {
    [&head(response, length)[..], response.body()].concat().into()
}

fn head(response: &Response<Bytes>, length: usize) -> Bytes {
    let status = response.status();
    let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
    let mut line = |name: &str, value: &[u8]| {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    };
    let headers: &HeaderMap = response.headers();
    for (name, value) in headers.iter().filter(|(name, _)| **name != CONTENT_LENGTH) {
        line(name.as_str(), value.as_bytes());
    }
    line("date", httpdate::fmt_http_date(SystemTime::now()).as_bytes());
    if has_body(status) {
        line("content-length", length.to_string().as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    head.into()
}

impl ByHand {
    /// A refusal, after which the rest of what the client sends has no meaning.
    pub(super) fn refusal(mut response: Response<Bytes>) -> Self {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        let bytes = with_length(&response, response.body().len());
        Self { bytes, after: After::Linger }
    }

    /// Sends the bytes and ends the connection.
    pub(super) async fn write(self, mut stream: TcpStream) {
        // A client that is gone has seen enough.
        let _ = stream.write_all(&self.bytes).await;
        if self.after == After::Reset {
            if !self.bytes.is_empty() {
                tokio::time::sleep(BEFORE_RESET).await;
            }
            let _ = stream.set_zero_linger();
        } else {
            let _ = stream.shutdown().await;
        }
        if self.after == After::Linger {
            let mut place = [0; 4_096];
            let rest = async { while stream.read(&mut place).await.is_ok_and(|it| it > 0) {} };
            let _ = timeout(LINGER, rest).await;
        }
    }
}
