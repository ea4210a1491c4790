//! The brake on mass deletion: how many deletions in how short a time are taken for an accident until a person says
//! otherwise.

use std::collections::VecDeque;

/// So many are never taken for one, in most shops.
pub const DELETIONS_MIN: u64 = 100;
/// Of a larger collection so many in a hundred.
const PERCENT: u64 = 20;
/// This part of what is never taken for one is too little to be the beginning of one.
const FEW: u64 = 4;
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

    /// Whether these more deletions are so few that nobody has to be asked how many documents there are; if so they
    /// count. `now_ms` is of any steady clock.
    pub fn allows_few(&mut self, deletions: u64, now_ms: u64) -> bool {
        self.forget(now_ms);
        let few = self.deletions_min / FEW;
        self.counts_if(self.before() + deletions <= few, deletions, now_ms)
    }

    /// Whether so many more deletions may be made in a collection that still holds so many `documents` there, while so
    /// many are `missing` on the side where they were deleted; if so they count.
    ///
    /// What is missing tells of deletions that are still to be heard of. Alone it proves nothing.
    pub fn allows(&mut self, deletions: u64, documents: u64, missing: u64, now_ms: u64) -> bool {
        self.forget(now_ms);
        let before = self.before();
        let share = (documents + before).saturating_mul(PERCENT) / 100;
        let all = (before + deletions).max(before + missing);
        self.counts_if(all <= share.max(self.deletions_min), deletions, now_ms)
    }

    fn before(&self) -> u64 {
        self.recent.iter().map(|(_, count)| count).sum()
    }

    fn forget(&mut self, now_ms: u64) {
        let since = now_ms.saturating_sub(WITHIN_MS);
        while self.recent.front().is_some_and(|(at, _)| *at < since) {
            self.recent.pop_front();
        }
    }

    fn counts_if(&mut self, allows: bool, deletions: u64, now_ms: u64) -> bool {
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
        assert!(brake().allows(100, 100, 0, 0));
        assert!(!brake().allows(101, 101, 0, 0));
    }

    #[test]
    fn of_a_large_collection_a_fifth_is_allowed() {
        assert!(brake().allows(20_000, 100_000, 0, 0));
        assert!(!brake().allows(20_001, 100_000, 0, 0));
    }

    #[test]
    fn what_is_missing_already_counts_before_it_is_heard_of() {
        assert!(!brake().allows(26, 150, 101, 0));
        assert!(brake().allows(26, 1_000, 200, 0));
        assert!(brake().allows_few(25, 0), "so few ask for no count at all");
        assert!(!brake().allows_few(26, 0));
    }

    #[test]
    fn what_is_deleted_little_by_little_is_counted_together_for_a_minute() {
        let mut brake = brake();
        assert!(brake.allows(60, 100, 0, 0));
        assert!(!brake.allows(60, 40, 0, 30_000));
        let uncounted = "what was not allowed does not count";
        assert!(brake.allows(40, 40, 0, 30_000), "{uncounted}");
        assert!(!brake.allows(1, 0, 0, 60_000));
        let forgotten = "the first are over a minute old";
        assert!(brake.allows(60, 0, 0, 60_001), "{forgotten}");
    }
}
