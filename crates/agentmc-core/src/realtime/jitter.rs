//! Randomness from a seed, and how long to wait with it.

use std::time::Duration;

/// The longest pause between attempts to have a channel signed, or a listing answered.
pub(crate) const LONGEST_RETRY: Duration = Duration::from_secs(12);

/// The longest random part of a pause before a websocket is opened again, on top of a second.
const LONGEST_REOPEN: Duration = Duration::from_secs(29);

/// A splitmix64 generator: not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A duration from zero to `most`.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let fraction = (self.number() >> 11) as f64 / (1_u64 << 53) as f64;
        most.mul_f64(fraction)
    }

    /// The pause after so many failures in a row: full jitter, from a second doubling to twelve.
    pub(crate) fn retry(&mut self, failures: u32) -> Duration {
        let doubled = Duration::from_secs(1 << failures.saturating_sub(1).min(16));
        self.up_to(doubled.min(LONGEST_RETRY))
    }

    /// The pause before a websocket is opened again: a second, and a random part that doubles.
    pub(crate) fn reopen(&mut self, failures: u32) -> Duration {
        let doubled = Duration::from_secs(1 << failures.saturating_sub(1).min(16));
        Duration::from_secs(1) + self.up_to(doubled.min(LONGEST_REOPEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_within_their_bounds_and_differ() {
        let mut jitter = Jitter::new(7);
        for failures in [0, 1, 2, 3, 4, 5, 40, u32::MAX] {
            let most = (1_u64 << failures.saturating_sub(1).min(16)).min(12);
            let pauses: Vec<_> = (0..200).map(|_| jitter.retry(failures)).collect();
            assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(most)));
            assert!(pauses.iter().any(|pause| *pause < Duration::from_secs(most) / 4));
            assert!(pauses.iter().any(|pause| *pause > Duration::from_secs(most) * 3 / 4));
            let again = jitter.reopen(failures);
            assert!(again >= Duration::from_secs(1) && again <= Duration::from_secs(30));
        }
    }
}
