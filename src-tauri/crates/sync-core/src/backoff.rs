//! How long to wait before trying a lost connection again.

use std::time::Duration;

/// No wait is longer than this, however often a try failed: a shop that is back online is noticed within a minute.
pub const WAIT_MAX: Duration = Duration::from_secs(60);

/// Exponential waits with full-range jitter on the upper half, so that a shop's PCs do not return all at once.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first wait.
    pub interval: Duration,
    /// After so many failures in a row it is time to say so.
    pub attempts_max: u32,
}

impl Backoff {
    /// The wait after `failures` failures in a row (1 or more); `chance` is a random number in 0..1.
    pub fn wait(&self, failures: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1).min(20));
        let full = self
            .interval
            .saturating_mul(doubled)
            .min(WAIT_MAX.max(self.interval));
        full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }

    /// Whether so many failures in a row should be told loudly.
    pub fn is_loud(&self, failures: u32) -> bool {
        failures >= self.attempts_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_never_vanish() {
        let backoff = Backoff {
            interval: Duration::from_secs(5),
            attempts_max: 10,
        };
        let waits: Vec<u64> = (1..8)
            .map(|failures| backoff.wait(failures, 1.0).as_secs())
            .collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60, 60]);
        assert_eq!(backoff.wait(1, 0.0), Duration::from_millis(2500));
        assert_eq!(backoff.wait(u32::MAX, 1.0), WAIT_MAX);
    }

    #[test]
    fn an_interval_above_the_longest_wait_is_kept() {
        let backoff = Backoff {
            interval: Duration::from_secs(300),
            attempts_max: 3,
        };
        assert_eq!(backoff.wait(9, 1.0), Duration::from_secs(300));
        assert!(!backoff.is_loud(2) && backoff.is_loud(3));
    }
}
