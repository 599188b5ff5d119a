//! An upload: ticket, bytes, file.

use std::fmt;
use std::mem;
use std::time::Duration;

use agentmc_types::{AgentId, FolderId, TeamFile, TeamFileUploadTicket};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;

use super::storage::{self, Outcome, Verdict};
use super::{Checksum, checksum_of, compare, media_type};
use crate::api::Api;
use crate::call::Call;
use crate::error::{Error, TransferError};
use crate::observe::StorageReply;
use crate::operation::Operation;
use crate::ops::files::{CreateFile, CreateFileUpload};
use crate::reply::Reply;
use crate::trace;

pub(super) const OPERATION: &str = CreateFileUpload::ENDPOINT.id;

/// A file to be made by an upload.
#[derive(Clone, Debug)]
#[must_use = "a new file is nothing until it is uploaded"]
pub struct NewFile {
    filename: String,
    mime_type: Option<String>,
    checksum: Option<Checksum>,
    display_name: Option<String>,
    folder_id: Option<FolderId>,
    owner_agent_id: Option<AgentId>,
}

impl NewFile {
    /// A file of that name, with its ending and without folders: at most 255 characters.
    pub fn new(filename: impl Into<String>) -> Self {
        Self {
            filename: filename.into(),
            mime_type: None,
            checksum: None,
            display_name: None,
            folder_id: None,
            owner_agent_id: None,
        }
    }

    /// The media type of the content, such as `text/plain`; by default what [`media_type`] makes of the name.
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// The SHA-256 the content is known to have. Storage then refuses any other content.
    ///
    /// It need not be given: the content is summed up on its way, and held against the record of the file.
    pub const fn checksum(mut self, checksum: Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// The name to show, at most 255 characters; by default the file's.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// The folder to put the file in; by default none.
    pub fn folder_id(mut self, folder: impl Into<FolderId>) -> Self {
        self.folder_id = Some(folder.into());
        self
    }

    /// The agent that owns the file; by default none.
    pub fn owner_agent_id(mut self, agent: impl Into<AgentId>) -> Self {
        self.owner_agent_id = Some(agent.into());
        self
    }

    /// The SHA-256 the content is known to have, if one is set.
    #[must_use]
    pub const fn known_checksum(&self) -> Option<Checksum> {
        self.checksum
    }
}

/// An upload in progress.
///
/// A driver asks for the next [`step`](Self::step) and reports what came of it, to [`replied`](Self::replied) or
/// [`stored`](Self::stored), until a step is [`Done`](UploadStep::Done).
pub struct Upload {
    api: Api,
    file: NewFile,
    byte_size: u64,
    state: State,
    attempt: u32,
    renewed: bool,
    /// The checksum of the bytes that storage took.
    sent: Option<Checksum>,
}

/// What a driver does next in an upload.
#[must_use]
pub enum UploadStep {
    /// Perform the call, and report its outcome to [`Upload::replied`].
    Call(Box<Call>),
    /// Send the request to storage, with the content from its beginning as the body, and report the outcome to
    /// [`Upload::stored`]. Follow no redirect and add no credential.
    Put(Box<http::Request<()>>),
    /// Wait.
    Wait(Duration),
    /// Return this to the caller.
    Done(Box<Result<TeamFile, Error>>),
}

enum State {
    Ask,
    Put(Box<TeamFileUploadTicket>),
    Pause(Duration, Box<TeamFileUploadTicket>),
    Make(String),
    Done(Box<Result<TeamFile, Error>>),
    Over,
}

impl Upload {
    /// An upload of `byte_size` bytes, at least 1.
    #[must_use]
    pub fn new(api: &Api, file: NewFile, byte_size: u64) -> Self {
        let api = api.clone();
        Self { api, file, byte_size, state: State::Ask, attempt: 1, renewed: false, sent: None }
    }

    /// The next step. After `Done` there is none, and waiting for ever is all that is left.
    pub fn step(&mut self) -> UploadStep {
        match mem::replace(&mut self.state, State::Over) {
            State::Ask => {
                self.state = State::Ask;
                // What the last step would refuse is found out before the bytes are sent.
                match self.api.call(&self.file_wanted("")) {
                    Ok(_) => self.call(&self.ticket_wanted()),
                    Err(error) => self.fail(error.into()),
                }
            }
            State::Put(ticket) => {
                let request = self.request(&ticket);
                self.state = State::Put(ticket);
                match request {
                    Ok(request) => {
                        let watch = self.api.watch();
                        watch.storage_begins(OPERATION, self.attempt, &request, self.byte_size);
                        UploadStep::Put(Box::new(request))
                    }
                    Err(error) => self.fail(error),
                }
            }
            State::Pause(delay, ticket) => {
                self.state = State::Put(ticket);
                UploadStep::Wait(delay)
            }
            State::Make(upload) => {
                let make = self.file_wanted(&upload);
                self.state = State::Make(upload);
                self.call(&make)
            }
            State::Done(result) => UploadStep::Done(result),
            State::Over => UploadStep::Wait(Duration::MAX),
        }
    }

    /// Takes the outcome of a call.
    pub fn replied(&mut self, outcome: Result<http::Response<Bytes>, Error>) {
        let next = match self.state {
            State::Ask => outcome.and_then(|reply| {
                let ticket = read::<CreateFileUpload>(&reply)?;
                Ok(State::Put(Box::new(ticket)))
            }),
            State::Make(_) => outcome.and_then(|reply| {
                let file = read::<CreateFile>(&reply)?;
                self.check(&file)?;
                Ok(State::Done(Box::new(Ok(file))))
            }),
            _ => return,
        };
        self.state = next.unwrap_or_else(|error| State::Done(Box::new(Err(error))));
    }

    /// Takes the outcome of sending the bytes: storage's reply, with as much of its body as explains a refusal.
    ///
    /// `sent` is the checksum of the content, if all of it was sent. `again` is whether the content can be sent once
    /// more: a stream that has been read cannot. `jitter` is a random number in 0 to 1.
    pub fn stored(
        &mut self,
        outcome: Result<http::Response<Bytes>, crate::TransportError>,
        sent: Option<Checksum>,
        again: bool,
        jitter: f64,
    ) {
        let State::Put(ticket) = mem::replace(&mut self.state, State::Over) else { return };
        trace::storage(OPERATION, self.attempt, &outcome, self.byte_size);
        let (attempt, told) = (self.attempt, storage::told(&outcome));
        let received = storage::explained(&outcome);
        self.state = if outcome.as_ref().is_ok_and(|reply| reply.status().is_success()) {
            // Storage may be content before the last byte is sent; then there is no saying what it took.
            let taken = sent.ok_or(TransferError::Changed { operation: OPERATION });
            match taken.and_then(|sum| compare(OPERATION, self.file.checksum, sum).map(|()| sum)) {
                Ok(sum) => {
                    self.sent = Some(sum);
                    State::Make(ticket.upload_id)
                }
                Err(error) => State::Done(Box::new(Err(error.into()))),
            }
        } else {
            self.after(outcome, ticket, again, jitter)
        };
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

    fn after(
        &mut self,
        outcome: Outcome,
        ticket: Box<TeamFileUploadTicket>,
        again: bool,
        jitter: f64,
    ) -> State {
        match storage::judge(&outcome) {
            Verdict::Renew if again && !self.renewed => {
                self.renewed = true;
                return State::Ask;
            }
            Verdict::Repeat(failure) if again => {
                let policy = self.api.retry_policy();
                if let Some(delay) = policy.delay_if(true, self.attempt, failure, jitter) {
                    self.attempt += 1;
                    return State::Pause(delay, ticket);
                }
            }
            _ => {}
        }
        State::Done(Box::new(Err(storage::error(OPERATION, outcome))))
    }

    fn ticket_wanted(&self) -> CreateFileUpload {
        let NewFile { filename, mime_type, checksum, .. } = &self.file;
        let mime_type = mime_type.as_deref().unwrap_or_else(|| media_type(filename));
        let wanted = CreateFileUpload::new(&**filename, self.byte_size, mime_type);
        match checksum {
            Some(checksum) => wanted.checksum_sha256(checksum.to_string()),
            None => wanted,
        }
    }

    fn file_wanted(&self, upload: &str) -> CreateFile {
        let mut make = CreateFile::new(upload);
        if let Some(name) = &self.file.display_name {
            make = make.display_name(name.clone());
        }
        if let Some(folder) = self.file.folder_id {
            make = make.folder_id(folder);
        }
        match self.file.owner_agent_id {
            Some(agent) => make.owner_agent_id(agent),
            None => make,
        }
    }

    fn call<O: Operation>(&mut self, operation: &O) -> UploadStep {
        match self.api.call(operation) {
            Ok(call) => UploadStep::Call(Box::new(call)),
            Err(error) => self.fail(error.into()),
        }
    }

    fn fail(&mut self, error: Error) -> UploadStep {
        self.state = State::Over;
        UploadStep::Done(Box::new(Err(error)))
    }

    fn request(&self, ticket: &TeamFileUploadTicket) -> Result<http::Request<()>, Error> {
        let uri =
            storage::url(&self.api, OPERATION, "data.upload_url", ticket.upload_url.expose())?;
        let headers = storage::headers(OPERATION, &ticket.upload_headers, &uri, self.byte_size)?;
        let mut request = http::Request::new(());
        let method = ticket.upload_method.as_str().as_bytes();
        *request.method_mut() = http::Method::from_bytes(method).unwrap_or(http::Method::PUT);
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        request.headers_mut().insert(CONTENT_LENGTH, self.byte_size.into());
        Ok(request)
    }

    /// Holds the record of the file against what was sent.
    fn check(&self, file: &TeamFile) -> Result<(), TransferError> {
        let (operation, expected, actual) =
            (CreateFile::ENDPOINT.id, self.byte_size, file.size_bytes);
        if actual != expected {
            return Err(TransferError::Length { operation, expected, actual });
        }
        match (self.sent, checksum_of(file)) {
            (expected, Some(actual)) => compare(operation, expected, actual),
            _ => Ok(()),
        }
    }
}

fn read<O: Operation>(reply: &http::Response<Bytes>) -> Result<crate::Output<O>, Error> {
    Ok(O::Reply::read(O::ENDPOINT.id, reply)?)
}

/// Leaves out the URL, whose signature is as good as a credential.
impl fmt::Debug for UploadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call) => f.debug_tuple("Call").field(call).finish(),
            Self::Put(request) => f.debug_tuple("Put").field(&request.uri().host()).finish(),
            Self::Wait(delay) => f.debug_tuple("Wait").field(delay).finish(),
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file", &self.file)
            .field("byte_size", &self.byte_size)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
