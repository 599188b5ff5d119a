//! Which failures end what they happen to, and which pass.

use std::time::Duration;

use http::StatusCode;

use crate::error::Error;

/// The longest pause a server is granted: one that asks for more is asked again after this.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// Whether trying again is of no use: the request cannot be built, or is refused for what it is.
pub(crate) fn is_final(error: &Error) -> bool {
    match error {
        Error::Build(_) | Error::Transfer(_) => true,
        Error::Api(error) => is_final_status(error.status),
        Error::Decode(_) | Error::Transport(_) => false,
    }
}

/// Every refusal but those for lack of time: 408, 425 and 429.
pub(crate) fn is_final_status(status: StatusCode) -> bool {
    status.is_redirection()
        || status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429)
}

/// How long the server asks to wait.
pub(crate) fn asked_pause(error: &Error) -> Duration {
    match error {
        Error::Api(error) => error.retry_after.unwrap_or_default().min(LONGEST_ASKED),
        _ => Duration::ZERO,
    }
}

/// Whether a request may have been carried out although no answer says so.
pub(crate) fn is_unclear(error: &Error) -> bool {
    use crate::error::TransportKind::{Connect, Lost, Timeout, TooLarge};

    match error {
        Error::Build(_) | Error::Transfer(_) => false,
        Error::Decode(_) => true,
        Error::Api(error) => error.status.is_server_error(),
        Error::Transport(error) => match error.kind {
            Connect => false,
            Lost | Timeout | TooLarge => true,
        },
    }
}
