//! Downloads: to a path, to a writer.

use std::fmt;
use std::path::Path;

use agentmc_core::transfer::{Content, DownloadStep, Progress};
use agentmc_core::types::{FileId, TeamFile};
use agentmc_core::{Error, TransferError, transfer};
use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::client::Client;
use crate::part::Part;
use crate::transport::Storage;

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
    progress: Box<dyn FnMut(Progress) + Send + 'a>,
}

impl<'a> Download<'a> {
    pub(crate) fn new(client: &'a Client, file: FileId) -> Self {
        Self { client, file, progress: Box::new(|_| {}) }
    }

    /// Calls `report` whenever some of the content has arrived.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + Send + 'a) -> Self {
        self.progress = Box::new(report);
        self
    }

    /// Downloads the content to the file at `path`, in place of what is there.
    ///
    /// It is collected beside it, under a name of its own, and moved there once it is complete and right. Whatever
    /// happens, dropping the future too, `path` names what it named before or the whole content.
    ///
    /// # Errors
    ///
    /// When the content cannot be written, or is not what it should be; and as [`Client::send`].
    ///
    /// # Panics
    ///
    /// As [`Client::send`].
    pub async fn to_path(self, path: impl AsRef<Path>) -> Result<TeamFile, Error> {
        let part = Part::new(path.as_ref()).map_err(TransferError::writing)?;
        let mut sink = File::from_std(part.file().map_err(TransferError::writing)?);
        let file = self.to_writer(&mut sink).await?;
        let finished = tokio::task::spawn_blocking(move || part.finish()).await;
        finished.map_err(std::io::Error::other).flatten().map_err(TransferError::writing)?;
        Ok(file)
    }

    /// Downloads the content to `sink`.
    ///
    /// If it fails, `sink` has got the beginning of the content, which may not be right.
    ///
    /// # Errors
    ///
    /// As [`Download::to_path`].
    ///
    /// # Panics
    ///
    /// As [`Client::send`].
    pub async fn to_writer(mut self, mut sink: impl AsyncWrite + Unpin) -> Result<TeamFile, Error> {
        let api = self.client.api();
        let mut download = transfer::Download::new(api, self.file);
        loop {
            match download.step() {
                DownloadStep::Call(call) => download.replied(self.client.run(*call).await),
                DownloadStep::Wait(delay) => tokio::time::sleep(delay).await,
                DownloadStep::Get(request) => {
                    let request = request.map(|()| reqwest::Body::default());
                    match self.client.transport().get(request, api.time_for_attempt()).await {
                        Ok(reply) => self.receive(&mut download, reply, &mut sink).await?,
                        Err(error) => download.ended(Err(error), fastrand::f64()),
                    }
                }
                DownloadStep::Done(result) => {
                    let file = (*result)?;
                    sink.flush().await.map_err(TransferError::writing)?;
                    return Ok(file);
                }
            }
        }
    }

    async fn receive(
        &mut self,
        download: &mut transfer::Download,
        mut reply: Storage,
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), Error> {
        let idle = self.client.api().time_for_attempt();
        if download.head(reply.status(), reply.headers())? == Content::Refusal {
            download.ended(Ok(reply.refusal(idle).await), fastrand::f64());
            return Ok(());
        }
        let outcome = loop {
            match reply.piece(idle).await {
                Ok(None) => {
                    let mut end = http::Response::new(Bytes::new());
                    *end.status_mut() = reply.status();
                    break Ok(end);
                }
                Ok(Some(piece)) => {
                    let new = download.take(&piece)?;
                    sink.write_all(new).await.map_err(TransferError::writing)?;
                    (self.progress)(download.progress());
                }
                Err(error) => break Err(error),
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
