//! Rules as text.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{Fault, Rule, Target, names};

/// A rule that cannot be read. Its message says what is wrong, and what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError(String);

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RuleError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&names::write(self))
    }
}

impl FromStr for Fault {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        names::read(text).map_err(RuleError)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fault)?;
        match &self.target {
            Target::Api => {}
            Target::Operation(id) => write!(f, ",operation={id}")?,
            Target::Storage => f.write_str(",storage")?,
        }
        if self.chance < 1.0 {
            write!(f, ",chance={}", self.chance)?;
        }
        if let Some(next) = self.next {
            write!(f, ",next={next}")?;
        }
        if self.after > 0 {
            write!(f, ",after={}", self.after)?;
        }
        Ok(())
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let mut parts = text.split(',');
        let mut rule = Self::new(parts.next().unwrap_or_default().parse()?);
        let mut given = BTreeSet::new();
        for part in parts {
            let (name, _) = part.split_once('=').unwrap_or((part, ""));
            if !given.insert(name) {
                return Err(RuleError(format!("`{part}`: `{name}` is given twice")));
            }
            rule = rule.narrowed(part).map_err(RuleError)?;
        }
        Ok(rule)
    }
}

impl Rule {
    fn narrowed(self, part: &str) -> Result<Self, String> {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let count = || {
            let wrong = |_| format!("`{part}`: it must be a number of requests");
            value.parse::<u32>().map_err(wrong)
        };
        if matches!(name, "operation" | "storage") && self.target != Target::Api {
            return Err(format!("`{part}`: a rule is about one operation or about storage"));
        }
        match name {
            "operation" => {
                let endpoint = agentmc_core::find(value).map_err(|error| error.to_string())?;
                Ok(self.operation(endpoint.id))
            }
            "storage" if part == name => Ok(self.storage()),
            "chance" => {
                let chance =
                    value.parse::<f64>().ok().filter(|chance| (0.0..=1.0).contains(chance));
                let wrong = || format!("`{part}`: a chance is a number from 0 to 1");
                Ok(self.chance(chance.ok_or_else(wrong)?))
            }
            "next" => Ok(self.next(count()?)),
            "after" => Ok(self.after(count()?)),
            _ => Err(format!(
                "`{part}` narrows no rule; operation=ID, storage, chance=P, next=N and after=N do. \
                 A comma in an argument is written %2C"
            )),
        }
    }
}
