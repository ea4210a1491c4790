//! The brake on mass deletion: how many deletions in how short a time are taken for an accident until a person says
//! otherwise.

use std::collections::VecDeque;

/// So many are never taken for one, in most shops.
pub const DELETIONS_MIN: u64 = 100;
/// Of a larger collection so many in a hundred.
const PERCENT: u64 = 20;
/// Counted together, in milliseconds.
const WITHIN_MS: u64 = 60_000;

/// The deletions of one collection on one side.
#[derive(Clone, Debug)]
pub struct Brake {
    deletions_min: u64,
    /// When, and how many.
    recent: VecDeque<(u64, u64)>,
}

impl Brake {
    /// One that lets so many deletions through whatever is left.
    pub fn new(deletions_min: u64) -> Brake {
        Brake {
            deletions_min,
            recent: VecDeque::new(),
        }
    }

    /// Whether so many more deletions may be made in a collection that still holds so many `documents`; if so they count.
    /// `now_ms` is of any steady clock.
    pub fn allows(&mut self, deletions: u64, documents: u64, now_ms: u64) -> bool {
        let since = now_ms.saturating_sub(WITHIN_MS);
        while self.recent.front().is_some_and(|(at, _)| *at < since) {
            self.recent.pop_front();
        }
        let before: u64 = self.recent.iter().map(|(_, count)| count).sum();
        let share = (documents + before).saturating_mul(PERCENT) / 100;
        let allows = before + deletions <= share.max(self.deletions_min);
        if allows {
            self.recent.push_back((now_ms, deletions));
        }
        allows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brake() -> Brake {
        Brake::new(DELETIONS_MIN)
    }

    #[test]
    fn a_hundred_at_once_are_no_accident_and_one_more_is() {
        assert!(brake().allows(100, 100, 0));
        assert!(!brake().allows(101, 101, 0));
    }

    #[test]
    fn of_a_large_collection_a_fifth_is_allowed() {
        assert!(brake().allows(20_000, 100_000, 0));
        assert!(!brake().allows(20_001, 100_000, 0));
    }

    #[test]
    fn what_is_deleted_little_by_little_is_counted_together_for_a_minute() {
        let mut brake = brake();
        assert!(brake.allows(60, 100, 0));
        assert!(!brake.allows(60, 40, 30_000));
        assert!(
            brake.allows(40, 40, 30_000),
            "what was not allowed does not count"
        );
        assert!(!brake.allows(1, 0, 60_000));
        assert!(
            brake.allows(60, 0, 60_001),
            "the first are over a minute old"
        );
    }
}
