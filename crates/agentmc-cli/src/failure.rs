//! What can go wrong, the one line that says so, and the exit code.

use std::io;
use std::process::ExitCode;

use agentmc_core::endpoint::Auth;
use agentmc_core::{BuildError, Error, ErrorKind};

use crate::config::variable;

use crate::text::one_line;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call failed.
    Call(Error),
    /// The command line or its input is wrong.
    Input(String),
    /// Reading or writing failed.
    Io { doing: String, error: io::Error },
    /// A demonstration did not go as it should.
    #[cfg(feature = "sandbox")]
    Unexpected(String),
}

impl Failure {
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }

    pub(crate) fn io(doing: impl Into<String>, error: io::Error) -> Self {
        Self::Io { doing: doing.into(), error }
    }

    /// Prints the error and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (code, message) = match self {
            // The reader of our output has seen enough.
            Self::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Self::Io { doing, error } => (3, format!("{doing}: {error}")),
            Self::Input(message) => (2, message),
            #[cfg(feature = "sandbox")]
            Self::Unexpected(message) => (1, message),
            Self::Call(error) => (code(&error), explain(&error)),
        };
        // If standard error is closed there is nobody left to tell.
        let _ = io::Write::write_all(
            &mut io::stderr(),
            format!("agentmc: {}\n", one_line(&message)).as_bytes(),
        );
        ExitCode::from(code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Call(error.into())
    }
}

/// Writing to standard output is all that fails without further words.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::io("standard output cannot be written", error)
    }
}

fn code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Build => 2,
        ErrorKind::Connect | ErrorKind::Lost | ErrorKind::Timeout | ErrorKind::TooLarge => 3,
        _ => 1,
    }
}

/// The message of an error, its causes, and what to do next.
fn explain(error: &Error) -> String {
    let text = error.explain();
    match advice(error) {
        Some(advice) => format!("{text} ({advice})"),
        None => text,
    }
}

fn advice(error: &Error) -> Option<String> {
    if let Error::Build(BuildError::NoCredential { accepts, .. }) = error {
        return Some(credentials(accepts));
    }
    general_advice(error).map(str::to_owned)
}

/// Where each of the credentials comes from.
fn credentials(accepts: &[Auth]) -> String {
    let variables: Vec<&str> = accepts.iter().map(|auth| variable(*auth)).collect();
    let file =
        if accepts.contains(&Auth::ApiKey) { ", or name a file with --api-key-file" } else { "" };
    format!("set {}{file}", variables.join(" or "))
}

fn general_advice(error: &Error) -> Option<&'static str> {
    if let Error::Build(error) = error {
        return match error {
            BuildError::NoAgent { .. } => Some("name it with --agent ID"),
            BuildError::UnknownOperation { .. } => Some("`agentmc operations` lists them"),
            BuildError::Absent { .. } | BuildError::AbsentParameter { .. } => {
                Some("choose one with --revision")
            }
            BuildError::Missing { .. } | BuildError::UnknownParameter { .. } => {
                Some("`agentmc operations ID` shows the parameters")
            }
            _ => None,
        };
    }
    match error.kind() {
        ErrorKind::Unauthorized => Some("check the credential in the environment or the key file"),
        ErrorKind::RateLimited => Some("wait, then try again"),
        ErrorKind::Connect => Some("check the base URL and the network"),
        ErrorKind::Lost => Some("whether the server acted is unknown; look before you repeat"),
        ErrorKind::Timeout => {
            Some("whether the server acted is unknown; --timeout gives it longer")
        }
        ErrorKind::Redirect => Some("check the base URL"),
        _ => None,
    }
}
