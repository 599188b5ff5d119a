//! A request as a curl command that reads its secrets from the environment.

use std::fmt::Write;

use agentmc_core::endpoint::Auth;
use http::header::HeaderName;
use serde_json::Value;

use crate::config::variable;
use crate::secrets::masked_by;
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
        let _ = write!(text, " \\\n  --data-raw {}", data(body));
    }
    text
}

/// A header whose value the shell fills in; in double quotes, where variables are expanded.
fn secret(name: &HeaderName, auth: Option<Auth>) -> String {
    let auth = auth.unwrap_or(Auth::ApiKey);
    format!("\"{name}: {}${}\"", auth.prefix(), variable(auth))
}

/// A body in single quotes, but for what is secret in it: the shell fills in a variable such as `$CLAIM_TOKEN`.
fn data(body: &[u8]) -> String {
    let mut variables = Vec::new();
    let masked = serde_json::from_slice(body).map(|body: Value| {
        masked_by(&body, &mut |name, _| {
            variables
                .push(name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
            format!("{PLACE}{}{PLACE}", variables.len() - 1)
        })
        .to_string()
    });
    let text = match masked {
        Ok(masked) if !variables.is_empty() => masked,
        _ => String::from_utf8_lossy(body).into_owned(),
    };
    let quoted = quoted(&escaped(&text));
    variables.iter().enumerate().fold(quoted, |text, (index, variable)| {
        text.replace(&format!("{PLACE}{index}{PLACE}"), &format!("'\"${variable}\"'"))
    })
}

/// Stands on both sides of the place of a secret until the shell's quotes are set. It is no character of any text.
const PLACE: char = '\u{fdd0}';

/// The text in single quotes, where a POSIX shell expands nothing.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
