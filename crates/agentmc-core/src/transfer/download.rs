//! A download: record, address, bytes, and again from where it broke off.

use std::fmt;
use std::mem;
use std::time::Duration;

use agentmc_types::{FileId, TeamFile};
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use http::{StatusCode, Uri};

use super::storage::{self, Outcome, Verdict};
use super::{Meter, Progress, checksum_of, compare};
use crate::api::Api;
use crate::call::Call;
use crate::error::{Error, TransferError, TransportError, TransportKind};
use crate::observe::StorageReply;
use crate::operation::Operation;
use crate::ops::files::{DownloadFile, ShowFile};
use crate::reply::Reply;
use crate::retry::Failure;
use crate::trace;

const OPERATION: &str = DownloadFile::ENDPOINT.id;

/// A download in progress.
///
/// A driver asks for the next [`step`](Self::step) and reports what came of it, to [`replied`](Self::replied) or,
/// piece by piece, to [`head`](Self::head), [`take`](Self::take) and [`ended`](Self::ended), until a step is
/// [`Done`](DownloadStep::Done).
pub struct Download {
    api: Api,
    id: FileId,
    state: State,
    file: Option<Box<TeamFile>>,
    meter: Meter,
    /// Names the content; storage gave it with the first piece.
    tag: Option<HeaderValue>,
    /// Bytes to pass over, since they have been taken before.
    skip: u64,
    /// What had been taken when the request in progress was sent.
    before: u64,
    attempt: u32,
    renewed: bool,
}

/// What a driver does next in a download.
#[must_use]
pub enum DownloadStep {
    /// Perform the call, and report its outcome to [`Download::replied`].
    Call(Box<Call>),
    /// Send the request to storage, and report what arrives. Follow no redirect, add no credential, and decode
    /// nothing.
    Get(Box<http::Request<()>>),
    /// Wait.
    Wait(Duration),
    /// Return this to the caller. Only if it is a file, everything has arrived and is what it should be.
    Done(Box<Result<TeamFile, Error>>),
}

/// What the body of storage's reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Content: to be given to [`Download::take`] as it comes.
    Content,
    /// The explanation of a refusal: to be given to [`Download::ended`] as a whole.
    Refusal,
}

enum State {
    Show,
    Ask,
    Get(Uri),
    Pause(Duration, Uri),
    Done(Box<Result<TeamFile, Error>>),
    Over,
}

impl Download {
    /// A download of a file.
    #[must_use]
    pub fn new(api: &Api, id: FileId) -> Self {
        Self {
            api: api.clone(),
            id,
            state: State::Show,
            file: None,
            meter: Meter::new(OPERATION, 0),
            tag: None,
            skip: 0,
            before: 0,
            attempt: 1,
            renewed: false,
        }
    }

    /// How far it has come.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.meter.progress()
    }

    /// The next step. After `Done` there is none, and waiting for ever is all that is left.
    pub fn step(&mut self) -> DownloadStep {
        match mem::replace(&mut self.state, State::Over) {
            State::Show => {
                self.state = State::Show;
                self.call(&ShowFile::new(self.id))
            }
            State::Ask => {
                self.state = State::Ask;
                self.call(&DownloadFile::new(self.id))
            }
            State::Get(uri) => {
                let request = self.request(&uri);
                self.api.watch().storage_begins(OPERATION, self.attempt, &request, 0);
                self.before = self.progress().bytes;
                self.state = State::Get(uri);
                DownloadStep::Get(Box::new(request))
            }
            State::Pause(delay, uri) => {
                self.state = State::Get(uri);
                DownloadStep::Wait(delay)
            }
            State::Done(result) => DownloadStep::Done(result),
            State::Over => DownloadStep::Wait(Duration::MAX),
        }
    }

    /// Takes the outcome of a call.
    pub fn replied(&mut self, outcome: Result<http::Response<Bytes>, Error>) {
        let next = match self.state {
            State::Show => outcome.and_then(|reply| {
                let file = <ShowFile as Operation>::Reply::read(ShowFile::ENDPOINT.id, &reply)?;
                self.meter = Meter::new(OPERATION, file.size_bytes);
                self.file = Some(Box::new(file));
                Ok(State::Ask)
            }),
            State::Ask => outcome.and_then(|reply| {
                let location = <DownloadFile as Operation>::Reply::read(OPERATION, &reply)?;
                Ok(State::Get(storage::url(&self.api, OPERATION, "location", &location)?))
            }),
            _ => return,
        };
        self.state = next.unwrap_or_else(|error| State::Done(Box::new(Err(error))));
    }

    /// Takes the head of storage's reply: says what its body is.
    ///
    /// # Errors
    ///
    /// When the content is another than before, or does not begin where it should. The download is over then.
    pub fn head(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<Content, Error> {
        let changed = || TransferError::Changed { operation: OPERATION };
        let from = match status {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => start(headers).ok_or_else(changed)?,
            _ => return Ok(Content::Refusal),
        };
        let tag = headers.get(ETAG);
        if self.before > 0 && tag.is_some() && self.tag.is_some() && tag != self.tag.as_ref() {
            return Err(changed().into());
        }
        if self.before == 0 {
            self.tag = tag.cloned();
        }
        self.skip = self.before.checked_sub(from).ok_or_else(changed)?;
        Ok(Content::Content)
    }

    /// Takes a piece of the content, and gives what of it is new, to be kept.
    ///
    /// # Errors
    ///
    /// When there is more than the file has. The download is over then.
    pub fn take<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], Error> {
        let known = usize::try_from(self.skip).unwrap_or(usize::MAX).min(piece.len());
        self.skip -= known as u64;
        self.meter.take(&piece[known..])?;
        Ok(&piece[known..])
    }

    /// Takes the end of storage's reply: the body is complete, or broke off; or it refused, with as much of the body
    /// as explains it. `jitter` is a random number in 0 to 1.
    pub fn ended(&mut self, outcome: Result<http::Response<Bytes>, TransportError>, jitter: f64) {
        let State::Get(uri) = mem::replace(&mut self.state, State::Over) else { return };
        let (attempt, told) = (self.attempt, storage::told(&outcome));
        let received = self.progress().bytes - self.before;
        trace::storage(OPERATION, attempt, &outcome, received);
        let came = (outcome.is_ok() || received > 0).then_some(received);
        let received = storage::explained(&outcome).or(came);
        self.state = self.next(outcome, uri, jitter);
        let again_in = match self.state {
            State::Pause(delay, _) => Some(delay),
            _ => None,
        };
        self.api.watch().storage_ended(|| StorageReply {
            operation: OPERATION,
            attempt,
            outcome: told,
            received,
            again_in,
        });
    }

    fn next(&mut self, outcome: Outcome, uri: Uri, jitter: f64) -> State {
        let Progress { bytes, total } = self.progress();
        if bytes > self.before {
            // It moves: what went wrong before is forgiven.
            (self.attempt, self.renewed) = (1, false);
        }
        let refused = match &outcome {
            Ok(reply) if reply.status().is_success() => None,
            Ok(reply) => Some(reply.status()),
            Err(_) => None,
        };
        // Who asks for what lies behind the end is told that there is nothing.
        let complete = bytes == total
            && (outcome.is_ok() && refused.is_none()
                || refused == Some(StatusCode::RANGE_NOT_SATISFIABLE));
        if complete {
            return State::Done(Box::new(self.check()));
        }
        let outcome = match outcome {
            Ok(_) if refused.is_none() => {
                Err(TransportError::new(TransportKind::Lost, "the content ended early"))
            }
            outcome => outcome,
        };
        self.after(outcome, uri, jitter)
    }

    fn after(&mut self, outcome: Outcome, uri: Uri, jitter: f64) -> State {
        match storage::judge(&outcome) {
            Verdict::Renew if !self.renewed => {
                self.renewed = true;
                return State::Ask;
            }
            Verdict::Repeat(failure) => {
                if let Some(delay) = self.delay(failure, jitter) {
                    self.attempt += 1;
                    return State::Pause(delay, uri);
                }
            }
            _ => {}
        }
        State::Done(Box::new(Err(storage::error(OPERATION, outcome))))
    }

    fn delay(&self, failure: Failure, jitter: f64) -> Option<Duration> {
        self.api.retry_policy().delay_if(true, self.attempt, failure, jitter)
    }

    fn call<O: Operation>(&mut self, operation: &O) -> DownloadStep {
        match self.api.call(operation) {
            Ok(call) => DownloadStep::Call(Box::new(call)),
            Err(error) => {
                self.state = State::Over;
                DownloadStep::Done(Box::new(Err(error.into())))
            }
        }
    }

    fn request(&self, uri: &Uri) -> http::Request<()> {
        let mut request = http::Request::new(());
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        // Sizes, ranges and the checksum are those of the content as it is stored.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let from = self.progress().bytes;
        if from > 0 {
            if let Ok(range) = HeaderValue::try_from(format!("bytes={from}-")) {
                headers.insert(RANGE, range);
            }
            let strong = self.tag.as_ref().filter(|tag| !tag.as_bytes().starts_with(b"W/"));
            if let Some(tag) = strong {
                headers.insert(IF_RANGE, tag.clone());
            }
        }
        request
    }

    /// Holds what arrived against the record of the file.
    fn check(&mut self) -> Result<TeamFile, Error> {
        let changed = TransferError::Changed { operation: OPERATION };
        let file = self.file.take().ok_or(changed)?;
        let actual = self.meter.clone().finish()?;
        compare(OPERATION, checksum_of(&file), actual)?;
        Ok(*file)
    }
}

/// Where a part begins.
fn start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim();
    range.strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}

/// Leaves out the URL, whose signature is as good as a credential.
impl fmt::Debug for DownloadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call) => f.debug_tuple("Call").field(call).finish(),
            Self::Get(request) => f.debug_tuple("Get").field(&request.uri().host()).finish(),
            Self::Wait(delay) => f.debug_tuple("Wait").field(delay).finish(),
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("file", &self.id)
            .field("progress", &self.progress())
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
