//! What this process wrote last, per side, remembered for a while, only to save looking at it again: its own events come
//! back, and several events of one document often tell of the same state, for an event's document is looked up late.
//!
//! Nothing depends on this memory: whatever is forgotten is looked at once more and found to be settled.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use lru::LruCache;
use sync_core::digest::Digest;
use sync_core::place::{Key, Side};
use sync_core::stamp::Stamp;

/// Remembered documents per side; an entry is about 200 bytes. A copy of many documents hears of each a moment later.
const DOCUMENTS_MAX: NonZeroUsize = NonZeroUsize::new(20_000).expect("not zero");

/// Contents that were written, or are just being written. What was written last is heard of next.
#[derive(Debug)]
pub(crate) struct Origins {
    local: Mutex<LruCache<Key, Brought>>,
    atlas: Mutex<LruCache<Key, Brought>>,
    keep: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Brought {
    content: Digest,
    /// What the copy stands for on Atlas: its content, unless rules have changed it.
    base: Digest,
    at: Instant,
}

impl Origins {
    /// Documents are forgotten after `keep`.
    pub(crate) fn new(keep: Duration) -> Origins {
        // Most PCs never fill it.
        let cache = || {
            let mut cache = LruCache::unbounded();
            cache.resize(DOCUMENTS_MAX);
            Mutex::new(cache)
        };
        Origins {
            local: cache(),
            atlas: cache(),
            keep,
        }
    }

    fn of(&self, side: Side) -> MutexGuard<'_, LruCache<Key, Brought>> {
        let cache = match side {
            Side::Local => &self.local,
            Side::Atlas => &self.atlas,
        };
        cache.lock().expect("no holder panics")
    }

    /// `side` is being brought to a copy with this stamp. Noted before the write: its event may come before its answer.
    pub(crate) fn brings(&self, side: Side, key: &Key, stamp: &Stamp) {
        let brought = Brought {
            content: stamp.digest,
            base: stamp.base(),
            at: Instant::now(),
        };
        self.of(side).put(key.clone(), brought);
    }

    /// It was not, or somebody has changed or removed it since.
    pub(crate) fn forget(&self, side: Side, key: &Key) {
        self.of(side).pop(key);
    }

    /// Nothing is known of what `side` holds: whole collections went, and no event tells of each document.
    pub(crate) fn forget_all(&self, side: Side) {
        self.of(side).clear();
    }

    /// Whether `side` was brought to `content` and nobody is known to have touched it since.
    pub(crate) fn holds(&self, side: Side, key: &Key, content: Digest) -> bool {
        self.known(side, key)
            .is_some_and(|known| known.content == content)
    }

    /// Whether Local was brought to a copy that stands for this content of Atlas, and nobody touched it since.
    pub(crate) fn stands_for(&self, key: &Key, content: Digest) -> bool {
        self.known(Side::Local, key)
            .is_some_and(|known| known.base == content)
    }

    fn known(&self, side: Side, key: &Key) -> Option<Brought> {
        let known = self.of(side).peek(key).copied();
        known.filter(|known| known.at.elapsed() < self.keep)
    }

    /// Gives the room of what is too old back.
    pub(crate) fn clean_up(&self) {
        for side in Side::BOTH {
            let mut cache = self.of(side);
            while cache
                .peek_lru()
                .is_some_and(|(_, oldest)| oldest.at.elapsed() >= self.keep)
            {
                cache.pop_lru();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sync_core::place::DocumentKey;
    use sync_core::revision::{EventTime, Revision};

    use super::*;

    fn key(id: &[u8]) -> Key {
        Key {
            collection: Arc::from("bills"),
            document: DocumentKey::new(2, id),
        }
    }

    fn stamp(content: &[u8], base: Option<&[u8]>) -> Stamp {
        Stamp {
            revision: Revision::on_atlas(EventTime(1)),
            version: 1,
            conflict_count: 0,
            digest: Digest::of_bytes(content),
            base: base.map(Digest::of_bytes),
        }
    }

    #[test]
    fn what_was_written_is_known_by_side_key_and_content_until_it_is_forgotten() {
        let origins = Origins::new(Duration::from_secs(60));
        let (one, other) = (key(b"1"), key(b"2"));
        let content = Digest::of_bytes(b"content");
        let brings = || origins.brings(Side::Local, &one, &stamp(b"content", None));
        brings();
        assert!(origins.holds(Side::Local, &one, content));
        assert!(!origins.holds(Side::Atlas, &one, content));
        assert!(!origins.holds(Side::Local, &other, content));
        assert!(!origins.holds(Side::Local, &one, Digest::of_bytes(b"another")));
        origins.forget(Side::Atlas, &one);
        origins.forget_all(Side::Atlas);
        assert!(origins.holds(Side::Local, &one, content));
        origins.forget(Side::Local, &one);
        assert!(!origins.holds(Side::Local, &one, content));
        brings();
        origins.forget_all(Side::Local);
        assert!(!origins.holds(Side::Local, &one, content));
    }

    #[test]
    fn a_copy_that_rules_have_changed_stands_for_what_atlas_holds() {
        let origins = Origins::new(Duration::from_secs(60));
        let (one, computed, base) = (key(b"1"), Digest::of_bytes(b"c"), Digest::of_bytes(b"a"));
        origins.brings(Side::Local, &one, &stamp(b"c", Some(b"a")));
        assert!(origins.holds(Side::Local, &one, computed));
        assert!(!origins.holds(Side::Local, &one, base));
        assert!(origins.stands_for(&one, base));
        assert!(!origins.stands_for(&one, computed));
    }

    /// The setting is the time: none at all, and nothing is remembered.
    #[test]
    fn what_was_written_is_remembered_as_long_as_the_settings_say() {
        let content = Digest::of_bytes(b"content");
        for (keep, is_known) in [(Duration::ZERO, false), (Duration::from_secs(60), true)] {
            let origins = Origins::new(keep);
            origins.brings(Side::Atlas, &key(b"1"), &stamp(b"content", None));
            assert_eq!(origins.holds(Side::Atlas, &key(b"1"), content), is_known);
            origins.clean_up();
            assert_eq!(origins.of(Side::Atlas).len(), usize::from(is_known));
        }
    }
}
