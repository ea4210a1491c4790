//! What this engine brought to Local last, remembered for a while, only to save looking at it again.
//!
//! Several events of one document often tell of the same state, for an event's document is looked up late. Nothing
//! depends on this memory: whatever is forgotten is looked at once more and found to be settled.

use std::time::Duration;

use moka::sync::Cache;
use sync_core::digest::Digest;
use sync_core::place::Key;

/// Remembered documents; an entry is about 200 bytes.
const DOCUMENTS_MAX: u64 = 20_000;

/// Contents that Local and Atlas agreed on when this process last wrote them.
#[derive(Debug)]
pub(crate) struct Origins {
    contents: Cache<Key, Digest>,
}

impl Origins {
    /// Documents are forgotten after `keep`.
    pub(crate) fn new(keep: Duration) -> Origins {
        let contents = Cache::builder()
            .max_capacity(DOCUMENTS_MAX)
            .time_to_live(keep)
            .build();
        Origins { contents }
    }

    /// Local was brought to `content`, which Atlas holds.
    pub(crate) fn agreed(&self, key: &Key, content: Digest) {
        self.contents.insert(key.clone(), content);
    }

    /// Somebody changed or removed it on Local.
    pub(crate) fn forget(&self, key: &Key) {
        self.contents.invalidate(key);
    }

    /// Whether Local was brought to `content` and nobody is known to have touched it since.
    pub(crate) fn holds(&self, key: &Key, content: Digest) -> bool {
        self.contents.get(key) == Some(content)
    }
}
