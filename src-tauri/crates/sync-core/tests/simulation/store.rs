//! One replica as the simulation keeps it: documents, tombstones, and the log that its change stream reads.
//!
//! What a server does at once is done at once here: a compare-and-set, or a transaction of a delete and its tombstone.

use sync_core::digest::Digest;
use sync_core::sighting::{Copy, Tombstone};

/// A content. Every write makes a new one.
pub(crate) type Token = u32;

/// The content's fingerprint.
pub(crate) fn digest(token: Token) -> Digest {
    Digest(u128::from(token).to_be_bytes())
}

/// The content behind a fingerprint.
pub(crate) fn token(digest: Digest) -> Token {
    Token::try_from(u128::from_be_bytes(digest.0)).expect("made by digest()")
}

/// What a log entry says.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Inserted or replaced (the event carries the document) or updated (it does not).
    Put {
        carried: Option<Copy>,
    },
    Delete,
    Tombstone,
}

/// One change event.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: usize,
    pub(crate) what: What,
    pub(crate) time_ms: i64,
    /// The transaction it is part of.
    pub(crate) transaction: Option<usize>,
}

/// One replica.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) docs: Vec<Option<Copy>>,
    pub(crate) tombstones: Vec<Option<Tombstone>>,
    pub(crate) log: Vec<Entry>,
    /// The log before this place can no longer be read.
    pub(crate) truncated: usize,
    /// The last delete of a user, per key.
    pub(crate) user_deletes: Vec<Option<Token>>,
}

impl Store {
    pub(crate) fn new(keys: usize) -> Store {
        Store {
            docs: vec![None; keys],
            tombstones: vec![None; keys],
            log: Vec::new(),
            truncated: 0,
            user_deletes: vec![None; keys],
        }
    }

    /// Writes without looking. `whole`: as an insert or replace, whose event carries the document.
    pub(crate) fn put(&mut self, key: usize, doc: Copy, whole: bool, time_ms: i64) {
        let whole = whole || self.docs[key].is_none();
        let carried = whole.then(|| doc.clone());
        self.docs[key] = Some(doc);
        self.record(key, What::Put { carried }, time_ms, None);
    }

    /// Removes without a trace but the event.
    pub(crate) fn remove(&mut self, key: usize, time_ms: i64) {
        self.docs[key] = None;
        self.record(key, What::Delete, time_ms, None);
    }

    /// A compare-and-set. `forced` writes whatever is there.
    pub(crate) fn swap(&mut self, key: usize, change: Change<'_>, time_ms: i64) -> bool {
        if self.docs[key].as_ref() != change.expected && !change.forced {
            return false;
        }
        self.put(key, change.new, change.whole, time_ms);
        true
    }

    /// Removes what is still as expected and writes its tombstone, in one transaction. A newer tombstone stays, and is
    /// written all the same: its event tells that an engine deleted.
    pub(crate) fn bury(
        &mut self,
        key: usize,
        expected: &Copy,
        tombstone: Tombstone,
        forced: bool,
        time_ms: i64,
    ) -> bool {
        if self.docs[key].as_ref() != Some(expected) && !forced {
            return false;
        }
        let transaction = Some(self.log.len());
        let stands = self.tombstones[key].filter(|stands| stands.revision > tombstone.revision);
        self.tombstones[key] = Some(stands.unwrap_or(tombstone));
        self.record(key, What::Tombstone, time_ms, transaction);
        if self.docs[key].take().is_some() {
            self.record(key, What::Delete, time_ms, transaction);
        }
        true
    }

    /// Replaces the tombstone of an absent document, if it is still the expected one.
    pub(crate) fn raise(
        &mut self,
        key: usize,
        expected: Option<Tombstone>,
        tombstone: Tombstone,
        forced: bool,
        time_ms: i64,
    ) -> bool {
        let unchanged = self.docs[key].is_none() && self.tombstones[key] == expected;
        if !unchanged && !forced {
            return false;
        }
        self.tombstones[key] = Some(tombstone);
        self.record(key, What::Tombstone, time_ms, None);
        true
    }

    /// Whether a stream may not stop at `place`: it lies inside a transaction.
    pub(crate) fn is_inside_transaction(&self, place: usize) -> bool {
        let transaction = |place: usize| self.log.get(place).and_then(|entry| entry.transaction);
        place > 0 && transaction(place).is_some() && transaction(place) == transaction(place - 1)
    }

    fn record(&mut self, key: usize, what: What, time_ms: i64, transaction: Option<usize>) {
        self.log.push(Entry {
            key,
            what,
            time_ms,
            transaction,
        });
    }
}

/// A write that only counts if nothing has moved.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    pub(crate) expected: Option<&'a Copy>,
    pub(crate) new: Copy,
    pub(crate) whole: bool,
    pub(crate) forced: bool,
}
