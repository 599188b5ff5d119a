//! What of a reply is shown.

#![allow(
    clippy::doc_markdown,
    rustdoc::broken_intra_doc_links,
    reason = "these comments are the help, printed as they stand"
)]

use std::time::Duration;

use clap::{ArgMatches, FromArgMatches};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::failure::Failure;

/// What of a reply is shown, and how often.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct View {
    /// The columns of a table or of CSV, such as id,title,assigned_agent.name
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Show every column of a table and the whole of each cell, however wide
    #[arg(long)]
    pub(crate) wide: bool,
    /// Show what a JSONPath finds in the reply, such as 'data[*].title' or '$.data[?@.id > 3]'
    #[arg(long, value_name = "PATH", value_parser = path)]
    pub(crate) query: Option<JsonPath>,
    /// Show it again every so many seconds, on a terminal; Ctrl-C ends it
    #[arg(long, value_name = "SECONDS", value_parser = crate::args::seconds, conflicts_with_all = ["all", "dry_run", "curl"])]
    pub(crate) watch: Option<Duration>,
}

impl View {
    /// What the command line says.
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        Self::from_arg_matches(matches).map_err(|error| Failure::input(error.to_string()))
    }

    /// What is to be shown of a reply: the whole, or what the query finds. A query that can find but one thing gives
    /// that, or nothing; any other gives a list.
    pub(crate) fn of_reply(&self, reply: Value) -> Value {
        let Some(path) = &self.query else { return reply };
        let found = path.query(&reply).all();
        if !many(path) {
            return found.first().map_or(Value::Null, |value| (*value).clone());
        }
        Value::Array(found.into_iter().cloned().collect())
    }

    /// What is under `data` in what is shown of a reply, if there is that: what a query finds is not looked into.
    pub(crate) fn data<'a>(&self, shown: &'a Value) -> &'a Value {
        let data = if self.query.is_none() { shown.get("data") } else { None };
        data.unwrap_or(shown)
    }
}

/// Whether a path may find several values: a wildcard, a filter, a slice, a union or a descent.
fn many(path: &JsonPath) -> bool {
    let (mut quote, mut escaped) = (None, false);
    let text = path.to_string();
    text.char_indices().any(|(at, char)| {
        let here = quote.is_none();
        match quote {
            _ if escaped => escaped = false,
            Some(_) if char == '\\' => escaped = true,
            Some(open) if char == open => quote = None,
            None if matches!(char, '\'' | '"') => quote = Some(char),
            _ => {}
        }
        here && (matches!(char, '*' | '?' | ':' | ',') || text[at..].starts_with(".."))
    })
}

/// A JSONPath. The `$` it begins with may be left out, and `[]` stands for `[*]`, as in jq.
fn path(text: &str) -> Result<JsonPath, String> {
    let text = text.trim().replace("[]", "[*]");
    let text = match text.as_bytes().first() {
        Some(b'$') => text,
        Some(b'.') if text.len() == 1 => "$".to_owned(),
        Some(b'.' | b'[') => format!("${text}"),
        _ => format!("$.{text}"),
    };
    JsonPath::parse(&text).map_err(|error| format!("it is no JSONPath (RFC 9535): {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{View, path};

    fn found(text: &str) -> Value {
        let reply = json!({"data": [{"id": 1, "a:b": 2}, {"id": 3}], "meta": {"total": 2}});
        View { query: path(text).ok(), ..View::default() }.of_reply(reply)
    }

    #[test]
    fn a_query_for_one_thing_gives_it_and_any_other_a_list() {
        assert_eq!(found("meta.total"), json!(2));
        assert_eq!(found("$.data[0].id"), json!(1));
        assert_eq!(found("$.data[0]['a:b']"), json!(2));
        assert_eq!(found("$.data[9].id"), json!(null));
        assert_eq!(found("data[*].id"), json!([1, 3]));
        assert_eq!(found(".data[].id"), json!([1, 3]));
        assert_eq!(found("$.data[?@.id > 2].id"), json!([3]));
        assert_eq!(found("$..total"), json!([2]));
        assert_eq!(found("$.data[5:]"), json!([]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        assert!(path("data[").is_err());
        assert!(path("$.data[?").is_err());
    }
}
