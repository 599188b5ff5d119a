//! The body of a reply on its way.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::connections::Turn;

/// Spaces that are sent at once.
const SPACES: &[u8] = &[b' '; 64 << 10];

/// Some bytes, then spaces; all at once, or in pieces with pauses between.
pub(super) struct Payload {
    bytes: Bytes,
    spaces: u64,
    piece: usize,
    pause: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    /// Ends when the last of it is on its way.
    _turn: Option<Turn>,
}

impl Payload {
    pub(super) const fn whole(bytes: Bytes) -> Self {
        let piece = usize::MAX;
        Self { bytes, spaces: 0, piece, pause: Duration::ZERO, sleep: None, _turn: None }
    }

    /// In pieces of so many bytes.
    pub(super) fn drip(bytes: Bytes, piece: usize, pause: Duration) -> Self {
        Self { piece, pause, ..Self::whole(bytes) }
    }

    /// Exactly so many bytes.
    pub(super) fn sized(mut bytes: Bytes, size: u64) -> Self {
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Self { spaces: size.saturating_sub(bytes.len() as u64), ..Self::whole(bytes) }
    }

    /// What comes before the spaces.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is sent at once.
    pub(super) const fn is_whole(&self) -> bool {
        self.piece == usize::MAX && self.spaces == 0
    }

    /// The same, with the end of the connection's turn at its end.
    pub(super) fn ending(self, turn: Turn) -> Self {
        Self { _turn: Some(turn), ..self }
    }

    fn next(&mut self) -> Bytes {
        if self.bytes.is_empty() {
            let count = self.spaces.min(SPACES.len() as u64);
            self.spaces -= count;
            return Bytes::from_static(&SPACES[..count as usize]);
        }
        self.bytes.split_to(self.piece.min(self.bytes.len()))
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(context));
        }
        self.sleep = (!self.pause.is_zero()).then(|| Box::pin(sleep(self.pause)));
        Poll::Ready(Some(Ok(Frame::data(self.next()))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty() && self.spaces == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.bytes.len() as u64).saturating_add(self.spaces))
    }
}
