//! Batches under way: what each has in its hands, and what becomes of that when one fails or breaks down.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use sync_core::inbox::Task;
use sync_core::place::{Direction, Key};
use tokio::task::{Id, JoinSet};

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
    /// It panicked with these in its hands.
    Broken(Vec<Task>),
}

/// Batches in flight, all of different keys.
#[derive(Debug, Default)]
pub(super) struct Batches {
    flying: JoinSet<()>,
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
        F: Future<Output = ()> + Send + 'static,
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
            Ok(_) => Ended::Done,
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

    /// A batch broke down with these in its hands. The one to blame is set aside once it is found.
    pub(super) async fn add(&mut self, run: &Run, tasks: Vec<Task>) {
        self.told = true;
        let text = "the sync broke down over a document, which is a fault in the program: its log says more";
        run.notice(BROKEN, "", text.to_owned());
        let [task] = &*tasks else {
            self.waiting.extend(tasks);
            return;
        };
        let reason =
            "the sync breaks down over it: a fault in the program, of which its log says more";
        let refused = Refused::new(Direction::UPLOAD, 0, reason.to_owned());
        let began = Instant::now();
        match run.set_aside(&task.key, &refused).await {
            Ok(()) => run.inbox().settle(task),
            Err(error) => {
                let wait = run.failed(&task.key.collection, &error, began);
                run.put_off(task, wait);
            }
        }
        run.made_room();
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

#[cfg(test)]
mod tests {
    use sync_core::inbox::Inbox;

    use super::*;
    use crate::run::tests::{idle_run, key};

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
        suspects.add(&run, tasks).await;
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
}
