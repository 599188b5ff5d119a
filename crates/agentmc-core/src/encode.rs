//! The one function family that writes requests: typed and by-name calls both end here.

use std::cell::Cell;
use std::fmt::{self, Write};

use agentmc_types::{AgentId, Object};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::api::Api;
use crate::check::{self, Rules};
use crate::endpoint::{Endpoint, Param, Place, Step};
use crate::error::{BuildError, Problem};
use crate::text::{header_value, text_of};

/// A request being written: the URL and the body go straight into the buffers that are sent.
#[derive(Debug)]
pub struct Encoder<'a> {
    api: &'a Api,
    endpoint: &'static Endpoint,
    step: &'static Step,
    agent: Option<AgentId>,
    page: Option<u32>,
    /// The index of the parameter that is written next.
    next: usize,
    /// The path and the query, from the base URL's path on.
    url: String,
    /// What is left of the path template.
    template: &'static str,
    has_query: bool,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Everything but letters, digits, `-`, `.`, `_` and `~`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const AGENT_ID: HeaderName = HeaderName::from_static("x-agent-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("agentmc-rust/", env!("CARGO_PKG_VERSION")));
const PAGE: &str = "page";

thread_local! {
    /// Those of the last request that this thread has built.
    static BUFFERS: Cell<Buffers> = const { Cell::new(Buffers { url: String::new(), body: Vec::new() }) };
}

/// Where a request is written, to be copied once its size is known: that is cheaper than to grow a buffer for each.
#[derive(Default)]
struct Buffers {
    url: String,
    body: Vec<u8>,
}

impl Buffers {
    /// The largest body whose buffer is kept, in bytes.
    const KEPT: usize = 64 << 10;

    fn take() -> Self {
        BUFFERS.take()
    }

    fn give_back(mut self) {
        if self.body.capacity() <= Self::KEPT && self.url.capacity() <= Self::KEPT {
            self.url.clear();
            self.body.clear();
            BUFFERS.set(self);
        }
    }
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(api: &'a Api, endpoint: &'static Endpoint) -> Result<Self, BuildError> {
        let revision = api.spoken_revision();
        let step = endpoint.step_in(revision)?;
        check_agent(endpoint, api.agent())?;
        let Buffers { mut url, body } = Buffers::take();
        url.push_str(api.base().path());
        Ok(Self {
            api,
            endpoint,
            step,
            agent: api.agent(),
            page: None,
            next: 0,
            url,
            template: step.path,
            has_query: false,
            headers: HeaderMap::with_capacity(8),
            body,
        })
    }

    /// The same, acting as `agent`.
    pub(crate) fn acting_as(mut self, agent: AgentId) -> Result<Self, BuildError> {
        check_agent(self.endpoint, Some(agent))?;
        self.agent = Some(agent);
        Ok(self)
    }

    /// The same, asking for one page of a listing, whatever the parameters say.
    pub(crate) fn page(mut self, page: Option<u32>) -> Self {
        self.page = page;
        self
    }

    /// Writes the next parameter of the declaration, one that is always there.
    ///
    /// # Errors
    ///
    /// When the value cannot be sent.
    pub fn required<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), BuildError> {
        self.optional(Some(value))
    }

    /// Writes the next parameter of the declaration, one that may be absent.
    ///
    /// # Errors
    ///
    /// When the value cannot be sent, or is absent and the revision requires it.
    pub fn optional<T: Serialize + ?Sized>(&mut self, value: Option<&T>) -> Result<(), BuildError> {
        let operation = self.endpoint.id;
        let Some(param) = self.endpoint.params.get(self.next) else {
            // More values than the declaration has parameters: an `encode` written by hand is wrong.
            let name = format!("{}", self.next + 1).into();
            return Err(BuildError::UnknownParameter { operation, name, closest: Box::default() });
        };
        self.next += 1;
        match value {
            Some(value) => self.put(param, value),
            None if param.field.is_required_in(self.step.revision) => {
                Err(BuildError::Missing { operation, name: param.field.name.into() })
            }
            None => Ok(()),
        }
    }

    /// Writes members that the declaration does not name.
    ///
    /// # Errors
    ///
    /// When the members cannot be written as JSON.
    pub fn rest(&mut self, members: &Object) -> Result<(), BuildError> {
        members.iter().try_for_each(|(name, value)| self.member(name, value))
    }

    fn put<T: Serialize + ?Sized>(&mut self, param: &Param, value: &T) -> Result<(), BuildError> {
        let field = &param.field;
        let revision = self.step.revision;
        if !field.is_in(revision) {
            let (operation, name) = (self.endpoint.id, field.name);
            let (since, until) = (field.since, field.until);
            return Err(BuildError::AbsentParameter { operation, name, revision, since, until });
        }
        let rules = Rules::of(revision).limits(self.api.checks_limits());
        if let Some(violation) = check::violations(field, value, rules).into_iter().next() {
            return Err(BuildError::violation(self.endpoint.id, violation));
        }
        let invalid = |problem| BuildError::Invalid {
            operation: self.endpoint.id,
            name: field.name.into(),
            problem,
        };
        match param.place {
            Place::Body => self.member(field.name, value),
            Place::Path => {
                let text = text_of(value).filter(|text| !matches!(text.as_str(), "" | "." | ".."));
                let text = text.ok_or_else(|| invalid(Problem::Segment))?;
                self.segment(&text)
            }
            Place::Query if self.page.is_some() && field.name == PAGE => Ok(()),
            Place::Query => {
                let text =
                    text_of(value).ok_or_else(|| invalid(Problem::WrongType("a single value")))?;
                self.pair(field.name, &text)
            }
            Place::Header => {
                let text =
                    text_of(value).ok_or_else(|| invalid(Problem::WrongType("a single value")))?;
                let value = header_value(&text).ok_or_else(|| invalid(Problem::Header))?;
                let name = HeaderName::from_bytes(field.name.as_bytes())
                    .map_err(|_| invalid(Problem::Header))?;
                self.headers.insert(name, value);
                Ok(())
            }
        }
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), BuildError> {
        self.body.push(if self.body.is_empty() { b'{' } else { b',' });
        let unwritable = |_| BuildError::Invalid {
            operation: self.endpoint.id,
            name: name.into(),
            problem: Problem::WrongType("a JSON value"),
        };
        serde_json::to_writer(&mut self.body, name).map_err(unwritable)?;
        self.body.push(b':');
        serde_json::to_writer(&mut self.body, value).map_err(unwritable)
    }

    /// Copies the template up to its next placeholder, and fills that with `text`.
    fn segment(&mut self, text: &str) -> Result<(), BuildError> {
        self.agent_segment()?;
        if let Some((before, after)) = self.template.split_once('{') {
            self.url.push_str(before);
            self.template = after.split_once('}').map_or("", |(_, rest)| rest);
            self.escape(text);
        }
        Ok(())
    }

    /// Fills `{agent}`, if that is the next placeholder.
    fn agent_segment(&mut self) -> Result<(), BuildError> {
        let Some((before, after)) = self.template.split_once('{') else { return Ok(()) };
        let Some(rest) = after.strip_prefix("agent}") else { return Ok(()) };
        let (operation, revision) = (self.endpoint.id, self.step.revision);
        let agent = self.agent.ok_or(BuildError::NoAgent { operation, revision })?;
        self.url.push_str(before);
        self.push(format_args!("{agent}"));
        self.template = rest;
        Ok(())
    }

    /// Copies what is left of the template.
    fn end_path(&mut self) -> Result<(), BuildError> {
        self.agent_segment()?;
        self.url.push_str(std::mem::take(&mut self.template));
        Ok(())
    }

    fn pair(&mut self, name: &str, text: &str) -> Result<(), BuildError> {
        self.end_path()?;
        self.url.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.escape(name);
        self.url.push('=');
        self.escape(text);
        Ok(())
    }

    fn escape(&mut self, text: &str) {
        self.url.extend(utf8_percent_encode(text, ESCAPED));
    }

    fn push(&mut self, text: fmt::Arguments<'_>) {
        // Writing into a `String` cannot fail.
        let _ = self.url.write_fmt(text);
    }

    /// The finished request.
    pub(crate) fn finish(mut self) -> Result<http::Request<Bytes>, BuildError> {
        let operation = self.endpoint.id;
        if let Some(page) = self.page {
            self.pair(PAGE, &page.to_string())?;
        }
        self.end_path()?;
        self.write_headers()?;
        if self.endpoint.sends_body {
            self.body.extend_from_slice(if self.body.is_empty() { b"{}" } else { b"}" });
        }
        let uri = self.api.base().with_path(&self.url);
        let uri = uri.ok_or(BuildError::UrlTooLong { operation })?;
        let mut request = http::Request::new(Bytes::copy_from_slice(&self.body));
        *request.method_mut() = self.endpoint.method.into();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        Buffers { url: self.url, body: self.body }.give_back();
        Ok(request)
    }

    fn write_headers(&mut self) -> Result<(), BuildError> {
        let (operation, revision, accepts) = (self.endpoint.id, self.step.revision, self.step.auth);
        let credential = self.api.credential_for(self.step);
        let credential =
            credential.ok_or(BuildError::NoCredential { operation, revision, accepts })?;
        self.headers.insert(ACCEPT, JSON);
        self.headers.insert(USER_AGENT, AGENT);
        if self.endpoint.sends_body {
            self.headers.insert(CONTENT_TYPE, JSON);
        }
        if let Some(agent) = self.agent.filter(|_| self.endpoint.sends_agent_header(revision)) {
            let written = self.api.agent_header().filter(|_| self.api.agent() == Some(agent));
            let value = written.cloned().unwrap_or_else(|| HeaderValue::from(agent.get()));
            self.headers.insert(AGENT_ID, value);
        }
        self.headers.insert(credential.header().clone(), credential.value().clone());
        Ok(())
    }
}

/// No agent has the id 0.
fn check_agent(endpoint: &Endpoint, agent: Option<AgentId>) -> Result<(), BuildError> {
    match agent {
        Some(AgentId(0)) if endpoint.takes_agent() => Err(BuildError::Invalid {
            operation: endpoint.id,
            name: AGENT_ID.as_str().into(),
            problem: Problem::TooSmall(1),
        }),
        _ => Ok(()),
    }
}
