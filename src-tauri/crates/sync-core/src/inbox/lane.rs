//! One stream's bookkeeping: how far it was read, which unsettled keys hold its safe position back.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

/// How far a stream was read, counted in events since this process began. Never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenPosition(u64);

/// A place in a stream before which everything is settled: the only thing that may be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafePosition<T> {
    position: SeenPosition,
    token: T,
}

impl<T> SafePosition<T> {
    /// The resume token to store.
    pub fn token(&self) -> &T {
        &self.token
    }

    /// How many events lie before it; for comparing two of the same process.
    pub fn position(&self) -> SeenPosition {
        self.position
    }
}

/// Checkpoints kept per stream; above it every second one goes, which only makes a restart read a little more again.
const CHECKPOINTS_MAX: usize = 1024;

#[derive(Debug)]
pub(super) struct Lane<T> {
    seen: SeenPosition,
    /// The last event that concerned a key.
    heard: SeenPosition,
    /// Where the stream began anew; what waits from before is found by a comparison.
    base: Option<SeenPosition>,
    /// First event of every unsettled key, and when it was heard of.
    firsts: BTreeMap<SeenPosition, u64>,
    checkpoints: VecDeque<(SeenPosition, T)>,
    /// Events were left out since the last checkpoint: the stream is to be read again from there.
    left_out: bool,
    left_out_ever: u64,
}

impl<T: Clone> Lane<T> {
    pub(super) fn new() -> Lane<T> {
        Lane {
            seen: SeenPosition(0),
            heard: SeenPosition(0),
            base: None,
            firsts: BTreeMap::new(),
            checkpoints: VecDeque::new(),
            left_out: false,
            left_out_ever: 0,
        }
    }

    pub(super) fn seen(&self) -> SeenPosition {
        self.seen
    }

    pub(super) fn step(&mut self) -> SeenPosition {
        self.seen.0 += 1;
        self.seen
    }

    pub(super) fn hears(&mut self) -> SeenPosition {
        self.heard = self.step();
        self.heard
    }

    pub(super) fn begin_anew(&mut self) {
        self.checkpoints.clear();
        self.left_out = false;
        self.base = Some(self.step());
    }

    /// Passes an event over that has to be read again. Without a checkpoint there is no place to read it again from.
    pub(super) fn leave_out(&mut self) -> bool {
        if self.checkpoints.is_empty() {
            return false;
        }
        self.step();
        self.left_out = true;
        self.left_out_ever += 1;
        true
    }

    pub(super) fn has_left_out(&self) -> bool {
        self.left_out
    }

    pub(super) fn left_out_ever(&self) -> u64 {
        self.left_out_ever
    }

    /// Where to read on from, so that what was left out comes again.
    pub(super) fn read_again(&mut self) -> Option<T> {
        if !std::mem::take(&mut self.left_out) {
            return None;
        }
        self.checkpoints.back().map(|(_, token)| token.clone())
    }

    pub(super) fn is_before_base(&self, first: SeenPosition) -> bool {
        self.base.is_some_and(|base| first < base)
    }

    pub(super) fn waits(&mut self, first: SeenPosition, heard_ms: u64) {
        self.firsts.insert(first, heard_ms);
    }

    pub(super) fn settles(&mut self, first: SeenPosition) {
        self.firsts.remove(&first);
    }

    pub(super) fn checkpoint(&mut self, token: T) {
        if self.left_out {
            return;
        }
        match self.checkpoints.back_mut() {
            // No key was heard of between the two: the later one serves as well.
            Some((position, last)) if self.heard <= *position => {
                (*position, *last) = (self.seen, token)
            }
            Some(_) | None => self.checkpoints.push_back((self.seen, token)),
        }
        if self.checkpoints.len() > CHECKPOINTS_MAX {
            let mut keep = false;
            self.checkpoints.retain(|_| {
                keep = !keep;
                keep
            });
        }
    }

    pub(super) fn safe(&mut self, ignore_unsettled: bool) -> Option<SafePosition<T>> {
        let after = self.base.map_or(Bound::Unbounded, Bound::Excluded);
        let limit = match self.firsts.range((after, Bound::Unbounded)).next() {
            Some((first, _)) if !ignore_unsettled => *first,
            Some(_) | None => SeenPosition(u64::MAX),
        };
        while self
            .checkpoints
            .get(1)
            .is_some_and(|(position, _)| *position < limit)
        {
            self.checkpoints.pop_front();
        }
        let (position, token) = self
            .checkpoints
            .front()
            .filter(|(position, _)| *position < limit)?;
        Some(SafePosition {
            position: *position,
            token: token.clone(),
        })
    }

    #[cfg(test)]
    pub(super) fn checkpoints_kept(&self) -> usize {
        self.checkpoints.len()
    }

    pub(super) fn waiting(&self) -> usize {
        self.firsts.len()
    }

    pub(super) fn oldest_ms(&self) -> Option<u64> {
        self.firsts.first_key_value().map(|(_, heard_ms)| *heard_ms)
    }
}
