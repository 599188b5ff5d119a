//! What the settings of a profile must be, in words that repeat nothing of the file.

/// What there is.
pub(super) const ALL: &str = "a profile has base_url, revision, agent, timeout, output, keyring and credentials such \
     as api_key, and nothing else";

/// What is expected on the line of that index.
pub(super) fn expected(text: &str, index: usize) -> String {
    let Some(line) = text.lines().nth(index).map(str::trim) else { return NO_TOML.to_owned() };
    let name = line.split_once('=').map_or("", |(name, _)| name);
    let name = name.trim().trim_matches(['"', '\'']);
    let is_toml = text.parse::<toml_edit::DocumentMut>().is_ok();
    if !is_toml {
        return NO_TOML.to_owned();
    }
    let in_table = text.lines().take(index).any(|line| line.trim_start().starts_with('['));
    if !in_table && !line.starts_with('[') {
        return "a table such as `[default]` is expected above it".to_owned();
    }
    let what = match name {
        "agent" => "must be a whole number",
        "keyring" => {
            "must be a list of kinds of credentials: api_key, agent_token, bearer_token, connect_token or \
             session_cookie"
        }
        "output" => "must be json, jsonl, yaml, csv or table",
        "revision" => "must be 0.1.1, 0.3.64 or 0.3.169",
        "timeout" => "must be a number of seconds above 0",
        "agent_token" | "api_key" | "base_url" | "bearer_token" | "connect_token"
        | "session_cookie" => "must be a text in quotes",
        _ => return ALL.to_owned(),
    };
    format!("`{name}` {what}")
}

const NO_TOML: &str = "it is no TOML, such as `api_key = \"…\"` below `[default]`";
