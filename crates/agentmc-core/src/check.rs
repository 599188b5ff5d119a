//! Whether a value is what a schema allows. One walk serves typed values and JSON alike.

use agentmc_types::Revision;
use agentmc_types::schema::Field;
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
    /// Whether enumerated values are all there may be, where limits count: of some members they are from a later
    /// revision on.
    listed: bool,
    /// Whether `null` counts where the schema allows it: some members allow it from a later revision on.
    null: bool,
}

impl Rules {
    /// Everything `revision` says.
    #[must_use]
    pub const fn of(revision: Revision) -> Self {
        Self { revision, limits: true, listed: true, null: true }
    }

    /// The same without lengths, ranges, patterns and listed values, unless `limits` is true.
    #[must_use]
    pub const fn limits(mut self, limits: bool) -> Self {
        self.limits = limits;
        self
    }

    /// The rules for a member, whose limits may apply from a later revision on.
    fn of_field(self, field: &Field) -> Self {
        Self {
            limits: self.limits && field.limited_since <= self.revision,
            listed: field.listed_since <= self.revision,
            null: field.null_since <= self.revision,
            ..self
        }
    }
}

/// Everything that is wrong with `value` as the parameter or member `field`.
pub fn violations<T: Serialize + ?Sized>(field: &Field, value: &T, rules: Rules) -> Vec<Violation> {
    let mut report = Vec::new();
    let at = walk::At::Member(None, field.name);
    walk::check(&field.schema, at, rules.of_field(field), value, &mut report);
    report
}
