//! The collections the engine keeps for itself, and the documents of fixed name in them.

/// Local: identity, positions, fence, comparisons under way.
pub const METADATA: &str = "_sync_metadata";
/// Both sides: what was deleted, by whom and when.
pub const TOMBSTONES: &str = "_sync_tombstones";
/// Local: changes that could not be applied.
pub const QUARANTINE: &str = "_sync_quarantine";
/// Local, filled by Bomba's middleware where there are no change streams.
pub const QUEUE: &str = "_sync_queue";
/// Atlas: one row per PC.
pub const DEVICES: &str = "_sync_devices";
/// Both sides, and itself synced: the vault.
pub const CONFLICTS: &str = "_sync_conflicts";

const RESERVED: &str = "_sync_";

/// Whether the engine keeps this collection for itself. The vault is not among them: it is synced like a shop's own.
pub fn is_engine_owned(collection: &str) -> bool {
    (collection.starts_with(RESERVED) && collection != CONFLICTS)
        || collection.starts_with("system.")
}
