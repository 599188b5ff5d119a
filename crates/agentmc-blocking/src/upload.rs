//! Uploads: from a path, from bytes, from a reader.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, ErrorKind as IoKind, Read, Seek, SeekFrom};
use std::path::Path;

use agentmc_core::transfer::{Checksum, Meter, NewFile, Progress, UploadStep};
use agentmc_core::types::TeamFile;
use agentmc_core::{Error, TransferError, transfer};
use bytes::Bytes;

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
    progress: Box<dyn FnMut(Progress) + 'a>,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(client: &'a Client, file: NewFile) -> Self {
        Self { client, file, progress: Box::new(|_| {}) }
    }

    /// Calls `report` whenever some of the content has been sent.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + 'a) -> Self {
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
    pub fn from_path(mut self, path: impl AsRef<Path>) -> Result<TeamFile, Error> {
        let open = || {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            Ok((file, size))
        };
        let (file, size) = open().map_err(TransferError::reading)?;
        let mut source = Source::File(file);
        if self.file.known_checksum().is_none() {
            let sum = source.sum(size)?;
            self.file = self.file.checksum(sum);
        }
        self.run(source, size)
    }

    /// Uploads `content`.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn from_bytes(mut self, content: impl Into<Bytes>) -> Result<TeamFile, Error> {
        let content = content.into();
        let size = content.len() as u64;
        if self.file.known_checksum().is_none() {
            self.file = self.file.checksum(Checksum::of(&content));
        }
        self.run(Source::Bytes(Cursor::new(content)), size)
    }

    /// Uploads the next `byte_size` bytes of `content`.
    ///
    /// What has been read cannot be sent again, so a failure after that ends the upload.
    ///
    /// # Errors
    ///
    /// When `content` cannot be read, or ends early; and as [`Client::send`].
    pub fn from_reader(self, content: impl Read + 'a, byte_size: u64) -> Result<TeamFile, Error> {
        self.run(Source::Reader { reader: Box::new(content), touched: false }, byte_size)
    }

    fn run(mut self, mut source: Source<'a>, size: u64) -> Result<TeamFile, Error> {
        let mut upload = transfer::Upload::new(self.client.api(), self.file, size);
        loop {
            match upload.step() {
                UploadStep::Call(call) => upload.replied(self.client.run(*call)),
                UploadStep::Wait(delay) => std::thread::sleep(delay),
                UploadStep::Done(result) => return *result,
                UploadStep::Put(request) => {
                    source.rewind().map_err(TransferError::reading)?;
                    let mut body = Body::new(&mut source, size, &mut *self.progress);
                    let idle = self.client.api().time_for_attempt();
                    let outcome = self.client.transport().put(*request, &mut body, size, idle);
                    if let Some(error) = body.failed {
                        return Err(error.into());
                    }
                    let sent = body.meter.finish().ok();
                    upload.stored(outcome, sent, source.again(), fastrand::f64());
                }
            }
        }
    }
}

/// Where the content is.
enum Source<'a> {
    File(File),
    Bytes(Cursor<Bytes>),
    Reader { reader: Box<dyn Read + 'a>, touched: bool },
}

impl Source<'_> {
    /// Goes to where the content begins, if that is possible.
    fn rewind(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.seek(SeekFrom::Start(0)).map(drop),
            Self::Bytes(bytes) => {
                bytes.set_position(0);
                Ok(())
            }
            Self::Reader { .. } => Ok(()),
        }
    }

    /// Whether the content can be read from its beginning.
    const fn again(&self) -> bool {
        !matches!(self, Self::Reader { touched: true, .. })
    }

    /// The checksum of the first `size` bytes.
    fn sum(&mut self, size: u64) -> Result<Checksum, TransferError> {
        let mut ignore = |_| {};
        let mut body = Body::new(self, size, &mut ignore);
        let mut buffer = vec![0; PIECE];
        loop {
            match body.read(&mut buffer) {
                Ok(0) => return body.meter.finish(),
                Ok(_) => {}
                Err(error) => {
                    return Err(body.failed.unwrap_or_else(|| TransferError::reading(error)));
                }
            }
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Bytes(bytes) => bytes.read(buffer),
            Self::Reader { reader, touched } => {
                *touched = true;
                reader.read(buffer)
            }
        }
    }
}

/// Content on its way: so many bytes, counted and summed up. A failure of its own is kept apart from those of the
/// connection.
struct Body<'b, 'a> {
    source: &'b mut Source<'a>,
    meter: Meter,
    progress: &'b mut dyn FnMut(Progress),
    failed: Option<TransferError>,
}

impl<'b, 'a> Body<'b, 'a> {
    fn new(source: &'b mut Source<'a>, size: u64, progress: &'b mut dyn FnMut(Progress)) -> Self {
        Self { source, meter: Meter::of_upload(size), progress, failed: None }
    }

    fn fail(&mut self, error: TransferError) -> io::Error {
        self.failed = Some(error);
        io::Error::other("the content cannot be read")
    }
}

impl Read for Body<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Progress { bytes, total, .. } = self.meter.progress();
        let left = usize::try_from(total - bytes).unwrap_or(usize::MAX).min(buffer.len());
        if left == 0 {
            return Ok(0);
        }
        let read = loop {
            match self.source.read(&mut buffer[..left]) {
                Err(error) if error.kind() == IoKind::Interrupted => {}
                Err(error) => return Err(self.fail(TransferError::reading(error))),
                Ok(read) => break read,
            }
        };
        let taken = if read == 0 {
            Err(self.meter.clone().finish().err())
        } else {
            self.meter.take(&buffer[..read]).map_err(Some)
        };
        match taken {
            Ok(progress) => (self.progress)(progress),
            Err(Some(error)) => return Err(self.fail(error)),
            Err(None) => {}
        }
        Ok(read)
    }
}

impl fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("file", &self.file).finish_non_exhaustive()
    }
}
