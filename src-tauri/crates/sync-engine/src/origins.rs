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
