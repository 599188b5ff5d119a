//! How subscriptions end, and how websockets are lost.

use std::fmt;

use agentmc_types::{RealtimeSessionStatus, SignalSender};

use super::address::AddressError;
use crate::error::Error;

/// Why a websocket, or a subscription to a channel, was refused or lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// The close code, or the status of a refusal; nothing if the connection just broke.
    pub code: Option<u16>,
    /// The explanation, which may be empty.
    pub text: String,
}

impl Loss {
    /// A loss with a code and an explanation.
    #[must_use]
    pub fn new(code: Option<u16>, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "{code}")?,
            None => f.write_str("connection lost")?,
        }
        if !self.text.is_empty() {
            write!(f, ": {}", crate::text::Printable(&self.text))?;
        }
        Ok(())
    }
}

/// Why a subscription ended. Nothing comes after it.
#[derive(Debug)]
#[non_exhaustive]
pub enum End {
    /// A `close` signal arrived.
    Closed {
        /// Who sent it.
        sender: SignalSender,
        /// The reason it gives.
        reason: Option<String>,
    },
    /// The service says that the session has ended, with this status.
    Over(RealtimeSessionStatus),
    /// The session's `expires_at` has passed, and the service, asked up to seven times, does not say that it
    /// was prolonged.
    Expired,
    /// There is no such session any more: 404 or 410.
    Gone(Error),
    /// Another owner holds the session: 409.
    Taken(Error),
    /// The service refused what the subscription needs.
    Refused(Error),
    /// The websocket's server refused the connection or the subscription for good.
    Rejected(Loss),
    /// The subscription was not ready in time.
    Timeout,
    /// No session is requested that could be claimed.
    NoneRequested,
    /// The channel is subscribed to already.
    Duplicate,
    /// The session or its claim came without a socket to listen on.
    NoSocket,
    /// The socket's description leads nowhere.
    Address(AddressError),
    /// The caller asked for it; the session goes on.
    Unsubscribed,
    /// The caller closed the session.
    ClosedHere,
    /// The caller wanted the session closed, and the service did not do it.
    NotClosed(Error),
}

impl End {
    /// How an error ends a subscription.
    pub(crate) fn of(error: Error) -> Self {
        match error.status().map(|status| status.as_u16()) {
            Some(404 | 410) => Self::Gone(error),
            Some(409) => Self::Taken(error),
            _ => Self::Refused(error),
        }
    }

    /// Whether the session itself is over, as far as is known, and not just the subscription.
    #[must_use]
    pub const fn is_of_session(&self) -> bool {
        matches!(
            self,
            Self::Closed { .. } | Self::Over(_) | Self::Expired | Self::Gone(_) | Self::ClosedHere
        )
    }

    /// The error behind it, if there is one.
    #[must_use]
    pub const fn error(&self) -> Option<&Error> {
        match self {
            Self::Gone(error)
            | Self::Taken(error)
            | Self::Refused(error)
            | Self::NotClosed(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { sender, reason: None } => write!(f, "closed by the {sender}"),
            Self::Closed { sender, reason: Some(reason) } => {
                write!(f, "closed by the {sender}: {}", crate::text::Printable(reason))
            }
            Self::Over(status) => write!(f, "the session is {status}"),
            Self::Expired => f.write_str("the session has expired"),
            Self::Gone(error) => write!(f, "the session is gone: {error}"),
            Self::Taken(error) => write!(f, "another owner holds the session: {error}"),
            Self::Refused(error) => write!(f, "refused: {error}"),
            Self::Rejected(loss) => write!(f, "the realtime server refused: {loss}"),
            Self::Timeout => f.write_str("the subscription was not ready in time"),
            Self::NoneRequested => f.write_str("no session is requested"),
            Self::Duplicate => f.write_str("the channel is subscribed to already"),
            Self::NoSocket => f.write_str("the session has no socket"),
            Self::Address(error) => error.fmt(f),
            Self::Unsubscribed => f.write_str("unsubscribed"),
            Self::ClosedHere => f.write_str("closed"),
            Self::NotClosed(error) => write!(f, "the session is not closed: {error}"),
        }
    }
}
