//! Cases drawn from a seed.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// What a property has to hold for at least.
pub(crate) const CASES: usize = 100;

/// A source of cases.
pub(crate) struct Draw(TestRunner);

impl Draw {
    /// Seeded from `SEED`, or at random; the seed is shown when the test fails.
    pub(crate) fn new() -> Draw {
        let given = std::env::var("SEED").ok();
        let seed = given.map_or_else(
            || fastrand::u64(..),
            |seed| seed.parse().expect("SEED is a number"),
        );
        eprintln!("replay with SEED={seed}");
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let source = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Draw(TestRunner::new_with_rng(Config::default(), source))
    }

    /// So many cases.
    pub(crate) fn cases<S: Strategy>(&mut self, count: usize, strategy: &S) -> Vec<S::Value> {
        let mut case = || {
            strategy
                .new_tree(&mut self.0)
                .expect("nearly all are accepted")
                .current()
        };
        (0..count).map(|_| case()).collect()
    }
}
