//! Which fault strikes at a request.

use fastrand::Rng;
use uuid::Uuid;

use super::{Fault, Rule, Target};

/// Keeps the draws for faults apart from those of the world with the same seed.
const STREAM: u64 = 0xfa17_fa17_fa17_fa17;

/// The rules of a sandbox, in the order they were given.
#[derive(Debug)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
    rng: Rng,
}

impl Rules {
    pub(crate) fn new(rules: Vec<Rule>, seed: u64) -> Self {
        Self { rules, rng: Rng::with_seed(seed ^ STREAM) }
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The rules that are not used up, with what is left of their counts.
    pub(crate) fn left(&self) -> Vec<Rule> {
        self.rules.iter().filter(|rule| rule.next != Some(0)).cloned().collect()
    }

    /// The fault of the first rule that strikes at a request. The rules after it do not count the request.
    pub(crate) fn strike(&mut self, storage: bool, operation: Option<&str>) -> Option<Fault> {
        let rng = &mut self.rng;
        let fault = self
            .rules
            .iter_mut()
            .find_map(|rule| rule.strikes(storage, operation, rng).then(|| rule.fault.clone()));
        self.rules.retain(|rule| rule.next != Some(0));
        fault
    }

    /// The id of a request that does not reach the world.
    pub(crate) fn request_id(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid()
    }
}

impl Rule {
    fn matches(&self, storage: bool, operation: Option<&str>) -> bool {
        match &self.target {
            Target::Api => !storage,
            Target::Operation(id) => !storage && operation == Some(&**id),
            Target::Storage => storage,
        }
    }

    /// Counts a request, and says whether the fault strikes at it.
    fn strikes(&mut self, storage: bool, operation: Option<&str>, rng: &mut Rng) -> bool {
        if self.next == Some(0) || !self.matches(storage, operation) {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        self.next = self.next.map(|left| left - 1);
        self.chance >= 1.0 || rng.f64() < self.chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(rules: impl Into<Vec<Rule>>) -> Rules {
        Rules::new(rules.into(), 1)
    }

    fn strikes(rules: &mut Rules, count: usize) -> Vec<bool> {
        (0..count).map(|_| rules.strike(false, Some("listTasks")).is_some()).collect()
    }

    #[test]
    fn a_rule_lets_the_first_pass_strikes_at_the_next_and_is_used_up() {
        let mut rules = rules([Rule::new(Fault::Gzip).after(1).next(2)]);
        assert_eq!(strikes(&mut rules, 5), [false, true, true, false, false]);
        assert!(rules.left().is_empty() && rules.rules.is_empty());
    }

    #[test]
    fn what_is_left_of_a_rule_is_told() {
        let mut rules = rules([Rule::new(Fault::Gzip).after(1).next(3)]);
        strikes(&mut rules, 2);
        assert_eq!(rules.left(), [Rule::new(Fault::Gzip).next(2)]);
    }

    #[test]
    fn the_first_rule_that_strikes_wins_and_later_ones_wait() {
        let mut rules = rules([Rule::new(Fault::Gzip).next(1), Rule::new(Fault::Brotli).next(1)]);
        assert_eq!(rules.strike(false, None), Some(Fault::Gzip));
        assert_eq!(rules.strike(false, None), Some(Fault::Brotli));
        assert_eq!(rules.strike(false, None), None);
    }

    #[test]
    fn a_rule_is_about_the_api_one_operation_or_storage() {
        let strike =
            |rule: Rule, storage, operation| rules([rule]).strike(storage, operation).is_some();
        let rule = || Rule::new(Fault::Gzip);
        assert!(strike(rule(), false, None));
        assert!(!strike(rule(), true, None));
        assert!(strike(rule().operation("listTasks"), false, Some("listTasks")));
        assert!(!strike(rule().operation("listTasks"), false, Some("listBoards")));
        assert!(!strike(rule().operation("listTasks"), false, None));
        assert!(strike(rule().storage(), true, None));
        assert!(!strike(rule().storage(), false, Some("listTasks")));
    }

    #[test]
    fn chance_is_drawn_from_the_seed() {
        let draw = |seed, chance| {
            let mut rules = Rules::new(vec![Rule::new(Fault::Gzip).chance(chance)], seed);
            strikes(&mut rules, 1_000)
        };
        let count = |drawn: Vec<bool>| drawn.into_iter().filter(|struck| *struck).count();
        assert_eq!(draw(3, 0.5), draw(3, 0.5));
        assert_ne!(draw(3, 0.5), draw(4, 0.5));
        assert!((350..650).contains(&count(draw(3, 0.5))));
        assert_eq!(
            (count(draw(3, 0.0)), count(draw(3, f64::NAN)), count(draw(3, 9.0))),
            (0, 0, 1_000)
        );
    }
}
