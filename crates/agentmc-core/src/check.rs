//! Whether a value is what a schema allows. One walk serves typed values and JSON alike.

use agentmc_types::Revision;
use agentmc_types::schema::{Field, Schema};
use serde::Serialize;

use crate::error::Violation;

mod key;
mod scalar;
mod walk;

/// What to check.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rules {
    /// The revision whose members and limits count.
    pub revision: Revision,
    /// Whether lengths, ranges, patterns and listed values count; types and required members always do.
    pub limits: bool,
}

impl Rules {
    /// Everything `revision` says.
    #[must_use]
    pub const fn of(revision: Revision) -> Self {
        Self { revision, limits: true }
    }

    /// The rules for a member: its limits may apply from a later revision on.
    fn of_field(self, field: &Field) -> Self {
        Self { limits: self.limits && field.limited_since <= self.revision, ..self }
    }
}

/// Everything that is wrong with `value` as the parameter or member `field`.
pub fn violations<T: Serialize + ?Sized>(field: &Field, value: &T, rules: Rules) -> Vec<Violation> {
    let mut report = Vec::new();
    let at = walk::At::Member(None, field.name);
    walk::check(&field.schema, at, rules.of_field(field), value, &mut report);
    report
}

/// Whether a JSON string is a whole number in disguise: bindings send ids so.
pub(crate) fn is_digits(schema: &Schema, text: &str) -> bool {
    matches!(schema.kind, agentmc_types::schema::Kind::Integer)
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
}
