//! A socket that keeps hyper's own refusals, which have no body, from the client.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::connections::Slot;

/// More bytes than a refusal of hyper's own has.
const LONGEST: usize = 256;

/// The stream of a connection that hyper serves.
pub(super) struct Line {
    stream: TcpStream,
    slot: Arc<Slot>,
    /// The status of the refusal that was kept back.
    refused: Option<StatusCode>,
}

impl Line {
    pub(super) const fn new(stream: TcpStream, slot: Arc<Slot>) -> Self {
        Self { stream, slot, refused: None }
    }

    /// The stream, and the status of the refusal that hyper would have sent.
    pub(super) fn into_parts(self) -> (TcpStream, Option<StatusCode>) {
        (self.stream, self.refused)
    }

    fn refusal(&self, bytes: &[u8]) -> Option<(usize, StatusCode)> {
        if self.slot.is_literal() { None } else { refusal(bytes) }
    }
}

/// Where in some bytes a refusal of hyper's own begins, with which they end: one of the statuses it knows, and no
/// headers but those of every reply. No reply of the sandbox is so short of headers.
pub(super) fn refusal(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    const START: &[u8] = b"HTTP/1.1 4";
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    let start = bytes[from..].windows(START.len()).rposition(|window| window == START)? + from;
    let mut lines = std::str::from_utf8(&bytes[start..]).ok()?.trim_end().split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let own = lines.all(|line| {
        ["connection: close", "content-length: 0"].contains(&line) || line.starts_with("date: ")
    });
    let known = [
        StatusCode::BAD_REQUEST,
        StatusCode::URI_TOO_LONG,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    ];
    (own && known.contains(&status)).then_some((start, status))
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.slot.hear();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.refusal(bytes) {
            Some((0, status)) => {
                self.refused = Some(status);
                Poll::Ready(Ok(bytes.len()))
            }
            Some((start, _)) => Pin::new(&mut self.stream).poll_write(context, &bytes[..start]),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let last = slices.iter().rposition(|slice| !slice.is_empty()).unwrap_or_default();
        if slices.get(last).is_some_and(|slice| self.refusal(slice).is_some()) {
            // What comes before it goes first.
            let first = slices.iter().position(|slice| !slice.is_empty()).unwrap_or(last);
            return self.poll_write(context, &slices[first]);
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\
                       date: Sun, 22 Feb 2026 17:00:00 GMT\r\n\r\n";

    #[test]
    fn a_refusal_of_hypers_own_is_known_wherever_it_begins() {
        assert_eq!(refusal(OWN.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        let after = format!("HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n{OWN}");
        assert_eq!(refusal(after.as_bytes()), Some((38, StatusCode::BAD_REQUEST)));
        let long = OWN.replace("400 Bad Request", "431 Request Header Fields Too Large");
        assert!(refusal(long.as_bytes()).is_some());
    }

    #[test]
    fn replies_of_the_sandbox_are_none() {
        let named = OWN.replace("date", "x-request-id: 1\r\ndate");
        let other = OWN.replace("400", "422");
        for text in ["", "HTTP/1.1 4", "\r\n\r\n", &OWN[..90], &named, &other] {
            assert_eq!(refusal(text.as_bytes()), None, "{text}");
        }
    }
}
