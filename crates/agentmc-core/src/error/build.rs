//! Requests that could not be built.

use std::fmt;

use agentmc_types::Revision;

use crate::base_url::BaseUrlError;
use crate::endpoint::Auth;
use crate::text::Printable;

/// Why a request could not be built. Nothing was sent.
///
/// Values are never part of the message: they may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No operation ever had this id.
    #[error("there is no operation `{}`{}", Printable(.id), Suggestions(.closest))]
    UnknownOperation {
        /// The id given.
        id: Box<str>,
        /// The ids that look most like it.
        closest: Box<[&'static str]>,
    },
    /// The operation does not exist in the revision spoken.
    #[error("{operation} is not part of revision {revision}; it is in {}", Revisions(.present))]
    Absent {
        /// The operation's id.
        operation: &'static str,
        /// The revision spoken.
        revision: Revision,
        /// The revisions that have the operation.
        present: Box<[Revision]>,
    },
    /// A required parameter is missing.
    #[error("{operation} needs a value for `{}`", Printable(.name))]
    Missing {
        /// The operation's id.
        operation: &'static str,
        /// The parameter, or the member of one, such as `host.meta.disk`.
        name: Box<str>,
    },
    /// A parameter the operation does not have.
    #[error("{operation} has no parameter `{}`{}", Printable(.name), Suggestions(.closest))]
    UnknownParameter {
        /// The operation's id.
        operation: &'static str,
        /// The name given.
        name: Box<str>,
        /// The parameters that look most like it.
        closest: Box<[&'static str]>,
    },
    /// A parameter the operation does not have in the revision spoken.
    #[error(
        "{operation} has no parameter `{name}` in revision {revision}; it is in {}", Span(*.since, *.until))]
    AbsentParameter {
        /// The operation's id.
        operation: &'static str,
        /// The parameter.
        name: &'static str,
        /// The revision spoken.
        revision: Revision,
        /// The first revision that has the parameter.
        since: Revision,
        /// The last revision that has the parameter.
        until: Revision,
    },
    /// A value that may not be sent.
    #[error("{operation} cannot send this value for `{}`: {problem}", Printable(.name))]
    Invalid {
        /// The operation's id.
        operation: &'static str,
        /// The parameter, or the member of one, such as `host.meta.cpu_cores`.
        name: Box<str>,
        /// What is wrong with the value.
        problem: Problem,
    },
    /// None of the credentials fits the operation.
    #[error("{operation} needs {} in revision {revision}, and the client has none", Nouns(.accepts))]
    NoCredential {
        /// The operation's id.
        operation: &'static str,
        /// The revision spoken.
        revision: Revision,
        /// What would fit.
        accepts: &'static [Auth],
    },
    /// The path names the acting agent, and none is set.
    #[error(
        "{operation} needs to know which agent acts in revision {revision}: set the acting agent"
    )]
    NoAgent {
        /// The operation's id.
        operation: &'static str,
        /// The revision spoken.
        revision: Revision,
    },
    /// A credential that cannot be sent.
    #[error("this cannot be {}: {problem}", .auth.noun())]
    Credential {
        /// The kind of credential.
        auth: Auth,
        /// What is wrong with it.
        problem: Problem,
    },
    /// A base URL that cannot be used.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// The URL is longer than HTTP libraries accept, 65,534 bytes.
    #[error("{operation}: the parameters make a URL that is too long")]
    UrlTooLong {
        /// The operation's id.
        operation: &'static str,
    },
}

/// One thing that is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The parameter, or the member of one, such as `host.meta.cpu_cores` or `assignees[0].role`.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A member that must be there is absent.
    #[error("it is missing")]
    Missing,
    /// `null` where it means nothing.
    #[error("it must not be null")]
    Null,
    /// Another type of value is expected.
    #[error("it must be {0}")]
    WrongType(&'static str),
    /// A string with too few characters.
    #[error("it must have at least {0} characters")]
    TooShort(u32),
    /// A string with too many characters.
    #[error("it must have at most {0} characters")]
    TooLong(u32),
    /// A number that is too small.
    #[error("it must be at least {0}")]
    TooSmall(u64),
    /// A number that is too great.
    #[error("it must be at most {0}")]
    TooGreat(u64),
    /// A list with too few items.
    #[error("it must have {0} or more items")]
    TooFewItems(u32),
    /// A string that does not have the required form.
    #[error("it must match {0}")]
    Pattern(&'static str),
    /// A string that is none of the listed values.
    #[error("it must be one of {}", .0.join(", "))]
    NotListed(&'static [&'static str]),
    /// A path segment that is empty, `.` or `..`, which would make another path.
    #[error("a path segment must not be empty, `.` or `..`")]
    Segment,
    /// A header value with control characters, or with characters beyond ASCII.
    #[error("a header value must be visible ASCII, without blanks around it")]
    Header,
    /// Nothing where something is needed.
    #[error("it is empty")]
    Empty,
}

impl BuildError {
    /// The id of the operation, if there is one.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        match self {
            Self::UnknownOperation { id, .. } => Some(id),
            Self::Absent { operation, .. }
            | Self::Missing { operation, .. }
            | Self::UnknownParameter { operation, .. }
            | Self::AbsentParameter { operation, .. }
            | Self::Invalid { operation, .. }
            | Self::NoCredential { operation, .. }
            | Self::NoAgent { operation, .. }
            | Self::UrlTooLong { operation } => Some(operation),
            Self::Credential { .. } | Self::BaseUrl(_) => None,
        }
    }

    /// The parameter the error is about, if it is about one.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Missing { name, .. }
            | Self::UnknownParameter { name, .. }
            | Self::Invalid { name, .. } => Some(name),
            Self::AbsentParameter { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(crate) fn violation(operation: &'static str, violation: Violation) -> Self {
        let name = violation.path.into();
        match violation.problem {
            Problem::Missing => Self::Missing { operation, name },
            problem => Self::Invalid { operation, name, problem },
        }
    }
}

struct Suggestions<'a>(&'a [&'static str]);

impl fmt::Display for Suggestions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            let lead = match i {
                0 => "; did you mean",
                _ if i + 1 == self.0.len() => " or",
                _ => ",",
            };
            write!(f, "{lead} `{name}`")?;
        }
        if self.0.is_empty() { Ok(()) } else { f.write_str("?") }
    }
}

struct Revisions<'a>(&'a [Revision]);

impl fmt::Display for Revisions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, revision) in self.0.iter().enumerate() {
            write!(f, "{}{revision}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// From one revision to another.
struct Span(Revision, Revision);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self(since, until) if since == until => write!(f, "{since} alone"),
            Self(since, until) => write!(f, "{since} to {until}"),
        }
    }
}

struct Nouns<'a>(&'a [Auth]);

impl fmt::Display for Nouns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, auth) in self.0.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { " or " }, auth.noun())?;
        }
        Ok(())
    }
}
