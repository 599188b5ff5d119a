//! What can go wrong, the one line that says so, and the exit code.

use std::io;
use std::process::ExitCode;

use agentmc_core::endpoint::{Auth, Method, Param};
use agentmc_core::{BuildError, Error, ErrorKind, TransferError, find};
use serde_json::json;

use crate::config::{kind, variable};
use crate::resource::flags;
use crate::resource::naming::Name;
use crate::secrets::{known, masked_error, masked_text};
use crate::text::{escaped, one_line};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call failed.
    Call(Error),
    /// The call failed, and there are better words for it where it was asked for.
    Said { error: Error, message: String, advice: String },
    /// The command line or its input is wrong.
    Input(String),
    /// Reading or writing failed.
    Io { doing: String, error: io::Error },
    /// A comparison was done, and found differences: all there is to say is said.
    Differs,
    /// A session or a host cannot be listened to.
    Realtime(String),
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

    /// The same in the words of an operation's command: flags instead of parameters.
    pub(crate) fn of_command(self, name: &Name, missing: &[&Param]) -> Self {
        match self {
            Self::Call(Error::Build(error)) => match said(&error, name, missing) {
                Some(message) => {
                    let advice = format!("{} --help", name.command());
                    Self::Said { error: error.into(), message, advice }
                }
                None => Self::Call(error.into()),
            },
            failure => failure,
        }
    }

    /// Whether it is that nobody reads the output any more.
    fn has_no_reader(&self) -> bool {
        let error = match self {
            Self::Io { error, .. } => error,
            Self::Call(Error::Transfer(error)) => match &**error {
                TransferError::Local { reading: false, source, .. } => source,
                _ => return false,
            },
            _ => return false,
        };
        error.kind() == io::ErrorKind::BrokenPipe
    }

    /// Prints the error, as JSON if that is wanted, and gives the exit code. Nothing of it repeats what is known to be
    /// secret.
    pub(crate) fn report(self, json: bool) -> ExitCode {
        let json_of_kind = match &self {
            Self::Call(error) | Self::Said { error, .. } => masked_error(&error.to_json()),
            Self::Input(_) => json!({"kind": "usage"}),
            Self::Io { .. } => json!({"kind": "io"}),
            Self::Differs => return ExitCode::from(1),
            Self::Realtime(_) => json!({"kind": "realtime"}),
            #[cfg(feature = "sandbox")]
            Self::Unexpected(_) => json!({"kind": "unexpected"}),
        };
        let (code, message, advice) = match self {
            // The reader of our output has seen enough.
            failure if failure.has_no_reader() => return ExitCode::SUCCESS,
            Self::Differs => return ExitCode::from(1),
            Self::Io { doing, error } => (3, format!("{doing}: {error}"), None),
            Self::Input(message) => (2, message, None),
            Self::Realtime(message) => (1, message, None),
            #[cfg(feature = "sandbox")]
            Self::Unexpected(message) => (1, message, None),
            Self::Call(error) => {
                // As it stands in the JSON, where what the details show to be secret is left out.
                let message = json_of_kind["message"].as_str().unwrap_or_default().to_owned();
                (code(&error), message, advice(&error))
            }
            Self::Said { error, message, advice } => {
                (code(&error), masked_text(&message), Some(advice))
            }
        };
        let message = known::hidden(&message);
        let line = if json {
            let mut json = json_of_kind;
            json["message"] = message.into();
            json["advice"] = advice.into();
            escaped(&json.to_string())
        } else {
            let advice = advice.map_or_else(String::new, |advice| format!(" ({advice})"));
            format!("agentmc: {}", one_line(&(message + &advice)))
        };
        // If standard error is closed there is nobody left to tell.
        let _ = io::Write::write_all(&mut io::stderr(), format!("{line}\n").as_bytes());
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

/// What is wrong with the arguments of a command.
fn said(error: &BuildError, name: &Name, missing: &[&Param]) -> Option<String> {
    let shown = |path: &str| {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (top, rest) = path.split_at(end);
        let param = name.endpoint.param(top);
        param.map_or_else(
            || format!("`{path}`"),
            |param| match rest {
                "" => flags::shown(param),
                rest => format!("`{}` of {}", rest.trim_start_matches('.'), flags::shown(param)),
            },
        )
    };
    let problem = match error {
        BuildError::Missing { name: path, .. } if name.endpoint.param(path).is_none() => {
            format!("needs {}", shown(path))
        }
        BuildError::Missing { .. } => format!("needs {}", all(missing)),
        BuildError::Invalid { name: path, problem, .. } => {
            format!("cannot send this value for {}: {problem}", shown(path))
        }
        BuildError::AbsentParameter { name: path, revision, since, until, .. } => {
            let span =
                if since == until { since.to_string() } else { format!("{since} to {until}") };
            format!("has no {} in revision {revision}; it is in {span}", shown(path))
        }
        _ => return None,
    };
    Some(format!("`{}` {problem}", name.command()))
}

/// All that is missing, and how it can be left out.
fn all(missing: &[&Param]) -> String {
    let shown = |param: &&Param| {
        let none = flags::is_clearable(param).then(|| format!(" or --no-{}", flags::flag(param)));
        flags::shown(param) + &none.unwrap_or_default()
    };
    let mut shown: Vec<String> = missing.iter().map(shown).collect();
    let last = shown.pop().unwrap_or_default();
    if shown.is_empty() { last } else { format!("{} and {last}", shown.join(", ")) }
}

fn code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Build => 2,
        ErrorKind::Connect
        | ErrorKind::Local
        | ErrorKind::Lost
        | ErrorKind::Timeout
        | ErrorKind::TooLarge => 3,
        _ => 1,
    }
}

/// What to do next.
fn advice(error: &Error) -> Option<String> {
    if let Error::Build(BuildError::NoCredential { accepts, .. }) = error {
        return Some(credentials(accepts));
    }
    general_advice(error).map(str::to_owned)
}

/// Where each of the credentials comes from.
fn credentials(accepts: &[Auth]) -> String {
    let variables: Vec<&str> = accepts.iter().map(|auth| variable(*auth)).collect();
    let set = variables.join(" or ");
    if accepts.contains(&Auth::ApiKey) {
        return format!("run `agentmc auth login`, set {set}, or name a file with --api-key-file");
    }
    let kind = accepts.first().map(|auth| kind(*auth)).unwrap_or_default();
    format!("run `agentmc auth login --credential {kind}`, or set {set}")
}

/// Whether the server has taken what it may act upon, as far as is known of an answer that cannot be used.
fn has_acted(error: &Error) -> bool {
    let operation = match error {
        Error::Decode(error) if error.status.is_some() => error.operation,
        Error::Transport(error) => error.operation,
        _ => return false,
    };
    find(operation).is_ok_and(|endpoint| endpoint.method != Method::GET)
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
    if let Error::Api(error) = error
        && error.from_storage
        && !matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Server)
    {
        return Some(
            "storage refused the address that the service gave; no credential counts there: try again",
        );
    }
    match error.kind() {
        ErrorKind::Decode | ErrorKind::TooLarge => has_acted(error).then_some(
            "the server has answered, and so has probably done it: look before you repeat",
        ),
        ErrorKind::Unauthorized => Some("`agentmc auth status` says where the credential is from"),
        ErrorKind::RateLimited => Some("wait, then try again"),
        ErrorKind::Connect => Some("check the base URL and the network"),
        ErrorKind::Lost => Some("whether the server acted is unknown; look before you repeat"),
        ErrorKind::Timeout => {
            Some("whether the server acted is unknown; --timeout gives it longer")
        }
        ErrorKind::Redirect => Some("check the base URL"),
        ErrorKind::PaymentRequired => Some("the plan of the team allows no more"),
        ErrorKind::Forbidden => {
            Some("the credential may not do this: use another, or act as an agent with --agent ID")
        }
        ErrorKind::NotFound => {
            Some("list what there is: it may be gone, or belong to another team")
        }
        ErrorKind::Conflict => Some("look at its state, then try again"),
        ErrorKind::Server => Some("the service failed: try again later"),
        _ => None,
    }
}
