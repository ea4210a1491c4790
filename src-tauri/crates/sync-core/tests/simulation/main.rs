//! Thousands of small worlds of PCs and Atlas around the production `decide` and `Inbox`.
//!
//! A seed makes a world: how many PCs and documents, who writes where and when, what is killed, cut off, read twice
//! or lost between any two steps. `SEED=42` replays one world and prints it; `SEEDS=100000` runs more of them.
//!
//! Nothing of deciding or of keeping positions is written here a second time. What is left out: batching of reads,
//! unique indexes, expiry of tombstones, and contents that come back (a user who writes an old content again).

#![allow(
    clippy::print_stdout,
    reason = "what became of the worlds, and a replayed one, are read in the terminal"
)]

mod job;
mod judge;
mod pc;
mod plan;
mod rules;
mod store;
mod trace;
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use judge::Fault;
use plan::Plan;
use world::World;

const SEEDS_DEFAULT: u64 = 20_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().expect("a number"))
}

/// What many worlds came to.
#[derive(Debug, Default)]
struct Tally {
    worlds: u64,
    writes: u64,
    conflicts: u64,
    needless: u64,
    failed: BTreeMap<Fault, Vec<u64>>,
}

fn run_all(seeds: u64, plan_of: impl Fn(u64) -> Plan + Sync) -> Tally {
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let world = World::run(plan_of(seed));
                    let mut tally = tally.lock().expect("no world panicked");
                    tally.worlds += 1;
                    tally.writes += world.shared.writes.len() as u64;
                    tally.conflicts += u64::from(world.shared.conflicts);
                    tally.needless += u64::from(world.shared.needless);
                    for fault in world.shared.faults {
                        tally.failed.entry(fault).or_default().push(seed);
                    }
                }
            });
        }
    });
    tally.into_inner().expect("no world panicked")
}

/// Worlds that once broke a promise, each by a fault of its own.
const ONCE_FAILED: &[u64] = &[
    33, 384, 973, 3532, 8524, 15_634, 18_034, 21_916, 29_750, 37_216, 39_891, 43_185, 44_899,
    46_488, 51_389, 54_226, 54_870, 84_989, 128_945, 149_360, 158_053, 194_654, 198_597, 202_615,
    210_000, 245_482, 240_029, 268_024, 368_207, 393_438, 453_395, 559_356, 624_708, 649_708,
];

#[test]
fn worlds_that_once_failed_hold() {
    for seed in ONCE_FAILED {
        let plan = Plan {
            cramped: false,
            ..Plan::of(*seed)
        };
        let faults = World::run(plan).shared.faults;
        assert!(faults.is_empty(), "SEED={seed}: {faults:?}");
    }
}

#[test]
fn every_world_converges_and_loses_nothing() {
    if let Some(seed) = setting("SEED") {
        let world = World::run(Plan {
            traced: true,
            ..Plan::of(seed)
        });
        println!("{:?}", world.shared.plan);
        assert!(world.shared.faults.is_empty(), "{:?}", world.shared.faults);
        return;
    }
    let tally = run_all(setting("SEEDS").unwrap_or(SEEDS_DEFAULT), Plan::of);
    println!(
        "{} worlds, {} writes, {} conflicts, {} of them needless",
        tally.worlds, tally.writes, tally.conflicts, tally.needless
    );
    for (fault, seeds) in &tally.failed {
        println!(
            "{fault:?}: {} worlds, e.g. {:?}",
            seeds.len(),
            &seeds[..seeds.len().min(8)]
        );
    }
    assert!(
        tally.conflicts > tally.worlds / 10,
        "the worlds are too peaceful to prove anything"
    );
    let first = tally.failed.values().flatten().min();
    assert!(
        first.is_none(),
        "replay: SEED={} cargo test -p sync-core --test simulation -- --nocapture",
        first.unwrap()
    );
}
