//! What waits to be sent on a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// How many bytes may wait. A client that reads less than is sent to it is let go.
const MOST: usize = 16 << 20;

/// What a waiting frame takes besides its text, in bytes.
const OVERHEAD: usize = 64;

/// Something to send.
#[derive(Clone, Debug)]
pub(crate) enum Out {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// Bytes that are no frame.
    Raw(Bytes),
    /// The last frame: a close code and why.
    Close(u16, String),
}

/// The end that frames are put in.
#[derive(Debug)]
pub(super) struct Queue {
    frames: mpsc::UnboundedSender<Out>,
    waiting: Arc<AtomicUsize>,
    cut: Option<oneshot::Sender<()>>,
}

/// The end that frames are taken from.
#[derive(Debug)]
pub(crate) struct Frames {
    frames: mpsc::UnboundedReceiver<Out>,
    waiting: Arc<AtomicUsize>,
    taken: usize,
}

/// Tells when a connection is to end at once.
#[derive(Debug)]
pub(crate) struct Cut(oneshot::Receiver<()>);

impl Out {
    fn size(&self) -> usize {
        OVERHEAD
            + match self {
                Self::Text(text) => text.len(),
                Self::Binary(bytes) | Self::Raw(bytes) => bytes.len(),
                Self::Close(_, reason) => reason.len(),
            }
    }
}

pub(super) fn new() -> (Queue, Frames, Cut) {
    let (frames, received) = mpsc::unbounded_channel();
    let (cut, cutting) = oneshot::channel();
    let waiting = Arc::default();
    let queue = Queue { frames, waiting: Arc::clone(&waiting), cut: Some(cut) };
    (queue, Frames { frames: received, waiting, taken: 0 }, Cut(cutting))
}

impl Queue {
    /// Puts something in; `false` if too much waits already.
    pub(super) fn add(&self, out: Out) -> bool {
        if self.waiting.load(Ordering::Relaxed) > MOST {
            return false;
        }
        self.waiting.fetch_add(out.size(), Ordering::Relaxed);
        // The other end is gone when the connection is; then nothing waits.
        let _ = self.frames.send(out);
        true
    }

    /// Ends the connection at once, whatever waits.
    pub(super) fn cut(mut self) {
        let _ = self.cut.take().map(|cut| cut.send(()));
    }
}

impl Frames {
    /// The next to send; `None` when nothing comes any more. What was given out before counts as sent.
    pub(crate) async fn next(&mut self) -> Option<Out> {
        self.waiting.fetch_sub(std::mem::take(&mut self.taken), Ordering::Relaxed);
        let out = self.frames.recv().await?;
        self.taken = out.size();
        Some(out)
    }
}

impl Cut {
    /// Completes when the connection is to end at once; perhaps never.
    pub(crate) async fn happens(self) {
        if self.0.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
