//! What this process wrote last, per side, remembered for a while, only to save looking at it again: its own events come
//! back, and several events of one document often tell of the same state, for an event's document is looked up late.
//!
//! Nothing depends on this memory: whatever is forgotten is looked at once more and found to be settled.

use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sync_core::digest::Digest;
use sync_core::place::{Key, Side};

/// Remembered documents per side; an entry is about 200 bytes. A copy of many documents hears of each a moment later.
const DOCUMENTS_MAX: u64 = 20_000;

/// Contents that were written, or are just being written.
#[derive(Debug)]
pub(crate) struct Origins {
    local: Cache<Key, Digest>,
    atlas: Cache<Key, Digest>,
}

impl Origins {
    /// Documents are forgotten after `keep`.
    pub(crate) fn new(keep: Duration) -> Origins {
        let cache = || {
            Cache::builder()
                .max_capacity(DOCUMENTS_MAX)
                // What was written last is heard of next.
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(keep)
                .build()
        };
        Origins {
            local: cache(),
            atlas: cache(),
        }
    }

    fn of(&self, side: Side) -> &Cache<Key, Digest> {
        match side {
            Side::Local => &self.local,
            Side::Atlas => &self.atlas,
        }
    }

    /// `side` is being brought to `content`. Noted before the write: its event may come before its answer.
    pub(crate) fn brings(&self, side: Side, key: &Key, content: Digest) {
        self.of(side).insert(key.clone(), content);
    }

    /// It was not, or somebody has changed or removed it since.
    pub(crate) fn forget(&self, side: Side, key: &Key) {
        self.of(side).invalidate(key);
    }

    /// Whether `side` was brought to `content` and nobody is known to have touched it since.
    pub(crate) fn holds(&self, side: Side, key: &Key, content: Digest) -> bool {
        self.of(side).get(key) == Some(content)
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
