//! Downloads: to a path, to a writer.

use std::fmt;
use std::io::{Read, Write};
use std::path::Path;

use agentmc_core::transfer::{Content, DownloadStep, Progress};
use agentmc_core::types::{FileId, TeamFile};
use agentmc_core::{Error, TransferError, transfer};

use crate::client::Client;
use crate::part::Part;
use crate::transport::{Storage, classify_read, explanation};

/// How much is read at once, in bytes.
const PIECE: usize = 64 << 10;

/// A download about to begin: [`Client::download`] makes one.
///
/// It asks the API what the file is and where it lies, and fetches it from there, without a credential. The content is
/// streamed, whatever its size; where the connection breaks, it goes on from there. Its size and SHA-256 are held
/// against what the API says. Calls have the client's timeouts; receiving may take as long as it likes, so long as
/// something arrives within [`timeout`](agentmc_core::Api::timeout).
#[must_use = "a download does nothing until it is told where to put the content"]
pub struct Download<'a> {
    client: &'a Client,
    file: FileId,
    progress: Box<dyn FnMut(Progress) + 'a>,
}

impl<'a> Download<'a> {
    pub(crate) fn new(client: &'a Client, file: FileId) -> Self {
        Self { client, file, progress: Box::new(|_| {}) }
    }

    /// Calls `report` whenever some of the content has arrived.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + 'a) -> Self {
        self.progress = Box::new(report);
        self
    }

    /// Downloads the content to the file at `path`, in place of what is there.
    ///
    /// It is collected beside it, under a name of its own, and moved there once it is complete and right. Whatever
    /// happens, `path` names what it named before or the whole content.
    ///
    /// # Errors
    ///
    /// When the content cannot be written, or is not what it should be; and as [`Client::send`].
    pub fn to_path(self, path: impl AsRef<Path>) -> Result<TeamFile, Error> {
        let mut part = Part::new(path.as_ref()).map_err(TransferError::writing)?;
        let file = self.to_writer(part.file())?;
        part.finish().map_err(TransferError::writing)?;
        Ok(file)
    }

    /// Downloads the content to `sink`.
    ///
    /// If it fails, `sink` has got the beginning of the content, which may not be right.
    ///
    /// # Errors
    ///
    /// As [`Download::to_path`].
    pub fn to_writer(mut self, mut sink: impl Write) -> Result<TeamFile, Error> {
        let api = self.client.api();
        let mut download = transfer::Download::new(api, self.file);
        loop {
            match download.step() {
                DownloadStep::Call(call) => download.replied(self.client.run(*call)),
                DownloadStep::Wait(delay) => std::thread::sleep(delay),
                DownloadStep::Get(request) => {
                    match self.client.transport().get(*request, api.time_for_attempt()) {
                        Ok(reply) => self.receive(&mut download, reply, &mut sink)?,
                        Err(error) => download.ended(Err(error), fastrand::f64()),
                    }
                }
                DownloadStep::Done(result) => {
                    let file = (*result)?;
                    sink.flush().map_err(TransferError::writing)?;
                    return Ok(file);
                }
            }
        }
    }

    fn receive(
        &mut self,
        download: &mut transfer::Download,
        reply: Storage,
        sink: &mut impl Write,
    ) -> Result<(), Error> {
        let (head, mut body) = reply.into_parts();
        if download.head(head.status, &head.headers)? == Content::Refusal {
            let time = self.client.api().time_for_attempt();
            let refusal = http::Response::from_parts(head, explanation(body, time));
            download.ended(Ok(refusal), fastrand::f64());
            return Ok(());
        }
        let mut buffer = vec![0; PIECE];
        let outcome = loop {
            match body.read(&mut buffer) {
                Ok(0) => break Ok(http::Response::from_parts(head, bytes::Bytes::new())),
                Ok(read) => {
                    let new = download.take(&buffer[..read])?;
                    sink.write_all(new).map_err(TransferError::writing)?;
                    (self.progress)(download.progress());
                }
                Err(error) => break Err(classify_read(error)),
            }
        };
        download.ended(outcome, fastrand::f64());
        Ok(())
    }
}

impl fmt::Debug for Download<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("file", &self.file).finish_non_exhaustive()
    }
}
