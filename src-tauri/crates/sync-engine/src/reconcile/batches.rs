//! Batches under way: what each has in its hands, and what becomes of that when one fails or breaks down.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sync_core::backoff::Backoff;
use sync_core::inbox::Task;
use sync_core::place::{Direction, Key, Side};
use tokio::task::{Id, JoinSet};

use super::rand_chance;
use crate::error::EngineError;
use crate::quarantine::Refused;
use crate::run::Run;

/// The keys of one batch that were not given back yet.
#[derive(Debug)]
pub(super) struct Hands(Mutex<HashMap<Key, Task>>);

impl Hands {
    fn full_of(tasks: &[Task]) -> Hands {
        let tasks = tasks.iter().map(|task| (task.key.clone(), task.clone()));
        Hands(Mutex::new(tasks.collect()))
    }

    /// The key is given back.
    pub(super) fn open(&self, key: &Key) {
        self.0.lock().expect("no holder panics").remove(key);
    }

    /// All that is left, for the caller to give back.
    pub(super) fn empty(&self) -> Vec<Task> {
        let mut tasks = self.0.lock().expect("no holder panics");
        std::mem::take(&mut *tasks).into_values().collect()
    }
}

/// How a batch ended.
#[derive(Debug)]
pub(super) enum Ended {
    Done,
    Failed(EngineError),
    /// It panicked with these in its hands.
    Broken(Vec<Task>),
}

/// Batches in flight, all of different keys.
#[derive(Debug, Default)]
pub(super) struct Batches {
    flying: JoinSet<Result<(), EngineError>>,
    hands: HashMap<Id, Arc<Hands>>,
}

impl Batches {
    pub(super) fn len(&self) -> usize {
        self.flying.len()
    }

    pub(super) fn spawn<F>(
        &mut self,
        tasks: Vec<Task>,
        work: impl FnOnce(Vec<Task>, Arc<Hands>) -> F,
    ) where
        F: Future<Output = Result<(), EngineError>> + Send + 'static,
    {
        let hands = Arc::new(Hands::full_of(&tasks));
        let batch = self.flying.spawn(work(tasks, hands.clone()));
        self.hands.insert(batch.id(), hands);
    }

    /// Waits for the next one to end; `None`: none is in flight.
    pub(super) async fn next(&mut self) -> Option<Ended> {
        let joined = self.flying.join_next_with_id().await?;
        let id = match &joined {
            Ok((id, _)) => *id,
            Err(broken) => broken.id(),
        };
        let hands = self.hands.remove(&id);
        Some(match joined {
            Ok((_, Ok(()))) => Ended::Done,
            Ok((_, Err(error))) => Ended::Failed(error),
            Err(broken) => {
                tracing::error!(%broken, "a batch broke down");
                Ended::Broken(hands.map_or_else(Vec::new, |hands| hands.empty()))
            }
        })
    }
}

/// Keys of batches that broke down: each is tried alone, so that the one to blame is found and the others go on.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    waiting: VecDeque<Task>,
    told: bool,
}

impl Suspects {
    /// The next to be tried alone.
    pub(super) fn next(&mut self) -> Option<Task> {
        self.waiting.pop_front()
    }

    /// A batch broke down with these in its hands.
    ///
    /// # Errors
    /// The one to blame is found, but could not be set aside yet.
    pub(super) async fn add(&mut self, run: &Run, tasks: Vec<Task>) -> Result<(), EngineError> {
        self.told = true;
        let text = "the sync broke down over a document, which is a fault in the program: its log says more";
        run.notice(BROKEN, "", text.to_owned());
        let [task] = &*tasks else {
            self.waiting.extend(tasks);
            return Ok(());
        };
        let refused = Refused {
            direction: Direction::UPLOAD,
            code: 0,
            reason:
                "the sync breaks down over it: a fault in the program, of which its log says more"
                    .to_owned(),
        };
        let set_aside = run.set_aside(&task.key, &refused).await;
        match &set_aside {
            Ok(()) => run.inbox().settle(task),
            Err(_) => self.waiting.extend(tasks),
        }
        set_aside
    }

    /// Nothing is in flight: if none is left either, whatever was to blame is set aside.
    pub(super) fn rest(&mut self, run: &Run) {
        if self.told && self.waiting.is_empty() {
            self.told = false;
            run.forget(BROKEN, "");
        }
    }
}

const BROKEN: &str = "broken";

/// Failures in a row that are told: more than a line that is cut makes until it is noticed.
const FAILURES_TOLD: u32 = 8;
/// Batches in a row that went well, after which nobody speaks of failures any more.
const SUCCESSES_ENOUGH: u32 = 20;

/// Batches that fail one after the other.
#[derive(Debug, Default)]
pub(super) struct Failing {
    in_a_row: u32,
    well_in_a_row: u32,
    /// The side that failed first, and how many changes had been written there by then.
    since: Option<(Side, u64)>,
}

impl Failing {
    /// Returns how long to wait before the next try.
    pub(super) fn failed(&mut self, run: &Run, error: &EngineError) -> Duration {
        const BACKOFF: Backoff = Backoff {
            interval: Duration::from_millis(100),
            attempts_max: FAILURES_TOLD,
        };
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.well_in_a_row = 0;
        tracing::warn!(%error, failures = self.in_a_row, "a batch could not be finished");
        if let Some(side) = error.side() {
            if self.since.is_none_or(|(known, _)| known != side) {
                self.forget(run);
                self.since = Some((side, run.monitor.written_to(side)));
            }
            // A side that is away is told of already.
            if BACKOFF.is_loud(self.in_a_row) && run.is_connected(side) {
                let failures = self.in_a_row;
                let text = format!(
                    "changes could not be brought to {side} {failures} times in a row; still trying. Last: {error}"
                );
                run.notice(NOT_WRITING, side.name(), text);
            }
        }
        BACKOFF.wait(self.in_a_row, rand_chance())
    }

    /// A batch went well. That it had something to write on the side that failed is not said.
    pub(super) fn succeeded(&mut self, run: &Run) {
        self.well_in_a_row = self.well_in_a_row.saturating_add(1);
        let writes = self
            .since
            .is_none_or(|(side, before)| run.monitor.written_to(side) > before);
        if writes || self.well_in_a_row >= SUCCESSES_ENOUGH || run.inbox().is_empty() {
            self.forget(run);
            self.in_a_row = 0;
        }
    }

    fn forget(&mut self, run: &Run) {
        if let Some((side, _)) = self.since.take() {
            run.forget(NOT_WRITING, side.name());
        }
    }
}

const NOT_WRITING: &str = "not-writing";

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use sync_core::inbox::Inbox;
    use sync_core::place::DocumentKey;

    use super::*;
    use crate::monitor::Finished;
    use crate::run::tests::idle_run;

    fn key(id: u8) -> Key {
        Key {
            collection: Arc::from("bills"),
            document: DocumentKey::new(0x10, &[id, 0, 0, 0]),
        }
    }

    #[tokio::test]
    async fn a_batch_that_breaks_down_leaves_what_it_had_in_its_hands() {
        let mut inbox: Inbox<u32> = Inbox::default();
        (0..3).for_each(|id| inbox.nudge(key(id), false));
        let mut batches = Batches::default();
        batches.spawn(inbox.take(3), |tasks, hands| async move {
            hands.open(&tasks[1].key);
            panic!("on purpose")
        });
        let Some(Ended::Broken(left)) = batches.next().await else {
            panic!("it broke down");
        };
        let mut left: Vec<Key> = left.into_iter().map(|task| task.key).collect();
        left.sort();
        assert_eq!(left, [key(0), key(2)]);
        assert!(batches.next().await.is_none());
    }

    #[tokio::test]
    async fn keys_of_a_broken_batch_are_tried_alone_and_it_is_told_meanwhile() {
        let run = idle_run().await;
        let told = |run: &Run| run.notices().iter().any(|notice| notice.kind == BROKEN);
        (0..2).for_each(|id| run.inbox().nudge(key(id), false));
        let tasks = run.inbox().take(2);
        let mut suspects = Suspects::default();
        suspects.add(&run, tasks).await.unwrap();
        suspects.rest(&run);
        assert!(told(&run));
        for _ in 0..2 {
            let alone = suspects.next().unwrap();
            run.inbox().settle(&alone);
        }
        assert!(suspects.next().is_none());
        suspects.rest(&run);
        assert!(!told(&run) && run.inbox().is_empty());
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
        let mut failing = Failing::default();
        let silent = EngineError::Silent { side: Side::Atlas };
        for failure in 1..=FAILURES_TOLD {
            assert_eq!(told(&run), None, "{failure}");
            failing.failed(&run, &silent);
        }
        assert_eq!(told(&run).as_deref(), Some("atlas"));
        failing.succeeded(&run);
        assert!(told(&run).is_some(), "that batch wrote nothing");
        let finished = Finished {
            bytes: 1,
            took: Duration::ZERO,
            conflict: false,
        };
        run.monitor.applied(Direction::UPLOAD, finished);
        failing.succeeded(&run);
        assert_eq!(told(&run), None);
    }
}
