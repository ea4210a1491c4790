//! Keys that wait although nobody works on them: for a direction that is paused, or for something that will pass.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sync_core::backoff::Backoff;
use sync_core::inbox::Task;
use sync_core::place::{Direction, Key, Side};
use tokio::sync::Notify;

use super::Run;
use crate::error::EngineError;
use crate::reconcile::rand_chance;

/// Keys that were put off, and when each is due.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    keys: Mutex<Vec<(Key, Instant)>>,
    changed: Notify,
}

/// How long a key waits for something that passes by itself, and whose end is not told.
pub(crate) const PASSES_WITHIN: Duration = Duration::from_secs(1);

/// Failures in a row that are told: more than a line that is cut makes until it is noticed.
const FAILURES_TOLD: u32 = 8;
const FAILURES: Backoff = Backoff {
    interval: Duration::from_millis(100),
    attempts_max: FAILURES_TOLD,
};

const NOT_WRITING: &str = "not-writing";

/// What fails, time after time, by side and collection: that others are written there proves nothing for it.
pub(super) type Failing = HashMap<(Side, Arc<str>), Failures>;

#[derive(Debug)]
pub(super) struct Failures {
    in_a_row: u32,
    /// When the last one was counted.
    counted: Instant,
}

impl Run {
    /// The task's direction is paused, or was when it was decided about.
    pub(crate) fn hold(&self, task: &Task, direction: Direction) {
        let mut inbox = self.inbox();
        // Asked with the inbox in hand: whoever resumes the direction says so before he releases what is held.
        if self.is_paused(direction) {
            inbox.hold(task);
        } else {
            inbox.put_back(task);
        }
        drop(inbox);
        self.wake();
    }

    /// Something stands in the task's way that will pass: it is looked at again after `wait`.
    pub(crate) fn put_off(&self, task: &Task, wait: Duration) {
        self.inbox().hold(task);
        let due = Instant::now() + wait;
        let mut keys = self.waiting.keys.lock().expect("no holder panics");
        keys.push((task.key.clone(), due));
        self.waiting.changed.notify_one();
    }

    /// Has what was put off looked at again: what is due, or all of it. Keys that wait for a direction stay where they
    /// are.
    pub(crate) fn try_later(&self, all: bool) {
        let now = Instant::now();
        let mut keys = self.waiting.keys.lock().expect("no holder panics");
        let due: Vec<_> = keys.extract_if(.., |(_, due)| all || *due <= now).collect();
        drop(keys);
        if due.is_empty() {
            return;
        }
        let mut inbox = self.inbox();
        due.iter().for_each(|(key, _)| inbox.release_one(key));
        drop(inbox);
        self.wake();
    }

    /// Ends when something that was put off is due.
    pub(crate) async fn something_due(&self) {
        loop {
            let changed = self.waiting.changed.notified();
            let next = {
                let keys = self.waiting.keys.lock().expect("no holder panics");
                keys.iter().map(|(_, due)| *due).min()
            };
            let due = async {
                match next {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => return,
                () = changed => {}
            }
        }
    }

    /// Work on a collection that was taken up at `began` failed. Returns how long its keys should wait. Batches that were
    /// under way together fail together, and count as one.
    pub(crate) fn failed(
        &self,
        collection: &Arc<str>,
        error: &EngineError,
        began: Instant,
    ) -> Duration {
        let side = error.side().unwrap_or(Side::Local);
        let mut failing = self.failing.lock().expect("no holder panics");
        let failures = failing
            .entry((side, collection.clone()))
            .or_insert(Failures {
                in_a_row: 0,
                counted: began,
            });
        if began >= failures.counted {
            failures.in_a_row = failures.in_a_row.saturating_add(1);
            failures.counted = Instant::now();
            let failures = failures.in_a_row;
            tracing::warn!(%error, collection = &**collection, failures, "changes could not be written or read");
        }
        let in_a_row = failures.in_a_row;
        // A side that is away is told of already.
        if FAILURES.is_loud(in_a_row) && self.is_connected(side) {
            let text = format!(
                "changes could not be brought to {side} {in_a_row} times in a row; still trying. Last: {error}"
            );
            self.notice(NOT_WRITING, side.name(), text);
        }
        FAILURES.wait(in_a_row, rand_chance())
    }

    /// Something of the collection was written to `side`.
    pub(crate) fn works(&self, side: Side, collection: &Arc<str>) {
        let mut failing = self.failing.lock().expect("no holder panics");
        if !failing.is_empty() && failing.remove(&(side, collection.clone())).is_some() {
            self.forget_what_works(&failing);
        }
    }

    /// A batch ended. Where nothing waits any more, nothing fails.
    pub(crate) fn look_whether_it_works(&self) {
        let nothing_waits = self.inbox().is_empty();
        let mut failing = self.failing.lock().expect("no holder panics");
        if nothing_waits && !failing.is_empty() {
            failing.clear();
            self.forget_what_works(&failing);
        }
    }

    fn forget_what_works(&self, failing: &Failing) {
        for side in Side::BOTH {
            let told = |((on, _), failures): (&(Side, Arc<str>), &Failures)| {
                *on == side && FAILURES.is_loud(failures.in_a_row)
            };
            if !failing.iter().any(told) {
                self.forget(NOT_WRITING, side.name());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use sync_core::sighting::Sides;

    use super::*;
    use crate::run::tests::{idle_run, key};

    fn taken(run: &Run, id: u32) -> Task {
        run.inbox().nudge(key(id), false);
        run.inbox().take(1).remove(0)
    }

    fn bills() -> Arc<str> {
        Arc::from("bills")
    }

    fn pause(run: &Run, local: bool) {
        run.choices.send_modify(|choices| {
            choices.paused = Sides {
                local,
                ..Sides::NONE
            };
        });
    }

    #[tokio::test]
    async fn a_key_that_was_decided_about_in_a_pause_does_not_wait_for_the_next_one() {
        let run = idle_run().await;
        let task = taken(&run, 1);
        pause(&run, true);
        // It is resumed while the batch still has the key in its hands.
        pause(&run, false);
        run.inbox().release();
        run.hold(&task, Direction::UPLOAD);
        assert_eq!(run.inbox().take(9).len(), 1);
    }

    #[tokio::test]
    async fn what_is_put_off_is_looked_at_when_it_is_due_and_a_pause_goes_on() {
        let run = idle_run().await;
        pause(&run, true);
        let (held, late) = (taken(&run, 1), taken(&run, 2));
        run.hold(&held, Direction::UPLOAD);
        run.put_off(&late, Duration::from_secs(3600));
        assert!(run.something_due().now_or_never().is_none());
        run.try_later(false);
        assert!(run.inbox().take(9).is_empty());
        run.try_later(true);
        let tried: Vec<Key> = run
            .inbox()
            .take(9)
            .into_iter()
            .map(|task| task.key)
            .collect();
        assert_eq!(tried, [key(2)]);
        run.put_off(&late, Duration::ZERO);
        run.something_due().await;
        run.try_later(false);
        assert_eq!(run.inbox().take(9).len(), 1);
    }

    /// There is always one under way when another fails.
    #[tokio::test]
    async fn batches_that_overlap_without_end_are_counted_all_the_same() {
        let run = idle_run().await;
        run.connected(Side::Atlas);
        let silent = EngineError::Silent { side: Side::Atlas };
        let mut under_way = Instant::now();
        for _ in 0..4 * FAILURES_TOLD {
            let next = Instant::now();
            run.failed(&bills(), &silent, under_way);
            under_way = next;
        }
        assert!(
            run.notices()
                .iter()
                .any(|notice| notice.kind == NOT_WRITING)
        );
    }

    #[tokio::test]
    async fn failures_in_a_row_are_told_until_something_is_written_there() {
        let run = idle_run().await;
        run.connected(Side::Atlas);
        run.inbox().nudge(key(1), false);
        let told = |run: &Run| {
            let notices = run.notices();
            let about = notices.iter().find(|notice| notice.kind == NOT_WRITING);
            about.map(|notice| notice.about.clone().unwrap())
        };
        let silent = EngineError::Silent { side: Side::Atlas };
        for failure in 1..=FAILURES_TOLD {
            assert_eq!(told(&run), None, "{failure}");
            let began = Instant::now();
            let wait = run.failed(&bills(), &silent, began);
            assert!(run.failed(&bills(), &silent, began) <= wait * 4, "as one");
            // What else goes on says nothing of the bills.
            run.works(Side::Atlas, &Arc::from("payments"));
            run.works(Side::Local, &bills());
            run.look_whether_it_works();
        }
        assert_eq!(told(&run).as_deref(), Some("atlas"));
        run.works(Side::Atlas, &bills());
        assert_eq!(told(&run), None);
    }
}
