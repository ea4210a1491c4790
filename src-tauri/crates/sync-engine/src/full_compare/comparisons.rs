//! Which comparisons are asked for or under way, how far each is, and what was deleted meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Mutex;

use sync_core::place::{DocumentKey, Key};
use tokio::sync::Notify;

use super::ALL;
use crate::clock::wall_ms;
use crate::status::CompareProgress;

/// Deletions remembered while a collection is compared, in keys; with more than that every key is looked at.
const DELETIONS_MAX: usize = 100_000;

/// Comparisons that are asked for or under way, and how far they are.
#[derive(Debug, Default)]
pub(crate) struct Comparisons {
    pub(super) waiting: Mutex<BTreeMap<String, Comparison>>,
    pub(super) deleted: Mutex<HashMap<String, Deleted>>,
    pub(super) woken: Notify,
    /// Collections that only wait, for a pause to end or for something that will pass, and how many of their ranges do.
    resting: Mutex<BTreeMap<String, usize>>,
}

/// A range that only waits, for as long as this lives.
#[derive(Debug)]
pub(super) struct Resting<'a> {
    comparisons: &'a Comparisons,
    name: &'a str,
}

impl Drop for Resting<'_> {
    fn drop(&mut self) {
        let mut resting = self.comparisons.resting.lock().expect("no holder panics");
        if let Some(ranges) = resting.get_mut(self.name) {
            *ranges -= 1;
            if *ranges == 0 {
                resting.remove(self.name);
            }
        }
    }
}

/// What was heard to be deleted, on either side, since the comparison of a collection began: a page read before that
/// must not bring it back.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    keys: HashSet<DocumentKey>,
    too_many: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Comparison {
    /// Which asking this is. One that is asked for again while it runs begins again when it ends.
    pub(super) round: i64,
    pub(super) after: Option<DocumentKey>,
    pub(super) progress: CompareProgress,
}

impl Comparisons {
    /// A range of the collection has nothing to do but wait: another collection may be compared meanwhile.
    pub(super) fn rests<'a>(&'a self, name: &'a str) -> Resting<'a> {
        let mut resting = self.resting.lock().expect("no holder panics");
        *resting.entry(name.to_owned()).or_default() += 1;
        drop(resting);
        self.wake();
        Resting {
            comparisons: self,
            name,
        }
    }

    /// Collections that only wait.
    pub(super) fn resting(&self) -> usize {
        self.resting.lock().expect("no holder panics").len()
    }

    /// Something may be there to compare, or both sides are ready for it.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.lock().expect("no holder panics").is_empty()
    }

    /// Whether the collection is still to be compared, or is being compared.
    pub(crate) fn cover(&self, collection: &str) -> bool {
        let waiting = self.waiting.lock().expect("no holder panics");
        waiting.contains_key(collection) || waiting.contains_key(ALL)
    }

    /// A listener heard of a deletion, by whomever.
    pub(crate) fn note_deleted(&self, collection: &str, key: &DocumentKey) {
        if !self.cover(collection) {
            return;
        }
        let mut deleted = self.deleted.lock().expect("no holder panics");
        let deleted = deleted.entry(collection.to_owned()).or_default();
        if deleted.keys.len() >= DELETIONS_MAX {
            deleted.too_many = true;
        } else {
            deleted.keys.insert(key.clone());
        }
    }

    /// Whether the key may have been deleted since the comparison began.
    pub(super) fn was_deleted(&self, key: &Key) -> bool {
        let deleted = self.deleted.lock().expect("no holder panics");
        let heard = deleted.get(&*key.collection);
        heard.is_some_and(|heard| heard.too_many || heard.keys.contains(&key.document))
    }

    pub(crate) fn progress(&self, collection: &str) -> Option<CompareProgress> {
        let waiting = self.waiting.lock().expect("no holder panics");
        waiting
            .get(collection)
            .map(|comparison| comparison.progress.clone())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.waiting
            .lock()
            .expect("no holder panics")
            .keys()
            .filter(|name| *name != ALL)
            .cloned()
            .collect()
    }

    pub(super) fn next_round(&self, name: &str) -> i64 {
        let waiting = self.waiting.lock().expect("no holder panics");
        let running = waiting
            .get(name)
            .map(|comparison| comparison.round.saturating_add(1));
        wall_ms().max(running.unwrap_or_default())
    }

    /// One that is not among those under way.
    pub(super) fn next(&self, under_way: &BTreeSet<String>) -> Option<(String, Comparison)> {
        let waiting = self.waiting.lock().expect("no holder panics");
        waiting
            .iter()
            .find(|(name, _)| !under_way.contains(*name))
            .map(|(name, comparison)| (name.clone(), comparison.clone()))
    }

    pub(super) fn update(
        &self,
        collection: &str,
        round: i64,
        change: impl FnOnce(&mut Comparison),
    ) {
        let mut waiting = self.waiting.lock().expect("no holder panics");
        if let Some(comparison) = waiting
            .get_mut(collection)
            .filter(|comparison| comparison.round == round)
        {
            change(comparison);
        }
    }
}
