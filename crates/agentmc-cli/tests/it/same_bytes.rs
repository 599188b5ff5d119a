//! The command of an operation sends what `agentmc call` sends.

use agentmc_core::endpoint::{Param, Place};
use agentmc_core::schema::{Field, Kind, Pattern, Schema};
use agentmc_core::{Endpoint, OPERATIONS, Revision};
use serde_json::{Map, Value, json};

use crate::process::run;

/// How many requests are made of each operation.
const CASES: u64 = 3;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    fn text(&mut self, schema: &Schema, plain: bool) -> String {
        let least = schema.min_len.unwrap_or(0) as usize;
        let long = |text: &str| text.repeat(least / text.len() + 1);
        match schema.pattern {
            Some(Pattern::MimeType) => "text/plain".to_owned(),
            Some(Pattern::SocketId) => format!("{}.{}", self.roll(1000), self.roll(1000)),
            Some(Pattern::Sha256) => "0123456789abcdef".repeat(4),
            Some(_) => long(self.pick(&["abc123", "host-7f3a", "a_b-c9"])),
            None if plain => long(self.pick(&["one", "two words", "naïve 日本"])),
            None => long(self.pick(&[
                "one",
                "@ada, look",
                "--dry-run",
                "a=b,c=d",
                "{\"json\"}",
                "[1]",
                "\"quoted\" 'twice'",
                "two\nlines",
                "null",
                "007",
                " spaces ",
                "#1 🦀",
            ])),
        }
    }

    fn value(&mut self, schema: &Schema, revision: Revision, plain: bool) -> Value {
        match schema.kind {
            Kind::Boolean => (self.roll(2) == 0).into(),
            Kind::Integer => {
                let least = schema.min.unwrap_or(0);
                let most = schema.max.unwrap_or(least + 100_000).min(least + 100_000);
                (least + self.roll(usize::try_from(most - least).unwrap() + 1) as u64).into()
            }
            Kind::Number => json!(12.5),
            Kind::Text => self.text(schema, plain).into(),
            Kind::OneOfTexts(values) => self.pick(values).into(),
            Kind::Timestamp => {
                self.pick(&["2026-02-22T17:21:00Z", "2026-03-01T09:00:00.5+02:00"]).into()
            }
            Kind::Uuid => "90b3cceb-5de9-4a7b-87e3-13161059a89f".into(),
            Kind::IpAddress => self.pick(&["10.0.2.15", "2001:db8::1"]).into(),
            Kind::Object(fields) => Value::Object(self.members(fields, revision)),
            Kind::FreeForm => json!({"b": [1, {"a": null}], "a": "x"}),
            Kind::MapOf(value) => json!({"x": self.value(value, revision, true)}),
            Kind::List(item) => {
                let count = 1 + self.roll(3);
                (0..count).map(|_| self.value(item, revision, true)).collect()
            }
            Kind::AnyOf(choices) => {
                let choice = self.roll(choices.len());
                self.value(&choices[choice], revision, true)
            }
            _ => json!("anything"),
        }
    }

    fn members(&mut self, fields: &[Field], revision: Revision) -> Map<String, Value> {
        let mut members = Map::new();
        for field in fields.iter().filter(|field| field.is_in(revision)) {
            if field.is_required_in(revision) || self.roll(2) == 0 {
                let value = self.field(field, revision, true);
                members.insert(field.name.to_owned(), value);
            }
        }
        members
    }

    fn field(&mut self, field: &Field, revision: Revision, plain: bool) -> Value {
        let null = field.schema.nullable && field.null_since <= revision;
        if null && self.roll(3) == 0 {
            Value::Null
        } else {
            self.value(&field.schema, revision, plain)
        }
    }

    /// Parameters that an operation takes in a revision.
    fn params(&mut self, endpoint: &Endpoint, revision: Revision) -> Map<String, Value> {
        let mut params = Map::new();
        for param in endpoint.params.iter().filter(|param| param.field.is_in(revision)) {
            let body = param.place == Place::Body;
            if param.place == Place::Path
                || param.field.is_required_in(revision)
                || self.roll(2) == 0
            {
                let value = match body {
                    true => self.field(&param.field, revision, false),
                    false => {
                        self.value(&param.field.schema, revision, param.place == Place::Header)
                    }
                };
                params.insert(param.field.name.to_owned(), value);
            }
        }
        params
    }
}

/// The argument, or arguments, that give a parameter a value.
fn arguments(endpoint: &Endpoint, param: &Param, value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if param.place == Place::Path {
        return vec![text(value)];
    }
    let kebab = param.field.name.to_ascii_lowercase().replace('_', "-");
    let mut flag = kebab.strip_prefix("x-").unwrap_or(&kebab).to_owned();
    if (endpoint.id, &*flag) == ("agentHeartbeat", "agent") {
        flag = "agent-body".to_owned();
    }
    let list = matches!(param.field.schema.kind, Kind::List(_));
    match (value, param.field.schema.kind) {
        (Value::Null, Kind::Boolean) => vec![format!("--{flag}=null")],
        (Value::Null, _) => vec![format!("--no-{flag}")],
        (Value::Bool(true), _) => vec![format!("--{flag}")],
        (Value::Bool(false), _) => vec![format!("--no-{flag}")],
        (Value::Array(items), _) if list => {
            items.iter().map(|item| format!("--{flag}={}", text(item))).collect()
        }
        (Value::String(string), Kind::Text)
            if param.field.schema.max_len.is_none_or(|len| len > 255) =>
        {
            // A text that may come from a file begins with two of them where one is meant.
            let at = if string.starts_with('@') { "@" } else { "" };
            vec![format!("--{flag}={at}{string}")]
        }
        (value, _) => vec![format!("--{flag}={}", text(value))],
    }
}

/// The words of an operation's command, as its page has them.
fn command(endpoint: &Endpoint) -> Vec<String> {
    let page = run(&["docs", endpoint.id]);
    let line = page.stdout.lines().next().unwrap_or_default().to_owned();
    let words =
        line.strip_prefix("# agentmc ").unwrap_or_else(|| panic!("{}: {line}", endpoint.id));
    words.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_command_of_every_operation_sends_the_bytes_that_call_sends() {
    for (index, endpoint) in OPERATIONS.iter().enumerate() {
        let words = command(endpoint);
        for case in 0..CASES {
            let mut dice = Dice(index as u64 * 1000 + case);
            dice.roll(2);
            let revisions: Vec<Revision> = endpoint.revisions().collect();
            // The newest first: it has most parameters.
            let revision =
                revisions[revisions.len() - 1 - usize::try_from(case).unwrap() % revisions.len()];
            let params = dice.params(endpoint, revision);
            let with = ["--dry-run", "-o", "json", "--agent", "7", "--revision", revision.as_str()];

            let json = Value::Object(params.clone()).to_string();
            let call = run(&[&["call", endpoint.id, "--json", &json], &with[..]].concat());

            let given = endpoint
                .params
                .iter()
                .filter_map(|param| Some((param, params.get(param.field.name)?)));
            let mut given: Vec<String> =
                given.flat_map(|(param, value)| arguments(endpoint, param, value)).collect();
            if endpoint.open_body {
                given = vec!["--json".to_owned(), r#"{"name": "Scout"}"#.to_owned()];
            }
            let args: Vec<&str> =
                words.iter().chain(&given).map(String::as_str).chain(with).collect();
            let own = run(&args);
            if endpoint.open_body {
                assert_eq!(own.json()["body"], json!({"name": "Scout"}), "{args:?}");
                continue;
            }
            assert_eq!(
                (call.code, &*call.stdout),
                (own.code, &*own.stdout),
                "{args:?}: {}{}",
                own.stderr,
                call.stderr
            );
            assert_eq!(own.code, 0, "{args:?}: {}", own.stderr);
        }
    }
}
