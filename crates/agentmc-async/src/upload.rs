//! Uploads: from a path, from bytes, from a reader.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use agentmc_core::transfer::{Checksum, Meter, NewFile, Progress, UploadStep};
use agentmc_core::types::TeamFile;
use agentmc_core::{Error, TransferError, transfer};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use crate::client::Client;

/// How much is read at once, in bytes.
const PIECE: usize = 64 << 10;

/// An upload about to begin: [`Client::upload`] makes one.
///
/// It asks the API for a ticket, sends the content to storage, without a credential, and makes the file. The content
/// is streamed, whatever its size, and its SHA-256 is held against what the API says of the file. Calls have the
/// client's timeouts; sending may take as long as it likes, so long as something moves within
/// [`timeout`](agentmc_core::Api::timeout).
#[must_use = "an upload does nothing until it is told where the content is"]
pub struct Upload<'a> {
    client: &'a Client,
    file: NewFile,
    progress: Report,
}

/// Who is told how far an upload has come.
type Report = Box<dyn FnMut(Progress) + Send>;

/// Where content is read.
type Reader = Pin<Box<dyn AsyncRead + Send>>;

impl<'a> Upload<'a> {
    pub(crate) fn new(client: &'a Client, file: NewFile) -> Self {
        Self { client, file, progress: Box::new(|_| {}) }
    }

    /// Calls `report` whenever some of the content has been sent.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.progress = Box::new(report);
        self
    }

    /// Uploads the content of the file at `path`, as long as it is now.
    ///
    /// It is read twice: for its checksum, by which storage refuses anything else, and to be sent.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or changes meanwhile; and as [`Client::send`].
    ///
    /// # Panics
    ///
    /// As [`Client::send`].
    pub async fn from_path(mut self, path: impl AsRef<Path>) -> Result<TeamFile, Error> {
        let path = path.as_ref();
        let file = File::open(path).await.map_err(TransferError::reading)?;
        let size = file.metadata().await.map_err(TransferError::reading)?.len();
        if self.file.known_checksum().is_none() {
            let sum = sum(file, size).await?;
            self.file = self.file.checksum(sum);
        }
        self.run(Source::Path(path.to_owned()), size).await
    }

    /// Uploads `content`.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Panics
    ///
    /// As [`Client::send`].
    pub async fn from_bytes(mut self, content: impl Into<Bytes>) -> Result<TeamFile, Error> {
        let content = content.into();
        let size = content.len() as u64;
        if self.file.known_checksum().is_none() {
            self.file = self.file.checksum(Checksum::of(&content));
        }
        self.run(Source::Bytes(content), size).await
    }

    /// Uploads the next `byte_size` bytes of `content`.
    ///
    /// What has been read cannot be sent again, so a failure after that ends the upload.
    ///
    /// # Errors
    ///
    /// When `content` cannot be read, or ends early; and as [`Client::send`].
    ///
    /// # Panics
    ///
    /// As [`Client::send`].
    pub async fn from_reader(
        self,
        content: impl AsyncRead + Send + 'static,
        byte_size: u64,
    ) -> Result<TeamFile, Error> {
        self.run(Source::Reader(Some(Box::pin(content))), byte_size).await
    }

    async fn run(self, mut source: Source, size: u64) -> Result<TeamFile, Error> {
        let mut upload = transfer::Upload::new(self.client.api(), self.file, size);
        let report = Arc::new(Mutex::new(self.progress));
        loop {
            match upload.step() {
                UploadStep::Call(call) => upload.replied(self.client.run(*call).await),
                UploadStep::Wait(delay) => tokio::time::sleep(delay).await,
                UploadStep::Done(result) => return *result,
                UploadStep::Put(request) => {
                    let (reader, again) = source.open().await?;
                    let sent = Arc::new(Mutex::new(Sent::new(size)));
                    let body = Body::new(reader, Arc::clone(&sent), Arc::clone(&report));
                    let request = request.map(|()| reqwest::Body::wrap(body));
                    let moved = || locked(&sent).meter.progress().bytes;
                    let idle = self.client.api().time_for_attempt();
                    let outcome = self.client.transport().put(request, idle, moved).await;
                    let (meter, failed) = locked(&sent).end();
                    if let Some(error) = failed {
                        return Err(error.into());
                    }
                    upload.stored(outcome, meter.finish().ok(), again, fastrand::f64());
                }
            }
        }
    }
}

/// The checksum of the first `size` bytes.
async fn sum(file: File, size: u64) -> Result<Checksum, TransferError> {
    let mut meter = Meter::of_upload(size);
    let mut buffer = vec![0; PIECE];
    let mut content = file.take(size);
    loop {
        match content.read(&mut buffer).await.map_err(TransferError::reading)? {
            0 => return meter.finish(),
            read => meter.take(&buffer[..read])?,
        };
    }
}

/// Where the content is.
enum Source {
    /// Opened anew for each attempt: an attempt that was refused early may still be reading.
    Path(PathBuf),
    Bytes(Bytes),
    /// Gone once it has been handed out.
    Reader(Option<Reader>),
}

impl Source {
    /// The content from its beginning, and whether it can be had once more.
    async fn open(&mut self) -> Result<(Reader, bool), TransferError> {
        match self {
            Self::Path(path) => {
                let file = File::open(path).await.map_err(TransferError::reading)?;
                Ok((Box::pin(file), true))
            }
            Self::Bytes(bytes) => Ok((Box::pin(io::Cursor::new(bytes.clone())), true)),
            Self::Reader(reader) => match reader.take() {
                Some(reader) => Ok((reader, false)),
                None => Err(TransferError::reading(io::Error::other("it has been read already"))),
            },
        }
    }
}

/// What has been sent of some content. A failure of its own is kept apart from those of the connection.
struct Sent {
    meter: Meter,
    failed: Option<TransferError>,
    /// The attempt has ended. What is still to be sent is of no use.
    over: bool,
}

impl Sent {
    fn new(size: u64) -> Self {
        Self { meter: Meter::of_upload(size), failed: None, over: false }
    }

    fn end(&mut self) -> (Meter, Option<TransferError>) {
        self.over = true;
        (self.meter.clone(), self.failed.take())
    }
}

/// Content on its way.
struct Body {
    /// Shared with nobody; the lock makes it `Sync`, which the connection asks for.
    reader: Mutex<Reader>,
    sent: Arc<Mutex<Sent>>,
    report: Arc<Mutex<Report>>,
    buffer: Box<[u8]>,
}

impl Body {
    fn new(reader: Reader, sent: Arc<Mutex<Sent>>, report: Arc<Mutex<Report>>) -> Self {
        Self { reader: Mutex::new(reader), sent, report, buffer: vec![0; PIECE].into() }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Self { reader, sent, report, buffer } = self.get_mut();
        let Progress { bytes, total, .. } = {
            let sent = locked(sent);
            if sent.over {
                return Poll::Ready(Some(Err(io::Error::other("the attempt is over"))));
            }
            sent.meter.progress()
        };
        let left = usize::try_from(total - bytes).unwrap_or(usize::MAX).min(buffer.len());
        if left == 0 {
            return Poll::Ready(None);
        }
        let mut room = ReadBuf::new(&mut buffer[..left]);
        let reader = reader.get_mut().unwrap_or_else(PoisonError::into_inner);
        let read = ready!(reader.as_mut().poll_read(context, &mut room));
        let mut sent = locked(sent);
        let taken = match read {
            Err(error) => Err(TransferError::reading(error)),
            Ok(()) if room.filled().is_empty() => match sent.meter.clone().finish() {
                Ok(_) => return Poll::Ready(None),
                Err(error) => Err(error),
            },
            Ok(()) => sent.meter.take(room.filled()),
        };
        Poll::Ready(Some(match taken {
            Ok(progress) => {
                drop(sent);
                locked(report)(progress);
                Ok(Frame::data(Bytes::copy_from_slice(room.filled())))
            }
            Err(error) => {
                sent.failed = Some(error);
                Err(io::Error::other("the content cannot be read"))
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        let Progress { bytes, total, .. } = locked(&self.sent).meter.progress();
        bytes == total
    }

    fn size_hint(&self) -> SizeHint {
        let Progress { bytes, total, .. } = locked(&self.sent).meter.progress();
        SizeHint::with_exact(total - bytes)
    }
}

/// Nothing is left half-done where a lock is held, so a poisoned one is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("file", &self.file).finish_non_exhaustive()
    }
}
