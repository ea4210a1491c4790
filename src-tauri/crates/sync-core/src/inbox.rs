//! What is still to be looked at: hints from both change streams, coalesced by key, and how far each stream is safe.
//!
//! A hint never decides anything; it names a key to look at and remembers the newest event time until the key is
//! settled. The safe position of a stream stays before the first event of every key that is not settled, so that a
//! restart reads those events again.

mod entry;
mod lane;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use crate::decide::Rule;
use crate::place::{Key, Side};
use crate::sighting::Event;
use entry::{Entry, Pending, Place, newer};
use lane::Lane;

pub use lane::{SafePosition, SeenPosition};

/// A key taken out to be worked on. It stays busy until it is given back by `settle`, `again` or `hold`.
#[derive(Clone, Debug)]
pub struct Task {
    /// The document.
    pub key: Key,
    /// The newest event of Local's stream.
    pub local: Option<Event>,
    /// The newest event of Atlas' stream.
    pub atlas: Option<Event>,
    /// The history of the key may have gaps: it came from a comparison, not from a stream.
    pub compared: bool,
    /// How often the key was taken before without being settled.
    pub attempts: u32,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Its key waits.
    News,
    /// It was read before: its key waits, and this or a newer event of it is known.
    Known,
    /// There is no room for one more key. The stream has to be read again from where `read_again` says. Until then it
    /// may be read on for the sake of the keys that are known: all that concerns those is still taken in.
    LeftOut,
}

/// The waiting keys of one engine. `T` is a resume token.
#[derive(Debug)]
pub struct Inbox<T> {
    entries: HashMap<Key, Entry>,
    queue: VecDeque<Key>,
    lanes: [Lane<T>; 2],
    keys_max: usize,
    lifted: Option<Rule>,
}

impl<T: Clone> Default for Inbox<T> {
    fn default() -> Self {
        Inbox::without(None)
    }
}

impl<T: Clone> Inbox<T> {
    /// An inbox that breaks one rule, to show in a test that it is needed.
    pub fn without(lifted: Option<Rule>) -> Inbox<T> {
        Inbox {
            entries: HashMap::new(),
            queue: VecDeque::new(),
            lanes: [Lane::new(), Lane::new()],
            keys_max: usize::MAX,
            lifted,
        }
    }

    /// An inbox that takes in no more than so many keys a side.
    #[must_use]
    pub fn bounded(self, keys_max: usize) -> Inbox<T> {
        Inbox { keys_max, ..self }
    }

    /// An event was read that concerns `key`; `now_ms` is of any steady clock.
    pub fn offer(&mut self, side: Side, key: Key, event: Event, now_ms: u64) -> Offered {
        let lane = &mut self.lanes[index(side)];
        let full = lane.has_left_out() || lane.waiting() >= self.keys_max;
        if full && !self.entries.contains_key(&key) && lane.leave_out() {
            return Offered::LeftOut;
        }
        let position = lane.hears();
        let entry = self.entries.entry(key.clone()).or_insert_with(Entry::new);
        let lane = &mut self.lanes[index(side)];
        match &mut entry.pending[index(side)] {
            Some(pending) if event.order.is_some() && event.order <= pending.last => {
                return Offered::Known;
            }
            Some(pending) => {
                pending.last = event.order;
                pending.newest = newer(pending.newest, event);
                pending.news.get_or_insert((position, now_ms));
                if lane.is_before_base(pending.first) {
                    // The comparison may have passed the key already: this event holds the position like any other.
                    lane.settles(pending.first);
                    lane.waits(position, now_ms);
                    pending.first = position;
                }
            }
            empty => {
                lane.waits(position, now_ms);
                *empty = Some(Pending {
                    newest: event,
                    first: position,
                    last: event.order,
                    news: Some((position, now_ms)),
                });
            }
        }
        self.queue_up(key);
        Offered::News
    }

    /// Whether events of `side` were left out for want of room. What is known of a key that came in since is not all.
    pub fn has_left_out(&self, side: Side) -> bool {
        self.lanes[index(side)].has_left_out()
    }

    /// How many events of `side` were left out since the beginning, read again or not.
    pub fn left_out_ever(&self, side: Side) -> u64 {
        self.lanes[index(side)].left_out_ever()
    }

    /// If events of `side` were left out: where to read it again from, which now has to be done.
    pub fn read_again(&mut self, side: Side) -> Option<T> {
        self.lanes[index(side)].read_again()
    }

    /// How far the stream of `side` was read.
    pub fn seen(&self, side: Side) -> SeenPosition {
        self.lanes[index(side)].seen()
    }

    /// An event was read that concerns nobody: an echo, a fence, an excluded collection.
    pub fn pass(&mut self, side: Side) {
        self.lanes[index(side)].step();
    }

    /// Everything read so far on `side` lies before `token`.
    pub fn checkpoint(&mut self, side: Side, token: T) {
        self.lanes[index(side)].checkpoint(token);
    }

    /// The stream of `side` cannot go on and begins anew, and everything is compared: no position from before is of
    /// any use, and no key that waits from before holds a new one back.
    pub fn begin_anew(&mut self, side: Side) {
        self.lanes[index(side)].begin_anew();
        let entries = self.entries.values_mut();
        // It may be another server's stream, whose order says nothing of this one's.
        let pending = entries.flat_map(|entry| &mut entry.pending[index(side)]);
        pending.for_each(|pending| pending.last = None);
    }

    /// Have a look at `key` without an event. `compared`: a comparison found it, so missing events prove nothing.
    pub fn nudge(&mut self, key: Key, compared: bool) {
        let entry = self.entries.entry(key.clone()).or_insert_with(Entry::new);
        entry.nudged = true;
        entry.compared |= compared;
        self.queue_up(key);
    }

    /// Takes a key that nobody works on and nothing was heard of, as if it had been looked at already. What is heard of
    /// it from now on waits until it is given back. `None`: it is on its way through the loop.
    pub fn claim(&mut self, key: &Key) -> Option<Task> {
        if self.entries.contains_key(key) {
            return None;
        }
        let entry = Entry {
            place: Place::Taken,
            compared: true,
            ..Entry::new()
        };
        self.entries.insert(key.clone(), entry);
        Some(Task {
            key: key.clone(),
            local: None,
            atlas: None,
            compared: true,
            attempts: 0,
        })
    }

    /// Whether a comparison found the key and nobody has settled it yet.
    pub fn is_compared(&self, key: &Key) -> bool {
        self.entries.get(key).is_some_and(|entry| entry.compared)
    }

    /// Whether the key waits for `release` or for news.
    pub fn is_held(&self, key: &Key) -> bool {
        self.entries
            .get(key)
            .is_some_and(|entry| entry.place == Place::Held)
    }

    /// Takes up to `max` keys to work on, oldest first. None of them is in anybody else's hands.
    pub fn take(&mut self, max: usize) -> Vec<Task> {
        let mut tasks = Vec::new();
        while tasks.len() < max
            && let Some(key) = self.queue.pop_front()
        {
            tasks.extend(self.take_one(key));
        }
        tasks
    }

    fn take_one(&mut self, key: Key) -> Option<Task> {
        let entry = self.entries.get_mut(&key)?;
        let free = match entry.place {
            Place::Queued => true,
            Place::Idle | Place::Taken | Place::Held => self.lifted == Some(Rule::OneTaskPerKey),
        };
        if !free {
            return None;
        }
        entry.place = Place::Taken;
        entry.nudged = false;
        let forgets = self.lifted == Some(Rule::KeepNewestEvent) && entry.attempts > 0;
        let mut newest = |side: Side| {
            let pending = entry.pending[index(side)].as_mut()?;
            pending.news = None;
            (!forgets).then_some(pending.newest)
        };
        let (local, atlas) = (newest(Side::Local), newest(Side::Atlas));
        Some(Task {
            key,
            local,
            atlas,
            compared: entry.compared,
            attempts: entry.attempts,
        })
    }

    /// Whether the stream of `side` said something of the key since it was taken.
    pub fn has_news(&self, side: Side, task: &Task) -> bool {
        let pending = self
            .entries
            .get(&task.key)
            .and_then(|entry| entry.pending[index(side)].as_ref());
        pending.is_some_and(|pending| pending.news.is_some())
    }

    /// The newest event of `side` for a key, taken or not.
    pub fn newest(&self, side: Side, key: &Key) -> Option<Event> {
        let pending = self.entries.get(key)?.pending[index(side)].as_ref()?;
        Some(pending.newest)
    }

    /// The key is done, as far as the task knew. What was said of it since is still to be looked at.
    pub fn settle(&mut self, task: &Task) {
        let Some(entry) = self.entries.get_mut(&task.key) else {
            return;
        };
        let lanes = &mut self.lanes;
        for side in Side::BOTH {
            let lane = &mut lanes[index(side)];
            let slot = &mut entry.pending[index(side)];
            let Some(pending) = slot else { continue };
            match pending.news {
                Some((first, heard_ms)) => {
                    lane.settles(pending.first);
                    lane.waits(first, heard_ms);
                    pending.first = first;
                }
                None => {
                    lane.settles(pending.first);
                    *slot = None;
                }
            }
        }
        (entry.attempts, entry.compared) = (0, entry.compared && entry.nudged);
        if entry.nudged || entry.pending.iter().any(Option::is_some) {
            entry.place = Place::Queued;
            self.queue.push_back(task.key.clone());
        } else {
            self.entries.remove(&task.key);
        }
    }

    /// The key has to be looked at again: something moved meanwhile.
    pub fn again(&mut self, task: &Task) {
        if let Some(entry) = self.entries.get_mut(&task.key) {
            entry.attempts += 1;
            entry.place = Place::Queued;
            self.queue.push_back(task.key.clone());
        }
    }

    /// The key was not looked at: it keeps its place in time, and the attempt does not count.
    pub fn put_back(&mut self, task: &Task) {
        if let Some(entry) = self.entries.get_mut(&task.key) {
            entry.place = Place::Queued;
            self.queue.push_back(task.key.clone());
        }
    }

    /// The key waits for `release` or for news: its direction is paused.
    pub fn hold(&mut self, task: &Task) {
        if let Some(entry) = self.entries.get_mut(&task.key) {
            entry.place = Place::Held;
            if entry.nudged || Side::BOTH.iter().any(|side| entry.is_fresh(*side)) {
                entry.place = Place::Queued;
                self.queue.push_back(task.key.clone());
            }
        }
    }

    /// Held keys may be worked on again.
    pub fn release(&mut self) {
        for (key, entry) in &mut self.entries {
            if entry.place == Place::Held {
                entry.place = Place::Queued;
                self.queue.push_back(key.clone());
            }
        }
    }

    /// One held key may be worked on again.
    pub fn release_one(&mut self, key: &Key) {
        if let Some(entry) = self.entries.get_mut(key)
            && entry.place == Place::Held
        {
            entry.place = Place::Queued;
            self.queue.push_back(key.clone());
        }
    }

    /// The latest position of `side` that a restart may start from without missing anything unsettled.
    pub fn safe(&mut self, side: Side) -> Option<SafePosition<T>> {
        let passes = self.lifted == Some(Rule::SafePositionWaits);
        self.lanes[index(side)].safe(passes)
    }

    /// Keys with unsettled events of `side`.
    pub fn waiting(&self, side: Side) -> usize {
        self.lanes[index(side)].waiting()
    }

    /// When the oldest unsettled key of `side` was first heard of, on the clock given to `offer`.
    pub fn oldest_ms(&self, side: Side) -> Option<u64> {
        self.lanes[index(side)].oldest_ms()
    }

    /// Whether a task could be taken now.
    pub fn has_queued(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether the key waits, is worked on or is held.
    pub fn contains(&self, key: &Key) -> bool {
        self.entries.contains_key(key)
    }

    /// Keys that wait, are worked on or are held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key waits, is worked on or is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn queue_up(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(&key) else {
            return;
        };
        match entry.place {
            Place::Idle | Place::Held => {
                entry.place = Place::Queued;
                self.queue.push_back(key);
            }
            Place::Taken if self.lifted == Some(Rule::OneTaskPerKey) => self.queue.push_back(key),
            Place::Queued | Place::Taken => {}
        }
    }
}

fn index(side: Side) -> usize {
    match side {
        Side::Local => 0,
        Side::Atlas => 1,
    }
}
