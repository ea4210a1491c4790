//! The status as it leaves the program, in JSON.

use serde::{Deserialize, Serialize};
use sync_engine::config::CollectionMode;
use sync_engine::status;
use ts_rs::TS;

/// The one word shown in the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Nothing waits on either side and both positions are saved.
    Synced,
    /// Changes are on their way.
    Syncing,
    /// One side cannot be reached.
    Offline,
    /// A person stopped at least one direction.
    Paused,
    /// Something needs a person: see `Status::notices`.
    Attention,
}

/// Why a side does not answer, as far as it can be told; a window has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// No server at the address, or the connection broke.
    Unreachable,
    /// The server's name is not known: usually no internet.
    NameUnknown,
    /// The user name or password is wrong.
    Password,
    /// The user may not do what is needed.
    Rights,
    /// The server's certificate is not trusted.
    Certificate,
    /// The server cannot be followed: it is not part of a replica set.
    Standalone,
    /// The server's MongoDB is too old.
    TooOld,
    /// Anything else.
    Other,
}

/// This PC's MongoDB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Local {
    /// Its changes arrive.
    pub connected: bool,
    /// The last error in words, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_error: Option<String>,
    /// What kind of error that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<Trouble>,
}

/// The shared MongoDB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Atlas {
    /// Its changes arrive.
    pub connected: bool,
    /// Milliseconds to add to this PC's clock to get Atlas' clock; null until it is measured.
    pub clock_offset_ms: Option<i32>,
    /// The last error in words, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_error: Option<String>,
    /// What kind of error that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<Trouble>,
}

/// One direction. Counts are applied work, never events read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Direction {
    /// Changes finished, whatever the outcome.
    pub processed: u32,
    /// Changes written to the target.
    pub successful: u32,
    /// Changes that could not be applied.
    pub failed: u32,
    /// Conflicts settled.
    pub conflicts: u32,
    /// Keys waiting.
    pub pending: u32,
    /// Age of the oldest waiting key, in milliseconds.
    pub oldest_pending_ms: u32,
    /// Mean time from looking at a changed document to the finished write, in milliseconds; waiting is not in it.
    pub avg_process_time_ms: f64,
    /// Changes applied per second, over the last few seconds.
    pub per_second: f64,
    /// A person paused this direction.
    #[serde(default)]
    pub paused: bool,
}

/// How far a full compare of one collection is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Compare {
    /// Documents looked at.
    pub done: u32,
    /// Documents expected, as counted when it began.
    pub total: u32,
    /// Documents per second.
    pub per_second: f64,
    /// Seconds left at this rate; null while nothing moves.
    pub remaining_s: Option<f64>,
}

/// How a collection takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Changes travel in both directions.
    BothWays,
    /// Local to Atlas only.
    UploadOnly,
    /// Not at all.
    Off,
}

/// One collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// How it takes part.
    pub mode: Mode,
    /// Why it is not synced, where it cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub not_synced: Option<String>,
    /// A full compare under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub compare: Option<Compare>,
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// A stable word for the kind.
    pub kind: String,
    /// What happened and what to do, in English.
    pub text: String,
    /// The side or collection it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub about: Option<String>,
    /// How many documents it is about, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub count: Option<u32>,
}

/// The whole picture, as `GET /status` answers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The one word.
    pub state: State,
    /// This PC's UUID; empty until it is known.
    pub instance_id: String,
    /// This PC's MongoDB.
    pub local: Local,
    /// The shared MongoDB.
    pub atlas: Atlas,
    /// Upload.
    pub local_to_atlas: Direction,
    /// Download.
    pub atlas_to_local: Direction,
    /// All collections seen so far.
    pub collections: Vec<Collection>,
    /// Changes set aside.
    pub quarantined: u32,
    /// Conflicts nobody has looked at.
    pub conflicts_open: u32,
    /// What needs a person.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// When a change was last written to either side, in milliseconds since 1970 by this PC's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_change_at: Option<f64>,
}

impl Default for Status {
    /// How an engine begins.
    fn default() -> Status {
        Status::from(&status::Status::default())
    }
}

impl From<&status::Status> for Status {
    fn from(seen: &status::Status) -> Status {
        Status {
            state: seen.state.into(),
            instance_id: seen.instance_id.clone(),
            local: Local {
                connected: seen.local.connected,
                last_error: seen.local.last_error.clone(),
                trouble: seen.local.trouble.map(Trouble::from),
            },
            atlas: Atlas {
                connected: seen.atlas.connected,
                clock_offset_ms: seen.atlas.clock_offset_ms.map(signed),
                last_error: seen.atlas.last_error.clone(),
                trouble: seen.atlas.trouble.map(Trouble::from),
            },
            local_to_atlas: (&seen.local_to_atlas).into(),
            atlas_to_local: (&seen.atlas_to_local).into(),
            collections: seen.collections.iter().map(Collection::from).collect(),
            quarantined: count(seen.quarantined),
            conflicts_open: count(seen.conflicts_open),
            notices: seen.notices.iter().map(Notice::from).collect(),
            last_change_at: seen.last_change_ms.map(time),
        }
    }
}

impl From<status::State> for State {
    fn from(state: status::State) -> State {
        match state {
            status::State::Synced => State::Synced,
            status::State::Syncing => State::Syncing,
            status::State::Offline => State::Offline,
            status::State::Paused => State::Paused,
            status::State::Attention => State::Attention,
        }
    }
}

impl From<&status::DirectionStatus> for Direction {
    fn from(seen: &status::DirectionStatus) -> Direction {
        Direction {
            processed: count(seen.processed),
            successful: count(seen.successful),
            failed: count(seen.failed),
            conflicts: count(seen.conflicts),
            pending: count(seen.pending),
            oldest_pending_ms: count(seen.oldest_pending_ms),
            avg_process_time_ms: finite(seen.avg_process_time_ms),
            per_second: finite(seen.per_second),
            paused: seen.paused,
        }
    }
}

impl From<&status::CollectionStatus> for Collection {
    fn from(seen: &status::CollectionStatus) -> Collection {
        Collection {
            name: seen.name.clone(),
            mode: seen.mode.into(),
            not_synced: seen.not_synced.clone(),
            compare: seen.compare.as_ref().map(Compare::from),
        }
    }
}

impl From<&status::CompareProgress> for Compare {
    fn from(seen: &status::CompareProgress) -> Compare {
        let per_second = finite(seen.per_second);
        let left = count(seen.total.saturating_sub(seen.done));
        Compare {
            done: count(seen.done),
            total: count(seen.total),
            per_second,
            remaining_s: (per_second > 0.0).then(|| f64::from(left) / per_second),
        }
    }
}

impl From<&status::Notice> for Notice {
    fn from(seen: &status::Notice) -> Notice {
        Notice {
            kind: seen.kind.to_owned(),
            text: seen.text.clone(),
            about: seen.about.clone(),
            count: seen.count.map(count),
        }
    }
}

impl From<CollectionMode> for Mode {
    fn from(mode: CollectionMode) -> Mode {
        match mode {
            CollectionMode::BothWays => Mode::BothWays,
            CollectionMode::UploadOnly => Mode::UploadOnly,
            CollectionMode::Off => Mode::Off,
        }
    }
}

impl From<Mode> for CollectionMode {
    fn from(mode: Mode) -> CollectionMode {
        match mode {
            Mode::BothWays => CollectionMode::BothWays,
            Mode::UploadOnly => CollectionMode::UploadOnly,
            Mode::Off => CollectionMode::Off,
        }
    }
}

impl From<sync_engine::Trouble> for Trouble {
    fn from(trouble: sync_engine::Trouble) -> Trouble {
        match trouble {
            sync_engine::Trouble::Unreachable => Trouble::Unreachable,
            sync_engine::Trouble::NameUnknown => Trouble::NameUnknown,
            sync_engine::Trouble::Password => Trouble::Password,
            sync_engine::Trouble::Rights => Trouble::Rights,
            sync_engine::Trouble::Certificate => Trouble::Certificate,
            sync_engine::Trouble::Standalone => Trouble::Standalone,
            sync_engine::Trouble::TooOld => Trouble::TooOld,
            sync_engine::Trouble::Other => Trouble::Other,
        }
    }
}

pub(super) fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn signed(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX })
}

/// Milliseconds since 1970; as a double it is exact for the next 200,000 years.
pub(super) fn time(ms: i64) -> f64 {
    ms as f64
}

/// JSON has no infinity and no "not a number".
fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}
