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

    /// `side` is being brought to `content`. Noted before the write: its event may come before its answer.
    pub(crate) fn brings(&self, side: Side, key: &Key, content: Digest) {
        let at = Instant::now();
        self.of(side).put(key.clone(), Brought { content, at });
    }

    /// It was not, or somebody has changed or removed it since.
    pub(crate) fn forget(&self, side: Side, key: &Key) {
        self.of(side).pop(key);
    }

    /// Whether `side` was brought to `content` and nobody is known to have touched it since.
    pub(crate) fn holds(&self, side: Side, key: &Key, content: Digest) -> bool {
        let known = self.of(side).peek(key).copied();
        known.is_some_and(|known| known.content == content && known.at.elapsed() < self.keep)
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

    use super::*;

    fn key(id: &[u8]) -> Key {
        Key {
            collection: Arc::from("bills"),
            document: DocumentKey::new(2, id),
        }
    }

    #[test]
    fn what_was_written_is_known_by_side_key_and_content_until_it_is_forgotten() {
        let origins = Origins::new(Duration::from_secs(60));
        let (one, other) = (key(b"1"), key(b"2"));
        let content = Digest::of_bytes(b"content");
        origins.brings(Side::Local, &one, content);
        assert!(origins.holds(Side::Local, &one, content));
        assert!(!origins.holds(Side::Atlas, &one, content));
        assert!(!origins.holds(Side::Local, &other, content));
        assert!(!origins.holds(Side::Local, &one, Digest::of_bytes(b"another")));
        origins.forget(Side::Atlas, &one);
        assert!(origins.holds(Side::Local, &one, content));
        origins.forget(Side::Local, &one);
        assert!(!origins.holds(Side::Local, &one, content));
    }

    /// The setting is the time: none at all, and nothing is remembered.
    #[test]
    fn what_was_written_is_remembered_as_long_as_the_settings_say() {
        let content = Digest::of_bytes(b"content");
        for (keep, is_known) in [(Duration::ZERO, false), (Duration::from_secs(60), true)] {
            let origins = Origins::new(keep);
            origins.brings(Side::Atlas, &key(b"1"), content);
            assert_eq!(origins.holds(Side::Atlas, &key(b"1"), content), is_known);
        }
    }
}
