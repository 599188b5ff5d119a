//! How many requests a credential may make.

use std::collections::HashMap;
use std::time::Duration;

/// How long requests are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// How many credentials are counted at a time.
const CREDENTIALS: usize = 1_000;

/// The requests of each credential within its current minute, which begins with the first of them.
#[derive(Debug)]
pub(crate) struct Limit {
    most: Option<u32>,
    windows: HashMap<String, Window>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    start: Duration,
    requests: u32,
}

impl Limit {
    /// At most so many requests in a minute, or any number.
    pub(crate) fn new(most: Option<u32>) -> Self {
        Self { most, windows: HashMap::new() }
    }

    /// Whether requests are counted at all.
    pub(crate) const fn counts(&self) -> bool {
        self.most.is_some()
    }

    /// Counts a request, or says how many seconds to wait. `now` is the time since any moment that stays the same.
    pub(crate) fn admit(&mut self, credential: &str, now: Duration) -> Result<(), u64> {
        let Some(most) = self.most else { return Ok(()) };
        let lives = |window: &Window| now < window.start.saturating_add(WINDOW);
        if self.windows.len() >= CREDENTIALS && !self.windows.contains_key(credential) {
            self.windows.retain(|_, window| lives(window));
            if self.windows.len() >= CREDENTIALS {
                self.forget_least();
            }
        }
        let fresh = Window { start: now, requests: 0 };
        let window = self.windows.entry(credential.to_owned()).or_insert(fresh);
        if !lives(window) {
            *window = fresh;
        }
        if window.requests >= most {
            let left = window.start.saturating_add(WINDOW).saturating_sub(now);
            return Err(left.as_nanos().div_ceil(1_000_000_000) as u64);
        }
        window.requests += 1;
        Ok(())
    }

    /// Forgets the credential that has made the fewest requests, and of several the one that began first: inventing
    /// credentials does not make it forget one that has had its share.
    fn forget_least(&mut self) {
        let least = self.windows.iter().min_by_key(|(_, window)| (window.requests, window.start));
        if let Some(least) = least.map(|(credential, _)| credential.clone()) {
            self.windows.remove(&least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_credential_has_so_many_requests_a_minute() {
        let mut limit = Limit::new(Some(2));
        assert_eq!(limit.admit("a", at(5_000)), Ok(()));
        assert_eq!(limit.admit("a", at(6_000)), Ok(()));
        assert_eq!(limit.admit("a", at(6_001)), Err(59));
        assert_eq!(limit.admit("a", at(64_999)), Err(1));
        assert_eq!(limit.admit("a", at(65_000)), Ok(()));
    }

    #[test]
    fn credentials_are_counted_apart() {
        let mut limit = Limit::new(Some(1));
        assert_eq!(limit.admit("a", at(0)), Ok(()));
        assert_eq!(limit.admit("b", at(0)), Ok(()));
        assert_eq!(limit.admit("b", at(1)), Err(60));
    }

    #[test]
    fn credentials_without_end_are_not_kept() {
        let mut limit = Limit::new(Some(1));
        for number in 0..5 * CREDENTIALS {
            assert_eq!(limit.admit(&number.to_string(), at(0)), Ok(()));
        }
        assert!(limit.windows.len() <= CREDENTIALS);
    }

    #[test]
    fn wrong_credentials_give_a_right_one_no_more_requests() {
        let mut limit = Limit::new(Some(2));
        for _ in 0..2 {
            assert_eq!(limit.admit("a", at(0)), Ok(()));
        }
        for number in 0..5 * CREDENTIALS {
            assert_eq!(limit.admit(&number.to_string(), at(1)), Ok(()));
        }
        assert_eq!(limit.admit("a", at(2)), Err(60));
    }

    #[test]
    fn the_oldest_of_those_that_count_least_is_forgotten() {
        let mut limit = Limit::new(Some(1));
        for number in 0..=CREDENTIALS as u64 {
            assert_eq!(limit.admit(&number.to_string(), at(number)), Ok(()));
        }
        assert!(!limit.windows.contains_key("0") && limit.windows.contains_key("1"));
    }

    #[test]
    fn a_limit_of_none_admits_nothing_and_no_limit_everything() {
        assert_eq!(Limit::new(Some(0)).admit("a", at(0)), Err(60));
        assert_eq!(Limit::new(None).admit("a", at(0)), Ok(()));
    }
}
