//! A picture of the engine at one moment, cheap to take and to compare. It holds no secrets and no document contents.

use crate::config::CollectionMode;
use crate::error::Trouble;

/// The one word shown in the tray.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing waits on either side and both positions are saved.
    Synced,
    /// Changes are on their way.
    #[default]
    Syncing,
    /// One side cannot be reached.
    Offline,
    /// The user stopped at least one direction.
    Paused,
    /// Something needs a person: see `Status::notices`.
    Attention,
}

/// One side's connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SideStatus {
    /// The change stream is open.
    pub connected: bool,
    /// The last error, in words for a log, without secrets.
    pub last_error: Option<String>,
    /// What kind of error that was.
    pub trouble: Option<Trouble>,
    /// Failed attempts since the last success.
    pub attempts: u32,
    /// Milliseconds to add to this PC's clock to get Atlas' clock; only on the Atlas side, once measured.
    pub clock_offset_ms: Option<i64>,
}

/// What one direction did and has still to do. Counts are applied work, never events read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DirectionStatus {
    /// Changes finished, whatever the outcome.
    pub processed: u64,
    /// Changes written to the target.
    pub successful: u64,
    /// Changes that could not be applied.
    pub failed: u64,
    /// Conflicts settled.
    pub conflicts: u64,
    /// Keys waiting.
    pub pending: u64,
    /// Age of the oldest waiting key in milliseconds.
    pub oldest_pending_ms: u64,
    /// Mean time from looking at a changed document to the finished write, in milliseconds; waiting is not in it.
    pub avg_process_time_ms: f64,
    /// Changes applied per second, over the last few seconds.
    pub per_second: f64,
    /// The user paused this direction.
    pub paused: bool,
}

/// How far a full compare of one collection is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompareProgress {
    /// Documents looked at.
    pub done: u64,
    /// Documents expected, as counted when it began.
    pub total: u64,
    /// Documents per second.
    pub per_second: f64,
}

/// One collection as the window lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectionStatus {
    /// Its name.
    pub name: String,
    /// How it takes part.
    pub mode: CollectionMode,
    /// Why it is not synced, where it cannot be (a view, time-series, capped).
    pub not_synced: Option<String>,
    /// A full compare under way.
    pub compare: Option<CompareProgress>,
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// A stable word for the kind: "dropped", "unauthorized", "reconnect-failing", "standalone", "quarantine", ...
    pub kind: &'static str,
    /// What happened and what to do, for a log or a terminal.
    pub text: String,
    /// The side or collection it is about.
    pub about: Option<String>,
    /// How many documents it is about.
    pub count: Option<u64>,
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// The one word.
    pub state: State,
    /// This PC's UUID, once known.
    pub instance_id: String,
    /// This PC's MongoDB.
    pub local: SideStatus,
    /// The shared MongoDB.
    pub atlas: SideStatus,
    /// Upload.
    pub local_to_atlas: DirectionStatus,
    /// Download.
    pub atlas_to_local: DirectionStatus,
    /// All collections seen so far.
    pub collections: Vec<CollectionStatus>,
    /// Changes set aside.
    pub quarantined: u64,
    /// Conflicts nobody has looked at.
    pub conflicts_open: u64,
    /// What needs a person.
    pub notices: Vec<Notice>,
    /// When a change was last written to either side, in milliseconds since 1970 by this PC's clock.
    pub last_change_ms: Option<i64>,
}
