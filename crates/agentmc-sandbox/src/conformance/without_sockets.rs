//! The reference: calls of the core, driven against the sandbox itself.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agentmc_core::pages::{Pages, Walk};
use agentmc_core::reply::{Page, Reply};
use agentmc_core::transfer::{
    Content as Arrived, Download, DownloadStep, Meter, NewFile, Progress, Upload, UploadStep,
};
use agentmc_core::types::{FileId, Page as PageOf};
use agentmc_core::{Api, Call, Error, Operation, Output, Step, TransferError, TransportKind};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::{Content, Driver, Sink, Transferred};
use crate::Sandbox;

/// A driver that has no sockets and waits on a clock of its own.
#[derive(Debug)]
pub struct WithoutSockets {
    sandbox: Arc<Sandbox>,
    api: Api,
    waited: Mutex<Vec<Duration>>,
}

impl WithoutSockets {
    fn run(&self, mut call: Call) -> Result<http::Response<Bytes>, Error> {
        let mut elapsed = Duration::ZERO;
        loop {
            let outcome = self.sandbox.exchange(&call);
            if outcome.as_ref().is_err_and(|error| error.kind == TransportKind::Timeout) {
                elapsed += call.timeout();
            }
            match call.resolve(outcome, elapsed, 0.0) {
                Step::Again(delay) => {
                    elapsed += delay;
                    self.wait(delay);
                }
                Step::Done(result) => return result,
            }
        }
    }

    fn traced(&self, call: Call) -> Result<http::Response<Bytes>, Error> {
        call.span().in_scope(|| self.run(call))
    }

    fn wait(&self, delay: Duration) {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).push(delay);
    }
}

impl Driver for WithoutSockets {
    fn connect(sandbox: &Arc<Sandbox>, api: Api) -> Self {
        Self { sandbox: Arc::clone(sandbox), api, waited: Mutex::default() }
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<Output<O>, Error> {
        let reply = self.traced(self.api.call(operation)?)?;
        Ok(O::Reply::read(O::ENDPOINT.id, &reply)?)
    }

    fn call(&self, id: &str, params: Map<String, Value>) -> Result<Value, Error> {
        let call = self.api.call_by_name(id, params)?;
        let endpoint = call.endpoint();
        Ok(endpoint.read_json(&self.traced(call)?)?)
    }

    fn walk<O, T>(&self, operation: O, mut visit: impl FnMut(T) -> bool) -> Result<(), Error>
    where
        O: Operation<Reply = Page<T>>,
        Page<T>: Reply<Value = PageOf<T>>,
    {
        let mut pages = Pages::new(operation);
        while let Some(call) = pages.call(&self.api) {
            let reply = self.traced(call?)?;
            for item in pages.receive(&reply)? {
                if !visit(item) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn upload(&self, file: NewFile, content: Content<'_>) -> Result<Transferred, Error> {
        let (content, size, again) = match content {
            Content::Bytes(bytes) => {
                let size = bytes.len() as u64;
                (bytes.to_vec(), size, true)
            }
            Content::Path(path) => {
                let content = std::fs::read(path).map_err(TransferError::reading)?;
                let size = content.len() as u64;
                (content, size, true)
            }
            Content::Stream(mut stream, size) => {
                let mut content = Vec::new();
                stream.read_to_end(&mut content).map_err(TransferError::reading)?;
                content.truncate(usize::try_from(size).unwrap_or(usize::MAX));
                (content, size, false)
            }
        };
        let sum = agentmc_core::transfer::Checksum::of(&content);
        let file = if again { file.checksum(sum) } else { file };
        let mut upload = Upload::new(&self.api, file, size);
        let mut progress = Vec::new();
        loop {
            match upload.step() {
                UploadStep::Call(call) => upload.replied(self.traced(*call)),
                UploadStep::Wait(delay) => self.wait(delay),
                UploadStep::Done(result) => return Ok(Transferred { file: (*result)?, progress }),
                UploadStep::Put(request) => {
                    let mut meter = Meter::of_upload(size);
                    for piece in content.chunks(64 << 10) {
                        progress.push(meter.take(piece)?);
                    }
                    let sent = meter.finish()?;
                    let request = request.map(|()| Bytes::from(content.clone()));
                    let outcome = self.sandbox.exchange_with_storage(request);
                    upload.stored(outcome.map(|(reply, _)| reply), Some(sent), again, 0.0);
                }
            }
        }
    }

    fn download(&self, file: FileId, sink: Sink<'_>) -> Result<Transferred, Error> {
        let mut content = Vec::new();
        let path = match &sink {
            Sink::Path(path) => Some(*path),
            Sink::Memory(_) => None,
        };
        // A folder that cannot be written to is found out before anything is sent.
        let part = path.map(|path| {
            let taken = path.metadata().is_ok_and(|there| !there.is_file());
            let other = || std::io::Error::other("something other than a file is there");
            if taken {
                Err(other())
            } else {
                tempfile::NamedTempFile::new_in(path.parent().unwrap_or(path))
            }
        });
        let part = part.transpose().map_err(TransferError::writing)?;
        let mut download = Download::new(&self.api, file);
        let mut progress: Vec<Progress> = Vec::new();
        let file = loop {
            match download.step() {
                DownloadStep::Call(call) => download.replied(self.traced(*call)),
                DownloadStep::Wait(delay) => self.wait(delay),
                DownloadStep::Done(result) => break (*result)?,
                DownloadStep::Get(request) => {
                    let request = request.map(|()| Bytes::new());
                    let (reply, failure) = match self.sandbox.exchange_with_storage(request) {
                        Ok(arrived) => arrived,
                        Err(error) => {
                            download.ended(Err(error), 0.0);
                            continue;
                        }
                    };
                    let (head, body) = reply.into_parts();
                    if download.head(head.status, &head.headers)? == Arrived::Refusal {
                        download.ended(Ok(http::Response::from_parts(head, body)), 0.0);
                        continue;
                    }
                    for piece in body.chunks(64 << 10) {
                        content.extend_from_slice(download.take(piece)?);
                        progress.push(download.progress());
                    }
                    let whole = http::Response::from_parts(head, Bytes::new());
                    download.ended(failure.map_or(Ok(whole), Err), 0.0);
                }
            }
        };
        match (sink, part) {
            (Sink::Memory(memory), _) => memory.extend_from_slice(&content),
            (Sink::Path(path), Some(mut part)) => {
                part.write_all(&content).map_err(TransferError::writing)?;
                let kept: Result<File, _> = part.persist(path);
                kept.map_err(|error| TransferError::writing(error.error))?;
            }
            (Sink::Path(_), None) => {}
        }
        Ok(Transferred { file, progress })
    }

    fn waited(&self) -> Option<Vec<Duration>> {
        Some(self.waited.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
