//! A request as a curl command that reads its secret from the environment.

use std::fmt::Write;

use agentmc_core::endpoint::Auth;
use http::header::HeaderName;

use crate::config::variable;
use crate::text::escaped;

/// The command for a POSIX shell.
pub(crate) fn command(request: &http::Request<impl AsRef<[u8]>>, auth: Option<Auth>) -> String {
    let mut text = format!("curl -X {} {}", request.method(), quoted(&request.uri().to_string()));
    for (name, value) in request.headers() {
        let header = if value.is_sensitive() {
            secret(name, auth)
        } else {
            quoted(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        };
        let _ = write!(text, " \\\n  -H {header}");
    }
    let body = request.body().as_ref();
    if !body.is_empty() {
        let _ =
            write!(text, " \\\n  --data-raw {}", quoted(&escaped(&String::from_utf8_lossy(body))));
    }
    text
}

/// A header whose value the shell fills in; in double quotes, where variables are expanded.
fn secret(name: &HeaderName, auth: Option<Auth>) -> String {
    let auth = auth.unwrap_or(Auth::ApiKey);
    format!("\"{name}: {}${}\"", auth.prefix(), variable(auth))
}

/// The text in single quotes, where a POSIX shell expands nothing.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
