//! Each numbered rule of the design is needed: without it, one of the first worlds breaks.

use sync_core::decide::Rule;

use crate::plan::Plan;
use crate::run_all;
use crate::world::World;

/// Worlds tried without the rule.
const SEEDS_MAX: u64 = 8_000;
/// Worlds run at a time, so that the search ends soon after the first one broke.
const SEEDS_STEP: u64 = 200;

fn breaks_without(rule: Rule) {
    let lifted = |seed| Plan {
        lifted: Some(rule),
        ..Plan::of(seed)
    };
    let steps = (0..SEEDS_MAX).step_by(SEEDS_STEP as usize);
    let failed = steps.into_iter().find_map(|first| {
        let tally = run_all(SEEDS_STEP, |seed| lifted(first + seed));
        let broken = tally.failed.into_iter().next()?;
        Some((broken.0, first + broken.1[0]))
    });
    let (fault, seed) =
        failed.unwrap_or_else(|| panic!("{SEEDS_MAX} worlds hold without {rule:?}: is it a rule?"));
    println!("without {rule:?}: {fault:?} in world {seed}");
    assert!(
        World::run(Plan::of(seed)).shared.faults.is_empty(),
        "SEED={seed} fails with every rule in place"
    );
}

#[test]
fn rule_1_one_task_per_key() {
    breaks_without(Rule::OneTaskPerKey);
}

#[test]
fn rule_2_fence_before_judging() {
    breaks_without(Rule::FenceBeforeJudging);
}

#[test]
fn rule_3_wait_for_the_deciding_event() {
    breaks_without(Rule::WaitForDecidingEvent);
}

#[test]
fn rule_4_dirty_has_seen_atlas() {
    breaks_without(Rule::DirtyHasSeenAtlas);
}

#[test]
fn rule_5_keep_the_newest_event() {
    breaks_without(Rule::KeepNewestEvent);
}

#[test]
fn rule_6_the_safe_position_waits() {
    breaks_without(Rule::SafePositionWaits);
}

#[test]
fn rule_7_look_again_on_stale() {
    breaks_without(Rule::LookAgainOnStale);
}
