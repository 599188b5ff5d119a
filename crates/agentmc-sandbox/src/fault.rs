//! What goes wrong on demand.

use std::borrow::Cow;
use std::time::Duration;

use agentmc_core::find;
use bytes::Bytes;
use http::StatusCode;

mod change;
mod course;
mod names;
mod raw;
mod receive;
mod rules;
mod text;

pub(crate) use change::{change, first_page, refusal};
pub(crate) use course::{Course, Cut, Delivery, has_body, pieces};
#[cfg(feature = "conformance")]
pub(crate) use receive::arrive;
pub(crate) use receive::receive;
pub(crate) use rules::Rules;
pub use text::RuleError;

/// Something that goes wrong with a reply.
///
/// The request still happens in the world, and its reply suffers, but for these: [`Down`](Self::Down) strikes
/// before, and [`Status`](Self::Status), [`RetryAfter`](Self::RetryAfter), [`Html`](Self::Html),
/// [`Empty`](Self::Empty), [`NoMessage`](Self::NoMessage) and [`ForeignRedirect`](Self::ForeignRedirect) stand
/// for a service that refuses, so nothing happens. Whoever gets no reply cannot know which it was.
///
/// A fault that has nothing to work on, such as one in the body of a reply without a body, leaves the reply as it is.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Closes every connection without an answer, and refuses new ones for so long, by the wall clock.
    Down(Duration),
    /// Closes the connection instead of answering.
    CloseBeforeHead,
    /// Closes the connection in the middle of the reply's head.
    CloseInHead,
    /// Closes the connection in the middle of the reply's body.
    CloseInBody,
    /// Resets the connection instead of answering.
    ResetBeforeHead,
    /// Resets the connection in the middle of the reply's body.
    ResetInBody,
    /// Waits so long before the reply's head.
    DelayHead(Duration),
    /// Sends the body in 64 pieces or fewer, and waits so long between each two.
    DripBody(Duration),
    /// Announces more bytes than come, then closes the connection.
    LongLength,
    /// Announces fewer bytes than come, then closes the connection.
    ShortLength,
    /// Refuses with this status and the error envelope, in storage's own form there. A 3xx has no `Location`; one
    /// that is informational ends the connection.
    Status(StatusCode),
    /// Refuses with this status and this value of `Retry-After`, a date or seconds. A value that no header can
    /// have is left out.
    RetryAfter(StatusCode, String),
    /// Answers with this status and a page of HTML, as proxies do.
    Html(StatusCode),
    /// Answers with this status and nothing.
    Empty(StatusCode),
    /// Puts a byte that is not UTF-8 into the body.
    InvalidUtf8,
    /// Leaves out the second half of the body, with a length that says so.
    TruncatedJson,
    /// Makes the member at this path, such as `data.id` or `data.0.title`, a value of another JSON type.
    WrongType(String),
    /// Adds a member that nobody knows to every object, and gives members that are one of several words, such as
    /// `status`, the word `unheard_of`.
    Unknown,
    /// Makes the body exactly so many bytes, with spaces at the end, or by cutting it. It is not held in memory. A
    /// reply without a body gets status 200.
    BodyOf(u64),
    /// Answers every page of a listing with the first.
    RepeatPage,
    /// Makes `links.next` of a listing an address on another origin, that of storage.
    ForeignNext,
    /// Redirects to another origin, that of storage, with status 302.
    ForeignRedirect,
    /// Compresses the body with gzip.
    Gzip,
    /// Compresses the body with brotli.
    Brotli,
    /// Leaves out the `Content-Type`.
    NoContentType,
    /// Makes the `Content-Type` `application/json; charset=utf-8`.
    Charset,
    /// Makes empty objects empty arrays, as services in PHP write them.
    ArrayForObject,
    /// Refuses with status 400 and an error envelope without `message`.
    NoMessage,
    /// Sends these bytes instead of an answer, then closes the connection.
    Raw(Bytes),
}

/// When a fault strikes.
///
/// Written as `FAULT[=ARG][,operation=ID][,storage][,chance=P][,next=N][,after=N]`, with the names of the faults
/// in kebab case: `close-in-body`, `delay-head=250ms`, `status=503,next=2`, `retry-after=429:2`,
/// `body-of=10000000,operation=listTasks`. In an argument a comma is `%2C` and a percent sign is `%25`.
///
/// ```
/// use std::time::Duration;
///
/// use agentmc_sandbox::{Fault, Rule};
///
/// let rule: Rule = "delay-head=250ms,operation=listTasks,next=2".parse()?;
/// let same = Rule::new(Fault::DelayHead(Duration::from_millis(250))).operation("listTasks").next(2);
/// assert_eq!(rule, same);
/// # Ok::<(), agentmc_sandbox::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a rule does nothing until a sandbox has it"]
pub struct Rule {
    fault: Fault,
    target: Target,
    chance: f64,
    next: Option<u32>,
    after: u32,
}

/// Which requests a rule is about.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    Api,
    Operation(Cow<'static, str>),
    Storage,
}

impl Rule {
    /// Strikes at every request to the API, for ever.
    pub const fn new(fault: Fault) -> Self {
        Self { fault, target: Target::Api, chance: 1.0, next: None, after: 0 }
    }

    /// Only at requests for this operation, by any of its ids. An id that no operation has matches nothing.
    pub fn operation(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        let id = id.into();
        self.target =
            Target::Operation(find(&id).map_or(id, |endpoint| Cow::Borrowed(endpoint.id)));
        self
    }

    /// At requests to storage, instead of those to the API.
    pub fn storage(mut self) -> Self {
        self.target = Target::Storage;
        self
    }

    /// Only with this probability, from 0 to 1, drawn from the sandbox's seed. What is no number is 0.
    pub fn chance(mut self, probability: f64) -> Self {
        self.chance = if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) };
        self
    }

    /// Only at the next so many requests that match; then the rule is used up.
    pub const fn next(mut self, requests: u32) -> Self {
        self.next = Some(requests);
        self
    }

    /// Lets the first so many requests that match pass.
    pub const fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// What goes wrong.
    #[must_use]
    pub const fn fault(&self) -> &Fault {
        &self.fault
    }
}
