//! The parameters of an operation as arguments of its command.

use agentmc_core::Endpoint;
use agentmc_core::endpoint::{Param, Place};
use agentmc_core::schema::{Field, Kind, Schema};
use agentmc_core::types::Secret;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};

use super::tree::Taken;
use crate::{complete, revisions};

/// The name of a parameter that every command has as a flag of its own.
const TAKEN: &[&str] = &["agent"];

/// What `value_name` says of a kind of value.
fn value_name(schema: &Schema) -> &'static str {
    match schema.kind {
        Kind::OneOfTexts(_) => "VALUE",
        Kind::Integer | Kind::Number => "NUMBER",
        Kind::Timestamp => "DATE",
        Kind::Uuid => "UUID",
        Kind::IpAddress => "ADDRESS",
        Kind::Object(_) | Kind::FreeForm | Kind::MapOf(_) => "JSON|@FILE|NAME=VALUE",
        Kind::List(item) if is_object(item) => "JSON|@FILE|NAME=VALUE,…",
        Kind::List(_) => "ITEM",
        Kind::Any | Kind::AnyOf(_) => "JSON|TEXT",
        _ => "TEXT",
    }
}

/// Whether a value is an object.
pub(super) const fn is_object(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::Object(_) | Kind::FreeForm | Kind::MapOf(_))
}

/// Whether a text may come from a file: a long one, or one that is secret.
pub(super) fn may_be_file(field: &Field) -> bool {
    let long = field.schema.max_len.is_none_or(|len| len > 255);
    matches!(field.schema.kind, Kind::Text) && (long || Secret::is_name(field.name))
}

/// The flag of a parameter, without its hyphens.
pub(crate) fn flag(param: &Param) -> String {
    let name = param.field.name.to_ascii_lowercase().replace('_', "-");
    let name = name.strip_prefix("x-").filter(|_| param.place == Place::Header).unwrap_or(&name);
    if TAKEN.contains(&name) {
        return format!("{name}-{}", param.place.as_str());
    }
    name.to_owned()
}

/// What a parameter is called on the command line, for messages.
pub(crate) fn shown(param: &Param) -> String {
    match param.place {
        Place::Path => format!("<{}>", param.field.name.to_ascii_uppercase()),
        _ => format!("--{}", flag(param)),
    }
}

/// The id of the argument that takes a parameter's value.
pub(crate) fn id_of(param: &Param) -> String {
    format!("param:{}", param.field.name)
}

/// The id of the argument that clears a parameter.
pub(crate) fn id_of_no(param: &Param) -> String {
    format!("no:{}", param.field.name)
}

/// Whether `--no-…` makes a parameter null.
pub(crate) fn is_clearable(param: &Param) -> bool {
    param.place == Place::Body
        && param.field.schema.nullable
        && !matches!(param.field.schema.kind, Kind::Boolean)
}

/// Adds the parameters of an operation to its command.
pub(super) fn add(mut command: Command, endpoint: &'static Endpoint, taken: Taken) -> Command {
    command = command.next_help_heading("Parameters");
    for param in endpoint.params {
        command = command.arg(argument(endpoint, param, taken));
        let boolean = matches!(param.field.schema.kind, Kind::Boolean);
        if boolean || is_clearable(param) {
            let no = Arg::new(id_of_no(param)).long(format!("no-{}", flag(param)));
            let no = no.action(ArgAction::SetTrue).hide(true).conflicts_with(id_of(param));
            command = command.arg(no.help(if boolean { "Send false" } else { "Send null" }));
        }
    }
    command
}

fn argument(endpoint: &'static Endpoint, param: &'static Param, taken: Taken) -> Arg {
    let field = &param.field;
    let arg = Arg::new(id_of(param)).help(help(endpoint, param));
    let arg = match complete::of(endpoint, param) {
        Some(completer) => arg.add(completer),
        None => arg,
    };
    if param.place == Place::Path {
        let name = field.name.to_ascii_uppercase();
        return arg.value_name(name).required(!taken.json);
    }
    let arg = arg.long(flag(param)).value_name(value_name(&field.schema));
    match field.schema.kind {
        Kind::Boolean => {
            let known: &[&str] =
                if field.schema.nullable { &["true", "false", "null"] } else { &["true", "false"] };
            arg.num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_name("true|false")
                .value_parser(PossibleValuesParser::new(known.iter().copied()))
                .hide_possible_values(true)
        }
        Kind::OneOfTexts(values) if taken.limits => {
            arg.value_parser(PossibleValuesParser::new(values.iter().copied()))
        }
        Kind::List(_) => arg.action(ArgAction::Append),
        _ if is_object(&field.schema) => arg.action(ArgAction::Append),
        Kind::Timestamp | Kind::Integer | Kind::Number => arg.allow_hyphen_values(true),
        _ => arg,
    }
}

/// What a parameter is, and what it must be.
fn help(endpoint: &Endpoint, param: &Param) -> String {
    let field = &param.field;
    let prose = param.prose();
    let mut text = prose.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "");
    let members = members(&field.schema);
    if !members.is_empty() {
        let more = if members.len() > 8 { ", …" } else { "" };
        let names: Vec<&str> = members.iter().take(8).map(|member| member.name).collect();
        text.push_str(&format!(" Members: {}{more}.", names.join(", ")));
    }
    if matches!(field.schema.kind, Kind::Boolean) {
        text.push_str(&format!(" --no-{} sends false.", flag(param)));
    } else if is_clearable(param) {
        text.push_str(&format!(" --no-{} clears it.", flag(param)));
    }
    let mut facts = Vec::new();
    if param.place != Place::Path {
        facts.extend(revisions::required(endpoint, field));
    }
    facts.extend(revisions::presence(endpoint, field));
    if may_be_file(field) {
        facts.push("or @FILE, or - for standard input".to_owned());
    }
    for fact in facts {
        text.push_str(&format!(" [{fact}]"));
    }
    text
}

/// The members of an object, or of the objects in a list.
pub(crate) fn members(schema: &Schema) -> &'static [Field] {
    match schema.kind {
        Kind::Object(fields) => fields,
        Kind::List(item) | Kind::MapOf(item) => members(item),
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use agentmc_core::OPERATIONS;
    use agentmc_core::endpoint::Place;

    use super::{TAKEN, flag};

    #[test]
    fn a_flag_is_the_name_in_kebab_case() {
        let flags: Vec<String> = OPERATIONS
            .iter()
            .flat_map(|endpoint| endpoint.params)
            .filter(|param| param.place != Place::Path)
            .map(flag)
            .collect();
        let plain = |flag: &String| {
            flag.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        assert!(flags.iter().all(plain), "{flags:?}");
        for expected in ["board-id", "due-at", "host-fingerprint", "agent-body", "type"] {
            assert!(flags.iter().any(|flag| flag == expected), "{expected}");
        }
        assert!(TAKEN.iter().all(|taken| flags.iter().all(|flag| flag != taken)));
    }
}
